//! Coefficient of determination: 1 − Σ(y − p)² / Σ(y − ȳ)². Where the truth is constant, 1 if every prediction is
//! right and else 0. scikit-learn's `r2_score` with `force_finite=True`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Numbers;
use crate::weighted_sum::{weighted_mean, weighted_sum};

#[derive(Debug)]
struct R2 {
    truth: Vec<f64>,
    squares: Vec<f64>,
}

pub(super) fn prepare(numbers: &Numbers<'_>) -> Box<dyn Weighted> {
    Box::new(R2 { truth: numbers.truth.to_vec(), squares: numbers.pairs().map(|(y, p)| (y - p) * (y - p)).collect() })
}

impl Weighted for R2 {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        if self.truth.len() < 2 {
            return Err(MetricError::TooFewRows { metric: "r2", needed: 2, found: self.truth.len() });
        }
        let unexplained = weighted_sum(&self.squares, weights);
        if unexplained == 0.0 {
            return Ok(1.0);
        }
        // The mean of equal numbers need not be that number, so constancy is seen on the numbers themselves.
        let mut counted = self.truth.iter().zip(weights).filter(|(_, w)| **w > 0.0).map(|(y, _)| *y);
        let first = counted.next();
        if counted.all(|y| Some(y) == first) {
            return Ok(0.0);
        }
        let mean = weighted_mean(&self.truth, weights);
        let spread: Vec<f64> = self.truth.iter().map(|y| (y - mean) * (y - mean)).collect();
        Ok(1.0 - unexplained / weighted_sum(&spread, weights))
    }
}
