//! A fitted linear model: coefficients, how they score a row, and its bytes.

use base::{Cx, math};
use contract::{FitError, Predict, Predictions};
use serde::Serialize;
use table::{Matrix, MatrixData, Sparse};

use super::loss::softmax;
use super::solver::Solution;
use super::{COEFFICIENTS_MAX, LinearParams};
use crate::decode::{DecodeError, Reader, Writer};
use crate::model::check_n_columns;

/// Rows per piece of work.
const ROWS_PER_TASK: usize = 1_024;
/// The most columns and blocks a model may have been fitted on.
const COLUMNS_MAX: usize = 1 << 24;

/// How scores become outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Link {
    /// The score is the value.
    Identity,
    /// One score; its logistic function is the probability of the second class.
    Logistic,
    /// One score per class.
    Softmax,
}

/// Form of a matrix column that the model was fitted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnForm {
    Number,
    Sparse { n_cols: u32 },
}

impl ColumnForm {
    fn width(self) -> usize {
        match self {
            Self::Number => 1,
            Self::Sparse { n_cols } => n_cols as usize,
        }
    }
}

/// A fitted linear model. A row's score is its intercept plus `value × coefficient` column after column, rounded after
/// each multiplication and each addition: the same bits in any batch.
#[derive(Debug, Clone, PartialEq)]
pub struct LinearModel {
    link: Link,
    forms: Vec<ColumnForm>,
    n_scores: usize,
    /// By column, then by score.
    coefficients: Vec<f64>,
    intercepts: Vec<f64>,
    converged: bool,
    n_iterations: u32,
}

impl LinearModel {
    pub(super) fn new(
        link: Link,
        forms: Vec<ColumnForm>,
        coefficients: Vec<f64>,
        intercepts: Vec<f64>,
        solution: &Solution,
    ) -> Result<Self, FitError> {
        if !coefficients.iter().chain(&intercepts).all(|c| c.is_finite()) {
            return Err(FitError::Diverged { learner: LinearParams::TABLE });
        }
        Ok(Self {
            link,
            forms,
            n_scores: intercepts.len(),
            coefficients,
            intercepts,
            converged: solution.converged,
            n_iterations: solution.n_iterations,
        })
    }

    /// How scores become outputs.
    pub fn link(&self) -> Link {
        self.link
    }

    /// Scores per row: one in regression and for two classes, otherwise one per class.
    pub fn n_scores(&self) -> usize {
        self.n_scores
    }

    /// Coefficients, `width × n_scores`: for each column (those of sparse blocks one by one) one per score.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// One per score.
    pub fn intercepts(&self) -> &[f64] {
        &self.intercepts
    }

    /// Whether fitting arrived at the minimum within the tolerance asked for, or as near as rounding allows.
    pub fn converged(&self) -> bool {
        self.converged
    }

    /// How many Newton steps were taken.
    pub fn n_iterations(&self) -> u32 {
        self.n_iterations
    }

