//! Logarithmic loss of two classes: gradient `p − y`, hessian `p (1 − p)` with `p = sigmoid(score)`.

use base::Cx;
use base::math::{exp_wide, ln_1p, sigmoid_wide};

use super::{Loss, Pair, ROWS_PER_TASK, mean_of, weight};

/// Logarithmic loss against class codes 0 and 1.
pub(crate) struct LogLoss<'a> {
    /// 0 or 1 per row.
    pub target: &'a [f64],
    pub weights: Option<&'a [f64]>,
}

impl Loss for LogLoss<'_> {
    fn pairs(&self, cx: &Cx, _: usize, scores: &[f64], _: &[f64], out: &mut [Pair]) {
        cx.for_chunks(out, ROWS_PER_TASK, |task, chunk| {
            let from = task * ROWS_PER_TASK;
            let rows = from..from + chunk.len();
            let (scores, target) = (&scores[rows.clone()], &self.target[rows.clone()]);
            for ((pair, score), y) in chunk.iter_mut().zip(scores).zip(target) {
                let p = sigmoid_wide(*score);
                *pair = Pair { gradient: p - y, hessian: p * (1.0 - p) };
            }
            if let Some(weights) = self.weights {
                for (pair, w) in chunk.iter_mut().zip(&weights[rows]) {
                    *pair = Pair { gradient: pair.gradient * w, hessian: pair.hessian * w };
                }
            }
        });
    }

    fn mean(&self, cx: &Cx, scores: &[f64]) -> f64 {
        mean_of(cx, self.target.len(), self.weights, |i| {
            // ln(1 + e^s) − y s, with the exponential kept below 1.
            let s = scores[i];
            s.max(0.0) - self.target[i] * s + ln_1p(exp_wide(-s.abs()))
        })
    }
}

/// Probabilities of both classes.
pub(super) fn link(scores: &[f64], outputs: &mut [f64]) {
    for (s, o) in scores.iter().zip(outputs.as_chunks_mut::<2>().0) {
        let p = sigmoid_wide(*s);
        *o = [1.0 - p, p];
    }
}

/// Log-odds of the second class; kept finite.
pub(crate) fn init(target: &[f64], weights: Option<&[f64]>) -> f64 {
    let (mut positive, mut total) = (0.0, 0.0);
    for (i, y) in target.iter().enumerate() {
        let w = weight(weights, i);
        positive += w * y;
        total += w;
    }
    let p = (positive / total).clamp(1e-15, 1.0 - 1e-15);
    base::math::logit(p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_loss() {
        let weights = [1.0, 0.5, 3.0, 1.0];
        let loss = LogLoss { target: &[0.0, 1.0, 1.0, 0.0], weights: Some(&weights) };
        crate::objective::tests::check_derivatives(&loss, &weights, &[0.3, -4.0, 2.0, -1.5], 1, 1.0);
    }

    #[test]
    fn the_constant_is_where_the_gradient_vanishes() {
        let target = [0.0, 1.0, 1.0, 1.0];
        let weights = [2.0, 1.0, 1.0, 0.5];
        let s = init(&target, Some(&weights));
        let mut pairs = [Pair::default(); 4];
        let loss = LogLoss { target: &target, weights: Some(&weights) };
        loss.pairs(&Cx::new(0, 1), 0, &[s; 4], &[], &mut pairs);
        assert!(pairs.iter().map(|p| p.gradient).sum::<f64>().abs() < 1e-15);
    }

    #[test]
    fn far_scores_stay_finite() {
        let loss = LogLoss { target: &[0.0, 1.0], weights: None };
        assert_eq!(loss.mean(&Cx::new(0, 1), &[1e9, -1e9]), 1e9);
        let mut out = [0.0; 4];
        link(&[1e9, -1e9], &mut out);
        assert!(out.iter().all(|p| (0.0..=1.0).contains(p)));
    }
}
