//! Recall: of the rows of a class, the share that are predicted as it; 0 where none is of it. scikit-learn's
//! `recall_score` with `zero_division=0`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::tally::{Labels, ratio};

#[derive(Debug)]
struct Recall(Labels);

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    Box::new(Recall(Labels::new(classes)))
}

impl Weighted for Recall {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        Ok(self.0.tally(weights).positive_or_macro(|hits, of_class, _| ratio(hits, of_class)))
    }
}
