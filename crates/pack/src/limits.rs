//! How much a pack may be and may ask for. A file that exceeds a limit is refused before anything is allocated for it.

/// Sections a file may have.
pub const SECTIONS_MAX: u32 = 4_096;

/// Length of a whole file.
pub const FILE_BYTES_MAX: u64 = 4 << 30;

/// Raw length of one section.
pub const SECTION_RAW_BYTES_MAX: u64 = 4 << 30;

/// Raw lengths of all sections together.
pub const TOTAL_RAW_BYTES_MAX: u64 = 16 << 30;

/// Raw length of the manifest: its JSON becomes a tree of values, which takes some thirty times the text at worst.
pub const MANIFEST_BYTES_MAX: u64 = 16 << 20;

/// A compressed section may grow to this many times its stored length, plus [`RAW_FREE_BYTES`]: a small file cannot
/// ask for a large allocation. Data that would compress better are stored as they are.
pub const RAW_PER_STORED_MAX: u64 = 1_024;

/// See [`RAW_PER_STORED_MAX`].
pub const RAW_FREE_BYTES: u64 = 1 << 20;

/// Largest window of a zstd frame, as a power of two: what a decoder keeps beside its output. Our writer needs 21.
pub const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// The limits under which a file is opened. The default takes the constants of this module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Length of the file.
    pub file_bytes_max: u64,
    /// Number of sections.
    pub sections_max: u32,
    /// Raw length of a section.
    pub section_raw_bytes_max: u64,
    /// Raw lengths of all sections together.
    pub total_raw_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes_max: FILE_BYTES_MAX,
            sections_max: SECTIONS_MAX,
            section_raw_bytes_max: SECTION_RAW_BYTES_MAX,
            total_raw_bytes_max: TOTAL_RAW_BYTES_MAX,
        }
    }
}

/// The raw length that a zstd section of this stored length may declare.
pub(crate) fn raw_allowed(stored_len: u64) -> u64 {
    stored_len.saturating_mul(RAW_PER_STORED_MAX).saturating_add(RAW_FREE_BYTES)
}
