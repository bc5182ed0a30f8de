//! What can be wrong with predictions, truth and weights, each with its code.

use std::fmt;

use base::finding::{nearest, quoted};
use base::{Code, Family, Fault, Place};

use crate::metric::Metric;

/// What is wrong with a set of weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeightProblem {
    /// Negative in this row, from 0.
    Negative {
        /// Which row.
        row_idx: usize,
    },
    /// NaN or infinite in this row, from 0.
    NotFinite {
        /// Which row.
        row_idx: usize,
    },
    /// No row has a weight above zero.
    AllZero,
}

impl fmt::Display for WeightProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative { row_idx } => write!(f, "row {} has a negative one", row_idx + 1),
            Self::NotFinite { row_idx } => write!(f, "row {} has one that is not finite", row_idx + 1),
            Self::AllZero => f.write_str("all of them are zero"),
        }
    }
}

/// A metric, curve or interval that cannot be computed.
#[derive(Debug, Clone, PartialEq)]
pub enum MetricError {
    /// No metric has this name.
    Unknown {
        /// The name that was used.
        name: String,
    },
    /// There is nothing to judge.
    NoRows,
    /// More rows than can be counted in 32 bits.
    TooManyRows {
        /// How many there are.
        found: usize,
    },
    /// Two inputs do not have the same number of rows or classes.
    Lengths {
        /// Of what.
        what: &'static str,
        /// How many were expected.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The metric judges another kind of prediction.
    Kind {
        /// The metric or curve.
        metric: &'static str,
        /// What it judges.
        expected: &'static str,
        /// What was handed in.
        found: &'static str,
    },
    /// A class that the metric needs has no row of positive weight.
    ClassAbsent {
        /// The metric or curve.
        metric: &'static str,
        /// Which class, from 0.
        class_idx: u32,
    },
    /// Fewer rows of positive weight than the metric needs.
    TooFewRows {
        /// The metric.
        metric: &'static str,
        /// How many it needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The weights cannot be used.
    Weights(WeightProblem),
    /// A NaN or an infinity.
    NotFinite {
        /// A `truth` or a `score`.
        what: &'static str,
        /// Which row, from 0.
        row_idx: usize,
    },
    /// Scores of a row that are not probabilities: outside 0 to 1, or not adding up to 1.
    NotProbabilities {
        /// Which row, from 0.
        row_idx: usize,
    },
    /// A class index beyond the number of classes.
    ClassRange {
        /// Which row, from 0; `None` if it is the class that was asked about.
        row_idx: Option<usize>,
        /// The class index.
        class_idx: u32,
        /// How many classes there are.
        n_classes: usize,
    },
    /// An interval, or the bins of a curve, were asked for with numbers that make none.
    Asked {
        /// Which number.
        what: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// The numbers are so large that the metric is not a number of double precision.
    Overflow {
        /// The metric.
        metric: &'static str,
    },
    /// The work was asked to stop.
    Cancelled,
}

impl fmt::Display for MetricError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name } => {
                write!(f, "{} is not a metric", quoted(name))?;
                match nearest(name, Metric::ALL.map(Metric::as_str)) {
                    Some(near) => write!(f, "; the nearest name is {}", quoted(near)),
                    None => Ok(()),
                }
            }
            Self::NoRows => f.write_str("there are no rows to judge"),
            Self::TooManyRows { found } => write!(f, "{found} rows, at most {} can be judged at once", u32::MAX),
            Self::Lengths { what, expected, found } => write!(f, "{found} {what}, expected {expected}"),
            Self::Kind { metric, expected, found } => write!(f, "`{metric}` judges {expected}, and was given {found}"),
            Self::ClassAbsent { metric, class_idx } => {
                write!(f, "`{metric}` is not defined: no row is of the class with index {class_idx}")
            }
            Self::TooFewRows { metric, needed, found } => {
                write!(f, "`{metric}` is not defined for {found} rows, it needs {needed}")
            }
            Self::Weights(problem) => write!(f, "the weights cannot be used: {problem}"),
            Self::NotFinite { what, row_idx } => write!(f, "row {} has a {what} that is not finite", row_idx + 1),
            Self::NotProbabilities { row_idx } => {
                write!(f, "the scores of row {} are not probabilities from 0 to 1 that add up to 1", row_idx + 1)
            }
            Self::ClassRange { class_idx, n_classes, .. } => {
                write!(f, "class index {class_idx} among {n_classes} classes")
            }
            Self::Asked { what, expected, found } => write!(f, "{what} is {found}, expected {expected}"),
            Self::Overflow { metric } => write!(f, "`{metric}` is beyond what a double-precision number can hold"),
            Self::Cancelled => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for MetricError {}

impl Fault for MetricError {
    fn code(&self) -> Code {
        match self {
            Self::Unknown { .. } => Code(601),
            Self::NoRows => Code(602),
            Self::TooManyRows { .. } => Code(603),
            Self::Lengths { .. } => Code(604),
            Self::Kind { .. } => Code(605),
            Self::ClassAbsent { .. } => Code(606),
            Self::TooFewRows { .. } => Code(607),
            Self::Weights(_) => Code(608),
            Self::NotFinite { .. } => Code(609),
            Self::NotProbabilities { .. } => Code(610),
            Self::ClassRange { .. } => Code(611),
            Self::Asked { .. } => Code(612),
            Self::Cancelled => Code(613),
            Self::Overflow { .. } => Code(614),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Cancelled => Family::Interrupted,
            Self::Lengths { .. } | Self::NotProbabilities { .. } | Self::ClassRange { .. } => Family::Ours,
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        let row_idx = match self {
            Self::Weights(WeightProblem::Negative { row_idx } | WeightProblem::NotFinite { row_idx })
            | Self::NotFinite { row_idx, .. }
            | Self::NotProbabilities { row_idx } => Some(*row_idx),
            Self::ClassRange { row_idx, .. } => *row_idx,
            _ => None,
        };
        Place { row: row_idx.map(|i| i as u64 + 1), ..Place::default() }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Unknown { .. } => Some(format!("the metrics are {}", Metric::ALL.map(Metric::as_str).join(", "))),
            Self::Kind { .. } => Some("name a metric of the task with `--metric`".into()),
            Self::ClassAbsent { .. } => {
                Some("use rows that hold every class, or a metric that is defined without, such as `log_loss`".into())
            }
            Self::Weights(_) => Some("weights are numbers from 0 on, at least one of them above it".into()),
            _ => None,
        }
    }
}

impl From<base::Cancelled> for MetricError {
    fn from(_: base::Cancelled) -> Self {
        Self::Cancelled
    }
}
