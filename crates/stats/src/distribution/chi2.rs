//! The χ² distribution. SciPy's `chi2`.

use super::incomplete::gamma_tails;
use super::invert::invert;
use super::{check_not_nan, check_positive, check_probability};
use crate::error::StatsError;

/// Probability of a value above `x` with `dof` degrees of freedom.
///
/// # Errors
/// [`StatsError::Asked`] for NaN, or degrees of freedom that are not a finite number above 0.
pub fn chi2_sf(x: f64, dof: f64) -> Result<f64, StatsError> {
    tails(x, dof).map(|(_, above)| above)
}

/// Probability of a value up to `x`.
///
/// # Errors
/// As [`chi2_sf`].
pub fn chi2_cdf(x: f64, dof: f64) -> Result<f64, StatsError> {
    tails(x, dof).map(|(below, _)| below)
}

/// The value that is not exceeded with probability `p`: infinite for 1.
///
/// # Errors
/// [`StatsError::Asked`] for a probability outside 0 to 1, or degrees of freedom that are not above 0.
pub fn chi2_quantile(p: f64, dof: f64) -> Result<f64, StatsError> {
    check_positive("the degrees of freedom", dof)?;
    check_probability(p)?;
    let tails = |x: f64| gamma_tails(dof / 2.0, x / 2.0);
    Ok(match p {
        0.0 => 0.0,
        1.0 => f64::INFINITY,
        p if p < 0.5 => invert(-p, 0.0, |x| -tails(x).0),
        p => invert(1.0 - p, 0.0, |x| tails(x).1),
    })
}

fn tails(x: f64, dof: f64) -> Result<(f64, f64), StatsError> {
    check_positive("the degrees of freedom", dof)?;
    check_not_nan(x)?;
    Ok(gamma_tails(dof / 2.0, x.max(0.0) / 2.0))
}
