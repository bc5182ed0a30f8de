//! Conjugate gradients: solves a system through products with its matrix, for Hessians too large to build.

use base::Cx;
use contract::FitError;

use super::cholesky::dot;

/// The most products per solve.
const PRODUCTS_PER_SOLVE_MAX: usize = 1_000;

/// Approximately solves `H x = b` for a positive semi-definite `H`, until the residual is `reduction` times its first
/// length. `diagonal` is the one of `H` and evens out its columns (Jacobi's preconditioner).
///
/// Returns the best that was found where the numbers stop allowing progress or no products are left.
pub(crate) fn solve(
    cx: &Cx,
    times: impl Fn(&[f64]) -> Vec<f64>,
    diagonal: &[f64],
    b: &[f64],
    reduction: f64,
    products_left: &mut usize,
) -> Result<Vec<f64>, FitError> {
    let inverse: Vec<f64> = diagonal.iter().map(|d| if *d > 0.0 { 1.0 / d } else { 0.0 }).collect();
    let even = |r: &[f64]| -> Vec<f64> { r.iter().zip(&inverse).map(|(r, i)| r * i).collect() };
    let mut x = vec![0.0; b.len()];
    let mut residual = b.to_vec();
    let mut evened = even(&residual);
    let mut direction = evened.clone();
    let mut length = dot(&residual, &evened);
    let enough = length * reduction * reduction;
    for _ in 0..PRODUCTS_PER_SOLVE_MAX.min(*products_left) {
        cx.check_cancelled()?;
        *products_left -= 1;
        let product = times(&direction);
        let curvature = dot(&direction, &product);
        // Written so that NaN ends it too.
        if !(curvature > 0.0 && length > 0.0) {
            break;
        }
        let step = length / curvature;
        x.iter_mut().zip(&direction).for_each(|(x, d)| *x += step * d);
        residual.iter_mut().zip(&product).for_each(|(r, p)| *r -= step * p);
        evened = even(&residual);
        let next = dot(&residual, &evened);
        if next <= enough {
            break;
        }
        let keep = next / length;
        direction.iter_mut().zip(&evened).for_each(|(d, e)| *d = e + keep * *d);
        length = next;
    }
    Ok(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_system_is_solved() {
        // Tridiagonal, diagonally dominant, with very different scales.
        let n = 50;
        let scale = |i: usize| if i.is_multiple_of(2) { 1.0 } else { 1e4 };
        let times = |x: &[f64]| -> Vec<f64> {
            (0..n)
                .map(|i| {
                    let near = |j: usize| -(x[j] * scale(j));
                    let left = if i > 0 { near(i - 1) } else { 0.0 };
                    let right = if i + 1 < n { near(i + 1) } else { 0.0 };
                    (3.0 * x[i] * scale(i) + left + right) * scale(i)
                })
                .collect()
        };
        let diagonal: Vec<f64> = (0..n).map(|i| 3.0 * scale(i) * scale(i)).collect();
        let x: Vec<f64> = (0..n).map(|i| i as f64 - 20.0).collect();
        let found = solve(&Cx::new(0, 1), times, &diagonal, &times(&x), 1e-12, &mut 200).expect("not cancelled");
        // The residual's length counts large columns more.
        assert!(found.iter().zip(&x).all(|(f, x)| (f - x).abs() < 1e-6), "{found:?}");
    }
}
