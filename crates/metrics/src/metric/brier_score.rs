//! Brier score (Brier 1950): the mean over rows of Σ (p − o)² over the classes, o being 1 for the class that came and
//! 0 for the others; with two classes half of it, which is (p − o)² of the positive one. scikit-learn's
//! `brier_score_loss` with `scale_by_half="auto"`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::weighted_sum::weighted_mean;

#[derive(Debug)]
struct BrierScore {
    losses: Vec<f64>,
}

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    let scale = if classes.n_classes == 2 { 0.5 } else { 1.0 };
    let loss = |(code, row): (u32, &[f64])| {
        let squares = row.iter().zip(0u32..).map(|(p, class_idx)| {
            let gap = f64::from(u8::from(class_idx == code)) - p;
            gap * gap
        });
        scale * squares.sum::<f64>()
    };
    Box::new(BrierScore { losses: classes.rows().map(loss).collect() })
}

impl Weighted for BrierScore {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        Ok(weighted_mean(&self.losses, weights))
    }
}
