//! The design matrix of a linear fit: the columns of a matrix seen centred and scaled, and the products that solvers
//! need of it. Sparse blocks stay sparse. Every sum has a shape that follows from the number of rows and columns.

use std::ops::Range;

use base::Cx;
use contract::FitError;
use table::{Matrix, MatrixData, Sparse};

use crate::weighted::power_of_two;

/// Rows per piece of work where rows are independent.
const ROWS_PER_TASK: usize = 2_048;
/// Rows summed at once before they join a longer sum.
pub(super) const ROWS_PER_SUM: usize = 256;
/// A dense column with at most one in so many cells not zero is kept as its other cells.
const ZEROS_PER_CELL: usize = 4;
/// Cells that a task over columns should at least see.
const CELLS_PER_TASK: usize = 1 << 16;

/// Where a column's values are.
pub(super) enum Source<'a> {
    Dense(&'a [f64]),
    /// Column of a sparse block: index into `blocks`, column within it.
    Sparse(usize, usize),
    /// A dense column that is mostly zero (a level of a one-hot): the rows and values of its other cells.
    Few(Vec<u32>, Vec<f64>),
    /// The intercept.
    Ones,
}

/// A sparse block by row and by column.
struct SparseBlock<'a> {
    first: usize,
    by_row: &'a Sparse,
    starts: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<f64>,
}

/// Columns `(x − shift) / scale`, the intercept's column of ones last if there is one.
pub(crate) struct Design<'a> {
    n_rows: usize,
    pub(super) sources: Vec<Source<'a>>,
    blocks: Vec<SparseBlock<'a>>,
    pub(super) shifts: Vec<f64>,
    /// Powers of two, so that scaling is exact.
    pub(super) scales: Vec<f64>,
    has_intercept: bool,
    shares: Vec<f64>,
}

impl<'a> Design<'a> {
    /// Looks at a matrix of numbers. `shares` weight the rows and sum to 1. Columns that are not mostly zero are centred
    /// if there is an intercept to make up for it.
    pub(crate) fn new(cx: &Cx, x: &'a Matrix, shares: &[f64], has_intercept: bool) -> Result<Self, FitError> {
        if x.n_rows > u32::MAX as usize {
            return Err(FitError::Limit { what: "rows".into(), max: u64::from(u32::MAX), found: x.n_rows as u64 });
        }
        let mut sources = Vec::new();
        let mut blocks = Vec::new();
        for column in &x.columns {
            match &column.data {
                MatrixData::Dense(v) => sources.push(Source::Dense(v)),
                MatrixData::Sparse(s) => {
                    sources.extend((0..s.n_cols).map(|c| Source::Sparse(blocks.len(), c)));
                    blocks.push(SparseBlock::new(s, sources.len() - s.n_cols));
                }
                MatrixData::Codes { .. } => {
                    return Err(FitError::Broken { what: "the columns of a linear fit are numbers".into() });
                }
            }
        }
        let n_features = sources.len();
        let few = cx.map(n_features, |j| if let Source::Dense(v) = sources[j] { few_cells(v) } else { None });
        for (source, few) in sources.iter_mut().zip(few) {
            if let Some((rows, values)) = few {
                *source = Source::Few(rows, values);
            }
        }
        if has_intercept {
            sources.push(Source::Ones);
        }
        let mut design = Self {
            n_rows: x.n_rows,
            sources,
            blocks,
            shifts: vec![0.0; n_features + usize::from(has_intercept)],
            scales: vec![1.0; n_features + usize::from(has_intercept)],
            has_intercept,
            shares: shares.to_vec(),
        };
        let found = cx.map(n_features, |j| match &design.sources[j] {
            Source::Dense(v) => shift_and_scale(v, shares, has_intercept),
            Source::Sparse(b, c) => (0.0, clamp_scale(largest(design.blocks[*b].column(*c).1))),
            Source::Few(_, values) => (0.0, clamp_scale(largest(values))),
            Source::Ones => (0.0, 1.0),
        });
        for (j, (shift, scale)) in found.into_iter().enumerate() {
            (design.shifts[j], design.scales[j]) = (shift, scale);
        }
        Ok(design)
    }

