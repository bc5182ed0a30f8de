//! What a writer that died has left behind.

use std::fs;

use almanac_objects::{Lock, Store};

use crate::{n_temporary, store};

#[test]
fn what_a_dead_writer_left_is_swept() {
    let (_folder, first) = store();
    let root = first.root().to_owned();
    drop(first);
    let work = root.join("tmp/work-dead");
    fs::create_dir_all(work.join("folder-x/parts")).expect("it can be made");
    fs::write(work.join("lock"), b"").expect("it can be written");
    fs::write(work.join("file-x"), b"half").expect("it can be written");
    fs::write(work.join("folder-x/parts/0"), b"half").expect("it can be written");
    fs::create_dir(root.join("tmp/work-unlocked")).expect("it can be made");
    fs::write(root.join("tmp/loose"), b"half").expect("it can be written");
    let store = Store::open(&root).expect("it opens");
    assert_eq!(n_temporary(&store), 0);
    assert_eq!(store.verify_all().expect("it can be listed").n_good, 0);
    store.put(b"alive").expect("it works");
}

#[test]
fn what_a_living_writer_has_is_kept() {
    let (_folder, writer) = store();
    let staging = writer.stage().expect("a folder to write in");
    fs::write(staging.path().join("data"), b"half").expect("it can be written");
    let other = Store::open(writer.root()).expect("it opens beside");
    other.put(b"something").expect("it works beside");
    assert!(staging.path().join("data").exists());
    staging.publish("snapshots/x").expect("it is published");
    drop((writer, other));
    let last = Store::open(&_folder.path().join(".almanac")).expect("it opens");
    assert_eq!(n_temporary(&last), 0);
    assert!(last.folder("snapshots/x").expect("a name").is_some());
}

/// A process that is killed cannot clean up: leaking the handle while releasing its lock is the same to the store.
#[test]
fn a_staged_folder_that_was_never_published_is_swept() {
    let (folder, writer) = store();
    let path = {
        let staging = writer.stage().expect("a folder to write in");
        fs::write(staging.path().join("data"), b"half").expect("it can be written");
        let path = staging.path().to_owned();
        let copy = writer.root().join("tmp/work-copy");
        fs::create_dir_all(copy.join("folder-copy")).expect("it can be made");
        fs::copy(path.join("data"), copy.join("folder-copy/data")).expect("it can be copied");
        let held = Lock::exclusive(&copy.join("lock")).expect("a lock");
        let beside = Store::open(writer.root()).expect("it opens");
        assert!(copy.join("folder-copy/data").exists(), "it is held by a living writer");
        drop((held, beside));
        copy
    };
    drop(writer);
    Store::open(&folder.path().join(".almanac")).expect("it opens");
    assert!(!path.exists());
}

#[test]
fn a_staged_folder_outlives_its_store() {
    let (folder, writer) = store();
    let staging = writer.stage().expect("a folder to write in");
    drop(writer);
    let other = Store::open(&folder.path().join(".almanac")).expect("it opens");
    assert!(staging.path().is_dir());
    fs::write(staging.path().join("data"), b"whole").expect("it can be written");
    staging.publish("snapshots/late").expect("it is published");
    assert_eq!(other.list("snapshots").expect("a name"), ["late"]);
}

#[test]
fn stores_that_open_and_close_at_once_do_not_disturb_each_other() {
    let (folder, _first) = store();
    let root = folder.path().join(".almanac");
    std::thread::scope(|scope| {
        for t in 0..6u8 {
            let root = &root;
            scope.spawn(move || {
                for i in 0..15u8 {
                    let store = Store::open(root).expect("it opens");
                    let digest = store.put(&[t, i]).expect("it is stored");
                    assert_eq!(store.get(&digest).expect("it is there"), [t, i]);
                }
            });
        }
    });
}
