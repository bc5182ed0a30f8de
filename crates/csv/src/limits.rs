//! Limits of reading delimited text.

/// Size of the blocks that are parsed at once, in bytes. Where a block ends never changes a result.
pub const BLOCK_BYTES: usize = 4 << 20;

/// How much of the start of a file the delimiter and the header are decided over, in bytes; more only if the first
/// two rows are longer than that.
pub const SAMPLE_BYTES: usize = 1 << 20;

/// Longest row, in bytes.
pub const RECORD_BYTES_MAX: usize = 64 << 20;

/// Most columns.
pub const COLUMNS_MAX: usize = 200_000;

/// Most lines before the header that are taken for a title.
pub const PREAMBLE_MAX: usize = 32;

/// Most distinct values that a block's dictionary holds before its text is stored plainly.
pub const DICTIONARY_MAX: usize = 1 << 14;