    /// Number of rows.
    pub(crate) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Number of cells that a product has to visit.
    pub(crate) fn n_cells(&self) -> usize {
        (0..self.sources.len()).map(|j| self.cells(j).map_or(self.n_rows, |(rows, _)| rows.len())).sum()
    }

    /// Rows and values of the cells that are not zero, for columns kept that way.
    pub(super) fn cells(&self, j: usize) -> Option<(&[u32], &[f64])> {
        match &self.sources[j] {
            Source::Sparse(b, c) => Some(self.blocks[*b].column(*c)),
            Source::Few(rows, values) => Some((rows, values)),
            Source::Dense(_) | Source::Ones => None,
        }
    }

    /// Number of columns, the intercept's included.
    pub(crate) fn n_columns(&self) -> usize {
        self.sources.len()
    }

    /// Whether the last column is the intercept's.
    pub(crate) fn has_intercept(&self) -> bool {
        self.has_intercept
    }

    /// Weights of the rows, summing to 1.
    pub(crate) fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// What an L2 penalty of the columns' own coefficients weighs per squared scaled coefficient: 0 for the intercept.
    pub(crate) fn penalties(&self) -> Vec<f64> {
        let mut all: Vec<f64> = self.scales.iter().map(|s| (1.0 / s) * (1.0 / s)).collect();
        if self.has_intercept {
            all[self.sources.len() - 1] = 0.0;
        }
        all
    }

    /// Coefficients (`columns × n_scores`, by column) and intercepts of the columns as they came, from parameters of
    /// the scaled ones (`n_scores × columns`).
    pub(crate) fn unscaled(&self, theta: &[f64], n_scores: usize) -> (Vec<f64>, Vec<f64>) {
        let width = self.sources.len();
        let n_features = width - usize::from(self.has_intercept);
        let mut coefficients = vec![0.0; n_features * n_scores];
        let mut intercepts = vec![0.0; n_scores];
        for (k, intercept) in intercepts.iter_mut().enumerate() {
            let mine = &theta[k * width..(k + 1) * width];
            for j in 0..n_features {
                let coefficient = mine[j] / self.scales[j];
                coefficients[j * n_scores + k] = coefficient;
                *intercept -= coefficient * self.shifts[j];
            }
            if self.has_intercept {
                *intercept += mine[n_features];
            }
        }
        (coefficients, intercepts)
    }

    /// The product with parameters `n_scores × columns`: `n_rows × n_scores`, row by row.
    pub(crate) fn times(&self, cx: &Cx, theta: &[f64], n_scores: usize) -> Vec<f64> {
        let width = self.sources.len();
        // By column, and divided by the scale: a row's inner loop runs over neighbours.
        let mut slopes = vec![0.0; theta.len()];
        for (k, mine) in theta.chunks_exact(width.max(1)).enumerate() {
            for (j, t) in mine.iter().enumerate() {
                slopes[j * n_scores + k] = t / self.scales[j];
            }
        }
        let mut out = vec![0.0; self.n_rows * n_scores];
        cx.for_chunks(&mut out, ROWS_PER_TASK * n_scores, |task, chunk| {
            let first_row = task * ROWS_PER_TASK;
            let n_rows = chunk.len() / n_scores;
            for (j, source) in self.sources.iter().enumerate() {
                let slope = &slopes[j * n_scores..(j + 1) * n_scores];
                match source {
                    Source::Dense(v) => {
                        add_outer(chunk, &v[first_row..first_row + n_rows], self.shifts[j], slope);
                    }
                    Source::Ones => {
                        for row in chunk.chunks_exact_mut(n_scores) {
                            row.iter_mut().zip(slope).for_each(|(r, s)| *r += s);
                        }
                    }
                    Source::Few(rows, values) => {
                        let cells = cells_within(rows, values, first_row..first_row + n_rows);
                        for (i, v) in cells {
                            let row = &mut chunk[i * n_scores..(i + 1) * n_scores];
                            row.iter_mut().zip(slope).for_each(|(r, s)| *r += v * s);
                        }
                    }
                    Source::Sparse(..) => {}
                }
            }
            for block in &self.blocks {
                for (i, row) in chunk.chunks_exact_mut(n_scores).enumerate() {
                    let (columns, values) = block.by_row.row(first_row + i);
                    for (c, v) in columns.iter().zip(values) {
                        let at = (block.first + *c as usize) * n_scores;
                        row.iter_mut().zip(&slopes[at..at + n_scores]).for_each(|(r, s)| *r += v * s);
                    }
                }
            }
        });
        out
    }

