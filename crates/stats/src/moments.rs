//! Count, mean, spread and shape of numbers.
//!
//! Not here: quantiles, weights.

use base::math::{pow, sum};
use serde::{Deserialize, Serialize};

/// Central moments of the numbers that are not NaN. Computed in two passes with sums of a fixed shape: the same bits
/// on any machine.
///
/// ```
/// let m = almanac_stats::Moments::of(&[1.0, 2.0, f64::NAN, 3.0]);
/// assert_eq!((m.n, m.mean, m.variance(1)), (3, 2.0, Some(1.0)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// How many numbers.
    pub n: u64,
    /// Arithmetic mean; 0 if there is no number.
    pub mean: f64,
    /// Sum of squared deviations from the mean.
    pub m2: f64,
    /// Sum of cubed deviations.
    pub m3: f64,
    /// Sum of fourth powers of deviations.
    pub m4: f64,
}

impl Moments {
    /// Moments of numbers; NaN is left out.
    pub fn of(values: &[f64]) -> Self {
        let counted: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        if counted.is_empty() {
            return Self { n: 0, mean: 0.0, m2: 0.0, m3: 0.0, m4: 0.0 };
        }
        let mean = sum(&counted) / counted.len() as f64;
        let of_deviations = |f: fn(f64) -> f64| sum(&counted.iter().map(|v| f(v - mean)).collect::<Vec<_>>());
        Self {
            n: counted.len() as u64,
            mean,
            m2: of_deviations(|d| d * d),
            m3: of_deviations(|d| d * d * d),
            m4: of_deviations(|d| (d * d) * (d * d)),
        }
    }

    /// Moments of both sets of numbers together (Chan, Golub and LeVeque 1979; Pébay 2008). For equal bits, merge in a
    /// fixed order.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        if self.n == 0 || other.n == 0 {
            return if self.n == 0 { *other } else { *self };
        }
        let (a, b) = (self.n as f64, other.n as f64);
        let n = a + b;
        let d = other.mean - self.mean;
        let (d2, n2) = (d * d, n * n);
        Self {
            n: self.n + other.n,
            mean: self.mean + d * b / n,
            m2: self.m2 + other.m2 + d2 * a * b / n,
            m3: self.m3 + other.m3 + d2 * d * a * b * (a - b) / n2 + 3.0 * d * (a * other.m2 - b * self.m2) / n,
            m4: self.m4
                + other.m4
                + d2 * d2 * a * b * (a * a - a * b + b * b) / (n2 * n)
                + 6.0 * d2 * (a * a * other.m2 + b * b * self.m2) / n2
                + 4.0 * d * (a * other.m3 - b * self.m3) / n,
        }
    }

    /// Variance with `n - ddof` in the denominator; `None` if that is not above zero.
    pub fn variance(&self, ddof: u64) -> Option<f64> {
        (self.n > ddof).then(|| self.m2 / (self.n - ddof) as f64)
    }

    /// Standard deviation with `n - ddof` in the denominator; `None` if that is not above zero.
    pub fn std(&self, ddof: u64) -> Option<f64> {
        self.variance(ddof).map(f64::sqrt)
    }

    /// Skewness, biased (SciPy's `skew`); `None` without numbers or spread.
    pub fn skewness(&self) -> Option<f64> {
        (self.m2 > 0.0).then(|| (self.m3 / self.n as f64) / pow(self.m2 / self.n as f64, 1.5))
    }

    /// Excess kurtosis, biased (SciPy's `kurtosis`); `None` without numbers or spread.
    pub fn kurtosis(&self) -> Option<f64> {
        (self.m2 > 0.0).then(|| self.n as f64 * self.m4 / (self.m2 * self.m2) - 3.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_parts_are_the_whole() {
        let v: Vec<f64> = (0..1000).map(|i| f64::from((i * 37) % 101) + 1e3).collect();
        let whole = Moments::of(&v);
        let parts = Moments::of(&v[..300]).merge(&Moments::of(&v[300..]));
        for (a, b) in [(whole.mean, parts.mean), (whole.m2, parts.m2), (whole.m3, parts.m3), (whole.m4, parts.m4)] {
            assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{a} {b}");
        }
        assert_eq!(Moments::of(&[]).merge(&whole), whole);
    }

    #[test]
    fn what_is_not_defined_is_none() {
        let none = Moments::of(&[f64::NAN]);
        assert_eq!((none.n, none.variance(0), none.skewness()), (0, None, None));
        let one = Moments::of(&[5.0]);
        assert_eq!((one.std(0), one.std(1), one.kurtosis()), (Some(0.0), None, None));
    }
}
