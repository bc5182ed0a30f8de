//! Metrics, curves and intervals of predictions against truth: the same numbers as scikit-learn's to 1e-12.
//!
//! Not here: models, the making of predictions, thresholds other than one half, any opinion on what is good enough.
//!
//! A metric is computed in two strokes. [`Prepared`] does once what does not depend on weights: checks, labels, losses,
//! sorting. Its value under given weights then costs one pass over the rows, and since a bootstrap resample is nothing
//! but whole-number weights, intervals are cheap.

pub mod curve;
pub mod error;
pub mod input;
pub mod interval;
pub mod metric;

mod ranking;
mod tally;
mod weighted_sum;

pub use curve::{
    Binning, CalibrationCurve, ConfusionMatrix, PrecisionRecallCurve, RocCurve, calibration_curve, confusion_matrix,
    precision_recall_curve, roc_curve,
};
pub use error::MetricError;
pub use input::{Scores, Truth, predicted_classes};
pub use interval::{
    Bootstrap, Difference, FoldScores, Interval, bootstrap_difference, bootstrap_fold_mean, bootstrap_interval,
    bootstrap_intervals,
};
pub use metric::{Metric, Needs, Prepared, evaluate};