    /// The transposed product with `n_rows × n_scores` numbers: `n_scores × columns`. With `SQUARED`, each cell of the
    /// design is squared first.
    pub(crate) fn transposed_times<const SQUARED: bool>(&self, cx: &Cx, rows: &[f64], n_scores: usize) -> Vec<f64> {
        let width = self.sources.len();
        let per_task = (CELLS_PER_TASK / (self.n_rows * n_scores).max(1)).clamp(1, 4_096);
        let pieces = cx.map(width.div_ceil(per_task), |task| {
            let columns = task * per_task..((task + 1) * per_task).min(width);
            let mut sums = vec![0.0; columns.len() * n_scores];
            for (j, sum) in columns.zip(sums.chunks_exact_mut(n_scores)) {
                self.column_sums::<SQUARED>(j, rows, sum);
            }
            sums
        });
        let mut out = vec![0.0; width * n_scores];
        for (j, sum) in pieces.iter().flat_map(|p| p.chunks_exact(n_scores)).enumerate() {
            for (k, s) in sum.iter().enumerate() {
                out[k * width + j] = *s;
            }
        }
        out
    }

    fn column_sums<const SQUARED: bool>(&self, j: usize, rows: &[f64], sums: &mut [f64]) {
        let n_scores = sums.len();
        let (shift, inverse) = (self.shifts[j], 1.0 / self.scales[j]);
        let form = |x: f64| if SQUARED { x * x } else { x };
        if let Some((at, values)) = self.cells(j) {
            for (row, v) in at.iter().zip(values) {
                let x = form(v * inverse);
                let row = &rows[*row as usize * n_scores..(*row as usize + 1) * n_scores];
                sums.iter_mut().zip(row).for_each(|(s, r)| *s += x * r);
            }
            return;
        }
        let mut piece = vec![0.0; n_scores];
        let mut cells = [1.0; ROWS_PER_SUM];
        for (piece_idx, rows) in rows.chunks(ROWS_PER_SUM * n_scores).enumerate() {
            let cells = &mut cells[..rows.len() / n_scores];
            if let Source::Dense(v) = &self.sources[j] {
                let v = &v[piece_idx * ROWS_PER_SUM..][..cells.len()];
                cells.iter_mut().zip(v).for_each(|(c, v)| *c = form((v - shift) * inverse));
            }
            if n_scores == 1 {
                sums[0] += lanes_dot(cells, rows);
                continue;
            }
            piece.fill(0.0);
            for (x, row) in cells.iter().zip(rows.chunks_exact(n_scores)) {
                piece.iter_mut().zip(row).for_each(|(p, r)| *p += x * r);
            }
            sums.iter_mut().zip(&piece).for_each(|(s, p)| *s += p);
        }
    }
}

impl<'a> SparseBlock<'a> {
    fn new(by_row: &'a Sparse, first: usize) -> Self {
        let mut starts = vec![0usize; by_row.n_cols + 1];
        by_row.columns.iter().for_each(|&c| starts[c as usize + 1] += 1);
        for c in 0..by_row.n_cols {
            starts[c + 1] += starts[c];
        }
        let mut next = starts.clone();
        let mut rows = vec![0u32; by_row.columns.len()];
        let mut values = vec![0.0; by_row.columns.len()];
        for row in 0..by_row.n_rows() {
            let (columns, cells) = by_row.row(row);
            for (c, v) in columns.iter().zip(cells) {
                let at = next[*c as usize];
                (rows[at], values[at]) = (row as u32, *v);
                next[*c as usize] += 1;
            }
        }
        Self { first, by_row, starts, rows, values }
    }

