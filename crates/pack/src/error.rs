//! Everything that can be wrong with a pack, each with its code.

use std::fmt;

use base::finding::quoted;
use base::{Code, Family, Fault};

use crate::format::CONTAINER_VERSION;

/// What is wrong with the place of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayoutProblem {
    /// The offset is not a multiple of 64.
    Misaligned,
    /// It begins before the section in front of it has ended.
    Overlaps,
    /// There are bytes in front of it that belong to nothing.
    Gap,
    /// It reaches beyond the file, or beyond what 64 bits can count.
    OutOfBounds,
    /// A section stored as it is declares two different lengths.
    LengthsDiffer,
}

/// What is wrong with a section's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameProblem {
    /// Empty, longer than 32 bytes, or with a character outside `a-z 0-9 . _ / -`.
    Spelling,
    /// Not after the name in front of it.
    Order,
    /// The same as the name in front of it.
    Duplicate,
}

/// A pack that cannot be read, or (only [`PackError::Unwritable`]) not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackError {
    /// The file does not begin with the magic.
    NotAlmanac,
    /// The file ends before its content does.
    TooShort {
        /// Bytes that the content needs.
        needed: u64,
        /// Bytes that there are.
        found: u64,
    },
    /// The container has a version that this program does not read.
    ContainerVersion {
        /// Version of the file.
        found: u32,
    },
    /// The table is not the one that was hashed.
    TableHash,
    /// A section lies where none can.
    Layout {
        /// The section.
        section: String,
        /// What is wrong.
        problem: LayoutProblem,
    },
    /// A section has a wrong name.
    Name {
        /// Position in the table.
        section_idx: usize,
        /// The name as far as it can be shown.
        name: String,
        /// What is wrong.
        problem: NameProblem,
    },
    /// A section has a codec, flag or reserved byte that container version 1 does not have.
    Encoding {
        /// The section.
        section: String,
        /// The field: `codec`, `flags` or `reserved`.
        field: &'static str,
        /// Its value.
        found: u16,
    },
    /// Something is larger than it may be.
    OverLimit {
        /// What is too large.
        what: String,
        /// How large it says it is.
        found: u64,
        /// How large it may be.
        max: u64,
    },
    /// A section's bytes are not the ones that were hashed.
    SectionHash {
        /// The section.
        section: String,
    },
    /// Bytes after the end.
    TrailingBytes {
        /// How many.
        n_bytes: u64,
    },
    /// A byte that has to be zero is not.
    Padding {
        /// Its offset.
        offset: u64,
    },
    /// A section's stored bytes do not decode to what the table says.
    Decode {
        /// The section.
        section: String,
        /// What the decoder found.
        problem: String,
    },
    /// A section that the reader needs is not there.
    MissingSection {
        /// The section.
        section: String,
    },
    /// A section has a version that this program does not read.
    SectionVersion {
        /// The section.
        section: String,
        /// Version of the section.
        found: u32,
        /// Versions that are read.
        supported: Vec<u32>,
        /// The program that wrote the file, where the manifest says.
        written_by: Option<String>,
    },
    /// A section that must be understood is not known to this program.
    UnknownRequired {
        /// The section.
        section: String,
        /// The program that wrote the file, where the manifest says.
        written_by: Option<String>,
    },
    /// The manifest is not a JSON object.
    Manifest {
        /// What the parser found.
        problem: String,
    },
    /// The program asked for a pack that cannot be written.
    Unwritable {
        /// The section.
        section: String,
        /// Why not.
        problem: String,
    },
}

impl fmt::Display for LayoutProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Misaligned => "does not begin at a multiple of 64 bytes",
            Self::Overlaps => "overlaps the one in front of it",
            Self::Gap => "leaves unexplained bytes in front of it",
            Self::OutOfBounds => "reaches beyond the end of the file",
            Self::LengthsDiffer => "is stored as it is, but declares two different lengths",
        })
    }
}

