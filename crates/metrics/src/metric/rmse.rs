//! Root mean squared error. scikit-learn's `root_mean_squared_error`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Numbers;
use crate::weighted_sum::weighted_mean;

#[derive(Debug)]
struct Rmse {
    squares: Vec<f64>,
}

pub(super) fn prepare(numbers: &Numbers<'_>) -> Box<dyn Weighted> {
    Box::new(Rmse { squares: numbers.pairs().map(|(y, p)| (y - p) * (y - p)).collect() })
}

impl Weighted for Rmse {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        Ok(weighted_mean(&self.squares, weights).sqrt())
    }
}
