//! Mean absolute error. scikit-learn's `mean_absolute_error`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Numbers;
use crate::weighted_sum::weighted_mean;

#[derive(Debug)]
struct Mae {
    errors: Vec<f64>,
}

pub(super) fn prepare(numbers: &Numbers<'_>) -> Box<dyn Weighted> {
    Box::new(Mae { errors: numbers.pairs().map(|(y, p)| (y - p).abs()).collect() })
}

impl Weighted for Mae {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        Ok(weighted_mean(&self.errors, weights))
    }
}
