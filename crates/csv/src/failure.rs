//! Why reading stopped: the text, the disk, or a request to stop.

use std::fmt;
use std::io;

use base::{Code, Family, Fault, Place};

use crate::error::CsvError;

/// Errors of reading delimited text from a source.
#[derive(Debug)]
pub enum ReadError {
    /// The text.
    Csv(CsvError),
    /// A table could not be made.
    Table(table::TableError),
    /// The source said no. The error may carry one of the source's own inside.
    Io {
        /// The file as the user named it.
        path: String,
        /// What the source said.
        source: io::Error,
    },
    /// The work was asked to stop.
    Cancelled,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Csv(e) => e.fmt(f),
            Self::Table(e) => e.fmt(f),
            Self::Io { path, source } => write!(f, "`{path}` cannot be read: {source}"),
            Self::Cancelled => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for ReadError {}

impl Fault for ReadError {
    fn code(&self) -> Code {
        match self {
            Self::Csv(e) => e.code(),
            Self::Table(e) => e.code(),
            Self::Io { .. } => Code(2501),
            Self::Cancelled => Code(2502),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Csv(e) => e.family(),
            Self::Table(e) => e.family(),
            // A path that is not there was written by a person.
            Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound => Family::Yours,
            Self::Io { .. } => Family::World,
            Self::Cancelled => Family::Interrupted,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Csv(e) => e.place(),
            Self::Table(e) => e.place(),
            Self::Io { path, .. } => Place::file(path.clone()),
            Self::Cancelled => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Csv(e) => e.hint(),
            Self::Table(e) => e.hint(),
            Self::Io { .. } | Self::Cancelled => None,
        }
    }
}

impl From<CsvError> for ReadError {
    fn from(e: CsvError) -> Self {
        Self::Csv(e)
    }
}

impl From<table::TableError> for ReadError {
    fn from(e: table::TableError) -> Self {
        Self::Table(e)
    }
}

impl From<base::Cancelled> for ReadError {
    fn from(_: base::Cancelled) -> Self {
        Self::Cancelled
    }
}
