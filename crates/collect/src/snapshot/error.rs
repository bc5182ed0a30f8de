//! What can go wrong with snapshots. Codes 0880 to 0889 are errors; 0890 to 0899 are findings.

use std::fmt;

use base::finding::quoted;
use base::{Code, Family, Fault, Place};
use objects::ObjectsError;

/// Codes of findings that are no errors.
pub mod codes {
    use base::Code;

    /// A snapshot of the same values is there already.
    pub const ALREADY_THERE: Code = Code(890);
    /// A snapshot cannot be listed.
    pub const UNREADABLE: Code = Code(891);
    /// Rows were set aside, and the snapshot of the others was there before without them.
    pub const ASIDE_NOT_KEPT: Code = Code(892);
}

/// Errors of snapshots.
#[derive(Debug)]
pub enum SnapshotError {
    /// No snapshot has this id.
    NotFound {
        /// As it was given.
        id: String,
        /// How many there are.
        n_snapshots: usize,
        /// The folder of the store.
        root: String,
    },
    /// More than one snapshot begins so.
    Ambiguous {
        /// As it was given.
        id: String,
        /// The first of those that match.
        matches: Vec<String>,
    },
    /// A file is not what the manifest says.
    Damaged {
        /// The file.
        file: String,
        /// What is wrong.
        what: String,
    },
    /// A manifest of a version that this program does not read.
    Version {
        /// The file.
        file: String,
        /// The version that it declares.
        found: u64,
    },
    /// The store said no.
    Objects(ObjectsError),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { id, n_snapshots, root } => {
                let snapshots = if *n_snapshots == 1 { "snapshot" } else { "snapshots" };
                write!(f, "no snapshot has the id {}; `{root}` holds {n_snapshots} {snapshots}", quoted(id))
            }
            Self::Ambiguous { id, matches } => {
                write!(f, "{} snapshots begin with {}", matches.len(), quoted(id))
            }
            Self::Damaged { file, what } => write!(f, "`{file}` is damaged: {what}"),
            Self::Version { file, found } => {
                write!(f, "`{file}` has version {found}; this program reads version {}", super::manifest::VERSION)
            }
            Self::Objects(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for SnapshotError {}

impl Fault for SnapshotError {
    fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } => Code(880),
            Self::Ambiguous { .. } => Code(881),
            Self::Damaged { .. } => Code(882),
            Self::Version { .. } => Code(883),
            Self::Objects(e) => e.code(),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Damaged { .. } => Family::World,
            Self::Objects(e) => e.family(),
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Damaged { file, .. } | Self::Version { file, .. } => Place::file(file),
            Self::Objects(e) => e.place(),
            _ => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { .. } => Some("`almanac data list` shows the snapshots that there are".into()),
            Self::Ambiguous { matches, .. } => Some(format!("give more digits: {}", matches.join(", "))),
            Self::Damaged { .. } => {
                Some("restore the file from a copy, or remove the snapshot's folder and add the data again".into())
            }
            Self::Version { .. } => Some("use a newer almanac".into()),
            Self::Objects(e) => e.hint(),
        }
    }
}

impl From<ObjectsError> for SnapshotError {
    fn from(e: ObjectsError) -> Self {
        Self::Objects(e)
    }
}
