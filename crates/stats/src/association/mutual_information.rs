//! Mutual information of two coded columns. scikit-learn's `mutual_info_score`.

use base::math::ln;

use super::pairs;
use crate::error::StatsError;

/// Mutual information in nats; not negative, 0 for independent columns.
///
/// # Errors
/// [`StatsError::Lengths`], [`StatsError::TooFewRows`] without rows.
pub fn mutual_information(first: &[u32], second: &[u32]) -> Result<f64, StatsError> {
    let p = pairs("mutual information", first, second)?;
    let term = |(&(a, b), &n): (&(u32, u32), &f64)| n / p.n * ln(n * p.n / (p.first[&a] * p.second[&b]));
    Ok(p.cells.iter().map(term).sum::<f64>().max(0.0))
}
