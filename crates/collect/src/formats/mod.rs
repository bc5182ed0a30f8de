//! To be filled by its owner.

mod error;

pub use error::FormatError;
