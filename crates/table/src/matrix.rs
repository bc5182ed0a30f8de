//! What learners take: columns of numbers, columns of category codes, blocks of sparse columns.

use std::sync::Arc;

use crate::frame::{FeatureData, Frame};

/// Sparse columns by row (compressed sparse rows). Column indices ascend within a row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sparse {
    /// Number of columns.
    pub n_cols: usize,
    /// Row `i` has the entries `row_starts[i]..row_starts[i + 1]`; length `n_rows + 1`.
    pub row_starts: Vec<usize>,
    /// Column of each entry.
    pub columns: Vec<u32>,
    /// Value of each entry.
    pub values: Vec<f64>,
}

impl Sparse {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.row_starts.len().saturating_sub(1)
    }

    /// Entries of a row: columns and values.
    pub fn row(&self, row_idx: usize) -> (&[u32], &[f64]) {
        let range = self.row_starts[row_idx]..self.row_starts[row_idx + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// Rows by position.
    ///
    /// # Panics
    /// If a row is beyond the end.
    pub fn take(&self, rows: &[u32]) -> Sparse {
        let mut out = Sparse { n_cols: self.n_cols, row_starts: vec![0], columns: Vec::new(), values: Vec::new() };
        for &r in rows {
            let (columns, values) = self.row(r as usize);
            out.columns.extend_from_slice(columns);
            out.values.extend_from_slice(values);
            out.row_starts.push(out.columns.len());
        }
        out
    }
}

/// Values of one column, or of one sparse block.
#[derive(Debug, Clone)]
pub enum MatrixData {
    /// Numbers; NaN is missing.
    Dense(Arc<Vec<f64>>),
    /// Category codes `0..n_levels`, [`crate::MISSING`] or [`crate::UNKNOWN`].
    Codes {
        /// Per row.
        codes: Arc<Vec<u32>>,
        /// How many levels were learned.
        n_levels: u32,
    },
    /// Many columns, mostly zero.
    Sparse(Arc<Sparse>),
}

/// A named column (or sparse block) of a matrix.
#[derive(Debug, Clone)]
pub struct MatrixColumn {
    /// Name of the feature.
    pub name: String,
    /// Values.
    pub data: MatrixData,
}

/// Input of a learner: `n_rows` rows of columns in a fixed order.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    /// Number of rows.
    pub n_rows: usize,
    /// Columns and blocks in order.
    pub columns: Vec<MatrixColumn>,
}

impl Matrix {
    /// The matrix of a frame whose features are all numbers, codes or sparse blocks.
    ///
    /// # Errors
    /// The name of the first feature that is none of these.
    pub fn from_frame(frame: &Frame) -> Result<Matrix, String> {
        let mut columns = Vec::with_capacity(frame.features.len());
        for f in &frame.features {
            let data = match &f.data {
                FeatureData::Number(v) => MatrixData::Dense(v.clone()),
                FeatureData::Codes { codes, n_levels } => {
                    MatrixData::Codes { codes: codes.clone(), n_levels: *n_levels }
                }
                FeatureData::Sparse(s) => MatrixData::Sparse(s.clone()),
                _ => return Err(f.name.clone()),
            };
            columns.push(MatrixColumn { name: f.name.clone(), data });
        }
        Ok(Matrix { n_rows: frame.n_rows, columns })
    }

    /// Number of columns, those of sparse blocks counted one by one.
    pub fn width(&self) -> usize {
        self.columns.iter().map(|c| if let MatrixData::Sparse(s) = &c.data { s.n_cols } else { 1 }).sum()
    }

    /// Rows by position.
    ///
    /// # Panics
    /// If a row is beyond the end.
    pub fn take(&self, rows: &[u32]) -> Matrix {
        let columns = self
            .columns
            .iter()
            .map(|c| MatrixColumn {
                name: c.name.clone(),
                data: match &c.data {
                    MatrixData::Dense(v) => MatrixData::Dense(Arc::new(rows.iter().map(|&r| v[r as usize]).collect())),
                    MatrixData::Codes { codes, n_levels } => MatrixData::Codes {
                        codes: Arc::new(rows.iter().map(|&r| codes[r as usize]).collect()),
                        n_levels: *n_levels,
                    },
                    MatrixData::Sparse(s) => MatrixData::Sparse(Arc::new(s.take(rows))),
                },
            })
            .collect();
        Matrix { n_rows: rows.len(), columns }
    }
}
