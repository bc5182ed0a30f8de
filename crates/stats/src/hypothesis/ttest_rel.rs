//! Is the mean of paired differences zero? Student's paired t-test.

use super::TestResult;
use crate::distribution::student_t_sf;
use crate::error::{StatsError, check_finite, check_lengths};
use crate::moments::Moments;

/// SciPy's `ttest_rel`: the statistic is that of first less second.
///
/// # Errors
/// [`StatsError::Lengths`], [`StatsError::NotFinite`], [`StatsError::TooFewRows`] for fewer than two pairs,
/// [`StatsError::Undefined`] if all differences are equal.
pub fn ttest_rel(first: &[f64], second: &[f64]) -> Result<TestResult, StatsError> {
    check_lengths("pairs", first.len(), second.len())?;
    let differences: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    check_finite("a difference", &differences)?;
    if differences.len() < 2 {
        return Err(StatsError::TooFewRows { what: "the paired t-test", needed: 2, found: differences.len() });
    }
    let constant = StatsError::Undefined { what: "the paired t-test", why: "all differences are equal" };
    if differences.iter().all(|d| *d == differences[0]) {
        return Err(constant);
    }
    let m = Moments::of(&differences);
    let std = m.std(1).filter(|s| *s > 0.0).ok_or(constant)?;
    let statistic = m.mean / (std / (m.n as f64).sqrt());
    let p_value = (2.0 * student_t_sf(statistic.abs(), (m.n - 1) as f64)?).min(1.0);
    Ok(TestResult { statistic, p_value })
}
