//! What is predicted: tasks and targets.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Kind of prediction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Task {
    /// Two classes.
    Binary,
    /// Three classes or more.
    Multiclass,
    /// A number.
    Regression,
}

impl Task {
    /// Every task.
    pub const ALL: [Task; 3] = [Self::Binary, Self::Multiclass, Self::Regression];

    /// The name as it is written in output and taken by `--task`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Binary => "binary",
            Self::Multiclass => "multiclass",
            Self::Regression => "regression",
        }
    }

    /// Whether the target is a class.
    pub fn is_classification(self) -> bool {
        self != Self::Regression
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Task {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|t| t.as_str() == s)
            .ok_or_else(|| format!("`{s}` is not a task; the tasks are {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// Truth to learn from, one entry per row.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// Class indices `0..n_classes`.
    Class {
        /// Per row.
        codes: Vec<u32>,
        /// How many classes there are, also those without a row here.
        n_classes: usize,
    },
    /// Finite numbers.
    Real(Vec<f64>),
}

impl Target {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Class { codes, .. } => codes.len(),
            Self::Real(v) => v.len(),
        }
    }

    /// The task that this target poses.
    pub fn task(&self) -> Task {
        match self {
            Self::Class { n_classes: 0..=2, .. } => Task::Binary,
            Self::Class { .. } => Task::Multiclass,
            Self::Real(_) => Task::Regression,
        }
    }

    /// Outputs per row of a prediction: one per class, or one number.
    pub fn n_outputs(&self) -> usize {
        match self {
            Self::Class { n_classes, .. } => *n_classes,
            Self::Real(_) => 1,
        }
    }

    /// Rows by position.
    ///
    /// # Panics
    /// If a row is beyond the end.
    pub fn take(&self, rows: &[u32]) -> Target {
        match self {
            Self::Class { codes, n_classes } => {
                Self::Class { codes: rows.iter().map(|&r| codes[r as usize]).collect(), n_classes: *n_classes }
            }
            Self::Real(v) => Self::Real(rows.iter().map(|&r| v[r as usize]).collect()),
        }
    }
}
