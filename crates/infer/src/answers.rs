//! What a person may say about columns; everything absent is found out from the data.

use std::collections::BTreeMap;

use table::Kind;

/// Answers and overrides, by column.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    /// `--kind COL=K`.
    pub kinds: BTreeMap<String, Kind>,
    /// `--missing COL=TOKEN`, several a column.
    pub missing: BTreeMap<String, Vec<String>>,
    /// `--format COL=F`: a date pattern such as `%d/%m/%Y`, or a number form such as `1.234,5`.
    pub formats: BTreeMap<String, String>,
}
