//! Correlation of numbers and of their ranks. SciPy's `pearsonr` and `spearmanr`.

use base::math::sum;

use crate::error::{StatsError, check_finite, check_lengths};
use crate::ranks::average_ranks;

/// Pearson's correlation, −1 to 1.
///
/// # Errors
/// [`StatsError::Lengths`], [`StatsError::NotFinite`], [`StatsError::TooFewRows`] for fewer than two, and
/// [`StatsError::Undefined`] if one side is constant.
pub fn pearson(x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
    check_lengths("numbers", x.len(), y.len())?;
    if x.len() < 2 {
        return Err(StatsError::TooFewRows { what: "a correlation", needed: 2, found: x.len() });
    }
    let (x, y) = (centred(x)?, centred(y)?);
    let dot = |a: &[f64], b: &[f64]| sum(&a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<_>>());
    Ok((dot(&x, &y) / (dot(&x, &x).sqrt() * dot(&y, &y).sqrt())).clamp(-1.0, 1.0))
}

/// Spearman's rank correlation, −1 to 1; ties have their mean rank.
///
/// # Errors
/// As [`pearson`].
pub fn spearman(x: &[f64], y: &[f64]) -> Result<f64, StatsError> {
    check_finite("a correlation", x)?;
    check_finite("a correlation", y)?;
    pearson(&average_ranks(x), &average_ranks(y))
}

/// Deviations from the mean, scaled so that the largest is one: no square can overflow or vanish.
fn centred(values: &[f64]) -> Result<Vec<f64>, StatsError> {
    check_finite("a correlation", values)?;
    if values.iter().all(|v| *v == values[0]) {
        return Err(StatsError::Undefined { what: "a correlation", why: "one side is constant" });
    }
    // Of size one first: then neither the sum of large numbers nor a difference of two overflows.
    let scale = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let unit: Vec<f64> = values.iter().map(|v| v / scale).collect();
    let mean = sum(&unit) / unit.len() as f64;
    let deviations: Vec<f64> = unit.iter().map(|v| v - mean).collect();
    let largest = deviations.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    Ok(deviations.iter().map(|d| d / largest).collect())
}
