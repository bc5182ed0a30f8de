//! How every column of a matrix is binned: learned from training rows, applied to any rows.
//!
//! A sparse block is as many numeric columns as it has, whose absent entries are 0. What trees split is called a
//! feature: a dense column, a column of codes, or one column of a sparse block, counted through in that order.

use base::{Cx, Stream};
use contract::FitError;
use table::{Matrix, MatrixData, Sparse};

use super::bin::{self, Bounds, VALUE_BINS_MAX};
use super::levels::Levels;
use super::params::BoostParams;

/// Above so many rows, bounds of bins are found on a sample of this size.
const SAMPLE_ROWS: usize = 200_000;
/// The most features.
pub(crate) const FEATURES_MAX: usize = 1 << 24;

/// Form of a matrix column that a model was fitted on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum ColumnForm {
    Number,
    Codes(Levels),
    Sparse { n_cols: u32 },
}

impl ColumnForm {
    /// Number of features.
    pub(crate) fn width(&self) -> usize {
        match self {
            Self::Number | Self::Codes(_) => 1,
            Self::Sparse { n_cols } => *n_cols as usize,
        }
    }

    /// Checks that a column has this form.
    pub(crate) fn check(&self, column: &table::MatrixColumn) -> Result<(), FitError> {
        let fits = match (self, &column.data) {
            (Self::Number, MatrixData::Dense(_)) => true,
            (Self::Codes(levels), MatrixData::Codes { n_levels, .. }) => levels.bins.len() == *n_levels as usize,
            (Self::Sparse { n_cols }, MatrixData::Sparse(s)) => *n_cols as usize == s.n_cols,
            _ => false,
        };
        if fits {
            return Ok(());
        }
        let expected = match self {
            Self::Number => "numbers".to_owned(),
            Self::Codes(levels) => format!("codes of {} levels", levels.bins.len()),
            Self::Sparse { n_cols } => format!("a sparse block of {n_cols} columns"),
        };
        let found = match &column.data {
            MatrixData::Dense(_) => "numbers".to_owned(),
            MatrixData::Codes { n_levels, .. } => format!("codes of {n_levels} levels"),
            MatrixData::Sparse(s) => format!("a sparse block of {} columns", s.n_cols),
        };
        Err(FitError::Form { feature: column.name.clone(), expected, found })
    }
}

/// Bins of a feature's values.
#[derive(Debug, Clone)]
pub(crate) enum Bins {
    Number(Bounds),
    Levels(Levels),
}

/// One feature and its bins. Missing values have the bin after the last.
#[derive(Debug, Clone)]
pub(crate) struct Feature {
    /// Its matrix column.
    pub column: usize,
    /// Its place within the matrix column.
    pub within: usize,
    pub bins: Bins,
    /// Whether a training row is missing (or unknown).
    pub has_missing: bool,
}

impl Feature {
    /// Number of bins without that of missing, which is also the bin of missing.
    pub(crate) fn n_values(&self) -> usize {
        match &self.bins {
            Bins::Number(b) => b.n_bins(),
            Bins::Levels(l) => l.n_bins,
        }
    }

    /// Bins that a training row can have.
    pub(crate) fn n_slots(&self) -> usize {
        self.n_values() + usize::from(self.has_missing)
    }
}

/// The features of a matrix and their bins.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    pub features: Vec<Feature>,
    pub forms: Vec<ColumnForm>,
}

