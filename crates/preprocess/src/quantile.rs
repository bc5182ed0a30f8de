//! Weighted location and spread of numbers, in a fixed shape of summation. Not here: what they are used for.

use base::math::sum;

/// Weighted mean; `None` of nothing. Values near the largest float do not overflow.
pub(crate) fn mean(values: &[f64], weights: Option<&[f64]>) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let unit = unit_of(values);
    let (products, total) = match weights {
        None => (values.iter().map(|v| v / unit).collect::<Vec<f64>>(), values.len() as f64),
        Some(w) => (values.iter().zip(w).map(|(v, w)| v / unit * w).collect(), sum(w)),
    };
    Some(sum(&products) / total * unit)
}

/// Weighted population variance around a mean, and whether it is no more than rounding error, in which case the
/// values count as constant (the bound of Chan, Golub and LeVeque 1983, as scikit-learn uses it).
pub(crate) fn standard_deviation(values: &[f64], weights: Option<&[f64]>, mean: f64) -> (f64, bool) {
    let unit = unit_of(values);
    let square = |v: f64| {
        let d = v / unit - mean / unit;
        d * d
    };
    let (squares, total) = match weights {
        None => (values.iter().map(|v| square(*v)).collect::<Vec<f64>>(), values.len() as f64),
        Some(w) => (values.iter().zip(w).map(|(v, w)| square(*v) * w).collect(), sum(w)),
    };
    let variance = sum(&squares) / total;
    let n = values.len() as f64;
    let error = n * f64::EPSILON * variance + (n * (mean / unit) * f64::EPSILON).powi(2);
    (variance.sqrt() * unit, variance <= error)
}

/// A power of two that brings huge and tiny values into the range where their squares are exact enough; 1 for all
/// others.
fn unit_of(values: &[f64]) -> f64 {
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if largest == 0.0 || (1e-140..1e140).contains(&largest) {
        return 1.0;
    }
    const EXPONENT: u64 = 0x7ff0_0000_0000_0000;
    f64::from_bits(largest.to_bits() & EXPONENT).max(f64::MIN_POSITIVE)
}

/// Weighted quantile: the inverse of the empirical distribution function, averaged where it is flat (`q` = ½ of equal
/// weights is the usual median). A row of weight 2 counts as two rows. `None` of nothing. Weights are above zero.
pub(crate) fn quantile(values: &[f64], weights: Option<&[f64]>, q: f64) -> Option<f64> {
    let mut order: Vec<(f64, f64)> =
        values.iter().enumerate().map(|(i, v)| (*v, weights.map_or(1.0, |w| w[i]))).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let wanted = q * order.iter().map(|(_, w)| w).sum::<f64>();
    let mut below = 0.0;
    for (i, (v, w)) in order.iter().enumerate() {
        below += w;
        if below > wanted {
            return Some(*v);
        }
        if below == wanted && i + 1 < order.len() {
            return Some(v / 2.0 + order[i + 1].0 / 2.0);
        }
    }
    order.last().map(|(v, _)| *v)
}

/// The heaviest value, the smallest among equals. `None` of nothing.
pub(crate) fn most_frequent(values: &[f64], weights: Option<&[f64]>) -> Option<f64> {
    let mut order: Vec<(f64, f64)> =
        values.iter().enumerate().map(|(i, v)| (*v + 0.0, weights.map_or(1.0, |w| w[i]))).collect();
    order.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut best: Option<(f64, f64)> = None;
    for run in order.chunk_by(|a, b| a.0 == b.0) {
        let w: f64 = run.iter().map(|(_, w)| w).sum();
        if best.is_none_or(|(_, b)| w > b) {
            best = Some((run[0].0, w));
        }
    }
    best.map(|(v, _)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_of_even_and_odd_and_weighted() {
        assert_eq!(quantile(&[3.0, 1.0, 2.0], None, 0.5), Some(2.0));
        assert_eq!(quantile(&[4.0, 1.0, 2.0, 3.0], None, 0.5), Some(2.5));
        assert_eq!(quantile(&[1.0, 2.0], Some(&[1.0, 3.0]), 0.5), Some(2.0));
        assert_eq!(quantile(&[1.0, 2.0, 2.0, 2.0], None, 0.25), Some(1.5));
        assert_eq!(quantile(&[1.0, 2.0], Some(&[1.0, 3.0]), 0.25), Some(1.5));
        assert_eq!(quantile(&[], None, 0.5), None);
        assert_eq!(quantile(&[7.0], None, 1.0), Some(7.0));
    }

    #[test]
    fn the_heaviest_wins_and_zero_has_one_sign() {
        assert_eq!(most_frequent(&[2.0, 1.0, 2.0, 1.0], None), Some(1.0));
        assert_eq!(most_frequent(&[2.0, 1.0], Some(&[2.0, 1.0])), Some(2.0));
        assert_eq!(most_frequent(&[-0.0, 0.0, 1.0], None), Some(0.0));
    }

    #[test]
    fn huge_values_do_not_overflow_and_constants_are_seen() {
        let v = [1.7e308, -1.7e308, 1.7e308, 1.7e308];
        assert!((mean(&v, None).expect("values") / 0.85e308 - 1.0).abs() < 1e-15);
        let (s, constant) = standard_deviation(&v, None, 0.85e308);
        assert!(s.is_finite() && !constant);
        let v = vec![0.1; 1000];
        assert!(standard_deviation(&v, None, mean(&v, None).expect("values")).1);
    }
}
