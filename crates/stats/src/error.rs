//! What can be wrong with numbers that something is asked of, each with its code.

use std::fmt;

use base::{Code, Family, Fault, Place};

/// A plan that cannot be made, or a number that is not defined.
#[derive(Debug, Clone, PartialEq)]
pub enum StatsError {
    /// Fewer rows than are needed.
    TooFewRows {
        /// What needs them.
        what: &'static str,
        /// How many it needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// More rows than can be counted in 32 bits.
    TooManyRows {
        /// How many there are.
        found: usize,
    },
    /// Two inputs do not have the same length.
    Lengths {
        /// Of what.
        what: &'static str,
        /// What was expected.
        expected: usize,
        /// What was found.
        found: usize,
    },
    /// A number that was asked for lies outside its range.
    Asked {
        /// Which number.
        what: &'static str,
        /// What it may be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// Fewer groups than parts they shall be put into.
    TooFewGroups {
        /// How many parts there shall be.
        needed: usize,
        /// How many groups there are.
        found: usize,
    },
    /// Fewer distinct times than parts that shall follow each other.
    TooFewTimes {
        /// How many parts there shall be.
        needed: usize,
        /// How many distinct times there are.
        found: usize,
    },
    /// A column that gives the split has one value only, or not the one that was asked for.
    OneSided,
    /// A NaN or an infinity where a number is needed.
    NotFinite {
        /// In what.
        what: &'static str,
        /// Which entry, from 0.
        row_idx: usize,
    },
    /// The number is not defined for this input.
    Undefined {
        /// Which number.
        what: &'static str,
        /// Why.
        why: &'static str,
    },
}

impl fmt::Display for StatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewRows { what, needed, found } => write!(f, "{what} needs {needed} rows, there are {found}"),
            Self::TooManyRows { found } => write!(f, "{found} rows, at most {} can be split", u32::MAX),
            Self::Lengths { what, expected, found } => write!(f, "{found} {what}, expected {expected}"),
            Self::Asked { what, expected, found } => write!(f, "{what} is {found}, expected {expected}"),
            Self::TooFewGroups { needed, found } => {
                write!(f, "{found} groups cannot be put into {needed} parts without tearing one apart")
            }
            Self::TooFewTimes { needed, found } => {
                write!(f, "{found} distinct times cannot be cut into {needed} parts that follow each other")
            }
            Self::OneSided => f.write_str("the column that gives the split puts every row on one side"),
            Self::NotFinite { what, row_idx } => {
                write!(f, "{what} has an entry that is not finite, number {}", row_idx + 1)
            }
            Self::Undefined { what, why } => write!(f, "{what} is not defined: {why}"),
        }
    }
}

impl std::error::Error for StatsError {}

impl Fault for StatsError {
    fn code(&self) -> Code {
        match self {
            Self::TooFewRows { .. } => Code(501),
            Self::TooManyRows { .. } => Code(502),
            Self::Lengths { .. } => Code(503),
            Self::Asked { .. } => Code(504),
            Self::TooFewGroups { .. } => Code(505),
            Self::TooFewTimes { .. } => Code(506),
            Self::OneSided => Code(507),
            Self::NotFinite { .. } => Code(508),
            Self::Undefined { .. } => Code(509),
        }
    }

    fn family(&self) -> Family {
        if matches!(self, Self::Lengths { .. }) { Family::Ours } else { Family::Yours }
    }

    fn place(&self) -> Place {
        match self {
            Self::NotFinite { row_idx, .. } => Place { row: Some(*row_idx as u64 + 1), ..Place::default() },
            _ => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::TooFewRows { .. } | Self::TooFewGroups { .. } | Self::TooFewTimes { .. } => {
                Some("ask for fewer folds, or give more rows".into())
            }
            Self::OneSided => Some("name a column that has at least two values, such as `train` and `test`".into()),
            _ => None,
        }
    }
}

/// Two slices of one length.
pub(crate) fn check_lengths(what: &'static str, expected: usize, found: usize) -> Result<(), StatsError> {
    if expected == found { Ok(()) } else { Err(StatsError::Lengths { what, expected, found }) }
}

/// No NaN, no infinity.
pub(crate) fn check_finite(what: &'static str, values: &[f64]) -> Result<(), StatsError> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(row_idx) => Err(StatsError::NotFinite { what, row_idx }),
        None => Ok(()),
    }
}
