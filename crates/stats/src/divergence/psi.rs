//! Population stability index, the symmetrised divergence of Jeffreys: Σ (aᵢ − eᵢ) · ln(aᵢ / eᵢ) over bins.

use super::shares;
use crate::error::{StatsError, check_lengths};

/// A share below this counts as this, so that an empty bin adds something finite.
pub const PSI_SHARE_MIN: f64 = 1e-4;

/// Population stability index of counts (or weights) in the same bins. Not negative; 0 for equal shares.
///
/// # Errors
/// [`StatsError::Lengths`], [`StatsError::NotFinite`], and [`StatsError::Undefined`] if all counts of a side are zero
/// or one is negative.
pub fn psi(expected: &[f64], actual: &[f64]) -> Result<f64, StatsError> {
    check_lengths("bins", expected.len(), actual.len())?;
    let (expected, actual) = (shares("the stability index", expected)?, shares("the stability index", actual)?);
    let term = |(e, a): (&f64, &f64)| {
        let (e, a) = (e.max(PSI_SHARE_MIN), a.max(PSI_SHARE_MIN));
        (a - e) * base::math::ln(a / e)
    };
    Ok(expected.iter().zip(&actual).map(term).sum())
}