    fn column(&self, c: usize) -> (&[u32], &[f64]) {
        let range = self.starts[c]..self.starts[c + 1];
        (&self.rows[range.clone()], &self.values[range])
    }
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0f64, |m, v| m.max(v.abs()))
}

/// A power of two near `x` whose inverse and squares stay usable.
fn clamp_scale(x: f64) -> f64 {
    const SMALLEST: f64 = 6.223015277861142e-61; // 2^-200
    const LARGEST: f64 = 1.0715086071862673e301; // 2^1000
    power_of_two(x).clamp(SMALLEST, LARGEST)
}

/// Weighted mean and a power of two near the weighted spread; a constant column keeps scale 1.
fn shift_and_scale(values: &[f64], shares: &[f64], center: bool) -> (f64, f64) {
    let unit = clamp_scale(largest(values));
    let first = values.first().copied().unwrap_or(0.0);
    if center && values.iter().all(|v| *v == first) {
        return (first, 1.0);
    }
    let sum_of = |f: &dyn Fn(f64) -> f64| {
        let terms: Vec<f64> = values.iter().zip(shares).map(|(v, s)| s * f(v / unit)).collect();
        base::math::sum(&terms)
    };
    let mean = if center { sum_of(&|x| x) } else { 0.0 };
    let spread = sum_of(&|x| (x - mean) * (x - mean)).sqrt();
    // A column that varies in rows without weight only has no spread.
    let scale = if spread > 0.0 { clamp_scale(spread * unit) } else { unit };
    (mean * unit, scale)
}

fn add_outer(out: &mut [f64], values: &[f64], shift: f64, slope: &[f64]) {
    if let [slope] = slope {
        out.iter_mut().zip(values).for_each(|(o, v)| *o += (v - shift) * slope);
        return;
    }
    for (row, v) in out.chunks_exact_mut(slope.len()).zip(values) {
        let x = v - shift;
        row.iter_mut().zip(slope).for_each(|(r, s)| *r += x * s);
    }
}

/// Dot product in eight lanes: one order of operations for each length.
fn lanes_dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0f64; 8];
    let (a_eights, a_rest) = a.as_chunks::<8>();
    let (b_eights, b_rest) = b.as_chunks::<8>();
    for (a, b) in a_eights.iter().zip(b_eights) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    for (lane, (a, b)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[lane] += a * b;
    }
    ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) + ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]))
}

/// Cells of some rows, by position among them.
pub(super) fn cells_within<'c>(
    at: &'c [u32],
    values: &'c [f64],
    rows: Range<usize>,
) -> impl Iterator<Item = (usize, f64)> + 'c {
    let start = at.partition_point(|&r| (r as usize) < rows.start);
    let cells = at[start..].iter().zip(&values[start..]).map(|(r, v)| (*r as usize, *v));
    cells.take_while(move |(r, _)| *r < rows.end).map(move |(r, v)| (r - rows.start, v))
}

