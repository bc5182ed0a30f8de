//! F1: the harmonic mean of precision and recall, 2 tp / (2 tp + fp + fn); 0 where the class neither occurs nor is
//! predicted. scikit-learn's `f1_score` with `zero_division=0`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::tally::{Labels, ratio};

#[derive(Debug)]
struct F1(Labels);

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    Box::new(F1(Labels::new(classes)))
}

impl Weighted for F1 {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let f1 = |hits: f64, of_class, predicted| ratio(2.0 * hits, of_class + predicted);
        Ok(self.0.tally(weights).positive_or_macro(f1))
    }
}
