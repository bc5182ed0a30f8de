//! Jensen-Shannon distance (Endres and Schindelin 2003): a metric between 0 and 1.

use super::shares;
use crate::error::{StatsError, check_lengths};

/// The square root of the Jensen-Shannon divergence in bits: SciPy's `spatial.distance.jensenshannon` with `base=2`.
/// 0 for equal shares, 1 for distributions without a common bin.
///
/// # Errors
/// [`StatsError::Lengths`], [`StatsError::NotFinite`], and [`StatsError::Undefined`] if all counts of a side are zero
/// or one is negative.
pub fn jensen_shannon(p: &[f64], q: &[f64]) -> Result<f64, StatsError> {
    check_lengths("bins", p.len(), q.len())?;
    let (p, q) = (shares("the Jensen-Shannon distance", p)?, shares("the Jensen-Shannon distance", q)?);
    let term = |x: f64, middle: f64| if x > 0.0 { x * base::math::ln(x / middle) } else { 0.0 };
    let nats: f64 = p.iter().zip(&q).map(|(&p, &q)| term(p, (p + q) / 2.0) + term(q, (p + q) / 2.0)).sum();
    Ok((nats.max(0.0) / (2.0 * std::f64::consts::LN_2)).sqrt())
}
