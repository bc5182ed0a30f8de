//! The standard normal distribution. SciPy's `norm`.

use super::incomplete::gamma_tails;
use super::invert::invert;
use super::{check_not_nan, check_probability};
use crate::error::StatsError;

/// Probability of a value above `z`.
///
/// ```
/// let p = almanac_stats::distribution::normal_sf(1.959963984540054)?;
/// assert!((p - 0.025).abs() < 1e-15);
/// # Ok::<(), almanac_stats::StatsError>(())
/// ```
///
/// # Errors
/// [`StatsError::Asked`] for NaN.
pub fn normal_sf(z: f64) -> Result<f64, StatsError> {
    check_not_nan(z)?;
    Ok(sf(z))
}

/// Probability of a value up to `z`.
///
/// # Errors
/// [`StatsError::Asked`] for NaN.
pub fn normal_cdf(z: f64) -> Result<f64, StatsError> {
    normal_sf(-z)
}

/// The value that is not exceeded with probability `p`: infinite for 0 and 1.
///
/// # Errors
/// [`StatsError::Asked`] for a probability outside 0 to 1.
pub fn normal_quantile(p: f64) -> Result<f64, StatsError> {
    check_probability(p)?;
    Ok(match p {
        0.0 => f64::NEG_INFINITY,
        1.0 => f64::INFINITY,
        0.5 => 0.0,
        p if p < 0.5 => -invert(p, 0.0, sf),
        p => invert(1.0 - p, 0.0, sf),
    })
}

/// Half of the upper incomplete gamma function at (1/2, z²/2), or of the lower one's complement.
fn sf(z: f64) -> f64 {
    let (near, far) = gamma_tails(0.5, z * z / 2.0);
    if z > 0.0 { 0.5 * far } else { 0.5 + 0.5 * near }
}
