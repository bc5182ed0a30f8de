//! Folders that appear whole.

use std::fs;
use std::io;

use almanac_objects::{ObjectsError, Published};
use base::Fault;

use crate::store;

#[test]
fn a_folder_appears_whole_and_once() {
    let (_folder, store) = store();
    let result = store.publish_folder("snapshots/ab12", |at| {
        assert!(!store.root().join("snapshots/ab12").exists());
        fs::create_dir(at.join("parts"))?;
        fs::write(at.join("parts/part-0.parquet"), b"rows")?;
        fs::write(at.join("manifest.json"), b"{}")
    });
    assert_eq!(result.expect("it is published"), Published::New);
    let path = store.folder("snapshots/ab12").expect("a name").expect("it is there");
    assert_eq!(fs::read(path.join("parts/part-0.parquet")).expect("it is there"), b"rows");
    let again = store.publish_folder("snapshots/ab12", |_| panic!("what is there is not built again"));
    assert_eq!(again.expect("it is there"), Published::AlreadyThere);
    assert_eq!(store.list("snapshots").expect("a name"), ["ab12"]);
    assert_eq!(store.list("nothing").expect("a name"), [""; 0]);
}

#[test]
fn a_name_may_follow_from_what_was_written() {
    let (_folder, store) = store();
    for (text, expected) in [("one", Published::New), ("two", Published::New), ("one", Published::AlreadyThere)] {
        let staging = store.stage().expect("a folder to write in");
        fs::write(staging.path().join("data"), text).expect("it can be written");
        let before = staging.path().to_owned();
        assert_eq!(staging.publish(&format!("snapshots/{text}")).expect("it is published"), expected);
        assert!(!before.exists());
    }
    assert_eq!(store.list("snapshots").expect("a name"), ["one", "two"]);
}

#[test]
fn a_failed_build_leaves_nothing() {
    let (_folder, store) = store();
    let error = store
        .publish_folder("snapshots/x", |at| {
            fs::write(at.join("half"), b"")?;
            Err(io::Error::new(io::ErrorKind::StorageFull, "no room"))
        })
        .expect_err("the build fails");
    assert_eq!(error.code().to_string(), "AL0301");
    assert!(error.hint().is_some_and(|h| h.contains("room")));
    assert!(store.folder("snapshots/x").expect("a name").is_none());
    assert_eq!(store.list("snapshots").expect("a name"), [""; 0]);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    let (_folder, store) = store();
    for name in ["../x", "/etc", "snapshots/../../x", "objects/b3", "tmp/x", "Snapshots", "a/./b", ""] {
        let result = store.publish_folder(name, |_| panic!("it must not be built"));
        assert!(matches!(result, Err(ObjectsError::Name { .. })), "{name:?}");
        assert!(store.folder(name).is_err() && store.list(name).is_err());
    }
    assert!(store.lock("../x").is_err() && store.lock("a/b").is_err());
    drop(store.lock("project").expect("a lock"));
}

#[cfg(unix)]
#[test]
fn links_are_not_published() {
    let (_folder, store) = store();
    let result = store.publish_folder("snapshots/x", |at| std::os::unix::fs::symlink("/", at.join("link")));
    assert!(matches!(result, Err(ObjectsError::Staged { .. })));
    assert!(store.folder("snapshots/x").expect("a name").is_none());
}

#[test]
fn of_many_writers_of_one_name_one_wins() {
    let (_folder, store) = store();
    let results: Vec<Published> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|i| {
                let store = store.clone();
                scope.spawn(move || {
                    let staging = store.stage().expect("a folder to write in");
                    fs::write(staging.path().join("a"), format!("{i}")).expect("it can be written");
                    fs::write(staging.path().join("b"), format!("{i}")).expect("it can be written");
                    staging.publish("snapshots/same").expect("it is published by one of them")
                })
            })
            .collect();
        writers.into_iter().map(|w| w.join().expect("the thread ends")).collect()
    });
    assert_eq!(results.iter().filter(|r| **r == Published::New).count(), 1);
    let path = store.folder("snapshots/same").expect("a name").expect("it is there");
    let read = |name| fs::read_to_string(path.join(name)).expect("it is there");
    assert_eq!(read("a"), read("b"));
}
