//! Seeded randomness: ChaCha8 keyed by BLAKE3(seed, stage, fold, purpose). Nothing else is random here.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng};

use crate::hash::StableHasher;
use crate::math;

/// Names one stream of random numbers; equal names and seeds give equal numbers, whatever else has been drawn.
#[derive(Debug, Clone, Copy)]
pub struct Stream<'a> {
    /// The stage that draws: `"split"`, `"train.boost"`, …
    pub stage: &'a str,
    /// The fold or repetition, 0 where there is none.
    pub fold: u64,
    /// What for: `"bagging"`, `"shuffle"`, …
    pub purpose: &'a str,
}

/// A stream of random numbers.
#[derive(Debug, Clone)]
pub struct Rng(ChaCha8Rng);

impl Rng {
    /// Opens a stream under a seed.
    pub fn new(seed: u64, stream: Stream<'_>) -> Self {
        let key = StableHasher::new("almanac.rng")
            .number(seed)
            .part(stream.stage.as_bytes())
            .number(stream.fold)
            .part(stream.purpose.as_bytes())
            .finish();
        Self(ChaCha8Rng::from_seed(key.0))
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Uniform in `[0, 1)` with 53 random bits.
    pub fn uniform(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// Uniform in `0..n`, without bias (Lemire 2019, "Fast random integer generation in an interval").
    ///
    /// # Panics
    /// If `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        assert!(n > 0, "no number lies below zero");
        let n = n as u64;
        let threshold = n.wrapping_neg() % n;
        loop {
            let wide = u128::from(self.next_u64()) * u128::from(n);
            if (wide as u64) >= threshold {
                return (wide >> 64) as usize;
            }
        }
    }

    /// Standard normal (Box and Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let u = 1.0 - self.uniform();
        let v = self.uniform();
        (-2.0 * math::ln(u)).sqrt() * math::cos(std::f64::consts::TAU * v)
    }

    /// Shuffles in place (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i + 1);
            items.swap(i, j);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(purpose: &str) -> Rng {
        Rng::new(7, Stream { stage: "test", fold: 0, purpose })
    }

    #[test]
    fn streams_are_named_not_shared() {
        let mut a = stream("a");
        let mut b = stream("b");
        let mut again = stream("a");
        let first = a.next_u64();
        assert_ne!(first, b.next_u64());
        assert_eq!(first, again.next_u64());
    }

    #[test]
    fn draws_have_the_right_moments() {
        let mut r = stream("moments");
        let n = 200_000;
        let (mut s, mut q) = (0.0, 0.0);
        for _ in 0..n {
            let x = r.normal();
            s += x;
            q += x * x;
        }
        assert!((s / f64::from(n)).abs() < 0.01);
        assert!((q / f64::from(n) - 1.0).abs() < 0.02);
        let mut counts = [0u32; 7];
        for _ in 0..70_000 {
            counts[r.below(7)] += 1;
        }
        assert!(counts.iter().all(|&c| (9_500..10_500).contains(&c)), "{counts:?}");
    }
}
