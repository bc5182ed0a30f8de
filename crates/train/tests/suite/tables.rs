//! Generated tables that a learner can learn something from: numbers, codes, gaps, sparse blocks, many columns.

use std::sync::Arc;

use base::{Rng, Stream};
use contract::{Target, Task};
use table::{MISSING, Matrix, MatrixColumn, MatrixData, Sparse, UNKNOWN};

/// A table with its truth.
#[derive(Clone)]
pub struct Sample {
    /// What it is, for messages.
    pub name: String,
    /// Features.
    pub x: Matrix,
    /// Truth.
    pub y: Target,
}

impl Sample {
    pub fn has_codes(&self) -> bool {
        self.x.columns.iter().any(|c| matches!(c.data, MatrixData::Codes { .. }))
    }

    pub fn has_missing(&self) -> bool {
        self.x.columns.iter().any(|c| matches!(&c.data, MatrixData::Dense(v) if v.iter().any(|x| x.is_nan())))
    }
}

pub fn all() -> Vec<Sample> {
    let mut out = Vec::new();
    for task in Task::ALL {
        out.push(numeric(task, 300));
        out.push(with_codes(task));
        out.push(with_missing(task));
        out.push(with_sparse(task, 40));
    }
    // Several pieces of work per fit, and more columns than are factored.
    out.push(numeric(Task::Binary, 9_000));
    out.push(numeric(Task::Multiclass, 5_000));
    out.push(with_sparse(Task::Binary, 2_100));
    out
}

pub fn rng(purpose: &str) -> Rng {
    Rng::new(11, Stream { stage: "test", fold: 0, purpose })
}

pub fn column(name: &str, data: MatrixData) -> MatrixColumn {
    MatrixColumn { name: name.into(), data }
}

pub fn dense(values: Vec<f64>) -> MatrixData {
    MatrixData::Dense(Arc::new(values))
}

/// A target that follows a score, with noise.
fn target(task: Task, scores: &[f64], rng: &mut Rng) -> Target {
    let noisy: Vec<f64> = scores.iter().map(|s| s + 0.3 * rng.normal()).collect();
    let n_classes = match task {
        Task::Regression => return Target::Real(noisy.iter().map(|s| 50.0 + 10.0 * s).collect()),
        Task::Binary => 2,
        Task::Multiclass => 3,
    };
    let mut sorted = noisy.clone();
    sorted.sort_by(f64::total_cmp);
    let bound = |c: usize| sorted[c * sorted.len() / n_classes];
    let code = |s: &f64| (1..n_classes).filter(|&c| *s >= bound(c)).count() as u32;
    Target::Class { codes: noisy.iter().map(code).collect(), n_classes }
}

fn numbers(n_rows: usize, rng: &mut Rng) -> (Vec<MatrixColumn>, Vec<f64>) {
    let normal = |rng: &mut Rng| (0..n_rows).map(|_| rng.normal()).collect::<Vec<f64>>();
    let (a, b, c) = (normal(rng), normal(rng), normal(rng));
    let scores = a.iter().zip(&b).map(|(a, b)| a - 0.7 * b).collect();
    let columns = vec![
        column("a", dense(a.iter().map(|v| 1e4 + 250.0 * v).collect())),
        column("b", dense(b.iter().map(|v| v * 1e-3).collect())),
        column("c", dense(c)),
        column("constant", dense(vec![0.1; n_rows])),
        column("copy of b", dense(b.iter().map(|v| v * 1e-3).collect())),
    ];
    (columns, scores)
}

pub fn numeric(task: Task, n_rows: usize) -> Sample {
    let mut rng = rng("numeric");
    let (columns, scores) = numbers(n_rows, &mut rng);
    let y = target(task, &scores, &mut rng);
    Sample { name: format!("{n_rows} numeric rows, {task}"), x: Matrix { n_rows, columns }, y }
}

pub fn with_codes(task: Task) -> Sample {
    let mut rng = rng("codes");
    let n_rows = 400;
    let (mut columns, mut scores) = numbers(n_rows, &mut rng);
    let codes: Vec<u32> = (0..n_rows)
        .map(|i| match i % 50 {
            0 => MISSING,
            1 => UNKNOWN,
            _ => rng.below(12) as u32,
        })
        .collect();
    for (s, c) in scores.iter_mut().zip(&codes) {
        *s += if *c < 12 { f64::from(c * 5 % 12) / 4.0 } else { 0.0 };
    }
    columns.insert(1, column("level", MatrixData::Codes { codes: Arc::new(codes), n_levels: 12 }));
    let y = target(task, &scores, &mut rng);
    Sample { name: format!("codes, {task}"), x: Matrix { n_rows, columns }, y }
}

pub fn with_missing(task: Task) -> Sample {
    let mut rng = rng("missing");
    let n_rows = 400;
    let (mut columns, scores) = numbers(n_rows, &mut rng);
    let y = target(task, &scores, &mut rng);
    for c in &mut columns {
        if let MatrixData::Dense(v) = &mut c.data {
            Arc::make_mut(v).iter_mut().for_each(|v| {
                if rng.uniform() < 0.15 {
                    *v = f64::NAN;
                }
            });
        }
    }
    columns.push(column("empty", dense(vec![f64::NAN; n_rows])));
    Sample { name: format!("missing numbers, {task}"), x: Matrix { n_rows, columns }, y }
}

pub fn with_sparse(task: Task, n_cols: usize) -> Sample {
    let mut rng = rng("sparse");
    let n_rows = 300;
    let (mut columns, mut scores) = numbers(n_rows, &mut rng);
    let mut block = Sparse { n_cols, row_starts: vec![0], ..Sparse::default() };
    for score in &mut scores {
        for c in 0..n_cols {
            if rng.uniform() < 0.1 {
                let value = rng.uniform();
                block.columns.push(c as u32);
                block.values.push(value);
                *score += if c < 10 { value } else { 0.0 };
            }
        }
        block.row_starts.push(block.columns.len());
    }
    columns.insert(2, column("words", MatrixData::Sparse(Arc::new(block))));
    let y = target(task, &scores, &mut rng);
    Sample { name: format!("{n_cols} sparse columns, {task}"), x: Matrix { n_rows, columns }, y }
}
