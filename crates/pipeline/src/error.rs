//! What can go wrong between a table and a bundle.

use std::fmt;

use base::{Code, Family, Fault, Place};
use contract::FitError;

/// Errors of this crate.
#[derive(Debug)]
pub enum PipelineError {
    /// A column that was named does not exist, or the table is not well formed.
    Table(table::TableError),
    /// The target has no value in any row.
    NoTarget {
        /// The target's name.
        target: String,
    },
    /// The target has one value only.
    OneValue {
        /// The target's name.
        target: String,
        /// The value.
        value: String,
    },
    /// More classes than the named limit.
    TooManyClasses {
        /// The target's name.
        target: String,
        /// How many there are.
        found: usize,
        /// How many are allowed.
        max: usize,
    },
    /// The asked task does not fit the target's values.
    TaskMismatch {
        /// The target's name.
        target: String,
        /// The task that was asked for.
        task: String,
        /// What the target holds.
        found: String,
    },
    /// The positive label that was asked for is not a class.
    NoSuchClass {
        /// What was asked for.
        label: String,
        /// The classes.
        classes: Vec<String>,
    },
    /// A class has so few rows that it cannot be in every fold.
    RareClass {
        /// The target's name.
        target: String,
        /// The class.
        class: String,
        /// Its rows.
        n_rows: usize,
        /// How many classes there are.
        n_classes: usize,
    },
    /// The target holds dates or times.
    TimeTarget {
        /// The target's name.
        target: String,
    },
    /// A column cannot order rows in time.
    TimeColumn {
        /// Its name.
        column: String,
        /// Why.
        what: String,
    },
    /// The weight column cannot be used.
    Weight {
        /// Its name.
        column: String,
        /// Why.
        what: String,
    },
    /// The target was also given another role.
    TargetTwice {
        /// The target's name.
        target: String,
        /// The flag that names it.
        flag: &'static str,
    },
    /// A positive class was named for a task that has none.
    PositiveTask {
        /// The task.
        task: String,
    },
    /// The column that gives the split says nothing of a row.
    SplitColumn {
        /// Its name.
        column: String,
        /// The row, from 0.
        row_idx: usize,
    },
    /// No column is left to learn from.
    NoFeatures {
        /// The columns and why each was left out.
        reasons: Vec<String>,
    },
    /// A learner or a step failed.
    Fit(FitError),
    /// The bundle's container is broken.
    Pack(pack::PackError),
    /// A section of the bundle does not hold what it should.
    Section {
        /// Which section.
        section: String,
        /// What is wrong.
        what: String,
    },
    /// A promise between two of our own parts was not kept.
    Broken {
        /// What was promised.
        what: String,
    },
}

impl fmt::Display for PipelineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(e) => e.fmt(f),
            Self::NoTarget { target } => write!(f, "the target `{target}` is empty in every row"),
            Self::OneValue { target, value } => {
                write!(f, "the target `{target}` is {} in every row", base::finding::quoted(value))
            }
            Self::TooManyClasses { target, found, max } => {
                write!(f, "the target `{target}` has {found} classes, at most {max} are allowed")
            }
            Self::TaskMismatch { target, task, found } => {
                write!(f, "task `{task}` does not fit the target `{target}`, which holds {found}")
            }
            Self::NoSuchClass { label, classes } => {
                write!(f, "{} is not a class; the classes are {}", base::finding::quoted(label), classes.join(", "))
            }
            Self::TimeTarget { target } => {
                write!(f, "the target `{target}` holds dates or times, which are not predicted")
            }
            Self::TimeColumn { column, what } => write!(f, "column `{column}` cannot order rows in time: {what}"),
            Self::RareClass { class, n_rows, .. } => {
                write!(f, "class {} has {n_rows} row(s), at least 2 are needed", base::finding::quoted(class))
            }
            Self::Weight { column, what } => write!(f, "column `{column}` cannot weight rows: {what}"),
            Self::TargetTwice { target, flag } => write!(f, "`{target}` is the target, and `{flag}` names it too"),
            Self::PositiveTask { task } => write!(f, "`--positive` is for binary tasks, and this one is {task}"),
            Self::SplitColumn { column, row_idx } => {
                write!(f, "column `{column}` gives the split, and is empty in row {}", row_idx + 1)
            }
            Self::NoFeatures { .. } => f.write_str("no column is left to learn from"),
            Self::Fit(e) => e.fmt(f),
            Self::Pack(e) => e.fmt(f),
            Self::Section { section, what } => write!(f, "section `{section}` of the model file: {what}"),
            Self::Broken { what } => write!(f, "internal error: {what}"),
        }
    }
}

