//! Balanced accuracy: the mean recall of the classes that occur in the truth. scikit-learn's
//! `balanced_accuracy_score`, not adjusted for chance (Brodersen et al. 2010).

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::tally::Labels;

#[derive(Debug)]
struct BalancedAccuracy(Labels);

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    Box::new(BalancedAccuracy(Labels::new(classes)))
}

impl Weighted for BalancedAccuracy {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let t = self.0.tally(weights);
        let recalls = || t.hits.iter().zip(&t.of_class).filter(|(_, n)| **n > 0.0).map(|(h, n)| h / n);
        Ok(recalls().sum::<f64>() / recalls().count() as f64)
    }
}
