//! Student's t distribution. SciPy's `t`.

use super::incomplete::beta_tails;
use super::invert::invert;
use super::{check_not_nan, check_positive, check_probability};
use crate::error::StatsError;

/// Probability of a value above `t` with `dof` degrees of freedom.
///
/// # Errors
/// [`StatsError::Asked`] for NaN, or degrees of freedom that are not a finite number above 0.
pub fn student_t_sf(t: f64, dof: f64) -> Result<f64, StatsError> {
    check_positive("the degrees of freedom", dof)?;
    check_not_nan(t)?;
    Ok(sf(t, dof))
}

/// Probability of a value up to `t`.
///
/// # Errors
/// As [`student_t_sf`].
pub fn student_t_cdf(t: f64, dof: f64) -> Result<f64, StatsError> {
    student_t_sf(-t, dof)
}

/// The value that is not exceeded with probability `p`: infinite for 0 and 1.
///
/// ```
/// let t = almanac_stats::distribution::student_t_quantile(0.975, 4.0)?;
/// assert!((t - 2.776_445_105_197_793).abs() < 1e-12);
/// # Ok::<(), almanac_stats::StatsError>(())
/// ```
///
/// # Errors
/// [`StatsError::Asked`] for a probability outside 0 to 1, or degrees of freedom that are not above 0.
pub fn student_t_quantile(p: f64, dof: f64) -> Result<f64, StatsError> {
    check_positive("the degrees of freedom", dof)?;
    check_probability(p)?;
    Ok(match p {
        0.0 => f64::NEG_INFINITY,
        1.0 => f64::INFINITY,
        0.5 => 0.0,
        p if p < 0.5 => -invert(p, 0.0, |t| sf(t, dof)),
        p => invert(1.0 - p, 0.0, |t| sf(t, dof)),
    })
}

fn sf(t: f64, dof: f64) -> f64 {
    // The squares' ratio either way round, so that neither end overflows.
    let ratio = t / dof.sqrt();
    let (x, y) = if ratio.abs() > 1.0 {
        let inverse = 1.0 / (ratio * ratio);
        (inverse / (1.0 + inverse), 1.0 / (1.0 + inverse))
    } else {
        let square = ratio * ratio;
        (1.0 / (1.0 + square), square / (1.0 + square))
    };
    let (outside, inside) = beta_tails(dof / 2.0, 0.5, x, y);
    if t > 0.0 { 0.5 * outside } else { 0.5 + 0.5 * inside }
}
