//! Weighted summaries of a target or a column, in a fixed shape and without overflow.

use base::math;

/// The power of two at or below `x`; 1 for zero. `x` is finite and not negative.
pub(crate) fn power_of_two(x: f64) -> f64 {
    let exponent = f64::from_bits(x.to_bits() & 0x7ff0_0000_0000_0000);
    if exponent == 0.0 { if x == 0.0 { 1.0 } else { f64::MIN_POSITIVE } } else { exponent }
}

/// Weighted mean of finite values; sums are made of values scaled to at most 2, so they cannot overflow before the
/// mean itself would. Some weight is positive.
pub(crate) fn mean(values: &[f64], weights: Option<&[f64]>) -> f64 {
    let largest = values.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    let scale = power_of_two(largest);
    let small: Vec<f64> = values.iter().map(|v| v / scale).collect();
    let mean = match weights {
        None => math::sum(&small) / small.len() as f64,
        Some(w) => {
            let heaviest = power_of_two(w.iter().fold(0.0f64, |m, v| m.max(*v)));
            let w: Vec<f64> = w.iter().map(|w| w / heaviest).collect();
            let products: Vec<f64> = small.iter().zip(&w).map(|(v, w)| v * w).collect();
            math::sum(&products) / math::sum(&w)
        }
    };
    // Rounding may carry a mean past the values it is a mean of.
    (mean * scale).clamp(-largest, largest)
}

/// Weighted median of finite values: the smallest value with more than half of the weight at or below it; where
/// exactly half lies there, the mean of it and the next. Some weight is positive.
pub(crate) fn median(values: &[f64], weights: Option<&[f64]>) -> f64 {
    let heaviest = power_of_two(weights.map_or(1.0, |w| w.iter().fold(0.0f64, |m, v| m.max(*v))));
    let weight = |i: usize| weights.map_or(1.0, |w| w[i] / heaviest);
    let mut order: Vec<usize> = (0..values.len()).filter(|&i| weight(i) > 0.0).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let half = order.iter().map(|&i| weight(i)).sum::<f64>() * 0.5;
    let mut below = 0.0;
    for (at, &i) in order.iter().enumerate() {
        below += weight(i);
        if below >= half {
            let next = if below == half { order.get(at + 1).copied().unwrap_or(i) } else { i };
            return values[i] * 0.5 + values[next] * 0.5;
        }
    }
    order.last().map_or(0.0, |&i| values[i])
}

/// Share of the weight that each class has. Some weight is positive, every code is below `n_classes`.
pub(crate) fn class_frequencies(codes: &[u32], n_classes: usize, weights: Option<&[f64]>) -> Vec<f64> {
    let heaviest = power_of_two(weights.map_or(1.0, |w| w.iter().fold(0.0f64, |m, v| m.max(*v))));
    let mut sums = vec![0.0; n_classes];
    for (i, &code) in codes.iter().enumerate() {
        sums[code as usize] += weights.map_or(1.0, |w| w[i] / heaviest);
    }
    let total: f64 = sums.iter().sum();
    sums.iter().map(|s| s / total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two() {
        for (x, expected) in [(1.0, 1.0), (3.9, 2.0), (0.0, 1.0), (0.3, 0.25), (5e-324, f64::MIN_POSITIVE)] {
            assert_eq!(power_of_two(x), expected, "{x}");
        }
    }

    #[test]
    fn a_mean_of_extremes_is_finite() {
        assert_eq!(mean(&[f64::MAX, -f64::MAX], None), 0.0);
        assert_eq!(mean(&[1e308, 1e308, 1e308], Some(&[1e308, 1e308, 0.0])), 1e308);
        assert_eq!(mean(&[5e-324, 5e-324], None), 5e-324);
    }

    #[test]
    fn an_even_median_lies_between() {
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0], None), 2.5);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0], Some(&[1.0; 4])), 2.5);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0], Some(&[1.0, 1.0, 2.0, 0.0])), 2.0);
    }
}
