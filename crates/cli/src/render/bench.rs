//! The report of `bench`.

use report::terminal::{count, plural};
use workflow::bench::BenchReport;

/// The report as text: names as `--json` has them.
pub fn text(r: &BenchReport) -> String {
    format!(
        "rows_per_s  {:>12}   {} in bulk, {}\np50_us      {:>12.1}   one row alone, median\n\
         p99_us      {:>12.1}   one row alone, 99 of 100 are faster\n",
        count(r.rows_per_s as u64),
        plural(r.n_rows, "row", "rows"),
        plural(r.threads as u64, "thread", "threads"),
        r.p50_us,
        r.p99_us
    )
}
