//! Area under the receiver operating characteristic: the probability that a row of the class is scored above another
//! row, a tie counting one half. scikit-learn's `roc_auc_score`; with more than two classes `multi_class="ovr"` and
//! `average="macro"`.
//!
//! With whole weights every sum is a multiple of one half and so exact.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Classes;
use crate::ranking::{Above, Ranking};

const NAME: &str = "roc_auc";

#[derive(Debug)]
struct RocAuc {
    /// With two classes that of the second alone.
    rankings: Vec<(u32, Ranking)>,
}

pub(super) fn prepare(classes: &Classes<'_>) -> Box<dyn Weighted> {
    let first = u32::from(classes.n_classes == 2);
    let rankings = (first..classes.n_classes as u32).map(|c| (c, Ranking::new(classes, c))).collect();
    Box::new(RocAuc { rankings })
}

impl Weighted for RocAuc {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let mut sum = 0.0;
        for (class_idx, ranking) in &self.rankings {
            sum += one_against_rest(ranking, *class_idx, weights)?;
        }
        Ok(sum / self.rankings.len() as f64)
    }
}

fn one_against_rest(ranking: &Ranking, class_idx: u32, weights: &[f64]) -> Result<f64, MetricError> {
    let mut area = 0.0;
    let mut last = Above { positives: 0.0, negatives: 0.0, row: 0 };
    let all = ranking.walk(weights, |here| {
        area += (here.negatives - last.negatives) * 0.5 * (here.positives + last.positives);
        last = here;
    });
    if all.positives == 0.0 {
        return Err(MetricError::ClassAbsent { metric: NAME, class_idx });
    }
    if all.negatives == 0.0 {
        let class_idx = u32::from(class_idx == 0);
        return Err(MetricError::ClassAbsent { metric: NAME, class_idx });
    }
    Ok(area / all.positives / all.negatives)
}
