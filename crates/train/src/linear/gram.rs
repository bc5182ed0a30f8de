//! The weighted Gram matrix of a design: the main cost of a Newton step. Tiles of columns by pieces of rows; columns that
//! are mostly zero are visited cell by cell.

use std::ops::Range;

use base::Cx;

use super::design::{Design, ROWS_PER_SUM, Source, cells_within};

/// Columns per side of a tile.
const TILE: usize = 48;
/// Rows per partial Gram matrix, where there is memory for several.
const ROWS_PER_SEGMENT: usize = 32_768;
/// Numbers that all partial Gram matrices together may hold.
const SEGMENT_CELLS_MAX: usize = 1 << 24;

/// Σᵢ wᵢ xᵢ xᵢᵀ: `columns × columns`, symmetric, row by row. Weights may be negative.
pub(super) fn gram(cx: &Cx, design: &Design<'_>, weights: &[f64]) -> Vec<f64> {
    let (width, n_rows) = (design.n_columns(), design.n_rows());
    // Columns of few cells come first, so that they are the second of a pair wherever one of a pair is: the second is
    // visited cell by cell.
    let (few, many): (Vec<usize>, Vec<usize>) = (0..width).partition(|&j| design.cells(j).is_some());
    let tiles: Vec<&[usize]> = few.chunks(TILE).chain(many.chunks(TILE)).collect();
    let pairs: Vec<(usize, usize)> = (0..tiles.len()).flat_map(|a| (0..=a).map(move |b| (a, b))).collect();
    let segments_max = (SEGMENT_CELLS_MAX / (width * width).max(1)).max(1);
    let n_segments = n_rows.div_ceil(ROWS_PER_SEGMENT).clamp(1, segments_max);
    let segment_rows = n_rows.div_ceil(n_segments).next_multiple_of(ROWS_PER_SUM);
    let found = cx.map(pairs.len() * n_segments, |task| {
        let (segment, (a, b)) = (task / pairs.len(), pairs[task % pairs.len()]);
        let first = (segment * segment_rows).min(n_rows);
        tile(design, tiles[a], tiles[b], first..(first + segment_rows).min(n_rows), weights)
    });
    let mut out = vec![0.0; width * width];
    for (task, cells) in found.iter().enumerate() {
        let (a, b) = pairs[task % pairs.len()];
        for (j, line) in tiles[b].iter().zip(cells.chunks_exact(TILE)) {
            for (i, cell) in tiles[a].iter().zip(line) {
                out[i * width + j] += cell;
            }
        }
    }
    // A pair of different tiles filled one of its two places.
    for (a, b) in pairs.into_iter().filter(|(a, b)| a != b) {
        for (i, j) in tiles[a].iter().flat_map(|i| tiles[b].iter().map(move |j| (i, j))) {
            out[j * width + i] = out[i * width + j];
        }
    }
    // Within a tile, the two places of a pair of columns differ by rounding: the lower one holds.
    for i in 0..width {
        for j in 0..i {
            out[j * width + i] = out[i * width + j];
        }
    }
    out
}

/// Products of some columns with some others over some rows: line by line of the second, `TILE` numbers a line.
fn tile(design: &Design<'_>, first: &[usize], second: &[usize], rows: Range<usize>, weights: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; second.len() * TILE];
    let by_cell = second.iter().all(|&j| design.cells(j).is_some());
    let mut panel = vec![0.0; TILE * ROWS_PER_SUM];
    let mut turned = vec![0.0; if by_cell { TILE * ROWS_PER_SUM } else { 0 }];
    let mut line = [0.0; ROWS_PER_SUM];
    for start in rows.clone().step_by(ROWS_PER_SUM) {
        let piece = start..(start + ROWS_PER_SUM).min(rows.end);
        fill(design, first, piece.clone(), &mut panel);
        if by_cell {
            turn(&panel, &mut turned);
        }
        for (&j, out) in second.iter().zip(out.chunks_exact_mut(TILE)) {
            match design.cells(j) {
                Some((at, values)) if by_cell => {
                    let inverse = 1.0 / design.scales[j];
                    for (i, v) in cells_within(at, values, piece.clone()) {
                        let x = v * inverse * weights[piece.start + i];
                        out.iter_mut().zip(&turned[i * TILE..(i + 1) * TILE]).for_each(|(o, t)| *o += x * t);
                    }
                }
                _ => {
                    fill_line(design, j, piece.clone(), &mut line);
                    line.iter_mut().zip(&weights[piece.clone()]).for_each(|(x, w)| *x *= w);
                    let n_used = first.len().next_multiple_of(4);
                    let fours = panel.chunks_exact(4 * ROWS_PER_SUM);
                    for (four, out) in fours.zip(out[..n_used].chunks_exact_mut(4)) {
                        out.iter_mut().zip(four_dots(&line, four)).for_each(|(o, d)| *o += d);
                    }
                }
            }
        }
    }
    out
}

/// Some rows of some columns, column after column; zero beyond the last of either.
fn fill(design: &Design<'_>, columns: &[usize], rows: Range<usize>, panel: &mut [f64]) {
    for (&j, line) in columns.iter().zip(panel.chunks_exact_mut(ROWS_PER_SUM)) {
        fill_line(design, j, rows.clone(), line);
    }
}

fn fill_line(design: &Design<'_>, j: usize, rows: Range<usize>, line: &mut [f64]) {
    let (shift, inverse) = (design.shifts[j], 1.0 / design.scales[j]);
    let n = rows.len();
    if let Some((at, values)) = design.cells(j) {
        line.fill(0.0);
        cells_within(at, values, rows).for_each(|(i, v)| line[i] = v * inverse);
        return;
    }
    match &design.sources[j] {
        Source::Dense(v) => line.iter_mut().zip(&v[rows]).for_each(|(o, x)| *o = (x - shift) * inverse),
        _ => line[..n].fill(1.0),
    }
    line[n..].fill(0.0);
}

/// Column after column to row after row.
fn turn(panel: &[f64], turned: &mut [f64]) {
    for (j, line) in panel.chunks_exact(ROWS_PER_SUM).enumerate() {
        for (i, v) in line.iter().enumerate() {
            turned[i * TILE + j] = *v;
        }
    }
}

/// Dot products of one line with four lines of equal length that stand one after another.
fn four_dots(line: &[f64], four: &[f64]) -> [f64; 4] {
    let n = line.len();
    let (a, rest) = four.split_at(n);
    let (b, rest) = rest.split_at(n);
    let (c, d) = rest.split_at(n);
    let mut lanes = [[0.0f64; 4]; 4];
    let (x, _) = line.as_chunks::<4>();
    let (a, b, c, d) = (a.as_chunks::<4>().0, b.as_chunks::<4>().0, c.as_chunks::<4>().0, d.as_chunks::<4>().0);
    for ((((x, a), b), c), d) in x.iter().zip(a).zip(b).zip(c).zip(d) {
        for lane in 0..4 {
            lanes[0][lane] += x[lane] * a[lane];
            lanes[1][lane] += x[lane] * b[lane];
            lanes[2][lane] += x[lane] * c[lane];
            lanes[3][lane] += x[lane] * d[lane];
        }
    }
    lanes.map(|l| (l[0] + l[2]) + (l[1] + l[3]))
}
