//! Snapshots: immutable versions of a data set, addressed by what is in them. A snapshot is a folder
//! `snapshots/<id>/` in a project's store with Parquet parts and a manifest.
//!
//! Cells are as the data and the flags say; what is only proposed stands in the manifest. The id covers names, types,
//! kinds that a person said, and cells: the same values give the same id, whatever form they came in.
//!
//! Not here: the store itself (`objects`), reading of sources (`csv`, `formats`).

mod add;
mod error;
pub mod identity;
pub mod manifest;
mod open;
mod writer;

pub use add::{Added, add};
pub use error::{SnapshotError, codes};
pub use manifest::Manifest;
pub use open::{Listed, export, list, open, show};

use base::StableHasher;

/// The folder of a snapshot in its store.
fn name_of(id: &str) -> String {
    format!("{FOLDER}/{id}")
}

/// The folder of all snapshots in a store.
const FOLDER: &str = "snapshots";

/// Hasher of a part's bytes.
fn part_hasher() -> StableHasher {
    StableHasher::new("almanac.snapshot.part")
}

#[cfg(test)]
mod tests;
