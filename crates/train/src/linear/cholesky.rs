//! A Cholesky factor of a symmetric matrix, blocked, in an order of operations that follows from its size alone.
//! Directions in which the matrix is flat are left out instead of failing.

use base::Cx;

/// Columns per block.
const BLOCK: usize = 64;
/// Rows per piece of work.
const ROWS_PER_TASK: usize = 16;
/// A pivot of the matrix scaled to a diagonal of ones that is not larger is taken for zero.
const FLAT_PIVOT: f64 = 1e-14;

/// `S A S = L Lᵀ` with `S` diagonal and `S A S` of unit diagonal.
pub(crate) struct Factor {
    n: usize,
    /// Row by row; the part above the diagonal means nothing.
    lower: Vec<f64>,
    scales: Vec<f64>,
    flat: Vec<bool>,
}

impl Factor {
    /// Factors a symmetric positive semi-definite `n × n` matrix, given row by row; its lower part is read.
    pub(crate) fn new(cx: &Cx, mut a: Vec<f64>, n: usize) -> Self {
        let scale = |d: f64| if d > 0.0 && d.is_finite() { 1.0 / d.sqrt() } else { 0.0 };
        let scales: Vec<f64> = (0..n).map(|i| scale(a[i * n + i])).collect();
        for i in 0..n {
            for j in 0..=i {
                a[i * n + j] = a[i * n + j] * scales[i] * scales[j];
            }
        }
        let mut factor = Self { n, lower: a, scales, flat: vec![false; n] };
        for first in (0..n).step_by(BLOCK) {
            let end = (first + BLOCK).min(n);
            factor.factor_diagonal(first, end);
            factor.solve_panel(cx, first, end);
            factor.update_rest(cx, first, end);
        }
        factor
    }

    fn factor_diagonal(&mut self, first: usize, end: usize) {
        let n = self.n;
        for j in first..end {
            let (above, below) = self.lower.split_at_mut((j + 1) * n);
            let row = &mut above[j * n + first..j * n + end];
            let (done, pivot) = row.split_at_mut(j - first);
            let left = pivot[0] - dot(done, done);
            // Written so that NaN is flat too.
            let usable = left > FLAT_PIVOT;
            self.flat[j] = !usable;
            pivot[0] = if usable { left.sqrt() } else { 1.0 };
            for i in j + 1..end {
                let other = &mut below[(i - j - 1) * n + first..][..j + 1 - first];
                let (other_done, cell) = other.split_at_mut(j - first);
                cell[0] = if usable { (cell[0] - dot(other_done, done)) / pivot[0] } else { 0.0 };
            }
        }
    }

    fn solve_panel(&mut self, cx: &Cx, first: usize, end: usize) {
        let n = self.n;
        let (above, below) = self.lower.split_at_mut(end * n);
        let (above, flat) = (&*above, &self.flat);
        cx.for_chunks(below, ROWS_PER_TASK * n, |_, rows| {
            for row in rows.chunks_exact_mut(n) {
                for j in first..end {
                    let (done, cell) = row[first..=j].split_at_mut(j - first);
                    let against = &above[j * n + first..=j * n + j];
                    let left = cell[0] - dot(done, &against[..j - first]);
                    cell[0] = if flat[j] { 0.0 } else { left / against[j - first] };
                }
            }
        });
    }

    fn update_rest(&mut self, cx: &Cx, first: usize, end: usize) {
        let (n, width) = (self.n, end - first);
        let rest = &mut self.lower[end * n..];
        let panel: Vec<f64> = rest.chunks_exact(n).flat_map(|row| row[first..end].iter().copied()).collect();
        cx.for_chunks(rest, ROWS_PER_TASK * n, |task, rows| {
            for (i, row) in rows.chunks_exact_mut(n).enumerate() {
                let i = task * ROWS_PER_TASK + i;
                let mine = &panel[i * width..(i + 1) * width];
                for (other, cell) in panel.chunks_exact(width).zip(&mut row[end..=end + i]) {
                    *cell -= dot(mine, other);
                }
            }
        });
    }

    /// Solves `A x = b`, with 0 in the directions that were left out.
    pub(crate) fn solve(&self, b: &[f64]) -> Vec<f64> {
        let n = self.n;
        let mut x: Vec<f64> = b.iter().zip(&self.scales).map(|(b, s)| b * s).collect();
        for i in 0..n {
            let row = &self.lower[i * n..i * n + i + 1];
            x[i] = if self.flat[i] { 0.0 } else { (x[i] - dot(&row[..i], &x[..i])) / row[i] };
        }
        for i in (0..n).rev() {
            let row = &self.lower[i * n..i * n + i + 1];
            x[i] = if self.flat[i] { 0.0 } else { x[i] / row[i] };
            let known = x[i];
            x[..i].iter_mut().zip(row).for_each(|(x, l)| *x -= l * known);
        }
        x.iter_mut().zip(&self.scales).for_each(|(x, s)| *x *= s);
        x
    }
}

/// Dot product in four lanes: one order of operations for each length.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0f64; 4];
    let (a_fours, a_rest) = a.as_chunks::<4>();
    let (b_fours, b_rest) = b.as_chunks::<4>();
    for (a, b) in a_fours.iter().zip(b_fours) {
        for lane in 0..4 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    for (lane, (a, b)) in a_rest.iter().zip(b_rest).enumerate() {
        lanes[lane] += a * b;
    }
    (lanes[0] + lanes[2]) + (lanes[1] + lanes[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bᵀ B + `ridge` I for a made-up B.
    fn matrix(n: usize, rank: usize, ridge: f64) -> Vec<f64> {
        let b: Vec<f64> = (0..rank * n).map(|i| base::math::sin(i as f64 * 0.37 + (i * i % 11) as f64)).collect();
        let mut a = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                a[i * n + j] = (0..rank).map(|r| b[r * n + i] * b[r * n + j]).sum();
            }
            a[i * n + i] += ridge;
        }
        a
    }

    fn times(a: &[f64], x: &[f64]) -> Vec<f64> {
        a.chunks_exact(x.len()).map(|row| row.iter().zip(x).map(|(a, x)| a * x).sum()).collect()
    }

    #[test]
    fn solutions_solve_across_blocks() {
        for n in [1, 5, 64, 65, 200] {
            let a = matrix(n, n + 3, 0.1);
            let x: Vec<f64> = (0..n).map(|i| (i % 7) as f64 - 3.0).collect();
            let b = times(&a, &x);
            let one = Factor::new(&Cx::new(0, 1), a.clone(), n).solve(&b);
            let three = Factor::new(&Cx::new(0, 3), a, n).solve(&b);
            assert!(one.iter().zip(&x).all(|(f, x)| (f - x).abs() < 1e-9), "{n}");
            assert_eq!(one, three);
        }
    }

    #[test]
    fn a_singular_matrix_still_gives_a_solution() {
        let n = 90;
        let a = matrix(n, 40, 0.0);
        let x: Vec<f64> = (0..n).map(|i| (i % 5) as f64).collect();
        let b = times(&a, &x);
        let found = Factor::new(&Cx::new(0, 1), a.clone(), n).solve(&b);
        let again = times(&a, &found);
        assert!(again.iter().zip(&b).all(|(f, b)| (f - b).abs() < 1e-6 * (1.0 + b.abs())));
    }
}
