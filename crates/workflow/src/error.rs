//! What can go wrong in a use case: the errors of the crates below, and a few of its own.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use base::{Code, Family, Fault, Place};
use collect::CollectError;
use pipeline::PipelineError;
use tune::TuneError;

/// Errors of this crate.
#[derive(Debug)]
pub enum WorkflowError {
    /// Reading, typing, snapshots.
    Collect(CollectError),
    /// Binding, fitting, bundles.
    Pipeline(PipelineError),
    /// Choosing.
    Tune(TuneError),
    /// A metric that is not known.
    Metric(metrics::MetricError),
    /// Predictions could not be judged.
    Evaluate(evaluate::EvaluateError),
    /// A file could not be read or written.
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A model file could not be read; says which.
    Model {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        source: PipelineError,
    },
    /// An output column would carry the name of one that is carried through.
    NameClash {
        /// The name.
        name: String,
    },
    /// There is nothing to score.
    NothingToScore,
    /// The file to write is one of those that are read.
    Overwrites {
        /// Which file.
        path: PathBuf,
    },
    /// A flag's value cannot be read.
    Flag {
        /// The flag.
        flag: &'static str,
        /// What is wrong and what was expected.
        what: String,
    },
    /// A promise between two of our own parts was not kept.
    Broken {
        /// What was promised.
        what: String,
    },
}

impl WorkflowError {
    /// An input or output error at a path.
    pub fn io(path: &Path, source: io::Error) -> Self {
        Self::Io { path: path.to_owned(), source }
    }
}

impl fmt::Display for WorkflowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Collect(e) => e.fmt(f),
            Self::Pipeline(e) => e.fmt(f),
            Self::Tune(e) => e.fmt(f),
            Self::Metric(e) => e.fmt(f),
            Self::Evaluate(e) => e.fmt(f),
            Self::Io { path, source } => write!(f, "`{}` cannot be read or written: {source}", path.display()),
            Self::Model { path, source } => write!(f, "`{}` is not a usable model: {source}", path.display()),
            Self::NameClash { name } => {
                write!(f, "the data carry a column `{name}` through, which is also the name of an output column")
            }
            Self::NothingToScore => f.write_str("the data have no row that can be scored"),
            Self::Overwrites { path } => {
                write!(f, "`{}` would be written over, and is one of the files that are read", path.display())
            }
            Self::Flag { flag, what } => write!(f, "{flag}: {what}"),
            Self::Broken { what } => write!(f, "internal error: {what}"),
        }
    }
}

impl std::error::Error for WorkflowError {}

impl Fault for WorkflowError {
    fn code(&self) -> Code {
        match self {
            Self::Collect(e) => e.code(),
            Self::Pipeline(e) => e.code(),
            Self::Tune(e) => e.code(),
            Self::Metric(e) => e.code(),
            Self::Evaluate(e) => e.code(),
            Self::Model { source, .. } => source.code(),
            Self::Io { .. } => Code(2001),
            Self::NameClash { .. } => Code(2002),
            Self::NothingToScore => Code(2003),
            Self::Flag { .. } => Code(2004),
            Self::Broken { .. } => Code(2005),
            Self::Overwrites { .. } => Code(2006),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Collect(e) => e.family(),
            Self::Pipeline(e) => e.family(),
            Self::Tune(e) => e.family(),
            Self::Metric(e) => e.family(),
            Self::Evaluate(e) => e.family(),
            Self::Model { source, .. } => source.family(),
            // A path that is not there, or is no file, was written by a person.
            Self::Io { source, .. }
                if matches!(
                    source.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::IsADirectory | io::ErrorKind::InvalidInput
                ) =>
            {
                Family::Yours
            }
            Self::Io { .. } => Family::World,
            Self::Broken { .. } => Family::Ours,
            Self::NameClash { .. } | Self::NothingToScore | Self::Flag { .. } | Self::Overwrites { .. } => {
                Family::Yours
            }
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Collect(e) => e.place(),
            Self::Pipeline(e) => e.place(),
            Self::Tune(e) => e.place(),
            Self::Io { path, .. } | Self::Model { path, .. } | Self::Overwrites { path } => {
                Place::file(path.display().to_string())
            }
            Self::NameClash { name } => Place::column(name),
            _ => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Collect(e) => e.hint(),
            Self::Pipeline(e) => e.hint(),
            Self::Tune(e) => e.hint(),
            Self::Metric(e) => e.hint(),
            Self::Evaluate(e) => e.hint(),
            Self::Model { source, .. } => source.hint(),
            Self::NameClash { .. } => {
                Some("rename the column in the data, or leave it out of training with `--drop`".into())
            }
            Self::Overwrites { .. } => Some("give another name to the file that is written".into()),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($variant:ident($inner:ty)),+) => {$(
        impl From<$inner> for WorkflowError {
            fn from(e: $inner) -> Self {
                Self::$variant(e)
            }
        }
    )+};
}
from!(
    Collect(CollectError),
    Pipeline(PipelineError),
    Tune(TuneError),
    Metric(metrics::MetricError),
    Evaluate(evaluate::EvaluateError)
);

impl From<table::TableError> for WorkflowError {
    fn from(e: table::TableError) -> Self {
        Self::Pipeline(e.into())
    }
}
