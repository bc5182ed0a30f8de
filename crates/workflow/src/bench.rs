//! `bench`: how fast a model scores on this machine, in bulk and one row at a time.

use std::path::{Path, PathBuf};
use std::time::Instant;

use base::{Cx, Findings};
use collect::ReadOptions;
use serde::Serialize;

use crate::error::WorkflowError;
use crate::predict::{open_model, read_rows};

/// Single rows that are timed, after as many that are not; fewer if the data have fewer.
const SINGLE_ROWS: usize = 2_000;
/// Bulk scoring is repeated until it has taken this long in all, or [`BULK_RUNS_MAX`] times.
const BULK_S: f64 = 2.0;
/// The most repetitions of bulk scoring.
const BULK_RUNS_MAX: usize = 50;

/// What `bench` measured. Rows are already typed: reading files is not part of it.
#[derive(Debug, Clone, Serialize)]
pub struct BenchReport {
    /// Model file.
    pub model: PathBuf,
    /// Rows in the data.
    pub n_rows: u64,
    /// Rows with a cell that does not fit; they are timed as if it were missing.
    pub n_refused: u64,
    /// Threads used in bulk.
    pub threads: usize,
    /// Rows a second in bulk, median of the repetitions.
    pub rows_per_s: f64,
    /// Median time of one row alone, in microseconds.
    pub p50_us: f64,
    /// 99th percentile of one row alone, in microseconds.
    pub p99_us: f64,
}

/// Measures a model on the rows of files.
///
/// # Errors
/// The model or the data cannot be read, or there are no rows.
pub fn bench(cx: &Cx, model: &Path, data: &[String]) -> Result<(BenchReport, Findings), WorkflowError> {
    let (bundle, _) = open_model(model)?;
    let rows = read_rows(cx, &bundle, data, &ReadOptions::default())?;
    let n_rows = rows.table.n_rows();
    if n_rows == rows.refused.len() {
        return Err(WorkflowError::NothingToScore);
    }
    let mut findings = rows.findings;
    rows.refused.into_iter().for_each(|(_, finding)| findings.push(finding));
    let n_refused = findings.counts().get(&infer::codes::CELL_REFUSED).copied().unwrap_or(0);
    cx.progress().begin("scoring in bulk", None);
    let mut bulk = Vec::new();
    let begun = Instant::now();
    while bulk.len() < BULK_RUNS_MAX && (bulk.len() < 3 || begun.elapsed().as_secs_f64() < BULK_S) {
        let start = Instant::now();
        std::hint::black_box(bundle.fitted.predict(cx, &rows.table)?);
        bulk.push(start.elapsed().as_secs_f64());
    }
    cx.progress().begin("scoring single rows", None);
    let one = Cx::new(cx.seed(), 1);
    let singles: Vec<table::Table> =
        (0..n_rows.min(SINGLE_ROWS)).map(|r| rows.table.slice(r * (n_rows / n_rows.min(SINGLE_ROWS)), 1)).collect();
    let mut single = Vec::with_capacity(SINGLE_ROWS);
    for round in 0..2 * SINGLE_ROWS.div_ceil(singles.len()).max(1) {
        for row in &singles {
            let start = Instant::now();
            std::hint::black_box(bundle.fitted.predict(&one, row)?);
            if round > 0 {
                single.push(start.elapsed().as_secs_f64() * 1e6);
            }
        }
    }
    cx.progress().end();
    bulk.sort_by(f64::total_cmp);
    single.sort_by(f64::total_cmp);
    let at = |share: f64| single[((single.len() - 1) as f64 * share) as usize];
    let report = BenchReport {
        model: model.to_owned(),
        n_rows: n_rows as u64,
        n_refused,
        threads: cx.threads(),
        rows_per_s: n_rows as f64 / bulk[bulk.len() / 2],
        p50_us: at(0.50),
        p99_us: at(0.99),
    };
    Ok((report, findings))
}
