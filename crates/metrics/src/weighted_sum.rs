//! Weighted sums and means in a fixed shape: eight lanes in a block, then a fixed tree, as in `base::math::sum`.

const BLOCK: usize = 4096;

/// Σ weights\[i\] · values\[i\]. The slices are of one length.
pub(crate) fn weighted_sum(values: &[f64], weights: &[f64]) -> f64 {
    if values.len() > BLOCK {
        let half = (values.len() / 2).next_multiple_of(8);
        return weighted_sum(&values[..half], &weights[..half]) + weighted_sum(&values[half..], &weights[half..]);
    }
    let mut lanes = [0.0f64; 8];
    let (mut v, mut w) = (values.chunks_exact(8), weights.chunks_exact(8));
    for (v, w) in (&mut v).zip(&mut w) {
        for ((lane, v), w) in lanes.iter_mut().zip(v).zip(w) {
            *lane += v * w;
        }
    }
    for ((lane, v), w) in lanes.iter_mut().zip(v.remainder()).zip(w.remainder()) {
        *lane += v * w;
    }
    ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
}

/// Weighted mean. The weights are not all zero.
pub(crate) fn weighted_mean(values: &[f64], weights: &[f64]) -> f64 {
    weighted_sum(values, weights) / base::math::sum(weights)
}
