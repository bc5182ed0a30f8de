//! What can go wrong between delimited text and columns. Codes 2510 to 2524 are errors; 2525 to 2539 are the findings
//! of the same reader (see [`crate::notes`]).

use std::fmt;

use base::finding::quoted;
use base::{Code, Family, Fault, Place};

use crate::limits::{COLUMNS_MAX, RECORD_BYTES_MAX};

/// Where in a file: the name as the user gave it, the line from 1, the column's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct At {
    /// The file.
    pub file: String,
    /// Line from 1, where it is known.
    pub line: Option<u64>,
    /// Name of the column, where it is known.
    pub column: Option<String>,
}

impl At {
    /// A whole file.
    pub fn file(file: &str) -> Self {
        Self { file: file.to_owned(), line: None, column: None }
    }

    /// A line of a file.
    pub fn line(file: &str, line: u64) -> Self {
        Self { file: file.to_owned(), line: Some(line), column: None }
    }

    /// The place as findings carry it.
    pub fn place(&self) -> Place {
        Place { file: Some(self.file.clone()), line: self.line, column: self.column.clone(), row: None }
    }
}

/// Errors of reading delimited text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CsvError {
    /// There is nothing but blank lines, or nothing at all.
    Empty {
        /// The file.
        at: At,
    },
    /// A row has fewer or more cells than the header.
    Ragged {
        /// The line on which the row begins; the first column that is missing, if there are too few.
        at: At,
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A cell's opening quote has no closing one.
    UnclosedQuote {
        /// Where it was opened.
        at: At,
    },
    /// A closing quote is followed by text.
    TextAfterQuote {
        /// Where the text stands.
        at: At,
        /// The line on which the quoted cell begins.
        opened_line: u64,
        /// The text, up to the end of the cell.
        text: String,
        /// Whether the quote was written `\"`.
        backslash: bool,
    },
    /// Bytes that are not UTF-8 in a file whose other bytes are.
    InvalidBytes {
        /// Where.
        at: At,
        /// The first byte that does not fit.
        byte: u8,
        /// How many such places the file has.
        n_places: u64,
    },
    /// Bytes that are neither UTF-8 nor plausible in windows-1252.
    UnknownEncoding {
        /// The first of them.
        at: At,
        /// That byte.
        byte: u8,
    },
    /// A file in UTF-16 or UTF-32 that breaks its own rules.
    BrokenUnicode {
        /// Where.
        at: At,
        /// Name of the encoding.
        encoding: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// A number that no 64-bit float can hold, in a column of numbers.
    NotFinite {
        /// Where.
        at: At,
        /// The cell.
        value: String,
    },
    /// A row longer than [`RECORD_BYTES_MAX`].
    RowTooLong {
        /// Where it begins.
        at: At,
    },
    /// More columns than [`COLUMNS_MAX`].
    TooManyColumns {
        /// The header.
        at: At,
        /// How many there are.
        found: usize,
    },
    /// Files that were to be read as one have other columns.
    OtherColumns {
        /// The file that differs from the first.
        at: At,
        /// The first file.
        first: Box<str>,
        /// Columns of the first that this one lacks.
        missing: Box<[String]>,
        /// Columns of this one that the first lacks.
        extra: Box<[String]>,
    },
    /// The file was not the same when it was read again.
    Changed {
        /// The file.
        at: At,
    },
    /// A delimiter that cannot be one.
    BadDelimiter {
        /// The byte.
        byte: u8,
    },
}

impl CsvError {
    fn at(&self) -> Option<&At> {
        match self {
            Self::Empty { at }
            | Self::Ragged { at, .. }
            | Self::UnclosedQuote { at }
            | Self::TextAfterQuote { at, .. }
            | Self::InvalidBytes { at, .. }
            | Self::UnknownEncoding { at, .. }
            | Self::BrokenUnicode { at, .. }
            | Self::NotFinite { at, .. }
            | Self::RowTooLong { at }
            | Self::TooManyColumns { at, .. }
            | Self::OtherColumns { at, .. }
            | Self::Changed { at } => Some(at),
            Self::BadDelimiter { .. } => None,
        }
    }
}

impl fmt::Display for CsvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { .. } => f.write_str("the file is empty: there is no header and no row"),
            Self::Ragged { expected, found, .. } => {
                let cells = if *found == 1 { "cell" } else { "cells" };
                write!(f, "the row has {found} {cells}, the header has {expected}")
            }
            Self::UnclosedQuote { .. } => f.write_str("the quote that opens this cell is never closed"),
            Self::TextAfterQuote { opened_line, text, .. } => {
                write!(f, "the quoted cell that begins on line {opened_line} is followed by {}", quoted(text))?;
                f.write_str(" instead of a delimiter")
            }
            Self::InvalidBytes { byte, n_places, .. } => {
                write!(f, "byte 0x{byte:02x} is not UTF-8, while the rest of the file is")?;
                if *n_places > 1 { write!(f, " ({n_places} such places)") } else { Ok(()) }
            }
            Self::UnknownEncoding { byte, .. } => {
                write!(f, "byte 0x{byte:02x} is not UTF-8, and the file is not plausible as windows-1252")
            }
            Self::BrokenUnicode { encoding, what, .. } => write!(f, "the file is {encoding}, but {what}"),
            Self::NotFinite { value, .. } => {
                write!(f, "{} is beyond the largest number a 64-bit float holds", quoted(value))
            }
            Self::RowTooLong { .. } => {
                write!(f, "the row is longer than {} MiB", RECORD_BYTES_MAX >> 20)
            }
            Self::TooManyColumns { found, .. } => {
                write!(f, "the header has {found} columns, more than the limit of {COLUMNS_MAX}")
            }
            Self::OtherColumns { first, missing, extra, .. } => {
                write!(f, "the columns differ from those of `{first}`")?;
                if let Some(name) = missing.first() {
                    write!(f, "; {} missing, such as {}", missing.len(), quoted(name))?;
                }
                if let Some(name) = extra.first() {
                    write!(f, "; {} more, such as {}", extra.len(), quoted(name))?;
                }
                Ok(())
            }
            Self::Changed { .. } => f.write_str("the file changed while it was being read"),
            Self::BadDelimiter { byte } => {
                write!(f, "{} cannot be a delimiter", quoted(&char::from(*byte).to_string()))
            }
        }
    }
}

