//! What can go wrong between a file and columns, for every form but delimited text. Codes 0840 to 0854 are errors;
//! 0855 to 0859 are findings of the same readers.

use std::fmt;

use base::finding::{quoted, size};
use base::{Code, Family, Fault, Place};

use super::limits;

/// Codes of findings that are no errors.
pub mod codes {
    use base::Code;

    /// A file is not what its name says; it was read as what it is.
    pub const OTHER_FORM: Code = Code(855);
    /// A column mixes types and is kept as text.
    pub const MIXED_TYPES: Code = Code(856);
    /// NaN or empty text was read as missing.
    pub const READ_AS_MISSING: Code = Code(857);
    /// Digits below a microsecond were cut off.
    pub const DIGITS_CUT: Code = Code(858);
    /// A column's name stood twice and was numbered: as in delimited text.
    pub const RENAMED: Code = csv::notes::DUPLICATE_NAME;
    /// Numbers with more digits than a 64-bit type holds are kept as text.
    pub const MANY_DIGITS: Code = Code(859);
}

/// Errors of sources, compression, JSON, Parquet and Arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// A pattern matches no file, or is no pattern.
    NoFile {
        /// As the user gave it.
        pattern: String,
        /// What is wrong.
        what: String,
    },
    /// The file is something that is not read.
    Unsupported {
        /// The file.
        file: String,
        /// What it is: `an Excel workbook`.
        what: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Compressed bytes that end early or are damaged.
    BadCompression {
        /// The file.
        file: String,
        /// `gzip` or `zstd`.
        codec: &'static str,
        /// What the decoder said.
        what: String,
    },
    /// A limit was exceeded.
    Limit {
        /// The file.
        file: String,
        /// Line, where it is known.
        line: Option<u64>,
        /// What exceeds it, with its value.
        what: String,
        /// Name of the limit.
        limit: &'static str,
    },
    /// Text that is not JSON.
    JsonSyntax {
        /// The file.
        file: String,
        /// Line from 1.
        line: u64,
        /// What was expected and found.
        what: String,
    },
    /// A key stands twice in one object.
    JsonDuplicateKey {
        /// The file.
        file: String,
        /// Line from 1.
        line: u64,
        /// The key, with the keys above it.
        key: String,
    },
    /// Objects or arrays nested too deep.
    JsonTooDeep {
        /// The file.
        file: String,
        /// Line from 1.
        line: u64,
    },
    /// JSON whose rows are not objects.
    JsonNotObjects {
        /// The file.
        file: String,
        /// Line from 1.
        line: u64,
        /// What was found: `a number`.
        found: &'static str,
    },
    /// A number that no 64-bit float can hold.
    NotFinite {
        /// The file.
        file: String,
        /// Line, where the form has lines.
        line: Option<u64>,
        /// Data row from 1, where it is known.
        row: Option<u64>,
        /// The column.
        column: String,
        /// The value.
        value: String,
    },
    /// A Parquet or Arrow file that cannot be decoded.
    Damaged {
        /// The file.
        file: String,
        /// `Parquet` or `Arrow`.
        form: &'static str,
        /// What the decoder said.
        what: String,
    },
    /// A column of a type that a table does not hold.
    ColumnType {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The type as Arrow names it.
        found: String,
        /// What to do.
        hint: &'static str,
    },
    /// Reading would need more memory than is allowed.
    Memory {
        /// The sources.
        file: String,
        /// Estimate in bytes.
        needs: u64,
        /// Limit in bytes.
        limit: u64,
    },
    /// Files that were to be read as one do not go together.
    FilesDiffer {
        /// The file that differs.
        file: String,
        /// The first file.
        first: String,
        /// How.
        what: String,
    },
    /// A file name whose ending tells no form to write.
    UnknownEnding {
        /// The path.
        path: String,
    },
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFile { pattern, what } => write!(f, "{} names no file to read: {what}", quoted(pattern)),
            Self::Unsupported { what, .. } => write!(f, "the file is {what}, which is not read"),
            Self::BadCompression { codec, what, .. } => write!(f, "the {codec} data cannot be decompressed: {what}"),
            Self::Limit { what, limit, .. } => write!(f, "{what}, beyond the limit `{limit}`"),
            Self::JsonSyntax { what, .. } => write!(f, "not JSON: {what}"),
            Self::JsonDuplicateKey { key, .. } => write!(f, "the key {} stands twice in one object", quoted(key)),
            Self::JsonTooDeep { .. } => {
                write!(f, "objects and arrays are nested deeper than {} levels", limits::JSON_NESTING_MAX)
            }
            Self::JsonNotObjects { found, .. } => write!(f, "each row must be a JSON object, found {found}"),
            Self::NotFinite { value, .. } => {
                write!(f, "{} is beyond the largest number a 64-bit float holds", quoted(value))
            }
            Self::Damaged { form, what, .. } => write!(f, "the {form} file is damaged: {what}"),
            Self::ColumnType { column, found, .. } => {
                write!(f, "column {} is of type {found}, which a table does not hold", quoted(column))
            }
            Self::Memory { needs, limit, .. } => {
                write!(f, "reading needs about {} of memory, more than the limit of {}", size(*needs), size(*limit))
            }
            Self::FilesDiffer { first, what, .. } => write!(f, "the file does not go with `{first}`: {what}"),
            Self::UnknownEnding { path } => write!(f, "the ending of {} tells no form to write", quoted(path)),
        }
    }
}

