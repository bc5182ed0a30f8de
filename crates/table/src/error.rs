//! What can be wrong with a table as such.

use std::fmt;

use base::{Code, Family, Fault, Place};

/// Errors of tables and schemas.
#[derive(Debug, Clone, PartialEq)]
pub enum TableError {
    /// Two columns carry one name.
    DuplicateColumn {
        /// The name.
        name: String,
    },
    /// A column was asked for that the table does not have.
    NoSuchColumn {
        /// The name that was asked for.
        name: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// Columns of one table differ in their number of rows, or an array is of another type than its field.
    Shape {
        /// Which column.
        name: String,
        /// What was expected and what was found.
        what: String,
    },
    /// A cell does not fit its column.
    Cell {
        /// Which column.
        column: String,
        /// The cell as it was written.
        found: String,
        /// What the column holds.
        expected: String,
    },
    /// A column's date pattern cannot be used.
    Format {
        /// Which column.
        column: String,
        /// The pattern.
        format: String,
        /// What is wrong with it.
        what: String,
    },
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateColumn { name } => write!(f, "two columns are named `{name}`"),
            Self::NoSuchColumn { name, names } => {
                write!(f, "there is no column `{name}`; the table has {} columns", names.len())?;
                match base::finding::nearest(name, names.iter().map(String::as_str)) {
                    Some(near) => write!(f, ", the nearest name is `{near}`"),
                    None => Ok(()),
                }
            }
            Self::Shape { name, what } => write!(f, "column `{name}`: {what}"),
            Self::Cell { column, found, expected } => {
                write!(f, "column `{column}` holds {expected}, found {}", base::finding::quoted(found))
            }
            Self::Format { column, format, what } => {
                write!(f, "column `{column}` cannot be read as {}: {what}", base::finding::quoted(format))
            }
        }
    }
}

impl std::error::Error for TableError {}

impl Fault for TableError {
    fn code(&self) -> Code {
        match self {
            Self::DuplicateColumn { .. } => Code(101),
            Self::NoSuchColumn { .. } => Code(102),
            Self::Shape { .. } => Code(103),
            Self::Cell { .. } => Code(104),
            Self::Format { .. } => Code(105),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Shape { .. } => Family::Ours,
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::DuplicateColumn { name } | Self::NoSuchColumn { name, .. } | Self::Shape { name, .. } => {
                Place::column(name)
            }
            Self::Cell { column, .. } | Self::Format { column, .. } => Place::column(column),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::NoSuchColumn { names, .. } if names.len() == 1 => {
                Some(format!("the only column is {}; is the delimiter right?", base::finding::quoted(&names[0])))
            }
            Self::NoSuchColumn { names, .. } => {
                let shown: Vec<&str> = names.iter().take(20).map(String::as_str).collect();
                let more = if names.len() > shown.len() { ", …" } else { "" };
                Some(format!("the columns are: {}{more}", shown.join(", ")))
            }
            _ => None,
        }
    }
}