    /// The bytes of the model: link, convergence, steps, column forms, intercepts, coefficients.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.u8(match self.link {
            Link::Identity => 0,
            Link::Logistic => 1,
            Link::Softmax => 2,
        });
        w.bool(self.converged);
        w.u32(self.n_iterations);
        w.count(self.forms.len());
        for form in &self.forms {
            match form {
                ColumnForm::Number => w.u8(0),
                ColumnForm::Sparse { n_cols } => {
                    w.u8(1);
                    w.u32(*n_cols);
                }
            }
        }
        w.count(self.n_scores);
        w.f64s(&self.intercepts);
        w.f64s(&self.coefficients);
        w.finish()
    }

    /// Reads a model.
    ///
    /// # Errors
    /// [`DecodeError`] for anything that [`LinearModel::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(bytes);
        let link = match r.u8()? {
            0 => Link::Identity,
            1 => Link::Logistic,
            2 => Link::Softmax,
            other => return Err(DecodeError::bad(format!("{other} is not a link"))),
        };
        let converged = r.bool()?;
        let n_iterations = r.u32()?;
        let n_forms = r.count("columns", COLUMNS_MAX.min(r.remaining()))?;
        let mut forms = Vec::with_capacity(n_forms);
        let mut width = 0usize;
        for _ in 0..n_forms {
            let form = match r.u8()? {
                0 => ColumnForm::Number,
                1 => ColumnForm::Sparse { n_cols: r.u32()? },
                other => return Err(DecodeError::bad(format!("{other} is not a form of column"))),
            };
            width = width.saturating_add(form.width());
            forms.push(form);
        }
        let n_scores = r.count("scores", COEFFICIENTS_MAX)?;
        if n_scores == 0 || (link == Link::Softmax) != (n_scores > 1) {
            return Err(DecodeError::bad(format!("{n_scores} scores do not fit the link")));
        }
        let intercepts = r.vec_finite_f64(n_scores, "an intercept")?;
        let n_coefficients = width.saturating_mul(n_scores);
        if n_coefficients > COEFFICIENTS_MAX {
            let (found, max) = (n_coefficients as u64, COEFFICIENTS_MAX as u64);
            return Err(DecodeError::TooMany { what: "coefficients", found, max });
        }
        let coefficients = r.vec_finite_f64(n_coefficients, "a coefficient")?;
        r.finish()?;
        Ok(Self { link, forms, n_scores, coefficients, intercepts, converged, n_iterations })
    }

    /// Scores of the rows of a chunk, row by row.
    fn add_scores(&self, x: &Matrix, first_row: usize, scores: &mut [f64]) {
        let k = self.n_scores;
        scores.chunks_exact_mut(k).for_each(|row| row.copy_from_slice(&self.intercepts));
        let n_rows = scores.len() / k;
        let mut at = 0;
        for (column, form) in x.columns.iter().zip(&self.forms) {
            let mine = &self.coefficients[at * k..(at + form.width()) * k];
            at += form.width();
            match &column.data {
                MatrixData::Dense(v) => add_dense(scores, &v[first_row..first_row + n_rows], mine),
                MatrixData::Sparse(s) => add_sparse(scores, s, first_row, mine),
                MatrixData::Codes { .. } => {}
            }
        }
    }

    /// A row's score where its terms leave the range of numbers: summed at a tiny scale, then cut to the range.
    fn cut_scores(&self, x: &Matrix, row_idx: usize, scores: &mut [f64]) {
        const TINY: f64 = 2.778_836_803_246_467e-163; // 2^-540
        let k = self.n_scores;
        let mut sums: Vec<f64> = self.intercepts.iter().map(|b| b * TINY * TINY).collect();
        let mut at = 0;
        for (column, form) in x.columns.iter().zip(&self.forms) {
            let mut add = |c: usize, v: f64| {
                for (sum, w) in sums.iter_mut().zip(&self.coefficients[(at + c) * k..(at + c + 1) * k]) {
                    *sum += (v * TINY) * (w * TINY);
                }
            };
            match &column.data {
                MatrixData::Dense(v) => add(0, v[row_idx]),
                MatrixData::Sparse(s) => {
                    let (columns, values) = s.row(row_idx);
                    columns.iter().zip(values).for_each(|(c, v)| add(*c as usize, *v));
                }
                MatrixData::Codes { .. } => {}
            }
            at += form.width();
        }
        for (score, sum) in scores.iter_mut().zip(sums) {
            *score = (sum / TINY / TINY).clamp(f64::MIN, f64::MAX);
        }
    }
}

impl Predict for LinearModel {
    fn n_columns(&self) -> usize {
        self.forms.len()
    }

    fn n_outputs(&self) -> usize {
        match self.link {
            Link::Identity => 1,
            Link::Logistic => 2,
            Link::Softmax => self.n_scores,
        }
    }

    /// # Errors
    /// [`FitError::Broken`] for another number of columns; [`FitError::Form`] for a column of another form and for a
    /// missing number, [`FitError::Infinite`] for an infinite one. A score beyond the range of numbers is cut to it.
    fn predict(&self, cx: &Cx, x: &Matrix) -> Result<Predictions, FitError> {
        check_n_columns(self.forms.len(), x)?;
        let found = column_forms(x)?;
        if let Some(at) = (0..found.len()).find(|&i| found[i] != self.forms[i]) {
            let words = |form| match form {
                ColumnForm::Number => "numbers".to_owned(),
                ColumnForm::Sparse { n_cols } => format!("a block of {n_cols} sparse columns"),
            };
            let feature = x.columns[at].name.clone();
            return Err(FitError::Form { feature, expected: words(self.forms[at]), found: words(found[at]) });
        }
        check_finite(x)?;
        let (k, n_outputs) = (self.n_scores, self.n_outputs());
        let mut out = Predictions::zeros(x.n_rows, n_outputs);
        cx.for_chunks(&mut out.values, ROWS_PER_TASK * n_outputs, |task, chunk| {
            let first_row = task * ROWS_PER_TASK;
            let mut scores = vec![0.0; chunk.len() / n_outputs * k];
            self.add_scores(x, first_row, &mut scores);
            for (i, (row, out)) in scores.chunks_exact_mut(k).zip(chunk.chunks_exact_mut(n_outputs)).enumerate() {
                if row.iter().any(|s| !s.is_finite()) {
                    self.cut_scores(x, first_row + i, row);
                }
                match self.link {
                    Link::Identity => out[0] = row[0],
                    Link::Logistic => {
                        (out[0], out[1]) = (math::sigmoid(-row[0]), math::sigmoid(row[0]));
                    }
                    Link::Softmax => {
                        softmax(row, out);
                    }
                }
            }
        });
        Ok(out)
    }
}

