//! The metrics there are, and how one is computed. Each has a file below this one.

mod accuracy;
mod average_precision;
mod balanced_accuracy;
mod brier_score;
mod f1;
mod log_loss;
mod mae;
mod mape;
mod matthews_corrcoef;
mod median_absolute_error;
mod precision;
mod r2;
mod recall;
mod rmse;
mod roc_auc;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::MetricError;
use crate::input::{Classes, Numbers, Scores, Truth, check_weights};

/// A measure of predictions against truth, named as in scikit-learn.
///
/// With two classes precision, recall, F1 and average precision are those of the second (positive) class; with more
/// they are the plain mean over classes (`average="macro"`), ROC-AUC that of one class against the rest.
///
/// ```
/// use almanac_metrics::Metric;
/// assert_eq!("mcc".parse::<Metric>(), Ok(Metric::MatthewsCorrcoef));
/// assert!("roc_acu".parse::<Metric>().is_err_and(|e| e.to_string().contains("`roc_auc`")));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Share of rows whose label is right.
    Accuracy,
    /// Mean recall of the classes that occur.
    BalancedAccuracy,
    /// Share of the rows predicted as the class that are of it.
    Precision,
    /// Share of the rows of the class that are predicted as it.
    Recall,
    /// Harmonic mean of precision and recall.
    F1,
    /// Matthews' correlation coefficient.
    MatthewsCorrcoef,
    /// Area under the receiver operating characteristic.
    RocAuc,
    /// Step-wise area under the precision-recall curve.
    AveragePrecision,
    /// Mean negative logarithm of the probability of the true class.
    LogLoss,
    /// Mean squared distance of the probabilities from what happened.
    BrierScore,
    /// Root mean squared error.
    Rmse,
    /// Mean absolute error.
    Mae,
    /// Mean absolute error relative to the truth.
    Mape,
    /// Coefficient of determination.
    R2,
    /// Median absolute error.
    MedianAbsoluteError,
}

/// What a metric looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Needs {
    /// The predicted class only: probabilities on the same side of the threshold are the same to it.
    Labels,
    /// Probabilities of classes.
    Probabilities,
    /// Numbers.
    Values,
}

impl Metric {
    /// Every metric, those of classes first.
    pub const ALL: [Metric; 15] = [
        Self::Accuracy,
        Self::BalancedAccuracy,
        Self::Precision,
        Self::Recall,
        Self::F1,
        Self::MatthewsCorrcoef,
        Self::RocAuc,
        Self::AveragePrecision,
        Self::LogLoss,
        Self::BrierScore,
        Self::Rmse,
        Self::Mae,
        Self::Mape,
        Self::R2,
        Self::MedianAbsoluteError,
    ];

