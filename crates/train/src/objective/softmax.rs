//! Logarithmic loss of several classes: gradient `p_k − [y = k]`; the hessian's diagonal `p_k (1 − p_k)` is taken
//! times `K / (K − 1)`, since the scores of a row are one degree of freedom fewer than they are numbers
//! (Friedman 2001, "Greedy function approximation", section 4.6).

use base::Cx;
use base::math::{exp_wide, ln};

use super::{Loss, Pair, ROWS_PER_TASK, mean_of, weight};

/// Logarithmic loss against class codes.
pub(crate) struct Softmax<'a> {
    pub target: &'a [u32],
    pub weights: Option<&'a [f64]>,
    pub n_classes: usize,
}

impl Loss for Softmax<'_> {
    /// Probabilities, row-major.
    fn share(&self, cx: &Cx, scores: &[f64], shared: &mut Vec<f64>) {
        shared.resize(scores.len(), 0.0);
        let k = self.n_classes;
        cx.for_chunks(shared, ROWS_PER_TASK * k, |task, chunk| {
            let from = task * ROWS_PER_TASK * k;
            for (s, p) in scores[from..from + chunk.len()].chunks_exact(k).zip(chunk.chunks_exact_mut(k)) {
                link(s, p);
            }
        });
    }

    fn pairs(&self, cx: &Cx, k: usize, _: &[f64], shared: &[f64], out: &mut [Pair]) {
        let factor = self.n_classes as f64 / (self.n_classes as f64 - 1.0);
        cx.for_chunks(out, ROWS_PER_TASK, |task, chunk| {
            let from = task * ROWS_PER_TASK;
            for (i, pair) in chunk.iter_mut().enumerate() {
                let row_idx = from + i;
                let p = shared[row_idx * self.n_classes + k];
                let y = if self.target[row_idx] as usize == k { 1.0 } else { 0.0 };
                let w = weight(self.weights, row_idx);
                *pair = Pair { gradient: w * (p - y), hessian: w * factor * p * (1.0 - p) };
            }
        });
    }

    fn mean(&self, cx: &Cx, scores: &[f64]) -> f64 {
        mean_of(cx, self.target.len(), self.weights, |i| {
            let s = &scores[i * self.n_classes..(i + 1) * self.n_classes];
            let top = s.iter().fold(f64::NEG_INFINITY, |m, x| m.max(*x));
            let sum: f64 = s.iter().map(|x| exp_wide(x - top)).sum();
            ln(sum) + top - s[self.target[i] as usize]
        })
    }
}

/// Probabilities of a row.
pub(super) fn link(scores: &[f64], outputs: &mut [f64]) {
    let top = scores.iter().fold(f64::NEG_INFINITY, |m, x| m.max(*x));
    let mut sum = 0.0;
    for (s, o) in scores.iter().zip(outputs.iter_mut()) {
        *o = exp_wide(s - top);
        sum += *o;
    }
    outputs.iter_mut().for_each(|o| *o /= sum);
}

/// Logarithms of the classes' shares; a class without a row gets that of a very small one.
pub(crate) fn init(target: &[u32], weights: Option<&[f64]>, n_classes: usize) -> Vec<f64> {
    crate::weighted::class_frequencies(target, n_classes, weights).into_iter().map(|p| ln(p.max(1e-15))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_loss() {
        let weights = [1.0, 0.5, 2.0];
        let loss = Softmax { target: &[0, 2, 1], weights: Some(&weights), n_classes: 3 };
        let scores = [0.1, 0.7, -1.0, 2.0, -0.5, 0.3, 0.0, 0.0, 0.0];
        crate::objective::tests::check_derivatives(&loss, &weights, &scores, 3, 1.5);
    }

    #[test]
    fn probabilities_sum_to_one_at_any_scale() {
        for scores in [[0.0, 1.0, 2.0], [1e9, -1e9, 1e9], [-1e300, 0.0, 1e300]] {
            let mut p = [0.0; 3];
            link(&scores, &mut p);
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-15, "{p:?}");
        }
    }
}