impl std::error::Error for CsvError {}

impl Fault for CsvError {
    fn code(&self) -> Code {
        match self {
            Self::Empty { .. } => Code(2510),
            Self::Ragged { .. } => Code(2511),
            Self::UnclosedQuote { .. } => Code(2512),
            Self::TextAfterQuote { .. } => Code(2513),
            Self::InvalidBytes { .. } => Code(2514),
            Self::UnknownEncoding { .. } => Code(2515),
            Self::BrokenUnicode { .. } => Code(2516),
            Self::NotFinite { .. } => Code(2517),
            Self::RowTooLong { .. } => Code(2518),
            Self::TooManyColumns { .. } => Code(2519),
            Self::OtherColumns { .. } => Code(2520),
            Self::Changed { .. } => Code(2521),
            Self::BadDelimiter { .. } => Code(2522),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Changed { .. } => Family::World,
            _ => Family::Yours,
        }
    }

    fn place(&self) -> Place {
        self.at().map(At::place).unwrap_or_default()
    }

    fn hint(&self) -> Option<String> {
        let aside = "or have `train` and `data add` set such rows aside with `--bad-rows quarantine`";
        Some(match self {
            Self::Empty { .. } => "check that the file was written to the end".into(),
            Self::Ragged { .. } => {
                format!("repair the row (a cell that holds the delimiter must be quoted), {aside}")
            }
            Self::UnclosedQuote { .. } => {
                format!("close the quote, or write a literal quote as `\"\"` inside a quoted cell, {aside}")
            }
            Self::TextAfterQuote { backslash: true, .. } => {
                format!("a quote inside a quoted cell is written `\"\"`, not `\\\"`; rewrite the file, {aside}")
            }
            Self::TextAfterQuote { .. } => {
                format!(
                    "a quote inside a quoted cell is written `\"\"`; look for a quote that was never closed above, {aside}"
                )
            }
            Self::InvalidBytes { .. } => format!("repair the cell, {aside}"),
            Self::UnknownEncoding { .. } => "convert the file to UTF-8, for example with `iconv -t UTF-8`".into(),
            Self::BrokenUnicode { .. } => "write the file again, or convert it to UTF-8".into(),
            Self::NotFinite { .. } => {
                format!("correct the cell, read the column as text with `--kind COL=text`, {aside}")
            }
            Self::RowTooLong { .. } => {
                "look for a quote that is never closed, or for a file that is not a table".into()
            }
            Self::TooManyColumns { .. } => "is the delimiter right? set it with `--delimiter`".into(),
            Self::OtherColumns { .. } => "give files with the same header, or read them one by one".into(),
            Self::Changed { .. } => "wait until it is written, then read it again".into(),
            Self::BadDelimiter { .. } => {
                "give one ASCII character other than a quote or a line end, such as `;`".into()
            }
        })
    }
}
