//! Mean absolute percentage error, as a share and not times 100: the mean of |y − p| / max(|y|, ε), so that a truth of
//! zero gives a huge value and no division by zero. scikit-learn's `mean_absolute_percentage_error`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Numbers;
use crate::weighted_sum::weighted_mean;

#[derive(Debug)]
struct Mape {
    shares: Vec<f64>,
}

pub(super) fn prepare(numbers: &Numbers<'_>) -> Box<dyn Weighted> {
    Box::new(Mape { shares: numbers.pairs().map(|(y, p)| (y - p).abs() / y.abs().max(f64::EPSILON)).collect() })
}

impl Weighted for Mape {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        Ok(weighted_mean(&self.shares, weights))
    }
}
