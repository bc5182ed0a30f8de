//! What can go wrong between a source and a table. Each reader has its own enum; this one gathers them.

use std::fmt;
use std::io;

use base::{Code, Family, Fault, Place};
use csv::{CsvError, ReadError};
use infer::InferError;

use crate::formats::FormatError;
use crate::snapshot::SnapshotError;

/// Errors of this crate.
#[derive(Debug)]
pub enum CollectError {
    /// Delimited text.
    Csv(CsvError),
    /// Sources, compression, JSON, Parquet, Arrow. Codes 0840 to 0859.
    Format(FormatError),
    /// Typing cells, proposals, conforming to a schema.
    Infer(InferError),
    /// Snapshots and manifests. Codes 0880 to 0899.
    Snapshot(SnapshotError),
    /// A table could not be made.
    Table(table::TableError),
    /// The disk said no.
    Io {
        /// The file as the user named it.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The work was asked to stop.
    Cancelled,
}

macro_rules! each {
    ($self:ident, $e:ident => $body:expr, $io:expr, $cancelled:expr) => {
        match $self {
            Self::Csv($e) => $body,
            Self::Format($e) => $body,
            Self::Infer($e) => $body,
            Self::Snapshot($e) => $body,
            Self::Table($e) => $body,
            Self::Io { .. } => $io,
            Self::Cancelled => $cancelled,
        }
    };
}

impl fmt::Display for CollectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, source } => write!(f, "`{path}` cannot be read or written: {source}"),
            Self::Cancelled => f.write_str("interrupted"),
            Self::Csv(e) => e.fmt(f),
            Self::Format(e) => e.fmt(f),
            Self::Infer(e) => e.fmt(f),
            Self::Snapshot(e) => e.fmt(f),
            Self::Table(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for CollectError {}

impl Fault for CollectError {
    fn code(&self) -> Code {
        each!(self, e => e.code(), Code(801), Code(802))
    }

    fn family(&self) -> Family {
        match self {
            // A path that is not there, or is no file, was written by a person.
            Self::Io { source, .. }
                if matches!(
                    source.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::InvalidInput
                ) =>
            {
                Family::Yours
            }
            _ => each!(self, e => e.family(), Family::World, Family::Interrupted),
        }
    }

    fn place(&self) -> Place {
        if let Self::Io { path, .. } = self {
            return Place::file(path.clone());
        }
        each!(self, e => e.place(), Place::default(), Place::default())
    }

    fn hint(&self) -> Option<String> {
        each!(self, e => e.hint(), None, None)
    }
}

impl From<base::Cancelled> for CollectError {
    fn from(_: base::Cancelled) -> Self {
        Self::Cancelled
    }
}

macro_rules! from {
    ($($variant:ident($inner:ty)),+) => {$(
        impl From<$inner> for CollectError {
            fn from(e: $inner) -> Self {
                Self::$variant(e)
            }
        }
    )+};
}
from!(Csv(CsvError), Format(FormatError), Infer(InferError), Snapshot(SnapshotError), Table(table::TableError));

impl From<ReadError> for CollectError {
    fn from(e: ReadError) -> Self {
        match e {
            ReadError::Csv(e) => Self::Csv(e),
            ReadError::Table(e) => Self::Table(e),
            ReadError::Cancelled => Self::Cancelled,
            // Our own sources put their errors inside.
            ReadError::Io { path, source } => match source.downcast::<FormatError>() {
                Ok(ours) => Self::Format(ours),
                Err(source) => Self::Io { path, source },
            },
        }
    }
}