impl Columns {
    /// Finds the bins of every feature; columns are independent.
    pub(crate) fn fit(cx: &Cx, x: &Matrix, params: &BoostParams) -> Result<Self, FitError> {
        let width = x.width();
        if width > FEATURES_MAX {
            return Err(FitError::Limit { what: "features".into(), max: FEATURES_MAX as u64, found: width as u64 });
        }
        let sample = (x.n_rows > SAMPLE_ROWS).then(|| draw(cx, x.n_rows, SAMPLE_ROWS));
        let parts = cx.map(x.columns.len(), |column| match &x.columns[column].data {
            MatrixData::Dense(values) => {
                let has_missing = values.iter().any(|v| v.is_nan());
                let max_bins = params.bins.min(VALUE_BINS_MAX) - usize::from(has_missing);
                let distinct = match &sample {
                    Some(rows) => bin::distinct(rows.iter().map(|&r| values[r as usize]).filter(|v| !v.is_nan())),
                    None => bin::distinct(values.iter().copied().filter(|v| !v.is_nan())),
                };
                let bins = Bins::Number(bin::bounds(&distinct, max_bins));
                (vec![Feature { column, within: 0, bins, has_missing }], ColumnForm::Number)
            }
            MatrixData::Codes { codes, n_levels } => {
                let mut counts = vec![0usize; *n_levels as usize];
                let mut has_missing = false;
                for &code in codes.iter() {
                    match counts.get_mut(code as usize) {
                        Some(count) => *count += 1,
                        None => has_missing = true,
                    }
                }
                let levels = Levels::new(&counts, params.max_cat_levels);
                let form = ColumnForm::Codes(levels.clone());
                (vec![Feature { column, within: 0, bins: Bins::Levels(levels), has_missing }], form)
            }
            MatrixData::Sparse(s) => (sparse(s, column, params), ColumnForm::Sparse { n_cols: s.n_cols as u32 }),
        });
        let mut out = Self { features: Vec::with_capacity(width), forms: Vec::with_capacity(parts.len()) };
        for (features, form) in parts {
            out.features.extend(features);
            out.forms.push(form);
        }
        Ok(out)
    }

    /// Checks that a matrix has the columns that the bins were found on.
    pub(crate) fn check(&self, x: &Matrix) -> Result<(), FitError> {
        crate::model::check_n_columns(self.forms.len(), x)?;
        self.forms.iter().zip(&x.columns).try_for_each(|(form, column)| form.check(column))
    }
}

/// Features of a sparse block.
fn sparse(s: &Sparse, column: usize, params: &BoostParams) -> Vec<Feature> {
    let by_column = ByColumn::new(s);
    let n_rows = s.n_rows();
    let max_bins = params.bins.min(VALUE_BINS_MAX);
    (0..s.n_cols)
        .map(|within| {
            let (_, values) = by_column.column(within);
            let mut distinct = bin::distinct(values.iter().copied());
            let zeros = n_rows - values.len();
            match distinct.binary_search_by(|d| d.0.total_cmp(&0.0)) {
                Ok(at) => distinct[at].1 += zeros,
                Err(at) if zeros > 0 => distinct.insert(at, (0.0, zeros)),
                Err(_) => {}
            }
            let bins = Bins::Number(bin::bounds(&distinct, max_bins));
            Feature { column, within, bins, has_missing: false }
        })
        .collect()
}

/// A sparse block by column: rows ascend within a column.
pub(crate) struct ByColumn {
    starts: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<f64>,
}

impl ByColumn {
    pub(crate) fn new(s: &Sparse) -> Self {
        let mut starts = vec![0usize; s.n_cols + 1];
        s.columns.iter().for_each(|&c| starts[c as usize + 1] += 1);
        for i in 0..s.n_cols {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let (mut rows, mut values) = (vec![0u32; s.values.len()], vec![0.0; s.values.len()]);
        for row_idx in 0..s.n_rows() {
            let (columns, entries) = s.row(row_idx);
            for (&c, &v) in columns.iter().zip(entries) {
                let at = &mut next[c as usize];
                rows[*at] = row_idx as u32;
                values[*at] = v;
                *at += 1;
            }
        }
        Self { starts, rows, values }
    }

    /// Rows and values of a column's entries.
    pub(crate) fn column(&self, within: usize) -> (&[u32], &[f64]) {
        let range = self.starts[within]..self.starts[within + 1];
        (&self.rows[range.clone()], &self.values[range])
    }
}

/// `k` of `0..n`, ascending, every subset as likely (Knuth, "Seminumerical algorithms", algorithm S).
fn draw(cx: &Cx, n: usize, k: usize) -> Vec<u32> {
    let mut rng = cx.rng(Stream { stage: "train.boost", fold: 0, purpose: "bins" });
    super::sample::choose(&mut rng, n, k)
}
