//! Matthews' correlation coefficient, for any number of classes (Gorodkin 2004); 0 where truth or predictions are all
//! of one class. scikit-learn's `matthews_corrcoef`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::tally::Labels;

#[derive(Debug)]
struct MatthewsCorrcoef(Labels);

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    Box::new(MatthewsCorrcoef(Labels::new(classes)))
}

impl Weighted for MatthewsCorrcoef {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let t = self.0.tally(weights);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let is_one_class = |counts: &[f64]| counts.iter().filter(|n| **n > 0.0).count() < 2;
        if is_one_class(&t.of_class) || is_one_class(&t.predicted) {
            return Ok(0.0);
        }
        let total = t.total();
        let together = t.hits.iter().sum::<f64>() * total - dot(&t.of_class, &t.predicted);
        let spread_of_predicted = total * total - dot(&t.predicted, &t.predicted);
        let spread_of_truth = total * total - dot(&t.of_class, &t.of_class);
        Ok(together / (spread_of_predicted * spread_of_truth).sqrt())
    }
}
