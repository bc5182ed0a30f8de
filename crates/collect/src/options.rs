//! What a person may say about how a source is to be read.

use std::collections::BTreeMap;

use table::Kind;

/// What happens to rows that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BadRows {
    /// The first one ends the command with an error.
    #[default]
    Refuse,
    /// They are set aside, counted, and written to a quarantine file.
    Quarantine,
}

/// Answers and overrides; everything absent is found out from the data.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// `--kind COL=K`.
    pub kinds: BTreeMap<String, Kind>,
    /// `--missing COL=TOKEN`, several a column.
    pub missing: BTreeMap<String, Vec<String>>,
    /// `--format COL=F`: a date pattern such as `%d/%m/%Y`, or a number form such as `1.234,5`.
    pub formats: BTreeMap<String, String>,
    /// `--delimiter C`.
    pub delimiter: Option<u8>,
    /// `--bad-rows quarantine`.
    pub bad_rows: BadRows,
    /// `--memory-limit`, in bytes.
    pub memory_limit: Option<u64>,
}