impl std::error::Error for FormatError {}

impl Fault for FormatError {
    fn code(&self) -> Code {
        match self {
            Self::NoFile { .. } => Code(840),
            Self::Unsupported { .. } => Code(841),
            Self::BadCompression { .. } => Code(842),
            Self::Limit { .. } => Code(843),
            Self::JsonSyntax { .. } => Code(844),
            Self::JsonDuplicateKey { .. } => Code(845),
            Self::JsonTooDeep { .. } => Code(846),
            Self::JsonNotObjects { .. } => Code(847),
            Self::NotFinite { .. } => Code(848),
            Self::Damaged { .. } => Code(849),
            Self::ColumnType { .. } => Code(850),
            Self::Memory { .. } => Code(851),
            Self::FilesDiffer { .. } => Code(852),
            Self::UnknownEnding { .. } => Code(853),
        }
    }

    fn family(&self) -> Family {
        Family::Yours
    }

    fn place(&self) -> Place {
        let (file, line, column, row) = match self {
            Self::NoFile { pattern, .. } => (pattern, None, None, None),
            Self::Unsupported { file, .. }
            | Self::BadCompression { file, .. }
            | Self::Damaged { file, .. }
            | Self::Memory { file, .. }
            | Self::FilesDiffer { file, .. } => (file, None, None, None),
            Self::Limit { file, line, .. } => (file, *line, None, None),
            Self::JsonSyntax { file, line, .. }
            | Self::JsonDuplicateKey { file, line, .. }
            | Self::JsonTooDeep { file, line }
            | Self::JsonNotObjects { file, line, .. } => (file, Some(*line), None, None),
            Self::NotFinite { file, line, row, column, .. } => (file, *line, Some(column), *row),
            Self::ColumnType { file, column, .. } => (file, None, Some(column), None),
            Self::UnknownEnding { path } => (path, None, None, None),
        };
        Place { file: Some(file.clone()), line, column: column.cloned(), row }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoFile { .. } => "check the path; `*` and `?` match within a folder, `**` across folders".into(),
            Self::Unsupported { hint, .. } | Self::ColumnType { hint, .. } => (*hint).to_owned(),
            Self::BadCompression { .. } => "the file was cut off or damaged on its way: fetch or write it again".into(),
            Self::Limit { .. } => "if the file is what you mean to read, decompress or split it first".into(),
            Self::JsonSyntax { .. } => "write one object a line, or one array of objects".into(),
            Self::JsonDuplicateKey { .. } => "rename one of the keys where the file is made".into(),
            Self::JsonTooDeep { .. } => "flatten the objects where the file is made".into(),
            Self::JsonNotObjects { .. } => {
                "write each row as an object, such as {\"a\": 1, \"b\": \"x\"}".into()
            }
            Self::NotFinite { .. } => "correct the value where the file is made, or write it as text".into(),
            Self::Damaged { .. } => "the file was cut off or damaged on its way: fetch or write it again".into(),
            Self::Memory { .. } => {
                "raise `--memory-limit`, or train on fewer rows or columns (`almanac data add` reads a file of any size)"
                    .into()
            }
            Self::FilesDiffer { .. } => "give files with the same columns, or read them one by one".into(),
            Self::UnknownEnding { .. } => {
                "end the name in .csv, .tsv, .jsonl, .json, .parquet or .arrow; text also with .gz or .zst".into()
            }
        })
    }
}
