//! Are two categories independent? Pearson's χ² test of a table of counts.

use serde::{Deserialize, Serialize};

use super::TestResult;
use crate::distribution::chi2_sf;
use crate::error::{StatsError, check_finite, check_lengths};

/// What the test of a table found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contingency {
    /// χ² and its p-value.
    pub test: TestResult,
    /// Degrees of freedom.
    pub dof: u64,
    /// Counts that independence would give, row after row.
    pub expected: Vec<f64>,
}

/// SciPy's `chi2_contingency` of a table of counts, row after row. `correction` is that of Yates, which applies to one
/// degree of freedom only. A table of one row or one column has statistic 0 and p-value 1.
///
/// # Errors
/// [`StatsError::Lengths`] if the counts do not fill the rows, [`StatsError::NotFinite`], [`StatsError::Undefined`] for
/// a negative count or a row or column of zeros.
pub fn chi2_contingency(counts: &[f64], n_columns: usize, correction: bool) -> Result<Contingency, StatsError> {
    const WHAT: &str = "the χ² test";
    check_finite("the table", counts)?;
    let n_rows = counts.len() / n_columns.max(1);
    if counts.is_empty() {
        return Err(StatsError::TooFewRows { what: WHAT, needed: 1, found: 0 });
    }
    check_lengths("counts", n_rows * n_columns, counts.len())?;
    if counts.iter().any(|c| *c < 0.0) {
        return Err(StatsError::Undefined { what: WHAT, why: "a count is negative" });
    }
    let rows: Vec<f64> = counts.chunks_exact(n_columns).map(|r| r.iter().sum()).collect();
    let columns: Vec<f64> = (0..n_columns).map(|c| counts.iter().skip(c).step_by(n_columns).sum()).collect();
    if rows.iter().chain(&columns).any(|total| *total == 0.0) {
        return Err(StatsError::Undefined { what: WHAT, why: "a row or a column has no count" });
    }
    let total: f64 = rows.iter().sum();
    let expected: Vec<f64> = rows.iter().flat_map(|r| columns.iter().map(move |c| r * c / total)).collect();
    let dof = (n_rows - 1) * (n_columns - 1);
    if dof == 0 {
        return Ok(Contingency { test: TestResult { statistic: 0.0, p_value: 1.0 }, dof: 0, expected });
    }
    let term = |(observed, expected): (&f64, &f64)| {
        let gap = (observed - expected).abs();
        let gap = if correction && dof == 1 { gap - gap.min(0.5) } else { gap };
        gap * gap / expected
    };
    let statistic: f64 = counts.iter().zip(&expected).map(term).sum();
    let p_value = chi2_sf(statistic, dof as f64)?;
    Ok(Contingency { test: TestResult { statistic, p_value }, dof: dof as u64, expected })
}
