//! Average precision: Σ (recallₙ − recallₙ₋₁) · precisionₙ over the distinct scores from the highest on, without
//! interpolation. scikit-learn's `average_precision_score`; with more than two classes the plain mean over them.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::ranking::Ranking;

#[derive(Debug)]
struct AveragePrecision {
    /// With two classes that of the second alone.
    rankings: Vec<(u32, Ranking)>,
}

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    let first = u32::from(classes.n_classes == 2);
    let rankings = (first..classes.n_classes as u32).map(|c| (c, Ranking::new(classes, c))).collect();
    Box::new(AveragePrecision { rankings })
}

impl Weighted for AveragePrecision {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let mut sum = 0.0;
        for (class_idx, ranking) in &self.rankings {
            let (mut area, mut positives_before) = (0.0, 0.0);
            let all = ranking.walk(weights, |here| {
                let precision = here.positives / (here.positives + here.negatives);
                area += (here.positives - positives_before) * precision;
                positives_before = here.positives;
            });
            if all.positives == 0.0 {
                return Err(MetricError::ClassAbsent { metric: "average_precision", class_idx: *class_idx });
            }
            sum += area / all.positives;
        }
        Ok(sum / self.rankings.len() as f64)
    }
}
