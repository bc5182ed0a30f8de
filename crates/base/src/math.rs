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

/// e to the power `x` without a branch, so that loops over it are vectorised; at most 2 units in the last place from
/// the true value. Beyond −708 and 709 the value is that of the bound; NaN stays NaN.
///
/// Cody and Waite's reduction to |r| ≤ ln 2 / 2, then the Taylor polynomial of degree 13 (remainder below 5e-18).
#[inline]
pub fn exp_wide(x: f64) -> f64 {
    // Adding and taking away 1.5 × 2^52 rounds to the nearest integer, which is left in the low bits of the sum.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    let x = x.clamp(-708.0, 709.0);
    let rounded = x * std::f64::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.0 / 6_227_020_800.0;
    for factorial in [479_001_600.0, 39_916_800.0, 3_628_800.0, 362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0] {
        p = p * r + 1.0 / factorial;
    }
    p = ((p * r + 0.5) * r + 1.0) * r + 1.0;
    f64::from_bits(p.to_bits().wrapping_add(rounded.to_bits() << 52))
}

/// Logistic function like [`sigmoid`], without a branch; built on [`exp_wide`]. Relative error at most 1e-15.
///
/// ```
/// assert_eq!(almanac_base::math::sigmoid_wide(0.0), 0.5);
/// ```
#[inline]
pub fn sigmoid_wide(x: f64) -> f64 {
    1.0 / (1.0 + exp_wide(-x))
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
    fn the_branch_free_exponential_is_within_its_bound() {
        for i in 0..2_000_000 {
            let x = -708.0 + f64::from(i) * (1417.0 / 2_000_000.0) + 1e-5;
            let (ours, theirs) = (exp_wide(x), exp(x));
            let ulps = ours.to_bits().abs_diff(theirs.to_bits());
            assert!(ulps <= 2, "{x}: {ours:e}, {theirs:e}");
            let (ours, theirs) = (sigmoid_wide(x), sigmoid(x));
            assert!((ours - theirs).abs() <= 1e-15 * theirs, "{x}: {ours:e}, {theirs:e}");
        }
        assert_eq!(exp_wide(0.0), 1.0);
        assert_eq!(exp_wide(-1e300), exp_wide(-708.0));
        assert!(exp_wide(1e300).is_finite() && exp_wide(f64::NAN).is_nan());
    }

    #[test]
    fn sigmoid_and_logit_are_inverse() {
        for p in [1e-9, 0.2, 0.5, 0.999] {
            assert!((sigmoid(logit(p)) - p).abs() < 1e-15);
        }
    }
}
