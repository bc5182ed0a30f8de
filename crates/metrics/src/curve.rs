//! Curves and tables that a report draws: ROC, precision-recall, calibration, confusion.
//!
//! Not here: single numbers (`metric`), drawing.

mod calibration;
mod confusion;
mod precision_recall;
mod roc;

pub use calibration::{BINS_MAX, Binning, CalibrationCurve, calibration_curve};
pub use confusion::{ConfusionMatrix, confusion_matrix};
pub use precision_recall::{PrecisionRecallCurve, precision_recall_curve};
pub use roc::{RocCurve, roc_curve};

use crate::error::MetricError;
use crate::input::{Classes, check_weights};

/// Whether `class_idx` is one of the classes.
fn check_class(classes: &Classes<'_>, class_idx: u32) -> Result<(), MetricError> {
    let n_classes = classes.n_classes;
    if (class_idx as usize) < n_classes {
        Ok(())
    } else {
        Err(MetricError::ClassRange { row_idx: None, class_idx, n_classes })
    }
}

/// The weights, or ones.
fn weights_or_ones(weights: Option<&[f64]>, n_rows: usize) -> Result<Vec<f64>, MetricError> {
    match weights {
        Some(weights) => check_weights(weights, n_rows).map(|()| weights.to_vec()),
        None => Ok(vec![1.0; n_rows]),
    }
}
