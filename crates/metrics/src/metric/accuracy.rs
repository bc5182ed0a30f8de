//! Accuracy: the share of rows whose label is right. scikit-learn's `accuracy_score`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::tally::Labels;

#[derive(Debug)]
struct Accuracy(Labels);

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    Box::new(Accuracy(Labels::new(classes)))
}

impl Weighted for Accuracy {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let t = self.0.tally(weights);
        Ok(t.hits.iter().sum::<f64>() / t.total())
    }
}