impl fmt::Display for NameProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spelling => "is not made of 1 to 32 of the characters `a-z 0-9 . _ / -`",
            Self::Order => "is not in ascending order",
            Self::Duplicate => "is there twice",
        })
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAlmanac => {
                write!(f, "this is not an almanac file: it does not begin with `ALMANAC` and a zero byte")
            }
            Self::TooShort { needed, found } => {
                write!(f, "the file is cut off: its content needs {needed} bytes, and there are {found}")
            }
            Self::ContainerVersion { found } => {
                write!(f, "the file is a container of version {found}; this almanac reads version {CONTAINER_VERSION}")
            }
            Self::TableHash => write!(f, "the table of sections is damaged: its hash differs"),
            Self::Layout { section, problem } => write!(f, "section {} {problem}", quoted(section)),
            Self::Name { section_idx, name, problem } => {
                write!(f, "the name of section {section_idx}, {}, {problem}", quoted(name))
            }
            Self::Encoding { section, field, found } => {
                write!(f, "section {} has {field} {found}, which this container version does not have", quoted(section))
            }
            Self::OverLimit { what, found, max } => write!(f, "{what} is {found}; at most {max} is read"),
            Self::SectionHash { section } => write!(f, "section {} is damaged: its hash differs", quoted(section)),
            Self::TrailingBytes { n_bytes } => write!(f, "there are {n_bytes} bytes after the end of the content"),
            Self::Padding { offset } => write!(f, "the byte at offset {offset} is between sections and must be zero"),
            Self::Decode { section, problem } => write!(f, "section {} does not decode: {problem}", quoted(section)),
            Self::MissingSection { section } => write!(f, "the file has no section {}", quoted(section)),
            Self::SectionVersion { section, found, supported, .. } => {
                write!(f, "section {} has version {found}; this almanac reads {supported:?}", quoted(section))
            }
            Self::UnknownRequired { section, .. } => {
                write!(f, "the file needs section {}, which this almanac does not know", quoted(section))
            }
            Self::Manifest { problem } => write!(f, "the manifest is not readable: {problem}"),
            Self::Unwritable { section, problem } => {
                write!(f, "section {} cannot be written: {problem}", quoted(section))
            }
        }
    }
}

impl std::error::Error for PackError {}

impl Fault for PackError {
    fn code(&self) -> Code {
        match self {
            Self::NotAlmanac => Code(201),
            Self::TooShort { .. } => Code(202),
            Self::ContainerVersion { .. } => Code(203),
            Self::TableHash => Code(204),
            Self::Layout { .. } => Code(205),
            Self::Name { .. } => Code(206),
            Self::Encoding { .. } => Code(207),
            Self::OverLimit { .. } => Code(208),
            Self::SectionHash { .. } => Code(209),
            Self::TrailingBytes { .. } => Code(210),
            Self::Padding { .. } => Code(211),
            Self::Decode { .. } => Code(212),
            Self::MissingSection { .. } => Code(213),
            Self::SectionVersion { .. } => Code(214),
            Self::UnknownRequired { .. } => Code(215),
            Self::Manifest { .. } => Code(216),
            Self::Unwritable { .. } => Code(217),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::Unwritable { .. } => Family::Ours,
            _ => Family::Yours,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NotAlmanac => "models are written by `almanac train … --out FILE`".to_owned(),
            Self::ContainerVersion { .. } => "needs a newer almanac: upgrade it".to_owned(),
            Self::UnknownRequired { written_by, .. } | Self::SectionVersion { written_by, .. } => match written_by {
                Some(program) => format!("needs a newer almanac: the file was written by {}", quoted(program)),
                None => "needs a newer almanac, or the one that wrote the file".to_owned(),
            },
            Self::OverLimit { .. } => "a file of this size is not read; it may be damaged or hostile".to_owned(),
            Self::Unwritable { .. } => {
                "this is a bug in almanac: please report it with the command and this message".to_owned()
            }
            _ => "the file is damaged: copy it again from where it came, or train again".to_owned(),
        })
    }
}
