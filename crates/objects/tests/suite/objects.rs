//! Objects: addresses, damage, threads, rights.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use almanac_objects::{ObjectsError, Sha256, Store, sha256_file};
use base::{Digest, Fault};

use crate::{n_temporary, store};

fn path_of(store: &Store, digest: &Digest) -> PathBuf {
    let hex = digest.to_hex();
    store.root().join("objects/b3").join(&hex[..2]).join(&hex[2..])
}

/// Overwrites an object, which is read-only, by removing it first.
fn overwrite(path: &PathBuf, bytes: &[u8]) {
    fs::remove_file(path).expect("it can be removed");
    fs::write(path, bytes).expect("it can be written");
}

#[test]
fn an_object_lies_under_its_hash() {
    let (_folder, store) = store();
    let digest = store.put(b"almanac").expect("it is stored");
    assert_eq!(digest, Digest::of(b"almanac"));
    assert!(path_of(&store, &digest).is_file());
    assert!(store.contains(&digest));
    assert_eq!(store.get(&digest).expect("it is there"), b"almanac");
    let (again, n) = store.put_reader(&mut &b"almanac"[..]).expect("it is stored");
    assert_eq!((again, n), (digest, 7));
    let empty = store.put(b"").expect("it is stored");
    assert_eq!(store.get(&empty).expect("it is there"), b"");
    let seen = store.verify_all().expect("it can be listed");
    assert_eq!((seen.n_good, seen.n_bytes, seen.problems.len()), (2, 7, 0));
}

#[test]
fn what_is_not_there_is_missing() {
    let (_folder, store) = store();
    let digest = Digest::of(b"nothing");
    assert!(!store.contains(&digest));
    let error = store.get(&digest).expect_err("it is missing");
    assert_eq!(error.code().to_string(), "AL0302");
    assert!(error.to_string().contains(&digest.to_hex()));
}

#[test]
fn long_objects_go_through_in_pieces() {
    let (_folder, store) = store();
    let bytes: Vec<u8> = (0..3_000_001u32).map(|i| (i % 251) as u8).collect();
    let (digest, n) = store.put_reader(&mut &bytes[..]).expect("it is stored");
    assert_eq!((digest, n), (Digest::of(&bytes), bytes.len() as u64));
    let mut copy = Vec::new();
    assert_eq!(store.copy_to(&digest, &mut copy).expect("it is there"), n);
    assert_eq!(copy, bytes);
}

#[test]
fn every_flipped_bit_is_noticed_and_healed_by_storing_again() {
    let (_folder, store) = store();
    let bytes = b"sixteen bytes ok";
    let digest = store.put(bytes).expect("it is stored");
    let path = path_of(&store, &digest);
    for i in 0..bytes.len() * 8 {
        let mut bad = bytes.to_vec();
        bad[i / 8] ^= 1 << (i % 8);
        overwrite(&path, &bad);
        let error = store.get(&digest).expect_err("it is damaged");
        assert_eq!(error.code().to_string(), "AL0303");
        assert_eq!(error.place().file.as_deref(), path.to_str());
        assert!(store.copy_to(&digest, &mut Vec::new()).is_err());
    }
    for len in 0..bytes.len() {
        overwrite(&path, &bytes[..len]);
        assert!(matches!(store.get(&digest), Err(ObjectsError::Damaged { .. })));
    }
    assert_eq!(store.verify_all().expect("it can be listed").problems.len(), 1);
    store.put(bytes).expect("it is stored again");
    assert_eq!(store.get(&digest).expect("it is whole"), bytes);
}

#[test]
fn strangers_among_the_objects_are_reported() {
    let (_folder, store) = store();
    store.put(b"x").expect("it is stored");
    let b3 = store.root().join("objects/b3");
    fs::write(b3.join("note.txt"), b"").expect("it can be written");
    fs::create_dir_all(b3.join("zz")).expect("it can be made");
    fs::write(b3.join("zz/file"), b"").expect("it can be written");
    let seen = store.verify_all().expect("it can be listed");
    assert_eq!((seen.n_good, seen.problems.len()), (1, 2));
}