impl std::error::Error for PipelineError {}

impl Fault for PipelineError {
    fn code(&self) -> Code {
        match self {
            Self::Table(e) => e.code(),
            Self::Fit(e) => e.code(),
            Self::Pack(e) => e.code(),
            Self::NoTarget { .. } => Code(1501),
            Self::OneValue { .. } => Code(1502),
            Self::TooManyClasses { .. } => Code(1503),
            Self::TaskMismatch { .. } => Code(1504),
            Self::NoSuchClass { .. } => Code(1505),
            Self::RareClass { .. } => Code(1506),
            Self::Weight { .. } => Code(1507),
            Self::NoFeatures { .. } => Code(1508),
            Self::Section { .. } => Code(1509),
            Self::Broken { .. } => Code(1510),
            Self::SplitColumn { .. } => Code(1511),
            Self::TargetTwice { .. } => Code(1512),
            Self::PositiveTask { .. } => Code(1513),
            Self::TimeTarget { .. } => Code(1514),
            Self::TimeColumn { .. } => Code(1515),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Table(e) => e.family(),
            Self::Fit(e) => e.family(),
            Self::Pack(e) => e.family(),
            Self::Broken { .. } => Family::Ours,
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::Table(e) => e.place(),
            Self::Fit(e) => e.place(),
            Self::Pack(e) => e.place(),
            Self::NoTarget { target }
            | Self::OneValue { target, .. }
            | Self::TooManyClasses { target, .. }
            | Self::TargetTwice { target, .. }
            | Self::TimeTarget { target }
            | Self::RareClass { target, .. }
            | Self::TaskMismatch { target, .. } => Place::column(target),
            Self::Weight { column, .. } | Self::TimeColumn { column, .. } => Place::column(column),
            Self::SplitColumn { column, row_idx } => Place { row: Some(*row_idx as u64 + 1), ..Place::column(column) },
            _ => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::Table(e) => e.hint(),
            Self::Fit(e) => e.hint(),
            Self::Pack(e) => e.hint(),
            Self::OneValue { .. } => Some("a model needs at least two outcomes to tell apart".into()),
            Self::TooManyClasses { .. } => {
                Some("if the target is a quantity, say `--task regression`; if it names rows, choose another".into())
            }
            Self::TaskMismatch { .. } => Some("leave `--task` out to have it chosen from the target".into()),
            Self::TargetTwice { .. } => Some("name another column".into()),
            Self::PositiveTask { .. } => Some("leave `--positive` out".into()),
            Self::SplitColumn { .. } => Some("fill it in, or leave such rows out".into()),
            Self::TimeTarget { .. } => Some("make a number of it, such as days from another date, or a class".into()),
            Self::TimeColumn { column, .. } => {
                Some(format!("give it a date or a number in every row; dates in text: `--format '{column}=%d/%m/%Y'`"))
            }
            Self::RareClass { target, n_classes, .. } if *n_classes > 20 => Some(format!(
                "the target has {n_classes} different values: if it is a number, look for cells that are none, and say \
                 `--missing '{target}=TOKEN'`, or `--task regression`"
            )),
            Self::RareClass { .. } => Some("collect more rows of it, or leave those rows out".into()),
            Self::NoFeatures { reasons } => Some(reasons.join("; ")),
            _ => None,
        }
    }
}

impl From<FitError> for PipelineError {
    fn from(e: FitError) -> Self {
        Self::Fit(e)
    }
}

impl From<table::TableError> for PipelineError {
    fn from(e: table::TableError) -> Self {
        Self::Table(e)
    }
}

impl From<pack::PackError> for PipelineError {
    fn from(e: pack::PackError) -> Self {
        Self::Pack(e)
    }
}

impl From<base::Cancelled> for PipelineError {
    fn from(_: base::Cancelled) -> Self {
        Self::Fit(FitError::Cancelled)
    }
}
