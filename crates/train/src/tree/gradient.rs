//! Gradients and hessians as integers: a gradient in the high half of a word, a hessian in the low half.
//!
//! Sums of integers are exact, so a histogram has the same bits in whatever order and by however many threads it is
//! summed, and a sibling found by subtraction is what summing would have given. One addition of a word adds both.
//! Integers only choose the splits: values of leaves are made from the floats (`leaf`).
//! (Shi et al. 2022, "Quantized training of gradient boosting decision trees", go down to a few bits; here are 18 or
//! more, rounded to nearest.)

use base::Cx;

use crate::objective::{Pair, ROWS_PER_TASK};

/// The most rows that are summed in words before the halves are carried over into wide sums.
pub(crate) const BLOCK_ROWS: usize = 8_191;

/// Packed derivatives of rows and what one unit of each half is worth.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    pub words: Vec<u64>,
    pub gradient_unit: f64,
    pub hessian_unit: f64,
    /// Whether a unit of hessian is one row.
    pub counts: bool,
}

impl Packed {
    /// Packs the derivatives of all rows. With `hessian_one`, every hessian is exactly one unit.
    pub(crate) fn pack(&mut self, cx: &Cx, pairs: &[Pair], hessian_one: bool) {
        let maxima = cx.map(pairs.len().div_ceil(ROWS_PER_TASK), |task| {
            let chunk = &pairs[task * ROWS_PER_TASK..pairs.len().min((task + 1) * ROWS_PER_TASK)];
            chunk.iter().fold((0.0f64, 0.0f64), |m, p| {
                (
                    if p.gradient.abs() > m.0 { p.gradient.abs() } else { m.0 },
                    if p.hessian > m.1 { p.hessian } else { m.1 },
                )
            })
        });
        let largest = maxima.iter().fold((0.0f64, 0.0f64), |m, x| (m.0.max(x.0), m.1.max(x.1)));
        // A block of the largest values stays below 2^31 in the signed half and below 2^32 in the other.
        let block_bits = (pairs.len().min(BLOCK_ROWS) + 1).next_power_of_two().trailing_zeros() as i32;
        self.gradient_unit = unit(largest.0, 31 - block_bits);
        self.hessian_unit = if hessian_one { 1.0 } else { unit(largest.1, 32 - block_bits) };
        self.counts = hessian_one;
        let (per_gradient, per_hessian) = (1.0 / self.gradient_unit, 1.0 / self.hessian_unit);
        self.words.resize(pairs.len(), 0);
        cx.for_chunks(&mut self.words, ROWS_PER_TASK, |task, chunk| {
            let from = task * ROWS_PER_TASK;
            let pairs = &pairs[from..from + chunk.len()];
            for (word, pair) in chunk.iter_mut().zip(pairs) {
                *word = word_of(round(pair.gradient * per_gradient), round(pair.hessian * per_hessian).max(1));
            }
        });
    }
}

/// The power of two of which `largest` is at most `2^bits`.
fn unit(largest: f64, bits: i32) -> f64 {
    let top = crate::weighted::power_of_two(largest.max(f64::MIN_POSITIVE * 1e40)) * 2.0;
    top / f64::from_bits(((1023 + i64::from(bits)) as u64) << 52)
}

/// Nearest integer of a number below 2^31, without a call.
#[inline]
fn round(x: f64) -> i64 {
    const ROUND: f64 = 6_755_399_441_055_744.0;
    (x + ROUND).to_bits() as i64 - ROUND.to_bits() as i64
}

#[inline]
fn word_of(gradient: i64, hessian: i64) -> u64 {
    ((gradient as u64) << 32).wrapping_add(hessian as u64)
}

/// Sum of the halves of at most [`BLOCK_ROWS`] words.
#[inline]
pub(crate) fn halves(word: u64) -> (i64, i64) {
    (i64::from((word >> 32) as u32 as i32), i64::from(word as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_the_largest_values_does_not_overflow() {
        for gradient in [1.0, -1.0, 0.9999999, -0.7, 2.0, 1e-200, -1e300] {
            for n in [1usize, 2, 3, 1000, BLOCK_ROWS, BLOCK_ROWS + 5] {
                let pairs = vec![Pair { gradient, hessian: gradient.abs() }; n];
                let mut packed = Packed::default();
                packed.pack(&Cx::new(0, 1), &pairs, false);
                let n = n.min(BLOCK_ROWS);
                let sum = packed.words[..n].iter().fold(0u64, |s, w| s.wrapping_add(*w));
                let (g, h) = halves(sum);
                let expected = gradient * n as f64;
                assert!((g as f64 * packed.gradient_unit / expected - 1.0).abs() < 1e-5, "{gradient} {n} {g}");
                assert!((h as f64 * packed.hessian_unit / expected.abs() - 1.0).abs() < 1e-5, "{gradient} {n} {h}");
            }
        }
    }

    #[test]
    fn rounding_is_to_nearest() {
        assert_eq!([-2.5, -1.2, -0.4, 0.0, 0.6, 1e9].map(round), [-2, -1, 0, 0, 1, 1_000_000_000]);
    }
}
