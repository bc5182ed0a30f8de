//! What can go wrong while choosing.

use std::fmt;

use base::{Code, Family, Fault, Place};
use contract::ParamError;
use evaluate::EvaluateError;
use pipeline::PipelineError;
use stats::StatsError;

/// Errors of this crate.
#[derive(Debug)]
pub enum TuneError {
    /// A learner or parameter that does not exist, or a value out of bounds.
    Params(ParamError),
    /// Predictions could not be judged.
    Evaluate(EvaluateError),
    /// Rows could not be split as asked.
    Split(StatsError),
    /// A plan or a fit failed in every candidate, or in one that was asked for.
    Pipeline(PipelineError),
    /// Every candidate failed.
    NothingFitted {
        /// What each said.
        reasons: Vec<String>,
    },
    /// `--split` cannot be read.
    SplitForm {
        /// What was given.
        found: String,
    },
}

impl fmt::Display for TuneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Params(e) => e.fmt(f),
            Self::Evaluate(e) => e.fmt(f),
            Self::Split(e) => e.fmt(f),
            Self::Pipeline(e) => e.fmt(f),
            Self::NothingFitted { .. } => f.write_str("no model could be fitted"),
            Self::SplitForm { found } => write!(
                f,
                "--split is {}, expected random, time:COL[,COL], group:COL or column:COL",
                base::finding::quoted(found)
            ),
        }
    }
}

impl std::error::Error for TuneError {}

impl Fault for TuneError {
    fn code(&self) -> Code {
        match self {
            Self::Params(e) => e.code(),
            Self::Evaluate(e) => e.code(),
            Self::Split(e) => e.code(),
            Self::Pipeline(e) => e.code(),
            Self::NothingFitted { .. } => Code(1701),
            Self::SplitForm { .. } => Code(1702),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Params(e) => e.family(),
            Self::Evaluate(e) => e.family(),
            Self::Split(e) => e.family(),
            Self::Pipeline(e) => e.family(),
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Pipeline(e) => e.place(),
            Self::Evaluate(e) => e.place(),
            Self::Split(e) => e.place(),
            _ => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Params(e) => e.hint(),
            Self::Evaluate(e) => e.hint(),
            Self::Split(e) => e.hint(),
            Self::Pipeline(e) => e.hint(),
            Self::NothingFitted { reasons } => Some(reasons.join("; ")),
            Self::SplitForm { .. } => None,
        }
    }
}

macro_rules! from {
    ($($variant:ident($inner:ty)),+) => {$(
        impl From<$inner> for TuneError {
            fn from(e: $inner) -> Self {
                Self::$variant(e)
            }
        }
    )+};
}
from!(Params(ParamError), Evaluate(EvaluateError), Split(StatsError), Pipeline(PipelineError));
