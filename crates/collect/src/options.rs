//! What a person may say about how a source is to be read.

use csv::{BadRows, CsvOptions};
use infer::Answers;
use table::Kind;

/// Answers and overrides; everything absent is found out from the data.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// What is said of columns.
    pub answers: Answers,
    /// `--delimiter C`.
    pub delimiter: Option<u8>,
    /// `--bad-rows quarantine`.
    pub bad_rows: BadRows,
    /// `--memory-limit`, in bytes.
    pub memory_limit: Option<u64>,
}

impl ReadOptions {
    /// How delimited text is to be read: columns whose kind or form a person said are kept as they are written until
    /// `infer` reads them.
    pub(crate) fn csv(&self) -> CsvOptions {
        let is_words = |kind: &Kind| matches!(kind, Kind::Category | Kind::Text | Kind::Identifier);
        let told = self.answers.kinds.iter().filter(|(_, kind)| is_words(kind)).map(|(name, _)| name.clone());
        let verbatim = told.chain(self.answers.formats.keys().cloned()).collect();
        CsvOptions { delimiter: self.delimiter, bad_rows: self.bad_rows, verbatim, ..CsvOptions::default() }
    }
}
