//! Newton's method for penalised losses of linear scores (Nocedal and Wright 2006, "Numerical optimization", ch. 3
//! and 7): steps from a factored Hessian or from conjugate gradients, shortened until the objective falls enough.

use base::Cx;
use contract::FitError;

use super::cholesky::{Factor, dot};
use super::conjugate;
use super::design::Design;
use super::gram::gram;
use super::loss::{Evaluation, Loss};
use super::{FACTORED_PARAMETERS_MAX, FACTORED_WORK_MAX, LinearParams, PRODUCTS_MAX};

/// The share of the promised decrease that a step has to give (Armijo).
const DECREASE_SHARE: f64 = 1e-4;
/// The most halvings of a step.
const HALVINGS_MAX: u32 = 40;
/// Rounding of the objective, relative to its size: decreases below it cannot be seen.
const ROUNDING: f64 = 1e-14;
/// Steps without a visible gain after which a method gives up.
const STALLED_STEPS_MAX: u32 = 2;
/// Products with the Hessian that a fit by conjugate gradients is expected to take.
const PRODUCTS_EXPECTED: f64 = 200.0;
/// Steps that a fit by factors is expected to take.
const STEPS_EXPECTED: f64 = 6.0;
/// A largest slope below which a fit counts as arrived if rounding allows no further step.
const ROUNDED_SLOPE_MAX: f64 = 1e-9;

/// A loss over a design, with a penalty of `½ strength Σ penaltyⱼ θⱼ²` for each score.
pub(crate) struct Problem<'a> {
    /// Columns.
    pub design: &'a Design<'a>,
    /// Loss.
    pub loss: Loss,
    /// Strength of the penalty, per unit of weight.
    pub strength: f64,
    /// Weights of the rows, summing to 1.
    pub shares: &'a [f64],
}

/// Where a solver stopped.
pub(crate) struct Solution {
    /// Parameters, `n_scores × columns`, of the scaled columns.
    pub theta: Vec<f64>,
    /// Whether the slopes there are within the tolerance, or as small as rounding allows.
    pub converged: bool,
    /// Newton steps taken.
    pub n_iterations: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Method {
    Factor,
    Conjugate,
}

/// Finds the minimum.
///
/// # Errors
/// [`FitError::Diverged`] where numbers are not finite; [`FitError::Cancelled`].
pub(crate) fn solve(cx: &Cx, p: &Problem<'_>, n_steps_max: u32, tolerance: f64) -> Result<Solution, FitError> {
    let mut at =
        Solution { theta: vec![0.0; p.loss.n_scores() * p.design.n_columns()], converged: false, n_iterations: 0 };
    if p.factors() {
        descend(cx, p, Method::Factor, &mut at, n_steps_max, tolerance)?;
    }
    if !at.converged {
        descend(cx, p, Method::Conjugate, &mut at, n_steps_max, tolerance)?;
    }
    if at.theta.iter().all(|t| t.is_finite()) { Ok(at) } else { Err(diverged()) }
}

/// Largest absolute value; NaN if there is one.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0f64, |m, v| if v.is_nan() || m.is_nan() { f64::NAN } else { m.max(v.abs()) })
}

fn diverged() -> FitError {
    FitError::Diverged { learner: LinearParams::TABLE }
}

fn descend(
    cx: &Cx,
    p: &Problem<'_>,
    method: Method,
    at: &mut Solution,
    n_steps_max: u32,
    tolerance: f64,
) -> Result<(), FitError> {
    let penalties = p.penalties();
    let k = p.loss.n_scores();
    let mut factor: Option<Factor> = None;
    let mut stalled = 0;
    let mut smallest_slope = f64::INFINITY;
    let mut products_left = PRODUCTS_MAX;
    loop {
        cx.check_cancelled()?;
        let scores = p.design.times(cx, &at.theta, k);
        let now = p.loss.evaluate(cx, &scores, p.shares);
        let objective = now.loss + p.penalty(&penalties, &at.theta);
        let gradient = p.gradient(cx, &now, &penalties, &at.theta);
        let slope = largest(&gradient);
        if !(objective.is_finite() && slope.is_finite()) {
            return Err(diverged());
        }
        stalled = if slope < 0.5 * smallest_slope { 0 } else { stalled + 1 };
        smallest_slope = smallest_slope.min(slope);
        at.converged = slope <= tolerance;
        if at.converged || at.n_iterations >= n_steps_max || products_left == 0 {
            return Ok(());
        }
        let direction = match method {
            Method::Factor => {
                if factor.is_none() || !p.loss.is_quadratic() {
                    factor = Some(Factor::new(cx, p.hessian(cx, &now, &penalties), at.theta.len()));
                }
                let found = factor.as_ref().expect("it was made just above");
                found.solve(&gradient.iter().map(|g| -g).collect::<Vec<f64>>())
            }
            Method::Conjugate => {
                p.conjugate_direction(cx, &now, &penalties, &gradient, tolerance, &mut products_left)?
            }
        };
        at.n_iterations += 1;
        let promised = dot(&gradient, &direction);
        // Written so that NaN ends it too.
        let falls = promised < 0.0;
        let visible = promised.abs() > ROUNDING * (1.0 + objective.abs());
        if !falls || (!visible && stalled >= STALLED_STEPS_MAX) {
            at.converged = slope <= ROUNDED_SLOPE_MAX;
            return Ok(());
        }
        let start = Start { theta: &at.theta, scores: &scores, objective, promised };
        match p.shortened(cx, &penalties, &start, &direction) {
            Some(reached) => at.theta = reached,
            None => {
                at.converged = slope <= ROUNDED_SLOPE_MAX;
                return Ok(());
            }
        }
    }
}

