//! Half the squared error: gradient `score − target`, hessian 1.

use base::Cx;

use super::{Loss, Pair, ROWS_PER_TASK, mean_of, weight};

/// Half the squared error against a target.
pub(crate) struct Squared<'a> {
    pub target: &'a [f64],
    pub weights: Option<&'a [f64]>,
}

impl Loss for Squared<'_> {
    fn is_hessian_one(&self) -> bool {
        self.weights.is_none()
    }

    fn pairs(&self, cx: &Cx, _: usize, scores: &[f64], _: &[f64], out: &mut [Pair]) {
        cx.for_chunks(out, ROWS_PER_TASK, |task, chunk| {
            let from = task * ROWS_PER_TASK;
            for (i, pair) in chunk.iter_mut().enumerate() {
                let w = weight(self.weights, from + i);
                *pair = Pair { gradient: w * (scores[from + i] - self.target[from + i]), hessian: w };
            }
        });
    }

    fn mean(&self, cx: &Cx, scores: &[f64]) -> f64 {
        mean_of(cx, self.target.len(), self.weights, |i| {
            let error = scores[i] - self.target[i];
            0.5 * error * error
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_loss() {
        let loss = Squared { target: &[1.0, -2.0, 0.5], weights: Some(&[1.0, 2.0, 0.25]) };
        crate::objective::tests::check_derivatives(&loss, &[1.0, 2.0, 0.25], &[0.3, 4.0, 0.5], 1, 1.0);
    }
}
