//! Incomplete gamma and beta functions, both tails at once. The factor in front of series and fractions is made of
//! Loader's deviances (Loader 2000, "Fast and accurate computation of binomial probabilities"), which keeps its digits
//! where a difference of log-gammas would lose them; the fractions are evaluated by Lentz's method (Press et al.,
//! Numerical Recipes, 6.2 and 6.4).

use std::f64::consts::TAU;

use base::math::{exp, ln, ln_1p, ln_gamma};

use super::{check_not_nan, check_positive};
use crate::error::StatsError;

/// Terms after which a series or fraction counts as arrived; they take about √a.
const TERMS_MAX: u32 = 1_000_000;
const TINY: f64 = 1e-300;

/// P(a, x) and Q(a, x) = 1 − P(a, x), each with all its digits. SciPy's `gammainc` and `gammaincc`.
///
/// # Errors
/// [`StatsError::Asked`] if `a` is not a finite number above 0, or `x` is negative or NaN.
pub fn gamma_regularised(a: f64, x: f64) -> Result<(f64, f64), StatsError> {
    check_positive("a", a)?;
    check_not_nan(x)?;
    if x < 0.0 {
        return Err(StatsError::Asked { what: "x", expected: "a number from 0 on", found: x.to_string() });
    }
    Ok(gamma_tails(a, x))
}

/// I_x(a, b) and its complement, each with all its digits, given `x` and `y` = 1 − `x`. SciPy's `betainc`.
///
/// # Errors
/// [`StatsError::Asked`] if `a` or `b` is not a finite number above 0, or `x` lies outside 0 to 1.
pub fn beta_regularised(a: f64, b: f64, x: f64) -> Result<(f64, f64), StatsError> {
    check_positive("a", a)?;
    check_positive("b", b)?;
    super::check_probability(x)?;
    Ok(beta_tails(a, b, x, 1.0 - x))
}

pub(super) fn gamma_tails(a: f64, x: f64) -> (f64, f64) {
    if x == 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    let front = poisson_raw(a, x);
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0, 1.0, a);
        for _ in 0..TERMS_MAX {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < sum * (f64::EPSILON / 4.0) {
                break;
            }
        }
        let p = (front * sum).min(1.0);
        return (p, 1.0 - p);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut h = d;
    for i in 1..TERMS_MAX {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        let step = lentz(an, b, &mut c, &mut d);
        h *= step;
        if (step - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    let q = (front * a * h).min(1.0);
    (1.0 - q, q)
}

pub(super) fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let front = binomial_raw(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let p = (front * b / (a + b) * beta_fraction(a, b, x)).min(1.0);
        (p, 1.0 - p)
    } else {
        let q = (front * a / (a + b) * beta_fraction(b, a, y)).min(1.0);
        (1.0 - q, q)
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let floored = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d) = (1.0, 1.0 / floored(1.0 - (a + b) * x / (a + 1.0)));
    let mut h = d;
    for m in 1..TERMS_MAX {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        h *= lentz(even, 1.0, &mut c, &mut d);
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let step = lentz(odd, 1.0, &mut c, &mut d);
        h *= step;
        if (step - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    h
}

/// One step of the modified method of Lentz: the factor by which the fraction changes.
fn lentz(numerator: f64, denominator: f64, c: &mut f64, d: &mut f64) -> f64 {
    let floored = |v: f64| if v.abs() < TINY { TINY } else { v };
    *d = 1.0 / floored(numerator * *d + denominator);
    *c = floored(denominator + numerator / *c);
    *c * *d
}

/// xᵃ e⁻ˣ / Γ(a + 1).
fn poisson_raw(a: f64, x: f64) -> f64 {
    exp(-stirling_error(a) - deviance(a, x)) / (TAU * a).sqrt()
}

/// Γ(a + b + 1) / (Γ(a + 1) Γ(b + 1)) · xᵃ yᵇ: with whole a and b the probability of a out of a + b.
pub(super) fn binomial_raw(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    if a == 0.0 {
        return exp(n * if x < 0.5 { ln_1p(-x) } else { ln(y) });
    }
    if b == 0.0 {
        return exp(n * if y < 0.5 { ln_1p(-y) } else { ln(x) });
    }
    let errors = stirling_error(n) - stirling_error(a) - stirling_error(b);
    exp(errors - deviance(a, n * x) - deviance(b, n * y)) * (n / (TAU * a * b)).sqrt()
}

/// ln Γ(n + 1) − ln(√(2πn) · (n/e)ⁿ).
fn stirling_error(n: f64) -> f64 {
    if n <= 15.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * ln(n) + n - 0.5 * ln(TAU);
    }
    let nn = n * n;
    (1.0 / 12.0 - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0 - (1.0 / 1188.0) / nn) / nn) / nn) / nn) / n
}

/// x ln(x / m) + m − x, also where x is near m.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * ln(x / m) + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut term = 2.0 * x * v;
    for j in 1..1000 {
        term *= v * v;
        let next = sum + term / f64::from(2 * j + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}
