//! Limits that hold everywhere. A crate's own limits stand in its own `limits` module.

/// How many findings are kept whole; beyond it they are only counted.
pub const FINDINGS_KEPT_MAX: usize = 1_000;

/// How many characters of a user's value a message quotes.
pub const QUOTED_CHARS_MAX: usize = 80;

/// The most threads a context may be asked for.
pub const THREADS_MAX: usize = 1_024;
