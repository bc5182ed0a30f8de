//! What can go wrong here.

use std::fmt;

use base::{Code, Family, Fault};

/// Errors of this module.
#[derive(Debug)]
pub enum CsvError {
    /// To be replaced by its owner.
    Other(String),
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for CsvError {}

impl Fault for CsvError {
    fn code(&self) -> Code {
        Code(810)
    }

    fn family(&self) -> Family {
        Family::Yours
    }
}
