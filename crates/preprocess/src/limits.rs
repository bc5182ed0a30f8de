//! Limits of this crate.

/// Most levels that a step learns of one column.
pub const LEVELS_MAX: usize = 1 << 22;

/// Most columns in one sparse block.
pub const BLOCK_COLUMNS_MAX: usize = 1 << 22;

/// Most distinct terms that a text step looks at before it chooses; beyond it only hashing works.
pub const TERMS_SEEN_MAX: usize = 20_000_000;
