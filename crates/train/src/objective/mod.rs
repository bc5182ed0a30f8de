//! What boosting minimises: one objective a file, each a gradient, a hessian, a loss and a link.
//!
//! Not here: trees (`tree`), metrics to judge models by (`metrics`).

pub(crate) mod log_loss;
pub(crate) mod softmax;
mod squared;

use base::{Cx, math};

pub(crate) use log_loss::LogLoss;
pub(crate) use softmax::Softmax;
pub(crate) use squared::Squared;

/// Rows per piece of work; part of the shape of sums, so a constant.
pub(crate) const ROWS_PER_TASK: usize = 4_096;

/// How the scores of a model become outputs: what it was trained to minimise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// Half the squared error; the score is the value.
    Squared,
    /// Logarithmic loss of two classes; the score is the log-odds of the second.
    LogLoss,
    /// Logarithmic loss of several classes; one score per class.
    Softmax {
        /// How many classes.
        n_classes: u32,
    },
}

impl Objective {
    /// Scores per row, and trees per round.
    pub fn n_scores(self) -> usize {
        match self {
            Self::Squared | Self::LogLoss => 1,
            Self::Softmax { n_classes } => n_classes as usize,
        }
    }

    /// Outputs per row.
    pub fn n_outputs(self) -> usize {
        match self {
            Self::Squared => 1,
            Self::LogLoss => 2,
            Self::Softmax { n_classes } => n_classes as usize,
        }
    }

    /// Outputs of some rows from their scores, both row-major.
    pub(crate) fn link(self, scores: &[f64], outputs: &mut [f64]) {
        match self {
            Self::Squared => outputs.copy_from_slice(scores),
            Self::LogLoss => log_loss::link(scores, outputs),
            Self::Softmax { n_classes } => {
                for (s, o) in scores.chunks_exact(n_classes as usize).zip(outputs.chunks_exact_mut(n_classes as usize))
                {
                    softmax::link(s, o);
                }
            }
        }
    }
}

/// First and second derivative of the loss of a row by its score, times the row's weight.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Pair {
    pub gradient: f64,
    pub hessian: f64,
}

/// An objective bound to the truth and weights of some rows. Scores are row-major, `n_rows × n_scores`.
pub(crate) trait Loss: Sync {
    /// Whether every hessian is exactly 1.
    fn is_hessian_one(&self) -> bool {
        false
    }

    /// What all scores of a round share, computed once before the trees of the round.
    fn share(&self, _cx: &Cx, _scores: &[f64], _shared: &mut Vec<f64>) {}

    /// Derivatives by score `k`, one pair per row.
    fn pairs(&self, cx: &Cx, k: usize, scores: &[f64], shared: &[f64], out: &mut [Pair]);

    /// Weighted mean loss of the rows.
    fn mean(&self, cx: &Cx, scores: &[f64]) -> f64;
}

/// Weight of a row.
#[inline]
pub(crate) fn weight(weights: Option<&[f64]>, row_idx: usize) -> f64 {
    weights.map_or(1.0, |w| w[row_idx])
}

/// Weighted mean of a loss over rows, in a shape that follows from their number alone.
pub(crate) fn mean_of(
    cx: &Cx,
    n_rows: usize,
    weights: Option<&[f64]>,
    loss: impl Fn(usize) -> f64 + Send + Sync,
) -> f64 {
    let sums = cx.map(n_rows.div_ceil(ROWS_PER_TASK), |task| {
        let rows = task * ROWS_PER_TASK..n_rows.min((task + 1) * ROWS_PER_TASK);
        let (mut total, mut weighed) = (0.0, 0.0);
        for row_idx in rows {
            let w = weight(weights, row_idx);
            total += w;
            weighed += w * loss(row_idx);
        }
        (weighed, total)
    });
    let weighed: Vec<f64> = sums.iter().map(|s| s.0).collect();
    let total: Vec<f64> = sums.iter().map(|s| s.1).collect();
    math::sum(&weighed) / math::sum(&total)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Checks gradients and hessians of every row and score against central differences of the loss. A hessian may
    /// be a stated multiple of the second derivative.
    pub(crate) fn check_derivatives(loss: &dyn Loss, weights: &[f64], scores: &[f64], n_scores: usize, factor: f64) {
        let cx = Cx::new(0, 1);
        let total: f64 = weights.iter().sum();
        let mut shared = Vec::new();
        loss.share(&cx, scores, &mut shared);
        for k in 0..n_scores {
            let mut pairs = vec![Pair::default(); weights.len()];
            loss.pairs(&cx, k, scores, &shared, &mut pairs);
            for (row_idx, pair) in pairs.iter().enumerate() {
                let at = |delta: f64| {
                    let mut moved = scores.to_vec();
                    moved[row_idx * n_scores + k] += delta;
                    loss.mean(&cx, &moved) * total
                };
                let h = 1e-4;
                let first = (at(h) - at(-h)) / (2.0 * h);
                let second = (at(h) - 2.0 * at(0.0) + at(-h)) / (h * h);
                assert!((pair.gradient - first).abs() < 1e-6, "row {row_idx} score {k}: {pair:?}, {first}");
                assert!((pair.hessian - factor * second).abs() < 1e-4, "row {row_idx} score {k}: {pair:?}, {second}");
            }
        }
    }
}
