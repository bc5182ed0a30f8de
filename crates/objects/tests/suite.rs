//! The store seen from outside: what is written is read, what is damaged is noticed, what crashed is swept.

#[path = "suite/crash.rs"]
mod crash;
#[path = "suite/folders.rs"]
mod folders;
#[path = "suite/objects.rs"]
mod objects;

use almanac_objects::Store;

/// A new store in a folder that goes with it.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join(".almanac")).expect("a store");
    (folder, store)
}

/// Entries of `tmp/` apart from its guard.
fn n_temporary(store: &Store) -> usize {
    let entries = std::fs::read_dir(store.root().join("tmp")).expect("tmp can be listed");
    entries.filter(|e| e.as_ref().is_ok_and(|e| e.file_name() != ".lock")).count()
}
