//! Exact quantiles, as numpy's `quantile` by default: linear between neighbours (Hyndman and Fan 1996, definition 7).

use crate::error::StatsError;

/// Quantile of ascending numbers without NaN; `share` is held between 0 and 1. `None` of an empty slice.
///
/// ```
/// use almanac_stats::quantile::quantile_sorted;
/// assert_eq!(quantile_sorted(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
/// ```
pub fn quantile_sorted(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let (a, b) = (sorted[below], sorted[(below + 1).min(last)]);
    let t = position - below as f64;
    let span = b - a;
    // numpy's own form: exact at both ends, and monotone. Nothing lies between a number and an infinity, so there the
    // nearer neighbour stands.
    Some(match t >= 0.5 {
        _ if t == 0.0 || a == b => a,
        true if span.is_finite() => b - span * (1.0 - t),
        false if span.is_finite() => a + span * t,
        true => b,
        false => a,
    })
}

/// Quantiles of numbers in any order; NaN is left out. `O(n log n)`.
///
/// # Errors
/// [`StatsError::TooFewRows`] without a number, [`StatsError::Asked`] for a share outside 0 to 1.
pub fn quantiles(values: &[f64], shares: &[f64]) -> Result<Vec<f64>, StatsError> {
    let sorted = sorted(values);
    shares
        .iter()
        .map(|&share| {
            if !(0.0..=1.0).contains(&share) {
                let found = share.to_string();
                return Err(StatsError::Asked { what: "the quantile", expected: "0 to 1", found });
            }
            quantile_sorted(&sorted, share).ok_or(StatsError::TooFewRows { what: "a quantile", needed: 1, found: 0 })
        })
        .collect()
}

/// The numbers that are not NaN, ascending.
pub fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_infinities_and_nothing() {
        let v = [f64::INFINITY, 1.0, f64::NAN, f64::INFINITY];
        assert_eq!(quantiles(&v, &[0.0, 0.9, 1.0]), Ok(vec![1.0, f64::INFINITY, f64::INFINITY]));
        assert!(quantiles(&[f64::NAN], &[0.5]).is_err());
        assert!(quantiles(&[1.0], &[1.5]).is_err());
        assert!(quantiles(&[1.0], &[f64::NAN]).is_err());
    }
}
