//! Content-addressed files under one private folder: written whole, renamed into place, verified when read.
//!
//! Here: objects by BLAKE3, folders published as a whole, locks between processes, SHA-256 of files for the outside
//! world. Not here: what an object means, databases, formats, the network.
//!
//! ```text
//! root/                      made with mode 0700
//!   objects/b3/<2>/<62>      one object; its name is its BLAKE3, its mode read-only
//!   <folder>/<name>/…        published by `Store::stage`, such as snapshots/<id>/
//!   locks/<name>             advisory locks
//!   tmp/.lock                held while something in tmp/ is made or swept
//!   tmp/<work>/              what one open store is writing; swept when its writer is gone
//! ```
//!
//! A reader never sees half a file: everything is written under `tmp/`, synced, renamed, and the folder synced. After
//! a crash at any point the store is as it was before or as it would have been after; what is left in `tmp/` is swept
//! when a store is next opened.
//!
//! ```
//! use almanac_objects::Store;
//!
//! let folder = tempfile::tempdir()?;
//! let store = Store::open(&folder.path().join(".almanac"))?;
//! let digest = store.put(b"some bytes")?;
//! assert_eq!(store.get(&digest)?, b"some bytes");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod disk;
mod error;
pub mod limits;
mod lock;
mod name;
mod sha256;
mod stage;
mod store;
mod workspace;

pub use error::ObjectsError;
pub use lock::Lock;
pub use sha256::{FileHash, Sha256, sha256_file};
pub use stage::{Published, Staging};
pub use store::{Store, Verified};
