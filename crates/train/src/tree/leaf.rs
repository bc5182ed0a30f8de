//! Values of leaves, and the grid that they lie on.
//!
//! A value is `−G / (H + l2)` times the learning rate, from sums of the rows' own derivatives (not of the integers
//! that chose the splits), rounded to a multiple of a power of two. While the sum of the largest values of all trees
//! is below 2^53 steps of that grid, which fitting checks, the sum of a row's leaves is exact in whatever order it is
//! made. The step is 2^-36 of the scale that scores have: 1.5e-11 of the target's spread, or of a log-odds of 1.

use base::math;

use crate::objective::Pair;

/// Steps of the grid per unit of the scale of scores, as a power of two.
pub(crate) const GRID_BITS: i32 = 36;
/// Sums of leaves are exact below so many steps.
pub(crate) const STEPS_MAX: f64 = (1u64 << 53) as f64;

/// How sums become values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values {
    pub learning_rate: f64,
    pub l1: f64,
    pub l2: f64,
}

impl Values {
    /// Value of the leaf that some rows lie in, on the grid of a scale of 1.
    pub(crate) fn of(&self, pairs: &[Pair], rows: &[u32]) -> f64 {
        let (gradient, hessian) = sum(pairs, rows);
        let gradient = if self.l1 == 0.0 { gradient } else { gradient.signum() * (gradient.abs() - self.l1).max(0.0) };
        let value = -gradient / (hessian + self.l2) * self.learning_rate;
        // Adding zero makes −0 to 0.
        math::round_to_grid(value, -GRID_BITS) + 0.0
    }
}

/// Sums over some rows, in a shape that follows from their number alone.
fn sum(pairs: &[Pair], rows: &[u32]) -> (f64, f64) {
    const BLOCK: usize = 4_096;
    if rows.len() > BLOCK {
        let half = (rows.len() / 2).next_multiple_of(4);
        let (a, b) = (sum(pairs, &rows[..half]), sum(pairs, &rows[half..]));
        return (a.0 + b.0, a.1 + b.1);
    }
    let mut lanes = [Pair::default(); 4];
    let (chunks, rest) = rows.as_chunks::<4>();
    for chunk in chunks {
        for (lane, row_idx) in lanes.iter_mut().zip(chunk) {
            let pair = pairs[*row_idx as usize];
            lane.gradient += pair.gradient;
            lane.hessian += pair.hessian;
        }
    }
    for (lane, row_idx) in lanes.iter_mut().zip(rest) {
        let pair = pairs[*row_idx as usize];
        lane.gradient += pair.gradient;
        lane.hessian += pair.hessian;
    }
    let [a, b, c, d] = lanes;
    ((a.gradient + c.gradient) + (b.gradient + d.gradient), (a.hessian + c.hessian) + (b.hessian + d.hessian))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_the_newton_step() {
        let pairs = [Pair { gradient: -2.0, hessian: 1.0 }, Pair { gradient: 5.0, hessian: 3.0 }];
        let v = Values { learning_rate: 0.5, l1: 0.0, l2: 0.0 };
        assert_eq!(v.of(&pairs, &[0, 1]), -0.375);
        assert_eq!(v.of(&pairs, &[0]), 1.0);
        assert_eq!(Values { l1: 1.0, ..v }.of(&pairs, &[0]), 0.5);
        assert_eq!(Values { l1: 9.0, ..v }.of(&pairs, &[1]).to_bits(), 0);
        assert_eq!(Values { l2: 1.0, ..v }.of(&pairs, &[1]), -0.625);
    }

    #[test]
    fn values_lie_on_the_grid() {
        let pairs = vec![Pair { gradient: 1.0 / 3.0, hessian: 0.7 }; 10_001];
        let rows: Vec<u32> = (0..10_001).collect();
        let value = Values { learning_rate: 0.1, l1: 0.0, l2: 0.0 }.of(&pairs, &rows);
        assert!((value + 0.1 / 2.1).abs() < 1e-11);
        assert_eq!((value * (1u64 << GRID_BITS) as f64).fract(), 0.0);
    }
}
