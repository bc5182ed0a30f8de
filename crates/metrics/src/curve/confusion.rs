//! Which class was taken for which. scikit-learn's `confusion_matrix`.

use serde::{Deserialize, Serialize};

use super::weights_or_ones;
use crate::error::MetricError;
use crate::input::{Classes, Scores, Truth, predicted_class};

/// Weighted counts of true class by predicted class, also for classes without a row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfusionMatrix {
    /// How many classes there are.
    pub n_classes: usize,
    /// `n_classes × n_classes`, a row of the matrix for each true class.
    pub cells: Vec<f64>,
}

impl ConfusionMatrix {
    /// Weight of the rows of one class that were predicted as another, or as it.
    ///
    /// # Panics
    /// If an index is not below [`ConfusionMatrix::n_classes`].
    pub fn cell(&self, true_class_idx: usize, predicted_class_idx: usize) -> f64 {
        assert!(predicted_class_idx < self.n_classes, "a class index is below the number of classes");
        self.cells[true_class_idx * self.n_classes + predicted_class_idx]
    }
}

/// The confusion matrix, labels taken as [`crate::predicted_classes`] takes them.
///
/// # Errors
/// Those of the input.
pub fn confusion_matrix(
    truth: Truth<'_>,
    scores: Scores<'_>,
    weights: Option<&[f64]>,
) -> Result<ConfusionMatrix, MetricError> {
    let classes = Classes::check("confusion_matrix", truth, scores)?;
    let weights = weights_or_ones(weights, classes.n_rows())?;
    let n_classes = classes.n_classes;
    let mut cells = vec![0.0; n_classes * n_classes];
    for ((code, row), w) in classes.rows().zip(weights) {
        cells[code as usize * n_classes + predicted_class(row) as usize] += w;
    }
    Ok(ConfusionMatrix { n_classes, cells })
}
