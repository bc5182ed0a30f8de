//! Precision and recall of one class at every threshold. scikit-learn's `precision_recall_curve`.

use serde::{Deserialize, Serialize};

use super::{check_class, weights_or_ones};
use crate::error::MetricError;
use crate::input::{Classes, Scores, Truth};
use crate::ranking::{Above, Ranking};

/// Points of the curve at rising thresholds, and a last one of precision 1 and recall 0 that has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PrecisionRecallCurve {
    /// Share of the rows at or above the threshold that are of the class.
    pub precision: Vec<f64>,
    /// Share of the rows of the class that are at or above the threshold.
    pub recall: Vec<f64>,
    /// Thresholds, one shorter than the points.
    pub thresholds: Vec<f64>,
}

/// The curve of the class with index `class_idx`; 1 is the positive one of two. Every distinct score is a threshold.
///
/// # Errors
/// Those of the input, and [`MetricError::ClassAbsent`] if there are no rows of the class.
pub fn precision_recall_curve(
    truth: Truth<'_>,
    scores: Scores<'_>,
    weights: Option<&[f64]>,
    class_idx: u32,
) -> Result<PrecisionRecallCurve, MetricError> {
    let classes = Classes::check("precision_recall_curve", truth, scores)?;
    check_class(&classes, class_idx)?;
    let weights = weights_or_ones(weights, classes.n_rows())?;
    let mut points: Vec<Above> = Vec::new();
    let all = Ranking::new(&classes, class_idx).walk(&weights, |here| points.push(here));
    if all.positives == 0.0 {
        return Err(MetricError::ClassAbsent { metric: "precision_recall_curve", class_idx });
    }
    let rising = || points.iter().rev();
    Ok(PrecisionRecallCurve {
        precision: rising().map(|p| p.positives / (p.positives + p.negatives)).chain([1.0]).collect(),
        recall: rising().map(|p| p.positives / all.positives).chain([0.0]).collect(),
        thresholds: rising().map(|p| classes.probability(p.row as usize, class_idx as usize)).collect(),
    })
}
