//! How far two distributions over the same bins are apart.

mod jensen_shannon;
mod psi;

pub use jensen_shannon::jensen_shannon;
pub use psi::{PSI_SHARE_MIN, psi};

use crate::error::StatsError;

/// Shares of counts or weights, which are finite, not negative and not all zero.
fn shares(what: &'static str, counts: &[f64]) -> Result<Vec<f64>, StatsError> {
    crate::error::check_finite(what, counts)?;
    let total = base::math::sum(counts);
    if counts.iter().any(|c| *c < 0.0) || total <= 0.0 || !total.is_finite() {
        return Err(StatsError::Undefined { what, why: "counts are numbers from 0 on, at least one of them above it" });
    }
    Ok(counts.iter().map(|c| c / total).collect())
}
