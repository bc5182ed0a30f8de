//! The container of a bundle: named, versioned, hashed sections in one file, little-endian throughout.
//!
//! Here: the layout on disk, writing it with the same bytes every time, reading it without trust. Not here: what a
//! section means (that is `pipeline`), signatures, any word of machine learning, any file system.
//!
//! # Layout of container version 1
//!
//! | at | what |
//! | --- | --- |
//! | 0 | magic `ALMANAC\0` |
//! | 8 | container version, u32, 1 |
//! | 12 | number of sections `n`, u32 |
//! | 16 | `n` table entries of 96 bytes, names strictly ascending |
//! | … | zero bytes up to a multiple of 64 |
//! | … | the sections in the order of the table, each followed by zero bytes up to a multiple of 64 |
//! | end − 32 | BLAKE3 of the first `16 + 96 n` bytes |
//!
//! A table entry:
//!
//! | at | what |
//! | --- | --- |
//! | 0 | name: 1 to 32 bytes of `a-z 0-9 . _ / -`, zero bytes after it |
//! | 32 | version of the section's kind, u32 |
//! | 36 | codec, u8: 0 as it is, 1 one zstd frame |
//! | 37 | flags, u8: bit 0 says that a reader which does not know the section must refuse the file; the rest are 0 |
//! | 38 | two zero bytes |
//! | 40 | offset from the start of the file, u64, a multiple of 64 |
//! | 48 | stored length, u64 |
//! | 56 | raw length, u64 |
//! | 64 | BLAKE3 of the **stored** bytes |
//!
//! The stored bytes are what is hashed, so damage is found before a decoder sees it and no bit of the file is free:
//! the layout is fixed by the table, the table by its hash, the sections by theirs.
//!
//! ```
//! use almanac_pack::{Codec, Limits, Pack, PackWriter, Required};
//!
//! let mut writer = PackWriter::new();
//! writer.section("pipeline/steps", 0, Required::Yes, Codec::Zstd, vec![7u8; 1000])?;
//! writer.manifest(0, &serde_json::json!({ "written_by": "almanac 0.1.0" }))?;
//! let bytes = writer.finish();
//!
//! let pack = Pack::open(bytes, &Limits::default())?;
//! let section = pack.require("pipeline/steps", &[0])?;
//! assert_eq!(section.bytes()?.len(), 1000);
//! # Ok::<(), almanac_pack::PackError>(())
//! ```

mod codec;
mod error;
mod format;
pub mod limits;
mod reader;
mod writer;

pub use codec::Codec;
pub use error::{LayoutProblem, NameProblem, PackError};
pub use format::{CONTAINER_VERSION, MAGIC, Required, SECTION_ALIGN};
pub use limits::Limits;
pub use reader::{MANIFEST, Pack, Section};
pub use writer::PackWriter;