/// The cells of a column that are not zero, if they are few.
fn few_cells(values: &[f64]) -> Option<(Vec<u32>, Vec<f64>)> {
    let n = values.iter().filter(|v| **v != 0.0).count();
    if n * ZEROS_PER_CELL > values.len() {
        return None;
    }
    let cells = values.iter().enumerate().filter(|(_, v)| **v != 0.0);
    Some(cells.map(|(i, v)| (i as u32, *v)).unzip())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use table::MatrixColumn;

    use super::*;

    fn matrix(n_rows: usize) -> Matrix {
        let dense = |f: &dyn Fn(usize) -> f64| MatrixData::Dense(Arc::new((0..n_rows).map(f).collect()));
        let mut sparse = Sparse { n_cols: 60, row_starts: vec![0], columns: Vec::new(), values: Vec::new() };
        for i in 0..n_rows {
            for c in (i % 7..60).step_by(11) {
                sparse.columns.push(c as u32);
                sparse.values.push((i * c % 5) as f64 - 1.5);
            }
            sparse.row_starts.push(sparse.columns.len());
        }
        let named = |name: &str, data| MatrixColumn { name: name.into(), data };
        Matrix {
            n_rows,
            columns: vec![
                named("a", dense(&|i| 1e6 + (i * i % 17) as f64)),
                named("s", MatrixData::Sparse(Arc::new(sparse))),
                named("b", dense(&|i| (i % 5) as f64 * 1e-3)),
                named("constant", dense(&|_| 0.1)),
                named("rare", dense(&|i| if i % 9 == 4 { 3.0 + i as f64 } else { 0.0 })),
                named("never", dense(&|_| 0.0)),
            ],
        }
    }

    /// Cell by cell, the slow way.
    fn cells(x: &Matrix, d: &Design<'_>) -> Vec<Vec<f64>> {
        (0..x.n_rows)
            .map(|i| {
                let mut row = Vec::new();
                for c in &x.columns {
                    match &c.data {
                        MatrixData::Dense(v) => row.push(v[i]),
                        MatrixData::Sparse(s) => {
                            let mut all = vec![0.0; s.n_cols];
                            let (columns, values) = s.row(i);
                            columns.iter().zip(values).for_each(|(c, v)| all[*c as usize] = *v);
                            row.extend(all);
                        }
                        MatrixData::Codes { .. } => unreachable!("no codes here"),
                    }
                }
                row.push(1.0);
                row.iter().enumerate().map(|(j, v)| (v - d.shifts[j]) / d.scales[j]).collect()
            })
            .collect()
    }

    #[test]
    fn products_are_those_of_the_cells() {
        let x = matrix(601);
        let shares = vec![1.0 / 601.0; 601];
        let cx = Cx::new(0, 2);
        let d = Design::new(&cx, &x, &shares, true).expect("numbers");
        let cells = cells(&x, &d);
        let (n, width, k) = (601, d.n_columns(), 3);
        let theta: Vec<f64> = (0..k * width).map(|i| ((i * 37 % 19) as f64 - 9.0) / 7.0).collect();
        let rows: Vec<f64> = (0..n * k).map(|i| ((i * 13 % 23) as f64 - 11.0) / 5.0).collect();
        let near = |a: f64, b: f64, what: &str| assert!((a - b).abs() < 1e-9 * (1.0 + b.abs()), "{what}: {a} {b}");
        let product = d.times(&cx, &theta, k);
        for i in 0..n {
            for s in 0..k {
                let expected: f64 = (0..width).map(|j| cells[i][j] * theta[s * width + j]).sum();
                near(product[i * k + s], expected, "times");
            }
        }
        let transposed = d.transposed_times::<false>(&cx, &rows, k);
        let squared = d.transposed_times::<true>(&cx, &rows, k);
        let single = d.transposed_times::<false>(&cx, &rows[..n], 1);
        for j in 0..width {
            for s in 0..k {
                let dot = |f: &dyn Fn(f64) -> f64| (0..n).map(|i| f(cells[i][j]) * rows[i * k + s]).sum::<f64>();
                near(transposed[s * width + j], dot(&|x| x), "transposed");
                near(squared[s * width + j], dot(&|x| x * x), "squared");
            }
            near(single[j], (0..n).map(|i| cells[i][j] * rows[i]).sum(), "one score");
        }
        let gram = super::super::gram::gram(&cx, &d, &rows[..n]);
        for a in 0..width {
            for b in 0..width {
                near(gram[a * width + b], (0..n).map(|i| rows[i] * cells[i][a] * cells[i][b]).sum(), "gram");
            }
        }
    }

    #[test]
    fn extreme_columns_scale_to_usable_numbers() {
        for (values, shift) in [
            (vec![f64::MAX, -f64::MAX], 0.0),
            (vec![f64::MAX, f64::MAX], f64::MAX),
            (vec![5e-324, 0.0], 0.0),
            (vec![0.1, 0.1, 0.1], 0.1),
        ] {
            let shares = vec![1.0 / values.len() as f64; values.len()];
            let (found, scale) = shift_and_scale(&values, &shares, true);
            assert!((found - shift).abs() <= 1e-300, "{values:?}: {found}");
            assert!(scale.is_finite() && scale > 0.0 && (1.0 / scale).is_finite(), "{values:?}: {scale}");
        }
    }
}
