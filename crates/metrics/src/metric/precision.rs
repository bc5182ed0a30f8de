//! Precision: of the rows predicted as a class, the share that are of it; 0 where none is predicted as it.
//! scikit-learn's `precision_score` with `zero_division=0`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::tally::{Labels, ratio};

#[derive(Debug)]
struct Precision(Labels);

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    Box::new(Precision(Labels::new(classes)))
}

impl Weighted for Precision {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        Ok(self.0.tally(weights).positive_or_macro(|hits, _, predicted| ratio(hits, predicted)))
    }
}