fn add_dense(scores: &mut [f64], values: &[f64], coefficients: &[f64]) {
    if let [coefficient] = coefficients {
        scores.iter_mut().zip(values).for_each(|(s, v)| *s += v * coefficient);
        return;
    }
    for (row, v) in scores.chunks_exact_mut(coefficients.len()).zip(values) {
        row.iter_mut().zip(coefficients).for_each(|(s, c)| *s += v * c);
    }
}

fn add_sparse(scores: &mut [f64], block: &Sparse, first_row: usize, coefficients: &[f64]) {
    let k = coefficients.len() / block.n_cols.max(1);
    if k == 0 {
        return;
    }
    for (i, row) in scores.chunks_exact_mut(k).enumerate() {
        let (columns, values) = block.row(first_row + i);
        for (c, v) in columns.iter().zip(values) {
            let at = *c as usize * k;
            row.iter_mut().zip(&coefficients[at..at + k]).for_each(|(s, w)| *s += v * w);
        }
    }
}

/// The forms of a matrix's columns, if all of them hold numbers and are shaped like their matrix.
///
/// # Errors
/// [`FitError::Form`] for category codes; [`FitError::Broken`] for a column of another length.
pub(crate) fn column_forms(x: &Matrix) -> Result<Vec<ColumnForm>, FitError> {
    let broken = |name: &str| FitError::Broken { what: format!("column `{name}` is not shaped like its matrix") };
    x.columns
        .iter()
        .map(|column| match &column.data {
            MatrixData::Dense(v) if v.len() == x.n_rows => Ok(ColumnForm::Number),
            MatrixData::Sparse(s) if is_well_formed(s, x.n_rows) => {
                let n_cols = u32::try_from(s.n_cols).map_err(|_| broken(&column.name))?;
                Ok(ColumnForm::Sparse { n_cols })
            }
            MatrixData::Codes { .. } => Err(FitError::Form {
                feature: column.name.clone(),
                expected: "numbers (encode it first, for example with `one_hot`)".into(),
                found: "category codes".into(),
            }),
            MatrixData::Dense(_) | MatrixData::Sparse(_) => Err(broken(&column.name)),
        })
        .collect()
}

fn is_well_formed(s: &Sparse, n_rows: usize) -> bool {
    s.row_starts.len() == n_rows + 1
        && s.row_starts.first() == Some(&0)
        && s.row_starts.last() == Some(&s.columns.len())
        && s.columns.len() == s.values.len()
        && s.row_starts.is_sorted()
        && (0..n_rows).all(|row| {
            let (columns, _) = s.row(row);
            columns.windows(2).all(|two| two[0] < two[1]) && columns.last().is_none_or(|&c| (c as usize) < s.n_cols)
        })
}

/// Checks that every number is there and finite.
///
/// # Errors
/// [`FitError::Form`] for the first missing one, [`FitError::Infinite`] for the first infinite one.
pub(crate) fn check_finite(x: &Matrix) -> Result<(), FitError> {
    for column in &x.columns {
        let found = match &column.data {
            MatrixData::Dense(v) => v.iter().position(|v| !v.is_finite()).map(|i| (i, v[i])),
            MatrixData::Sparse(s) => s
                .values
                .iter()
                .position(|v| !v.is_finite())
                .map(|i| (s.row_starts.partition_point(|&start| start <= i) - 1, s.values[i])),
            MatrixData::Codes { .. } => None,
        };
        let feature = column.name.clone();
        match found {
            Some((row_idx, value)) if value.is_infinite() => return Err(FitError::Infinite { feature, row_idx }),
            Some((row_idx, _)) => {
                return Err(FitError::Form {
                    feature,
                    expected: "a number in every row (fill it first, for example with `impute`)".into(),
                    found: format!("missing in row {}", row_idx + 1),
                });
            }
            None => {}
        }
    }
    Ok(())
}