    /// The name, in files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accuracy => "accuracy",
            Self::BalancedAccuracy => "balanced_accuracy",
            Self::Precision => "precision",
            Self::Recall => "recall",
            Self::F1 => "f1",
            Self::MatthewsCorrcoef => "matthews_corrcoef",
            Self::RocAuc => "roc_auc",
            Self::AveragePrecision => "average_precision",
            Self::LogLoss => "log_loss",
            Self::BrierScore => "brier_score",
            Self::Rmse => "rmse",
            Self::Mae => "mae",
            Self::Mape => "mape",
            Self::R2 => "r2",
            Self::MedianAbsoluteError => "median_absolute_error",
        }
    }

    /// Other names that [`FromStr`] takes: scikit-learn's functions and scorers, and common short forms. Whoever
    /// parses one can tell, because [`Metric::as_str`] differs from what was written.
    pub fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Accuracy => &["accuracy_score", "acc"],
            Self::BalancedAccuracy => &["balanced_accuracy_score"],
            Self::Precision => &["precision_score"],
            Self::Recall => &["recall_score"],
            Self::F1 => &["f1_score"],
            Self::MatthewsCorrcoef => &["mcc"],
            Self::RocAuc => &["roc_auc_score", "auc", "roc_auc_ovr"],
            Self::AveragePrecision => &["average_precision_score", "ap"],
            Self::LogLoss => &["neg_log_loss", "logloss", "cross_entropy"],
            Self::BrierScore => &["brier_score_loss", "neg_brier_score", "brier"],
            Self::Rmse => &["root_mean_squared_error", "neg_root_mean_squared_error"],
            Self::Mae => &["mean_absolute_error", "neg_mean_absolute_error"],
            Self::Mape => &["mean_absolute_percentage_error", "neg_mean_absolute_percentage_error"],
            Self::R2 => &["r2_score"],
            Self::MedianAbsoluteError => &["neg_median_absolute_error", "medae"],
        }
    }

    /// Whether a greater value is a better one.
    pub fn greater_is_better(self) -> bool {
        !matches!(
            self,
            Self::LogLoss | Self::BrierScore | Self::Rmse | Self::Mae | Self::Mape | Self::MedianAbsoluteError
        )
    }

    /// Whether `a` is a better value than `b`. Nothing is better than itself.
    pub fn is_better(self, a: f64, b: f64) -> bool {
        if self.greater_is_better() { a > b } else { a < b }
    }

    /// What it looks at.
    pub fn needs(self) -> Needs {
        match self {
            Self::Accuracy
            | Self::BalancedAccuracy
            | Self::Precision
            | Self::Recall
            | Self::F1
            | Self::MatthewsCorrcoef => Needs::Labels,
            Self::RocAuc | Self::AveragePrecision | Self::LogLoss | Self::BrierScore => Needs::Probabilities,
            Self::Rmse | Self::Mae | Self::Mape | Self::R2 | Self::MedianAbsoluteError => Needs::Values,
        }
    }

    /// The tasks that it judges, by name.
    pub fn tasks(self) -> &'static [&'static str] {
        match self.needs() {
            Needs::Labels | Needs::Probabilities => &["binary", "multiclass"],
            Needs::Values => &["regression"],
        }
    }

    /// Whether it judges a task of this name.
    pub fn judges(self, task: &str) -> bool {
        self.tasks().contains(&task)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Metric {
    type Err = MetricError;

    fn from_str(name: &str) -> Result<Self, MetricError> {
        Self::ALL
            .into_iter()
            .find(|m| m.as_str() == name || m.aliases().contains(&name))
            .ok_or_else(|| MetricError::Unknown { name: name.to_owned() })
    }
}

/// What a metric's file makes of its input: a value for any weights. Weights are of the right length, none negative,
/// not all zero.
pub(crate) trait Weighted: fmt::Debug + Send + Sync {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError>;
}

/// A metric over checked, labelled and sorted rows, whose value under any weights costs one pass.
#[derive(Debug)]
pub struct Prepared {
    metric: Metric,
    n_rows: usize,
    form: Box<dyn Weighted>,
}

impl Prepared {
    /// Checks the rows and does what does not depend on weights: `O(n_rows log n_rows)` where the metric ranks rows,
    /// `O(n_rows · n_classes)` otherwise.
    ///
    /// # Errors
    /// Every [`MetricError`] but those of weights and of absent classes.
    pub fn new(metric: Metric, truth: Truth<'_>, scores: Scores<'_>) -> Result<Self, MetricError> {
        let name = metric.as_str();
        let form: Box<dyn Weighted> = if metric.needs() == Needs::Values {
            let numbers = Numbers::check(name, truth, scores)?;
            match metric {
                Metric::Mae => mae::prepare(&numbers),
                Metric::Mape => mape::prepare(&numbers),
                Metric::R2 => r2::prepare(&numbers),
                Metric::MedianAbsoluteError => median_absolute_error::prepare(&numbers),
                _ => rmse::prepare(&numbers),
            }
        } else {
            let classes = Classes::check(name, truth, scores)?;
            match metric {
                Metric::BalancedAccuracy => balanced_accuracy::prepare(&classes),
                Metric::Precision => precision::prepare(&classes),
                Metric::Recall => recall::prepare(&classes),
                Metric::F1 => f1::prepare(&classes),
                Metric::MatthewsCorrcoef => matthews_corrcoef::prepare(&classes),
                Metric::RocAuc => roc_auc::prepare(&classes),
                Metric::AveragePrecision => average_precision::prepare(&classes),
                Metric::LogLoss => log_loss::prepare(&classes),
                Metric::BrierScore => brier_score::prepare(&classes),
                _ => accuracy::prepare(&classes),
            }
        };
        Ok(Self { metric, n_rows: truth.n_rows(), form })
    }

    /// The metric.
    pub fn metric(&self) -> Metric {
        self.metric
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The value under these weights, one per row.
    ///
    /// # Errors
    /// [`MetricError::Weights`], [`MetricError::Lengths`], and where the metric is not defined for rows so weighted
    /// [`MetricError::ClassAbsent`], [`MetricError::TooFewRows`] or [`MetricError::Overflow`].
    pub fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        check_weights(weights, self.n_rows)?;
        self.value_unchecked(weights)
    }

    /// As [`Prepared::value`] with weights that are known to be good.
    pub(crate) fn value_unchecked(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let value = self.form.value(weights)?;
        if value.is_finite() { Ok(value) } else { Err(MetricError::Overflow { metric: self.metric.as_str() }) }
    }
}

/// The value of a metric. Without weights every row counts alike.
///
/// Rows of weight zero count as absent. Where scikit-learn warns and returns 0 (`zero_division`), the value is 0; where
/// it returns NaN, there is an error.
///
/// ```
/// use almanac_metrics::{Metric, Scores, Truth, evaluate};
/// let truth = Truth::Class { codes: &[0, 0, 1, 1], n_classes: 2 };
/// let scores = Scores::Probabilities { values: &[0.9, 0.1, 0.6, 0.4, 0.65, 0.35, 0.2, 0.8], n_classes: 2 };
/// assert_eq!(evaluate(Metric::RocAuc, truth, scores, None), Ok(0.75));
/// ```
///
/// # Errors
/// [`MetricError`]: the forms, lengths or weights cannot be used, or the metric is not defined for these rows.
pub fn evaluate(
    metric: Metric,
    truth: Truth<'_>,
    scores: Scores<'_>,
    weights: Option<&[f64]>,
) -> Result<f64, MetricError> {
    let prepared = Prepared::new(metric, truth, scores)?;
    match weights {
        Some(weights) => prepared.value(weights),
        None => prepared.value_unchecked(&vec![1.0; prepared.n_rows]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_same_in_text_and_in_files() {
        for m in Metric::ALL {
            assert_eq!(serde_json::to_string(&m).expect("a name"), format!("\"{m}\""));
            assert_eq!(m.as_str().parse(), Ok(m));
            for alias in m.aliases() {
                assert_eq!(alias.parse(), Ok(m), "{alias}");
            }
        }
    }

    #[test]
    fn no_name_means_two_metrics() {
        let mut names: Vec<&str> = Metric::ALL.iter().flat_map(|m| m.aliases()).copied().collect();
        names.extend(Metric::ALL.map(Metric::as_str));
        let n = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n);
    }

    #[test]
    fn undefined_is_an_error_and_zero_division_is_zero() {
        let negatives = Truth::Class { codes: &[0, 0], n_classes: 2 };
        let scores = Scores::Probabilities { values: &[0.9, 0.1, 0.8, 0.2], n_classes: 2 };
        let value = |m| evaluate(m, negatives, scores, None);
        assert_eq!(value(Metric::RocAuc), Err(MetricError::ClassAbsent { metric: "roc_auc", class_idx: 1 }));
        let absent = MetricError::ClassAbsent { metric: "average_precision", class_idx: 1 };
        assert_eq!(value(Metric::AveragePrecision), Err(absent));
        for m in [Metric::Precision, Metric::Recall, Metric::F1, Metric::MatthewsCorrcoef] {
            assert_eq!(value(m), Ok(0.0), "{m}");
        }
        assert_eq!(value(Metric::Accuracy), Ok(1.0));
        let one = evaluate(Metric::R2, Truth::Real(&[1.0]), Scores::Values(&[1.0]), None);
        assert_eq!(one, Err(MetricError::TooFewRows { metric: "r2", needed: 2, found: 1 }));
    }

    #[test]
    fn a_row_of_weight_zero_is_absent() {
        let truth = Truth::Class { codes: &[0, 1, 1], n_classes: 2 };
        let scores = Scores::Probabilities { values: &[0.9, 0.1, 0.8, 0.2, 0.3, 0.7], n_classes: 2 };
        let value = evaluate(Metric::RocAuc, truth, scores, Some(&[0.0, 1.0, 1.0]));
        assert_eq!(value, Err(MetricError::ClassAbsent { metric: "roc_auc", class_idx: 0 }));
    }

    #[test]
    fn constant_truth_is_handled_as_scikit_learn_does() {
        let r2 = |t: &[f64], p: &[f64]| evaluate(Metric::R2, Truth::Real(t), Scores::Values(p), None);
        assert_eq!(r2(&[0.1; 3], &[0.1; 3]), Ok(1.0));
        assert_eq!(r2(&[0.1; 3], &[0.1, 0.1, 0.2]), Ok(0.0));
    }

    #[test]
    fn what_a_double_cannot_hold_is_an_error() {
        let of = |m| evaluate(m, Truth::Real(&[1e300, 0.0]), Scores::Values(&[0.0, 0.0]), None);
        assert_eq!(of(Metric::Rmse), Err(MetricError::Overflow { metric: "rmse" }));
        assert_eq!(of(Metric::R2), Err(MetricError::Overflow { metric: "r2" }));
        assert_eq!(of(Metric::Mae), Ok(5e299));
    }

    #[test]
    fn a_metric_of_the_wrong_kind_says_so() {
        let e = evaluate(Metric::RocAuc, Truth::Real(&[1.0]), Scores::Values(&[1.0]), None).expect_err("a kind");
        assert_eq!(e.to_string(), "`roc_auc` judges classes, and was given numbers");
    }
}
