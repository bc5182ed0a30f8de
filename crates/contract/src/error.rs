//! What can go wrong while something is fitted or applied.

use std::fmt;

use base::finding::{nearest, quoted};
use base::{Code, Family, Fault, Place};

/// Errors of fitting and applying, shared by every learner and step.
#[derive(Debug, Clone, PartialEq)]
pub enum FitError {
    /// There is nothing to learn from.
    NoRows,
    /// A classification target with a single class.
    OneClass {
        /// The class index that every row has.
        class: u32,
    },
    /// A target value that is NaN or infinite.
    TargetNotFinite {
        /// Which row of the data handed in, from 0.
        row_idx: usize,
    },
    /// A feature is not of a form that this learner or step takes.
    Form {
        /// Which feature.
        feature: String,
        /// What was expected.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A step selects a feature by a name that none has.
    NoSuchFeature {
        /// Which step.
        step: &'static str,
        /// The name that was used.
        feature: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// A feature has no value at all where one is needed.
    AllMissing {
        /// Which feature.
        feature: String,
    },
    /// A feature is infinite.
    Infinite {
        /// Which feature.
        feature: String,
        /// Which row, from 0.
        row_idx: usize,
    },
    /// Weights are negative, not finite, or all zero.
    Weights {
        /// What is wrong with them.
        what: String,
    },
    /// The learner does not do this task.
    Task {
        /// Which learner.
        learner: &'static str,
        /// Which task.
        task: String,
    },
    /// A parameter has a value that cannot be used with the others.
    Params(crate::params::ParamError),
    /// More columns, levels or rows than a named limit allows.
    Limit {
        /// What there is too much of.
        what: String,
        /// How many are allowed.
        max: u64,
        /// How many there are.
        found: u64,
    },
    /// The optimisation did not arrive at finite numbers.
    Diverged {
        /// Which learner.
        learner: &'static str,
    },
    /// A promise between two of our own parts was not kept.
    Broken {
        /// What was promised.
        what: String,
    },
    /// The work was asked to stop.
    Cancelled,
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRows => f.write_str("there are no rows to learn from"),
            Self::OneClass { .. } => f.write_str("the target has one class only, so there is nothing to tell apart"),
            Self::TargetNotFinite { row_idx } => write!(f, "the target is not a finite number in row {}", row_idx + 1),
            Self::Form { feature, expected, found } => {
                write!(f, "feature `{feature}` is {found}, expected {expected}")
            }
            Self::NoSuchFeature { step, feature, names } => {
                write!(f, "step `{step}` needs feature {}, which is none of the {}", quoted(feature), names.len())?;
                match nearest(feature, names.iter().map(String::as_str)) {
                    Some(near) => write!(f, "; the nearest name is {}", quoted(near)),
                    None => Ok(()),
                }
            }
            Self::AllMissing { feature } => write!(f, "feature `{feature}` has no value in any training row"),
            Self::Infinite { feature, row_idx } => {
                write!(f, "feature `{feature}` is infinite in row {}", row_idx + 1)
            }
            Self::Weights { what } => write!(f, "the weights cannot be used: {what}"),
            Self::Task { learner, task } => write!(f, "learner `{learner}` does not do task `{task}`"),
            Self::Params(e) => e.fmt(f),
            Self::Limit { what, max, found } => write!(f, "{found} {what}, at most {max} are allowed"),
            Self::Diverged { learner } => write!(f, "learner `{learner}` did not arrive at finite numbers"),
            Self::Broken { what } => write!(f, "internal error: {what}"),
            Self::Cancelled => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for FitError {}

impl Fault for FitError {
    fn code(&self) -> Code {
        match self {
            Self::NoRows => Code(701),
            Self::OneClass { .. } => Code(702),
            Self::TargetNotFinite { .. } => Code(703),
            Self::Form { .. } => Code(704),
            Self::AllMissing { .. } => Code(705),
            Self::Infinite { .. } => Code(706),
            Self::Weights { .. } => Code(707),
            Self::Task { .. } => Code(708),
            Self::Params(e) => e.code(),
            Self::Limit { .. } => Code(710),
            Self::Diverged { .. } => Code(711),
            Self::Broken { .. } => Code(712),
            Self::Cancelled => Code(713),
            Self::NoSuchFeature { .. } => Code(714),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Broken { .. } => Family::Ours,
            Self::Cancelled => Family::Interrupted,
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Form { feature, .. } | Self::AllMissing { feature } | Self::NoSuchFeature { feature, .. } => {
                Place::column(feature)
            }
            Self::Infinite { feature, row_idx } => Place { row: Some(*row_idx as u64 + 1), ..Place::column(feature) },
            Self::TargetNotFinite { row_idx } => Place { row: Some(*row_idx as u64 + 1), ..Place::default() },
            _ => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoRows => Some("check that the file has rows whose target is not empty".into()),
            Self::OneClass { .. } => Some("check that the file holds both outcomes, or name another target".into()),
            Self::AllMissing { feature } => Some(format!("leave it out with `--drop {feature}`")),
            _ => None,
        }
    }
}

impl From<base::Cancelled> for FitError {
    fn from(_: base::Cancelled) -> Self {
        Self::Cancelled
    }
}

impl From<crate::params::ParamError> for FitError {
    fn from(e: crate::params::ParamError) -> Self {
        Self::Params(e)
    }
}
