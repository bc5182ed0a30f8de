//! Kolmogorov's limit distribution. SciPy's `kstwobign`.

use std::f64::consts::{PI, TAU};

use base::math::exp;

/// Probability that √n times the largest distance of an empirical distribution from the true one is above `x`, as n
/// grows. 1 for `x` up to 0.
pub fn kolmogorov_sf(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return 1.0;
    }
    if x < 1.0 {
        // Jacobi's other form of the series: few terms where x is small.
        let term = |k: i32| exp(-f64::from((2 * k - 1) * (2 * k - 1)) * PI * PI / (8.0 * x * x));
        return 1.0 - TAU.sqrt() / x * (1..=8).map(term).sum::<f64>();
    }
    let term = |k: i32| f64::from(2 * (k % 2) - 1) * exp(-2.0 * f64::from(k * k) * x * x);
    (2.0 * (1..=8).map(term).sum::<f64>()).clamp(0.0, 1.0)
}
