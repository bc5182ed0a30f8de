//! The report of `predict`.

use report::terminal::{count, plural};
use workflow::predict::PredictReport;

use super::wrapped;

/// Names that are listed.
const NAMES_SHOWN: usize = 20;

/// The report as text.
pub fn text(r: &PredictReport) -> String {
    let mut out = format!("Scored {} into {}\n", plural(r.n_rows, "row", "rows"), r.out.display());
    if r.n_refused > 0 {
        out.push_str(&wrapped(
            &format!(
                "{} of them have a cell that does not fit: their prediction is empty, and column `finding` says why",
                count(r.n_refused)
            ),
            2,
        ));
    }
    if !r.extra_columns.is_empty() {
        let names: Vec<String> = r.extra_columns.iter().take(NAMES_SHOWN).map(|c| format!("`{c}`")).collect();
        let more = r.extra_columns.len().saturating_sub(NAMES_SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let n = plural(r.extra_columns.len() as u64, "column", "columns");
        out.push_str(&wrapped(&format!("{n} that the model does not use: {}{more}", names.join(", ")), 2));
    }
    for (column, n) in r.unknown_levels.iter().take(NAMES_SHOWN) {
        let cells = plural(*n, "cell", "cells");
        let line = format!("{cells} of `{column}` with a level that was not there in training");
        out.push_str(&wrapped(&line, 2));
    }
    out
}
