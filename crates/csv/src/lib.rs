//! Delimited text to columns. The delimiter, the header and the encoding are found out; types come from all cells of
//! the input; nothing is dropped without a finding, and what cannot be read is refused with file, line and column.
//!
//! Cells that are not in a plain form (numbers with units or decimal commas, dates in national order) stay text here;
//! `infer` looks at text columns afterwards. Only the empty cell is missing, quoted or not.
//!
//! The input is read once if the start of it shows its types; blocks that were parsed as another type than the whole
//! input has are read a second time. Results never depend on block size or threads.
//!
//! Not here: decompression and globs (`formats`), kinds and proposals (`infer`).

mod blocks;
mod build;
mod dialect;
pub mod encoding;
mod error;
mod evidence;
pub mod failure;
mod flaws;
mod gather;
mod header;
pub mod limits;
pub mod notes;
mod parse;
mod part;
mod pass;
mod plain;
mod read;
mod record;
mod source;
mod text;

use std::collections::BTreeSet;

use base::Findings;
use table::Column;

pub use error::{At, CsvError};
pub use evidence::ColumnType;
pub use failure::ReadError;
pub use read::{CsvBatch, CsvPlan, for_each_batch, read, survey};
pub use source::{Bytes, Source};

/// How delimited text is to be read; what is absent is found out.
#[derive(Debug, Clone)]
pub struct CsvOptions {
    /// The delimiter.
    pub delimiter: Option<u8>,
    /// What happens to rows that cannot be read.
    pub bad_rows: BadRows,
    /// Columns that are text whatever their cells look like.
    pub verbatim: BTreeSet<String>,
    /// Whether all columns are text, cells verbatim.
    pub all_text: bool,
    /// Size of the blocks that are parsed at once, in bytes; never changes a result.
    pub block_bytes: usize,
}

impl Default for CsvOptions {
    fn default() -> Self {
        Self {
            delimiter: None,
            bad_rows: BadRows::Refuse,
            verbatim: BTreeSet::new(),
            all_text: false,
            block_bytes: limits::BLOCK_BYTES,
        }
    }
}

/// What happens to rows that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadRows {
    /// The first one ends the command with an error.
    #[default]
    Refuse,
    /// They are set aside, counted, and written to a quarantine file.
    Quarantine,
}

/// A record that was set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// The file as the user named it.
    pub file: String,
    /// Line on which it begins, from 1.
    pub line: u64,
    /// The column to blame, where there is one.
    pub column: Option<String>,
    /// Why it cannot be read.
    pub reason: String,
    /// The record as it stands in the file, without its line end; bytes that are not UTF-8 are replaced.
    pub raw: String,
}

/// How one file was laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The file as the user named it.
    pub file: String,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// The delimiter, if there is more than one column or it was given.
    pub delimiter: Option<u8>,
    /// Whether there is a header.
    pub has_header: bool,
    /// Line of the first row, from 1.
    pub first_line: u64,
}

/// What was read.
#[derive(Debug, Clone)]
pub struct CsvRead {
    /// Columns in the order of the first file's header. Kinds follow from types alone and are provisional.
    pub columns: Vec<Column>,
    /// Number of rows.
    pub n_rows: usize,
    /// What there is to say.
    pub findings: Findings,
    /// Rows set aside, in order.
    pub quarantine: Vec<BadRow>,
    /// Per file.
    pub layouts: Vec<Layout>,
    lines: Vec<Lines>,
}

/// Lines of the rows of one block.
#[derive(Debug, Clone)]
struct Lines {
    first_row: usize,
    part_idx: usize,
    first_line: u64,
    jumps: Vec<(u32, u64)>,
}

impl CsvRead {
    /// The file of a row, and the line on which it begins, both as a person counts them.
    pub fn line_of(&self, row_idx: usize) -> Option<(&str, u64)> {
        if row_idx >= self.n_rows {
            return None;
        }
        let block = &self.lines[self.lines.partition_point(|b| b.first_row <= row_idx).checked_sub(1)?];
        let line = gather::line_in(block.first_line, &block.jumps, row_idx - block.first_row);
        Some((&self.layouts[block.part_idx].file, line))
    }
}
