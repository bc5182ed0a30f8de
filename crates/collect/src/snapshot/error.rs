//! What can go wrong here.

use std::fmt;

use base::{Code, Family, Fault};

/// Errors of this module.
#[derive(Debug)]
pub enum SnapshotError {
    /// To be replaced by its owner.
    Other(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for SnapshotError {}

impl Fault for SnapshotError {
    fn code(&self) -> Code {
        Code(880)
    }

    fn family(&self) -> Family {
        Family::Yours
    }
}
