//! What can go wrong while cells are typed and tables are made to conform.

use std::fmt;

use base::finding::{nearest, quoted};
use base::{Cancelled, Code, Family, Fault, Place};
use table::TableError;

/// Codes of findings that are no errors.
pub mod codes {
    use base::Code;

    /// The order of day and month is not determined by any value.
    pub const DATE_ORDER: Code = Code(2665);
    /// A mark in numbers may be a decimal or a thousands mark.
    pub const NUMBER_MARK: Code = Code(2666);
    /// A column's type was proven by a form of writing that is not the plain one.
    pub const PROVEN_FORM: Code = Code(2667);
    /// All cells are dates, in more than one form.
    pub const MIXED_DATES: Code = Code(2668);
    /// A cell does not fit its column while scoring: the row is refused.
    pub const CELL_REFUSED: Code = Code(2669);
    /// Whole numbers beyond 64 bits stay text.
    pub const MANY_DIGITS: Code = Code(2670);
    /// A column was changed by a proposal.
    pub const APPLIED: Code = Code(2671);
    /// A proposal asks something; it was left as it is.
    pub const QUESTION: Code = Code(2672);
}

/// Errors of typing and conforming. Codes 2660 to 2679.
#[derive(Debug)]
pub enum InferError {
    /// A flag names a column that is not there.
    UnknownColumn {
        /// The flag: `--kind`, `--missing`, `--format`.
        flag: &'static str,
        /// The name that was given.
        name: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// A format is neither a date pattern nor an example of a number.
    BadFormat {
        /// Column.
        column: String,
        /// What was given.
        format: String,
        /// What is wrong with it.
        what: String,
    },
    /// A cell does not fit what a flag or a proposal says of its column.
    DoesNotFit {
        /// Column.
        column: String,
        /// Data row, from 1.
        row: u64,
        /// The cell.
        found: String,
        /// What the column was said to hold.
        expected: String,
    },
    /// A number is beyond the range of floats.
    OutOfRange {
        /// Column.
        column: String,
        /// How many such cells.
        n_cells: u64,
        /// One of them.
        found: String,
    },
    /// The table to be scored lacks columns that the model takes.
    MissingColumns {
        /// The columns that are not there.
        missing: Vec<String>,
        /// The names there are.
        names: Vec<String>,
    },
    /// A table could not be made.
    Table(TableError),
    /// The work was asked to stop.
    Cancelled,
}

impl fmt::Display for InferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownColumn { flag, name, names } => {
                write!(f, "`{flag}` names a column {} that is not there", quoted(name))?;
                match nearest(name, names.iter().map(String::as_str)) {
                    Some(near) => write!(f, "; the nearest name is `{near}`"),
                    None => write!(f, "; the source has {} columns", names.len()),
                }
            }
            Self::BadFormat { column, format, what } => {
                write!(f, "{} is no format for column `{column}`: {what}", quoted(format))
            }
            Self::DoesNotFit { column, row, found, expected } => {
                write!(f, "row {row} of column `{column}` is {}, expected {expected}", quoted(found))
            }
            Self::OutOfRange { column, n_cells, found } => {
                let cells = if *n_cells == 1 { "a number" } else { "numbers" };
                write!(f, "column `{column}` has {cells} beyond the range of 64-bit floats, such as {}", quoted(found))
            }
            Self::MissingColumns { missing, names } => {
                let list: Vec<String> = missing.iter().map(|m| quoted(m)).collect();
                let word = if missing.len() == 1 { "column" } else { "columns" };
                write!(f, "the table lacks the {word} {}", list.join(", "))?;
                if let [one] = missing.as_slice()
                    && let Some(near) = nearest(one, names.iter().map(String::as_str))
                {
                    write!(f, "; the nearest name is `{near}`")?;
                }
                Ok(())
            }
            Self::Table(e) => e.fmt(f),
            Self::Cancelled => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for InferError {}

impl Fault for InferError {
    fn code(&self) -> Code {
        match self {
            Self::UnknownColumn { .. } => Code(2660),
            Self::BadFormat { .. } => Code(2661),
            Self::DoesNotFit { .. } => Code(2662),
            Self::OutOfRange { .. } => Code(2663),
            Self::MissingColumns { .. } => Code(2664),
            Self::Table(e) => e.code(),
            Self::Cancelled => Code(2601),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Table(e) => e.family(),
            Self::Cancelled => Family::Interrupted,
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::UnknownColumn { name, .. } => Place::column(name),
            Self::BadFormat { column, .. } | Self::OutOfRange { column, .. } => Place::column(column),
            Self::DoesNotFit { column, row, .. } => {
                Place { column: Some(column.clone()), row: Some(*row), ..Place::default() }
            }
            Self::Table(e) => e.place(),
            Self::MissingColumns { .. } | Self::Cancelled => Place::default(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownColumn { names, .. } | Self::MissingColumns { names, .. } => {
                let shown: Vec<&str> = names.iter().take(20).map(String::as_str).collect();
                let more = if names.len() > shown.len() { ", …" } else { "" };
                Some(format!("the columns are: {}{more}", shown.join(", ")))
            }
            Self::BadFormat { .. } => Some(
                "write a date pattern such as `%d/%m/%Y`, or a number of four digits with a decimal, such as \
                 `1.234,5`"
                    .into(),
            ),
            Self::DoesNotFit { column, found, .. } => {
                Some(format!("correct the cell, or say that it means missing: `--missing '{column}={found}'`"))
            }
            Self::OutOfRange { column, .. } => {
                Some(format!("correct the cells, or keep the column as text: `--kind '{column}=category'`"))
            }
            Self::Table(e) => e.hint(),
            Self::Cancelled => None,
        }
    }
}

impl From<TableError> for InferError {
    fn from(e: TableError) -> Self {
        Self::Table(e)
    }
}

impl From<Cancelled> for InferError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}