/// Where a step starts, and what it promises: the change of the objective if it were linear along the step.
struct Start<'a> {
    theta: &'a [f64],
    scores: &'a [f64],
    objective: f64,
    promised: f64,
}

impl Problem<'_> {
    /// Whether steps from a factored Hessian are affordable, and cheaper than conjugate gradients unless both are cheap.
    fn factors(&self) -> bool {
        let (k, width) = (self.loss.n_scores() as f64, self.design.n_columns() as f64);
        let (cells, n_parameters) = (self.design.n_cells() as f64, k * width);
        let build = k * (k + 1.0) / 2.0 * cells * width / 2.0;
        let step = build + n_parameters * n_parameters * n_parameters / 3.0;
        let products = PRODUCTS_EXPECTED * 2.0 * k * cells;
        n_parameters <= FACTORED_PARAMETERS_MAX as f64
            && (step <= FACTORED_WORK_MAX || STEPS_EXPECTED * step <= products)
    }

    /// Weight of each parameter's square in the penalty, strength included.
    fn penalties(&self) -> Vec<f64> {
        let per_score: Vec<f64> = self.design.penalties().iter().map(|p| (p * self.strength).min(1e300)).collect();
        per_score.repeat(self.loss.n_scores())
    }

    fn penalty(&self, penalties: &[f64], theta: &[f64]) -> f64 {
        let terms: Vec<f64> = penalties.iter().zip(theta).map(|(p, t)| p * t * t).collect();
        0.5 * base::math::sum(&terms)
    }

    fn gradient(&self, cx: &Cx, now: &Evaluation, penalties: &[f64], theta: &[f64]) -> Vec<f64> {
        let mut out = self.design.transposed_times::<false>(cx, &now.slopes, self.loss.n_scores());
        out.iter_mut().zip(penalties.iter().zip(theta)).for_each(|(g, (p, t))| *g += p * t);
        out
    }

    fn hessian(&self, cx: &Cx, now: &Evaluation, penalties: &[f64]) -> Vec<f64> {
        let (k, width) = (self.loss.n_scores(), self.design.n_columns());
        let n = k * width;
        let mut out = vec![0.0; n * n];
        let pairs: Vec<(usize, usize)> = (0..k).flat_map(|a| (0..=a).map(move |b| (a, b))).collect();
        let blocks = cx.map(pairs.len(), |at| {
            let (a, b) = pairs[at];
            gram(cx, self.design, &self.loss.curvature(&now.means, self.shares, a, b))
        });
        for ((a, b), block) in pairs.into_iter().zip(blocks) {
            for (i, row) in block.chunks_exact(width.max(1)).enumerate() {
                let start = (a * width + i) * n + b * width;
                out[start..start + width].copy_from_slice(row);
            }
        }
        for (i, p) in penalties.iter().enumerate() {
            out[i * n + i] += p;
        }
        // The last intercept is held, as only differences of intercepts count: its line becomes flat.
        if self.loss.ignores_a_common_shift() && self.design.has_intercept() {
            out[(n - 1) * n..].fill(0.0);
        }
        out
    }

    /// The parameters after a step, halved until the objective falls enough (or stays, as far as rounding tells).
    fn shortened(&self, cx: &Cx, penalties: &[f64], start: &Start<'_>, direction: &[f64]) -> Option<Vec<f64>> {
        let change = self.design.times(cx, direction, self.loss.n_scores());
        let allowance = ROUNDING * (1.0 + start.objective.abs());
        let mut step = 1.0;
        for _ in 0..=HALVINGS_MAX {
            let then: Vec<f64> = start.theta.iter().zip(direction).map(|(t, d)| t + step * d).collect();
            let loss = self.loss.loss_along(cx, start.scores, &change, step, self.shares);
            let reached = loss + self.penalty(penalties, &then);
            if reached <= start.objective + DECREASE_SHARE * step * start.promised + allowance {
                return Some(then);
            }
            step *= 0.5;
        }
        None
    }

    fn conjugate_direction(
        &self,
        cx: &Cx,
        now: &Evaluation,
        penalties: &[f64],
        gradient: &[f64],
        tolerance: f64,
        products_left: &mut usize,
    ) -> Result<Vec<f64>, FitError> {
        let slope = largest(gradient);
        let k = self.loss.n_scores();
        let own = self.loss.own_curvature(&now.means, self.shares);
        let mut diagonal = self.design.transposed_times::<true>(cx, &own, k);
        diagonal.iter_mut().zip(penalties).for_each(|(d, p)| *d += p);
        let times = |direction: &[f64]| {
            let mut change = self.design.times(cx, direction, k);
            self.loss.curve(cx, &mut change, &now.means, self.shares);
            let mut out = self.design.transposed_times::<false>(cx, &change, k);
            out.iter_mut().zip(penalties.iter().zip(direction)).for_each(|(o, (p, d))| *o += p * d);
            out
        };
        // Exact enough for steps that square the error near the minimum, and no more; a quadratic needs one solve.
        let reduction = if self.loss.is_quadratic() {
            (0.1 * tolerance / slope).clamp(1e-13, 0.1)
        } else {
            slope.sqrt().min(0.1).max(0.1 * tolerance / slope).clamp(1e-13, 0.5)
        };
        let down: Vec<f64> = gradient.iter().map(|g| -g).collect();
        conjugate::solve(cx, times, &diagonal, &down, reduction, products_left)
    }
}
