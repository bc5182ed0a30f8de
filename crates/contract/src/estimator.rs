//! Estimators: what learns from a matrix, and what was learned.

use base::Cx;
use table::Matrix;

use crate::error::FitError;
use crate::target::Target;

/// Rows to learn from: features, truth, weights.
#[derive(Debug, Clone, Copy)]
pub struct Dataset<'a> {
    /// Features.
    pub x: &'a Matrix,
    /// Truth, one entry per row of `x`.
    pub y: &'a Target,
    /// Weights, one per row, not negative; `None` means all 1.
    pub weights: Option<&'a [f64]>,
}

impl Dataset<'_> {
    /// Checks that the parts belong together and can be learned from: lengths, finite target, class codes in range,
    /// usable weights, no infinite feature. Every learner calls it first.
    ///
    /// # Errors
    /// [`FitError::NoRows`], [`FitError::TargetNotFinite`], [`FitError::Weights`], [`FitError::Infinite`],
    /// [`FitError::OneClass`], or [`FitError::Broken`] where lengths differ.
    pub fn check(&self) -> Result<(), FitError> {
        let n_rows = self.x.n_rows;
        if n_rows == 0 {
            return Err(FitError::NoRows);
        }
        if self.y.n_rows() != n_rows || self.weights.is_some_and(|w| w.len() != n_rows) {
            return Err(FitError::Broken {
                what: "features, target and weights differ in their number of rows".into(),
            });
        }
        match self.y {
            Target::Real(v) => {
                if let Some(row_idx) = v.iter().position(|y| !y.is_finite()) {
                    return Err(FitError::TargetNotFinite { row_idx });
                }
            }
            Target::Class { codes, n_classes } => {
                let first = codes[0];
                if codes.iter().any(|&c| c as usize >= *n_classes) {
                    return Err(FitError::Broken { what: "a class code is out of range".into() });
                }
                if codes.iter().all(|&c| c == first) {
                    return Err(FitError::OneClass { class: first });
                }
            }
        }
        if let Some(w) = self.weights {
            if let Some(i) = w.iter().position(|w| !w.is_finite() || *w < 0.0) {
                return Err(FitError::Weights { what: format!("row {} has {}", i + 1, w[i]) });
            }
            if w.iter().all(|w| *w == 0.0) {
                return Err(FitError::Weights { what: "all are zero".into() });
            }
        }
        for column in &self.x.columns {
            let infinite = match &column.data {
                table::MatrixData::Dense(v) => v.iter().position(|x| x.is_infinite()),
                table::MatrixData::Sparse(s) => s
                    .values
                    .iter()
                    .position(|x| !x.is_finite())
                    .map(|entry| s.row_starts.partition_point(|&start| start <= entry) - 1),
                table::MatrixData::Codes { .. } => None,
            };
            if let Some(row_idx) = infinite {
                return Err(FitError::Infinite { feature: column.name.clone(), row_idx });
            }
        }
        Ok(())
    }
}

/// Predictions of some rows: `n_outputs` numbers a row. In classification they are probabilities, one per class in
/// the order of the class codes (two in binary tasks), summing to 1; in regression one value.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// Number of rows.
    pub n_rows: usize,
    /// Numbers per row.
    pub n_outputs: usize,
    /// Row-major, `n_rows × n_outputs`.
    pub values: Vec<f64>,
}

impl Predictions {
    /// All zero.
    pub fn zeros(n_rows: usize, n_outputs: usize) -> Self {
        Self { n_rows, n_outputs, values: vec![0.0; n_rows * n_outputs] }
    }

    /// The numbers of a row.
    pub fn row(&self, row_idx: usize) -> &[f64] {
        &self.values[row_idx * self.n_outputs..(row_idx + 1) * self.n_outputs]
    }

    /// The numbers of a row, to be overwritten.
    pub fn row_mut(&mut self, row_idx: usize) -> &mut [f64] {
        &mut self.values[row_idx * self.n_outputs..(row_idx + 1) * self.n_outputs]
    }

    /// Rows by position, in the order given.
    ///
    /// # Panics
    /// If a row is beyond the end.
    pub fn take(&self, rows: &[u32]) -> Predictions {
        let values = rows.iter().flat_map(|&r| self.row(r as usize)).copied().collect();
        Predictions { n_rows: rows.len(), n_outputs: self.n_outputs, values }
    }
}

/// Judges predictions on rows held back while a learner adds to its model; how it judges is not the learner's
/// business.
pub trait Stopper: Send + Sync {
    /// Loss of the predictions so far on the rows held back (lower is better): what early stopping watches.
    fn loss(&self, predictions: &Predictions) -> f64;
}

/// Rows held back from a learner that stops early on them.
#[derive(Clone, Copy)]
pub struct Validation<'a> {
    /// Rows to watch.
    pub data: Dataset<'a>,
    /// The loss to watch; the learner's own objective where `None`.
    pub stopper: Option<&'a dyn Stopper>,
}

/// Something that learns.
pub trait Fit {
    /// What it learns.
    type Model;

    /// Its name in specs and output: `linear`, `boost`, …
    fn name(&self) -> &'static str;

    /// Learns from some rows. Deterministic in the data, the parameters and the context's seed, at any thread count.
    ///
    /// # Errors
    /// Those of [`Dataset::check`], and the learner's own.
    fn fit(&self, cx: &Cx, train: Dataset<'_>, validation: Option<Validation<'_>>) -> Result<Self::Model, FitError>;
}

/// Something that was learned.
pub trait Predict: Send + Sync {
    /// Number of matrix columns (a sparse block counts as one) that it was fitted on.
    fn n_columns(&self) -> usize;

    /// Numbers per row of a prediction.
    fn n_outputs(&self) -> usize;

    /// Predicts every row. A row's numbers depend on that row alone: the same bits in any batch and order.
    ///
    /// # Errors
    /// [`FitError::Form`] or [`FitError::Broken`] if the matrix is not shaped like the one fitted on.
    fn predict(&self, cx: &Cx, x: &Matrix) -> Result<Predictions, FitError>;
}