#[test]
fn many_threads_store_the_same_and_different_bytes() {
    let (_folder, store) = store();
    let other = Store::open(store.root()).expect("a second handle");
    std::thread::scope(|scope| {
        for t in 0..8u32 {
            let store = if t % 2 == 0 { store.clone() } else { other.clone() };
            scope.spawn(move || {
                for i in 0..20u32 {
                    let shared = i.to_le_bytes().repeat(1000);
                    let own = [t, i].map(u32::to_le_bytes).concat();
                    for bytes in [shared, own] {
                        let digest = store.put(&bytes).expect("it is stored");
                        assert_eq!(store.get(&digest).expect("it is there"), bytes);
                    }
                }
            });
        }
    });
    let seen = store.verify_all().expect("it can be listed");
    assert_eq!((seen.n_good, seen.problems.len()), (20 + 8 * 20, 0));
    drop(other);
    assert_eq!(n_temporary(&store), 1, "only the open store's own workspace is left");
}

#[test]
fn a_reader_that_fails_leaves_nothing() {
    struct Fails(usize);
    impl Read for Fails {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 3 { Err(io::Error::other("the line went dead")) } else { Ok(out.len()) }
        }
    }
    let (_folder, store) = store();
    let error = store.put_reader(&mut Fails(0)).expect_err("the reader fails");
    assert_eq!(error.code().to_string(), "AL0307");
    assert_eq!(store.verify_all().expect("it can be listed").n_good, 0);
    let workspace = fs::read_dir(store.root().join("tmp")).expect("tmp can be listed");
    let folder = workspace.filter_map(Result::ok).find(|e| e.path().is_dir()).expect("the workspace");
    assert_eq!(fs::read_dir(folder.path()).expect("it can be listed").count(), 1, "only the lock");
}

#[cfg(unix)]
#[test]
fn the_root_is_private_and_objects_are_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, store) = store();
    let digest = store.put(b"secret").expect("it is stored");
    let mode = |path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(store.root().to_owned()), 0o700);
    assert_eq!(mode(store.root().join("objects")), 0o700);
    assert_eq!(mode(path_of(&store, &digest)) & 0o222, 0);
}

#[cfg(unix)]
#[test]
fn a_store_that_may_only_be_read_is_read() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, first) = store();
    let root = first.root().to_owned();
    let digest = first.put(b"kept").expect("it is stored");
    drop(first);
    let folders = [root.clone(), root.join("tmp"), root.join("objects"), root.join("objects/b3")];
    let set = |mode| {
        for f in &folders {
            fs::set_permissions(f, fs::Permissions::from_mode(mode)).expect("the rights can be set");
        }
    };
    set(0o500);
    if fs::write(root.join("probe"), b"").is_ok() {
        println!("SKIPPED: this user may write everywhere (root), so read-only rights cannot be tested");
        set(0o700);
        return;
    }
    let store = Store::open(&root).expect("it opens");
    let read = store.get(&digest);
    let write = store.put(b"more");
    set(0o700);
    assert_eq!(read.expect("it is there"), b"kept");
    let error = write.expect_err("nothing may be written");
    assert_eq!(error.code().to_string(), "AL0301");
    assert!(error.hint().is_some_and(|h| h.contains("written")));
}

#[test]
fn a_root_that_is_a_file_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file");
    fs::write(&path, b"").expect("it can be written");
    assert_eq!(Store::open(&path).expect_err("it is no folder").code().to_string(), "AL0301");
    assert!(Store::open(&path.join("below")).is_err());
}

#[test]
fn sha256_is_that_of_the_standard() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("abc");
    fs::write(&path, b"abc").expect("it can be written");
    let hash = sha256_file(&path).expect("it can be read");
    // FIPS 180-4, example of a one-block message.
    assert_eq!(hash.sha256.to_hex(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(hash.size_bytes, 3);
    let million = vec![b'a'; 1_000_000];
    fs::write(&path, &million).expect("it can be written");
    let hash = sha256_file(&path).expect("it can be read");
    assert_eq!(hash.sha256.to_hex(), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    assert_eq!(hash.sha256, Sha256::of(&million));
    assert_eq!(Sha256::from_hex(&hash.sha256.to_hex()), Some(hash.sha256));
    assert!(sha256_file(&folder.path().join("none")).is_err());
}
