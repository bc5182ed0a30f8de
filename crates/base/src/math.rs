//! Transcendental functions from one place, so that results do not depend on the platform's C library.
//!
//! Thin names over the `libm` crate (a port of musl's), whose results are the same on every machine.
//! Add, subtract, multiply, divide and square root are exact in IEEE 754 and need no wrapper.

/// e to the power `x`.
#[inline]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// e^x − 1, accurate near zero.
#[inline]
pub fn exp_m1(x: f64) -> f64 {
    libm::expm1(x)
}

/// Natural logarithm.
#[inline]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// ln(1 + x), accurate near zero.
#[inline]
pub fn ln_1p(x: f64) -> f64 {
    libm::log1p(x)
}

/// `x` to the power `y`.
#[inline]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// Sine of `x` radians.
#[inline]
pub fn sin(x: f64) -> f64 {
    libm::sin(x)
}

/// Cosine of `x` radians.
#[inline]
pub fn cos(x: f64) -> f64 {
    libm::cos(x)
}

/// Hyperbolic tangent.
#[inline]
pub fn tanh(x: f64) -> f64 {
    libm::tanh(x)
}

/// Logarithm of the absolute value of the gamma function.
#[inline]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Error function.
#[inline]
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// Logistic function 1 / (1 + e^−x), without overflow at either end.
///
/// ```
/// assert_eq!(almanac_base::math::sigmoid(0.0), 0.5);
/// assert_eq!(almanac_base::math::sigmoid(-1e9), 0.0);
/// ```
#[inline]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + exp(-x))
    } else {
        let e = exp(x);
        e / (1.0 + e)
    }
}

/// Inverse of [`sigmoid`]: ln(p / (1 − p)). Infinite at 0 and 1.
#[inline]
pub fn logit(p: f64) -> f64 {
    ln(p / (1.0 - p))
}

/// Rounds to a multiple of 2^`exponent`, ties to even; for values whose sums must be exact in any order.
#[inline]
pub fn round_to_grid(x: f64, exponent: i32) -> f64 {
    let scale = f64::from_bits(((1023 + i64::from(exponent)) as u64) << 52);
    (x / scale).round_ties_even() * scale
}

/// Sum of a slice in a fixed shape: eight interleaved lanes, then a fixed tree. The same bits on any machine
/// and at any thread count; more accurate than a running sum.
pub fn sum(values: &[f64]) -> f64 {
    const BLOCK: usize = 4096;
    if values.len() > BLOCK {
        let half = (values.len() / 2).next_multiple_of(8);
        return sum(&values[..half]) + sum(&values[half..]);
    }
    let mut lanes = [0.0f64; 8];
    let mut chunks = values.chunks_exact(8);
    for c in &mut chunks {
        for (lane, v) in lanes.iter_mut().zip(c) {
            *lane += v;
        }
    }
    for (lane, v) in lanes.iter_mut().zip(chunks.remainder()) {
        *lane += v;
    }
    ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_makes_sums_exact_in_any_order() {
        let v: Vec<f64> = (0..1000).map(|i| round_to_grid(sin(f64::from(i)) * 3.0, -40)).collect();
        let forward: f64 = v.iter().sum();
        let backward: f64 = v.iter().rev().sum();
        assert_eq!(forward.to_bits(), backward.to_bits());
        assert_eq!(forward.to_bits(), sum(&v).to_bits());
    }

    #[test]
    fn sigmoid_and_logit_are_inverse() {
        for p in [1e-9, 0.2, 0.5, 0.999] {
            assert!((sigmoid(logit(p)) - p).abs() < 1e-15);
        }
    }
}
