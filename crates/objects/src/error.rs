//! What can go wrong with a store, each with its code.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use base::finding::quoted;
use base::{Code, Digest, Family, Fault, Place};

/// A store that cannot do what it was asked.
#[derive(Debug)]
pub enum ObjectsError {
    /// The disk refused.
    Io {
        /// What was tried: a verb such as `write`.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no such object.
    Missing {
        /// What was looked for.
        digest: Digest,
    },
    /// A file's bytes are not the ones that its name promises.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What its name promises.
        expected: Digest,
        /// What it holds.
        found: Digest,
    },
    /// A name is not one that a store accepts.
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// An object is too long to be read into memory.
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: u64,
        /// What may be read.
        max: u64,
    },
    /// A staged folder holds something that is not a file or a folder, or goes too deep.
    Staged {
        /// The offending path.
        path: PathBuf,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// What was to be stored could not be read.
    Source {
        /// What the reader said.
        source: io::Error,
    },
}

impl ObjectsError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { doing, path: path.to_owned(), source }
    }
}

impl fmt::Display for ObjectsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { doing, path, source } => write!(f, "could not {doing} `{}`: {source}", path.display()),
            Self::Missing { digest } => write!(f, "the store has no object {digest}"),
            Self::Damaged { path, expected, found } => {
                write!(f, "`{}` is damaged: its content is {found}, expected {expected}", path.display())
            }
            Self::Name { name, problem } => write!(f, "{} cannot be a name in a store: {problem}", quoted(name)),
            Self::TooLarge { path, found, max } => {
                write!(f, "`{}` has {found} bytes; at most {max} are read into memory", path.display())
            }
            Self::Staged { path, problem } => write!(f, "`{}` cannot be published: {problem}", path.display()),
            Self::Source { source } => write!(f, "could not read what was to be stored: {source}"),
        }
    }
}

impl std::error::Error for ObjectsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } | Self::Source { source } => Some(source),
            _ => None,
        }
    }
}

impl From<ObjectsError> for io::Error {
    /// Keeps the kind of an error of the disk; the message is the whole one.
    fn from(error: ObjectsError) -> Self {
        let kind = match &error {
            ObjectsError::Io { source, .. } | ObjectsError::Source { source } => source.kind(),
            ObjectsError::Missing { .. } => io::ErrorKind::NotFound,
            ObjectsError::Damaged { .. } | ObjectsError::TooLarge { .. } => io::ErrorKind::InvalidData,
            ObjectsError::Name { .. } | ObjectsError::Staged { .. } => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, error)
    }
}

impl Fault for ObjectsError {
    fn code(&self) -> Code {
        match self {
            Self::Io { .. } => Code(301),
            Self::Missing { .. } => Code(302),
            Self::Damaged { .. } => Code(303),
            Self::Name { .. } => Code(304),
            Self::TooLarge { .. } => Code(305),
            Self::Staged { .. } => Code(306),
            Self::Source { .. } => Code(307),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Io { .. } | Self::Damaged { .. } | Self::Source { .. } => Family::World,
            Self::Missing { .. } | Self::Name { .. } | Self::TooLarge { .. } => Family::Yours,
            Self::Staged { .. } => Family::Ours,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Io { path, .. }
            | Self::Damaged { path, .. }
            | Self::TooLarge { path, .. }
            | Self::Staged { path, .. } => Place::file(path.display().to_string()),
            Self::Missing { .. } | Self::Name { .. } | Self::Source { .. } => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied => "check who owns the folder and whether it may be written",
                io::ErrorKind::ReadOnlyFilesystem => "the disk is mounted read-only: use another folder",
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk and run again",
                _ => return None,
            },
            Self::Missing { .. } => "it was removed, or belongs to another project",
            Self::Damaged { .. } => "restore the file from a copy, or add the data again; if it recurs, check the disk",
            Self::Name { .. } => "use 1 to 128 of the characters `a-z 0-9 . _ -`, beginning with a letter or digit",
            Self::TooLarge { .. } => "export it to a file in place of reading it whole",
            Self::Staged { .. } => "this is a bug in almanac: please report it with the command and this message",
            Self::Source { .. } => return None,
        };
        Some(text.to_owned())
    }
}
