//! Log loss: the mean of −ln p of the class that came, p kept within ε and 1 − ε (ε of `f64`, 2⁻⁵²).
//! scikit-learn's `log_loss`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::weighted_sum::weighted_mean;

#[derive(Debug)]
struct LogLoss {
    losses: Vec<f64>,
}

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    let loss = |(code, row): (u32, &[f64])| -base::math::ln(row[code as usize].clamp(f64::EPSILON, 1.0 - f64::EPSILON));
    Box::new(LogLoss { losses: classes.rows().map(loss).collect() })
}

impl Weighted for LogLoss {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        Ok(weighted_mean(&self.losses, weights))
    }
}
