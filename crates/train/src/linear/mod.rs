//! Linear learners: ridge regression, and logistic regression of two classes or several, with an L2 penalty on
//! everything but the intercept.
//!
//! The objectives are scikit-learn's, so are their minima. With row weights sᵢ:
//!
//! - regression: ½ Σ sᵢ (yᵢ − xᵢw − b)² + ½ `alpha` ‖w‖²
//! - classification: `c` Σ sᵢ lossᵢ + ½ ‖w‖², with the log loss of a logistic (two classes) or of a softmax with one
//!   vector of coefficients per class (three or more); the softmax's intercepts are centred, as they are determined up
//!   to a constant only
//!
//! Not here: scaling, encoding and imputing of features (`preprocess`). What this learner does to columns inside
//! (centring, scaling by powers of two) changes the path of the solver, not the minimum.

mod cholesky;
mod conjugate;
mod design;
mod gram;
mod loss;
mod model;
mod solver;

use base::Cx;
use contract::params::{any, range};
use contract::{Dataset, Fit, FitError, Target, Validation};

use crate::weighted;
use design::Design;
use loss::Loss;
use solver::Problem;

pub use model::{LinearModel, Link};

/// The most coefficients a linear model may have: columns × classes.
pub const COEFFICIENTS_MAX: usize = 1 << 26;

/// Up to this many parameters (columns × classes) Newton's method may build and factor the Hessian.
pub const FACTORED_PARAMETERS_MAX: usize = 2_000;

/// Up to this many multiplications per step the Hessian is always built, beyond it only where conjugate gradients are
/// expected to cost more.
pub const FACTORED_WORK_MAX: f64 = 2e9;

/// The most products with the Hessian that conjugate gradients may take in one fit.
pub const PRODUCTS_MAX: usize = 10_000;

contract::params! {
    /// Parameters of the linear learner.
    ///
    /// ```
    /// let mut p = almanac_train::LinearParams::default();
    /// p.set("c", "0.1").expect("within its bounds");
    /// assert!(p.set("c", "-1").is_err());
    /// ```
    pub struct LinearParams in "linear" {
        /// inverse strength of the penalty in classification; smaller is simpler
        c: f64 = 1.0, range(1e-12, 1e12);
        /// strength of the penalty in regression; larger is simpler
        alpha: f64 = 1.0, range(0.0, 1e15);
        /// whether to learn an intercept, which is never penalised
        fit_intercept: bool = true, any();
        /// the most steps of Newton's method
        max_iterations: u32 = 100, range(1.0, 100_000.0);
        /// largest slope of the objective, per unit of weight and of each column's spread, at which fitting stops
        tolerance: f64 = 1e-8, range(1e-14, 1.0);
    }
}

impl Fit for LinearParams {
    type Model = LinearModel;

    fn name(&self) -> &'static str {
        Self::TABLE
    }

    /// Newton's method: with a Cholesky factor of the Hessian where that is small ([`FACTORED_PARAMETERS_MAX`],
    /// [`FACTORED_WORK_MAX`]), by conjugate gradients where it is not or where the factor leads nowhere. Cost per step
    /// `O(n_rows · columns²)`, or `O(cells that are not zero)` per product. Whether it arrived is in
    /// [`LinearModel::converged`]. A class without weight gets probability 0.
    ///
    /// # Errors
    /// Those of [`Dataset::check`]; [`FitError::Form`] for category codes and for a missing number;
    /// [`FitError::OneClass`] if all the weight is on one class; [`FitError::Limit`]; [`FitError::Diverged`].
    fn fit(&self, cx: &Cx, train: Dataset<'_>, _: Option<Validation<'_>>) -> Result<LinearModel, FitError> {
        train.check()?;
        self.check()?;
        let forms = model::column_forms(train.x)?;
        model::check_finite(train.x)?;
        let n_outputs = train.y.n_outputs();
        let n_coefficients = train.x.width().saturating_mul(n_outputs);
        if n_coefficients > COEFFICIENTS_MAX {
            let what = "coefficients of a linear model".to_owned();
            return Err(FitError::Limit { what, max: COEFFICIENTS_MAX as u64, found: n_coefficients as u64 });
        }
        let shares = Shares::new(train.x.n_rows, train.weights);
        let design = Design::new(cx, train.x, &shares.of_rows, self.fit_intercept)?;
        match train.y {
            Target::Real(values) => self.fit_ridge(cx, &design, values, &shares, forms),
            Target::Class { codes, n_classes: 2 } => self.fit_logistic(cx, &design, codes, &shares, forms),
            Target::Class { codes, n_classes } => self.fit_softmax(cx, &design, codes, *n_classes, &shares, forms),
        }
    }
}

/// Row weights as shares of their total, and the total.
struct Shares {
    of_rows: Vec<f64>,
    total: f64,
}

