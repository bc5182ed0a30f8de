//! Are paired differences symmetric about zero? Wilcoxon's signed-rank test.

use super::TestResult;
use crate::distribution::normal_sf;
use crate::error::{StatsError, check_finite, check_lengths};
use crate::ranks::average_ranks;

/// Up to this many pairs the p-value is exact, unless there are ties or zeros.
pub const EXACT_PAIRS_MAX: usize = 50;

/// SciPy's `wilcoxon(first, second, correction=False)`: pairs without a difference are left out (Wilcoxon's own
/// treatment); the statistic is the smaller of the two sums of ranks. The p-value is exact up to [`EXACT_PAIRS_MAX`]
/// pairs if no difference is zero and no two are equal in size (`method="exact"`), and that of the normal
/// approximation with correction for ties otherwise (`method="asymptotic"`).
///
/// # Errors
/// [`StatsError::Lengths`], [`StatsError::NotFinite`], [`StatsError::Undefined`] if no difference is left.
pub fn wilcoxon(first: &[f64], second: &[f64]) -> Result<TestResult, StatsError> {
    check_lengths("pairs", first.len(), second.len())?;
    let all: Vec<f64> = first.iter().zip(second).map(|(a, b)| a - b).collect();
    check_finite("a difference", &all)?;
    let differences: Vec<f64> = all.iter().copied().filter(|d| *d != 0.0).collect();
    if differences.is_empty() {
        return Err(StatsError::Undefined { what: "the signed-rank test", why: "no pair differs" });
    }
    let sizes: Vec<f64> = differences.iter().map(|d| d.abs()).collect();
    let ranks = average_ranks(&sizes);
    let plus: f64 = ranks.iter().zip(&differences).filter(|(_, d)| **d > 0.0).map(|(r, _)| r).sum();
    let n = differences.len() as f64;
    let statistic = plus.min(n * (n + 1.0) / 2.0 - plus);
    let ties = cubes_of_ties(&sizes);
    let p_value = if all.len() <= EXACT_PAIRS_MAX && differences.len() == all.len() && ties == 0.0 {
        exact_p_value(differences.len(), statistic as usize)
    } else {
        let error = ((n * (n + 1.0) * (2.0 * n + 1.0) - ties / 2.0) / 24.0).sqrt();
        2.0 * normal_sf((plus - n * (n + 1.0) / 4.0).abs() / error)?
    };
    Ok(TestResult { statistic, p_value: p_value.min(1.0) })
}

/// Σ (t³ − t) over ties of t equal sizes.
fn cubes_of_ties(sizes: &[f64]) -> f64 {
    let mut sorted = sizes.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.chunk_by(|a, b| a == b).map(|tie| tie.len() as f64).map(|t| t * t * t - t).sum()
}

/// Twice the share of the 2ⁿ signings of ranks 1 to n whose sum is at most `smaller`. Exact in doubles: n ≤ 50.
fn exact_p_value(n: usize, smaller: usize) -> f64 {
    let mut ways = vec![0.0f64; n * (n + 1) / 2 + 1];
    ways[0] = 1.0;
    for rank in 1..=n {
        for sum in (rank..ways.len()).rev() {
            ways[sum] += ways[sum - rank];
        }
    }
    let total: f64 = ways.iter().sum();
    2.0 * ways.iter().take(smaller + 1).sum::<f64>() / total
}
