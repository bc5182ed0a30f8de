//! Coefficients of the linear learner equal scikit-learn's. The expected numbers and how they were made:
//! `recipe_sklearn_linear.py`, whose rows this file computes again.

use std::sync::Arc;

use almanac_train::LinearParams;
use base::Cx;
use contract::{Dataset, Fit, Target};
use serde::Deserialize;
use table::{Matrix, MatrixColumn, MatrixData, Sparse};

#[derive(Deserialize)]
struct Case {
    name: String,
    seed: u64,
    n_rows: usize,
    n_cols: usize,
    n_classes: usize,
    strength: f64,
    fit_intercept: bool,
    weighted: bool,
    density: f64,
    coefficients: Vec<Vec<f64>>,
    sums: Vec<f64>,
    square_sums: Vec<f64>,
    intercepts: Vec<f64>,
}

struct Lcg(u64);

impl Lcg {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Rows, target, weights: as in the recipe.
fn data(case: &Case) -> (Vec<Vec<f64>>, Target, Vec<f64>) {
    let mut lcg = Lcg(case.seed);
    let power = |j: usize| [1.0, 10.0, 100.0][j % 3];
    let cell = |lcg: &mut Lcg, j: usize| {
        let kept = lcg.uniform() < case.density;
        let u = lcg.uniform();
        let value = (u - 0.5) * power(j) + if case.density == 1.0 { 5.0 * (j % 4) as f64 } else { 0.0 };
        if kept { value } else { 0.0 }
    };
    let x: Vec<Vec<f64>> = (0..case.n_rows).map(|_| (0..case.n_cols).map(|j| cell(&mut lcg, j)).collect()).collect();
    let score = |row: &Vec<f64>| {
        row.iter()
            .take(8)
            .enumerate()
            .fold(0.0, |s, (j, v)| s + v / power(j) * if j % 2 == 0 { 1.0 } else { -1.0 } / (j as f64 + 1.0))
    };
    let noisy: Vec<f64> = x.iter().map(|row| score(row) + lcg.uniform() - 0.5).collect();
    let weights = (0..case.n_rows).map(|_| 0.25 + (lcg.uniform() * 4.0).floor()).collect();
    if case.n_classes == 0 {
        return (x, Target::Real(noisy.iter().map(|s| 100.0 + 10.0 * s).collect()), weights);
    }
    let mut order: Vec<usize> = (0..case.n_rows).collect();
    order.sort_by(|&a, &b| noisy[a].total_cmp(&noisy[b]));
    let mut codes = vec![0; case.n_rows];
    order.iter().enumerate().for_each(|(rank, &i)| codes[i] = (rank * case.n_classes / case.n_rows) as u32);
    (x, Target::Class { codes, n_classes: case.n_classes }, weights)
}

fn dense(x: &[Vec<f64>]) -> Matrix {
    let columns = (0..x[0].len())
        .map(|j| MatrixColumn {
            name: format!("x{j}"),
            data: MatrixData::Dense(Arc::new(x.iter().map(|row| row[j]).collect())),
        })
        .collect();
    Matrix { n_rows: x.len(), columns }
}

fn sparse(x: &[Vec<f64>]) -> Matrix {
    let mut s = Sparse { n_cols: x[0].len(), row_starts: vec![0], ..Sparse::default() };
    for row in x {
        for (j, v) in row.iter().enumerate().filter(|(_, v)| **v != 0.0) {
            s.columns.push(j as u32);
            s.values.push(*v);
        }
        s.row_starts.push(s.columns.len());
    }
    let column = MatrixColumn { name: "x".into(), data: MatrixData::Sparse(Arc::new(s)) };
    Matrix { n_rows: x.len(), columns: vec![column] }
}

fn check(case: &Case, x: &Matrix, y: &Target, weights: &[f64]) {
    let params = LinearParams {
        c: if case.n_classes == 0 { 1.0 } else { case.strength },
        alpha: case.strength,
        fit_intercept: case.fit_intercept,
        tolerance: 1e-12,
        ..LinearParams::default()
    };
    let data = Dataset { x, y, weights: case.weighted.then_some(weights) };
    let model = params.fit(&Cx::new(0, 2), data, None).expect("fits");
    assert!(model.converged(), "{}: {} steps", case.name, model.n_iterations());
    let k = model.n_scores();
    assert_eq!(k, case.coefficients.len(), "{}", case.name);
    let mut worst = 0.0f64;
    let mut near = |found: f64, expected: f64, what: &str| {
        let off = (found - expected).abs() / expected.abs().max(1.0);
        worst = worst.max(off);
        assert!(off <= 1e-6, "{}: {what} is {found}, scikit-learn has {expected}", case.name);
    };
    for s in 0..k {
        let mine: Vec<f64> = model.coefficients().iter().skip(s).step_by(k).copied().collect();
        for (j, expected) in case.coefficients[s].iter().enumerate() {
            near(mine[j], *expected, &format!("coefficient {j} of score {s}"));
        }
        near(mine.iter().sum(), case.sums[s], "the sum");
        near(mine.iter().map(|c| c * c).sum(), case.square_sums[s], "the sum of squares");
        near(model.intercepts()[s], case.intercepts[s], "the intercept");
    }
    println!("{}: {} steps, at most {worst:.1e} off", case.name, model.n_iterations());
}

#[test]
fn coefficients_equal_scikit_learns() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../fixtures/sklearn_linear.json")).expect("cases");
    for case in &cases {
        let (x, y, weights) = data(case);
        check(case, &dense(&x), &y, &weights);
        check(case, &sparse(&x), &y, &weights);
    }
}