impl Shares {
    fn new(n_rows: usize, weights: Option<&[f64]>) -> Self {
        let Some(weights) = weights else {
            return Self { of_rows: vec![1.0 / n_rows as f64; n_rows], total: n_rows as f64 };
        };
        let scale = weighted::power_of_two(weights.iter().fold(0.0f64, |m, w| m.max(*w)));
        let scaled: Vec<f64> = weights.iter().map(|w| w / scale).collect();
        let total = base::math::sum(&scaled);
        Self { of_rows: scaled.iter().map(|w| w / total).collect(), total: total * scale }
    }

    /// The penalty per unit of weight.
    fn strength(&self, alpha: f64) -> f64 {
        (alpha / self.total).min(1e300)
    }
}

impl LinearParams {
    fn solve(&self, cx: &Cx, design: &Design<'_>, loss: Loss, strength: f64) -> Result<solver::Solution, FitError> {
        let problem = Problem { design, loss, strength, shares: design.shares() };
        solver::solve(cx, &problem, self.max_iterations, self.tolerance)
    }

    fn fit_ridge(
        &self,
        cx: &Cx,
        design: &Design<'_>,
        values: &[f64],
        shares: &Shares,
        forms: Vec<model::ColumnForm>,
    ) -> Result<LinearModel, FitError> {
        let largest = weighted::power_of_two(values.iter().fold(0.0f64, |m, v| m.max(v.abs())));
        let mut y: Vec<f64> = values.iter().map(|v| v / largest).collect();
        let center = if self.fit_intercept { weighted::mean(&y, Some(&shares.of_rows)) } else { 0.0 };
        y.iter_mut().for_each(|v| *v -= center);
        let squares: Vec<f64> = y.iter().zip(&shares.of_rows).map(|(v, s)| s * v * v).collect();
        let spread = weighted::power_of_two(base::math::sum(&squares).sqrt());
        y.iter_mut().for_each(|v| *v /= spread);
        let solution = self.solve(cx, design, Loss::squared(y), shares.strength(self.alpha))?;
        let (mut coefficients, mut intercepts) = design.unscaled(&solution.theta, 1);
        coefficients.iter_mut().for_each(|c| *c = *c * spread * largest);
        intercepts.iter_mut().for_each(|b| *b = (*b * spread + center) * largest);
        LinearModel::new(Link::Identity, forms, coefficients, intercepts, &solution)
    }

    fn fit_logistic(
        &self,
        cx: &Cx,
        design: &Design<'_>,
        codes: &[u32],
        shares: &Shares,
        forms: Vec<model::ColumnForm>,
    ) -> Result<LinearModel, FitError> {
        present_classes(codes, 2, &shares.of_rows)?;
        let loss = Loss::logistic(codes);
        let solution = self.solve(cx, design, loss, shares.strength(1.0 / self.c))?;
        let (coefficients, intercepts) = design.unscaled(&solution.theta, 1);
        LinearModel::new(Link::Logistic, forms, coefficients, intercepts, &solution)
    }

    fn fit_softmax(
        &self,
        cx: &Cx,
        design: &Design<'_>,
        codes: &[u32],
        n_classes: usize,
        shares: &Shares,
        forms: Vec<model::ColumnForm>,
    ) -> Result<LinearModel, FitError> {
        let present = present_classes(codes, n_classes, &shares.of_rows)?;
        let mut position = vec![0u32; n_classes];
        present.iter().enumerate().for_each(|(at, &class)| position[class] = at as u32);
        // A row of an absent class has no weight, so the position that it gets here does not matter.
        let codes: Vec<u32> = codes.iter().map(|&c| position[c as usize]).collect();
        let loss = Loss::softmax(codes, present.len());
        let solution = self.solve(cx, design, loss, shares.strength(1.0 / self.c))?;
        let (found, mut found_intercepts) = design.unscaled(&solution.theta, present.len());
        let center = found_intercepts.iter().sum::<f64>() / present.len() as f64;
        found_intercepts.iter_mut().for_each(|b| *b -= center);
        let n_columns = found.len() / present.len();
        let mut coefficients = vec![0.0; n_columns * n_classes];
        // The most negative number: the exponential of anything minus it is 0.
        let mut intercepts = vec![f64::MIN; n_classes];
        for (at, &class) in present.iter().enumerate() {
            intercepts[class] = found_intercepts[at];
            for column in 0..n_columns {
                coefficients[column * n_classes + class] = found[column * present.len() + at];
            }
        }
        LinearModel::new(Link::Softmax, forms, coefficients, intercepts, &solution)
    }
}

/// Classes with some weight, ascending; at least two of them.
fn present_classes(codes: &[u32], n_classes: usize, shares: &[f64]) -> Result<Vec<usize>, FitError> {
    let mut has_weight = vec![false; n_classes];
    codes.iter().zip(shares).filter(|(_, s)| **s > 0.0).for_each(|(&c, _)| has_weight[c as usize] = true);
    let present: Vec<usize> = (0..n_classes).filter(|&c| has_weight[c]).collect();
    match present.as_slice() {
        [] => Err(FitError::Weights { what: "all are zero".into() }),
        [class] => Err(FitError::OneClass { class: *class as u32 }),
        _ => Ok(present),
    }
}
