//! Limits of reading files that are not delimited text. Each is named in the message of the error that it gives.

/// Bytes at the start of a file (after decompression) from which its form is told.
pub const SNIFF_BYTES: usize = 64 << 10;

/// Decompressed bytes per compressed byte, beyond [`RATIO_FREE_BYTES`].
pub const DECOMPRESSION_RATIO_MAX: u64 = 1_000;

/// Decompressed bytes for which the ratio does not matter.
pub const RATIO_FREE_BYTES: u64 = 64 << 20;

/// Decompressed bytes of one file.
pub const DECOMPRESSED_BYTES_MAX: u64 = 1 << 40;

/// Largest window that a zstd frame may ask for, as a power of two.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Layers of compression that are looked through (`.gz` inside `.zst` is refused).
pub const COMPRESSION_LAYERS_MAX: usize = 1;

/// Nesting of objects and arrays in JSON.
pub const JSON_NESTING_MAX: usize = 128;

/// Bytes of one JSON object.
pub const JSON_OBJECT_BYTES_MAX: usize = 256 << 20;

/// Bytes of JSON that are parsed as one block; where a block ends never changes a result.
pub const JSON_BLOCK_BYTES: usize = 4 << 20;

/// Most columns of a table.
pub const COLUMNS_MAX: usize = 200_000;

/// Bytes of a compressed Parquet or Arrow file that are held in memory decompressed; such files are read from their
/// end.
pub const SEEKABLE_BYTES_MAX: u64 = 16 << 30;

/// Bytes that a table may need in memory where no `--memory-limit` is given.
pub const MEMORY_BYTES_DEFAULT: u64 = 64 << 30;

/// Rows of an Arrow batch that is decoded at once.
pub const BATCH_ROWS: usize = 64 << 10;

/// Files that one glob may match.
pub const FILES_MAX: usize = 100_000;

/// Cells of a batch that is built at once from JSON, where rows may have few of very many columns.
pub const JSON_BATCH_CELLS_MAX: usize = 8 << 20;
