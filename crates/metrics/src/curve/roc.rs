//! The receiver operating characteristic of one class against the rest. scikit-learn's `roc_curve`.

use serde::{Deserialize, Serialize};

use super::{check_class, weights_or_ones};
use crate::error::MetricError;
use crate::input::{Classes, Scores, Truth};
use crate::ranking::{Above, Ranking};

/// Points of the curve from (0, 0) to (1, 1), at falling thresholds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RocCurve {
    /// Share of the other rows at or above the threshold.
    pub fpr: Vec<f64>,
    /// Share of the rows of the class at or above the threshold.
    pub tpr: Vec<f64>,
    /// Thresholds, one shorter than the points: the first point, (0, 0), lies above every score.
    pub thresholds: Vec<f64>,
}

/// The curve of the class with index `class_idx`; 1 is the positive one of two. Points on a straight line between
/// their neighbours are left out, as scikit-learn does by default.
///
/// # Errors
/// Those of the input, and [`MetricError::ClassAbsent`] if there are no rows of the class or none of others.
pub fn roc_curve(
    truth: Truth<'_>,
    scores: Scores<'_>,
    weights: Option<&[f64]>,
    class_idx: u32,
) -> Result<RocCurve, MetricError> {
    let classes = Classes::check("roc_curve", truth, scores)?;
    check_class(&classes, class_idx)?;
    let weights = weights_or_ones(weights, classes.n_rows())?;
    let mut points: Vec<Above> = Vec::new();
    let all = Ranking::new(&classes, class_idx).walk(&weights, |here| points.push(here));
    for (total, absent) in [(all.positives, class_idx), (all.negatives, u32::from(class_idx == 0))] {
        if total == 0.0 {
            return Err(MetricError::ClassAbsent { metric: "roc_curve", class_idx: absent });
        }
    }
    let mut curve = RocCurve { fpr: vec![0.0], tpr: vec![0.0], thresholds: Vec::new() };
    for (i, here) in points.iter().enumerate() {
        let is_corner = match (i.checked_sub(1).map(|j| points[j]), points.get(i + 1)) {
            (Some(last), Some(next)) => {
                bends(last.negatives, here.negatives, next.negatives)
                    || bends(last.positives, here.positives, next.positives)
            }
            _ => true,
        };
        if is_corner {
            curve.fpr.push(here.negatives / all.negatives);
            curve.tpr.push(here.positives / all.positives);
            curve.thresholds.push(classes.probability(here.row as usize, class_idx as usize));
        }
    }
    Ok(curve)
}

/// Whether the steps before and after the middle differ.
fn bends(a: f64, b: f64, c: f64) -> bool {
    (c - b) - (b - a) != 0.0
}
