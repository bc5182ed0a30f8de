//! From sources to tables: reading files of every form, typing their cells from the whole input, proposing kinds and
//! missing values with evidence, and keeping snapshots. Loses nothing silently.
//!
//! Not here: checks of the data's meaning (`validate`), anything learned.

pub mod error;
pub mod formats;
pub mod options;
pub mod read;
pub mod snapshot;

pub use csv::BadRows;
pub use error::CollectError;
pub use options::ReadOptions;
pub use read::{ReadResult, read, read_for, read_text};
