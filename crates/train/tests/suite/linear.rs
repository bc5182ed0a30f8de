//! The linear learner where the numbers get hard: collinear columns, separated classes, far centres, both solvers.

use std::sync::Arc;

use almanac_train::linear::Link;
use almanac_train::{LinearModel, LinearParams};
use contract::{Dataset, Fit, Target, Task};
use table::{Matrix, MatrixColumn, MatrixData, Sparse};

use super::tables::{self, Sample, column, dense};
use super::{Predict, cx};

fn fit(params: &LinearParams, x: &Matrix, y: &Target) -> LinearModel {
    params.fit(&cx(), Dataset { x, y, weights: None }, None).expect("fits")
}

/// A column of zeros so wide that no Hessian is built.
fn padding(n_rows: usize) -> MatrixColumn {
    let block = Sparse { n_cols: 2_001, row_starts: vec![0; n_rows + 1], ..Sparse::default() };
    column("padding", MatrixData::Sparse(Arc::new(block)))
}

#[test]
fn both_solvers_arrive_at_the_same_coefficients() {
    let params = LinearParams { tolerance: 1e-12, ..LinearParams::default() };
    for task in Task::ALL {
        let Sample { mut x, y, .. } = tables::numeric(task, 200);
        let factored = fit(&params, &x, &y);
        x.columns.push(padding(x.n_rows));
        let conjugate = fit(&params, &x, &y);
        assert!(factored.converged() && conjugate.converged(), "{task}");
        assert!(conjugate.coefficients()[factored.coefficients().len()..].iter().all(|c| *c == 0.0), "{task}");
        let pairs = factored.coefficients().iter().zip(conjugate.coefficients());
        for (f, c) in pairs.chain(factored.intercepts().iter().zip(conjugate.intercepts())) {
            assert!((f - c).abs() <= 1e-6 * f.abs().max(1.0), "{task}: {f} and {c}");
        }
    }
}

#[test]
fn too_few_steps_are_said() {
    let Sample { mut x, y, .. } = tables::numeric(Task::Binary, 200);
    let params = LinearParams { max_iterations: 1, ..LinearParams::default() };
    let model = fit(&params, &x, &y);
    assert_eq!((model.converged(), model.n_iterations()), (false, 1));
    x.columns.push(padding(x.n_rows));
    let model = fit(&params, &x, &y);
    assert_eq!((model.converged(), model.n_iterations()), (false, 1));
}

#[test]
fn separated_classes_have_a_minimum() {
    for n_classes in [2u32, 3] {
        let n_rows = 90;
        let codes: Vec<u32> = (0..n_rows).map(|i| i * n_classes / n_rows).collect();
        let values = codes.iter().enumerate().map(|(i, c)| f64::from(*c) + 1e-3 * (i % 5) as f64).collect();
        let x = Matrix { n_rows: n_rows as usize, columns: vec![column("x", dense(values))] };
        let y = Target::Class { codes: codes.clone(), n_classes: n_classes as usize };
        for c in [1e-6, 1.0, 1e6, 1e12] {
            let model = fit(&LinearParams { c, ..LinearParams::default() }, &x, &y);
            assert!(model.converged(), "c {c}, {n_classes} classes");
            if c >= 1.0 {
                let p = model.predict(&cx(), &x).expect("predicts");
                assert!(codes.iter().enumerate().all(|(i, &c)| p.row(i)[c as usize] > 0.4), "c {c}");
            }
        }
    }
}

#[test]
fn collinear_columns_without_a_penalty_still_fit() {
    let n_rows = 60;
    let t: Vec<f64> = (0..n_rows).map(|i| i as f64).collect();
    let with = |f: &dyn Fn(f64) -> f64| dense(t.iter().map(|t| f(*t)).collect());
    let columns = vec![
        column("t", with(&|t| t)),
        column("2t", with(&|t| 2.0 * t)),
        column("t + 3", with(&|t| t + 3.0)),
        column("t²", with(&|t| t * t)),
        column("one", with(&|_| 1.0)),
    ];
    let x = Matrix { n_rows, columns };
    let y: Vec<f64> = t.iter().map(|t| 5.0 - 3.0 * t + 0.5 * t * t).collect();
    let model = fit(&LinearParams { alpha: 0.0, ..LinearParams::default() }, &x, &Target::Real(y.clone()));
    assert!(model.converged() && model.link() == Link::Identity);
    let p = model.predict(&cx(), &x).expect("predicts");
    assert!(p.values.iter().zip(&y).all(|(p, y)| (p - y).abs() < 1e-6), "{:?}", p.values);
}

#[test]
fn a_far_centre_costs_no_digits_of_the_slope() {
    let n_rows = 200;
    let t: Vec<f64> = (0..n_rows).map(|i| (i * 37 % 101) as f64 / 101.0).collect();
    let y = Target::Real(t.iter().map(|t| 1e6 + 2.0 * t).collect());
    let slope = |center: f64| {
        let x = Matrix { n_rows, columns: vec![column("x", dense(t.iter().map(|t| center + t).collect()))] };
        fit(&LinearParams { alpha: 1e-9, ..LinearParams::default() }, &x, &y).coefficients()[0]
    };
    assert!((slope(0.0) - 2.0).abs() < 1e-8);
    assert!((slope(1e6) - 2.0).abs() < 1e-8);
}

#[test]
fn a_malformed_sparse_block_is_refused() {
    let Sample { mut x, y, .. } = tables::numeric(Task::Binary, 20);
    let starts: Vec<usize> = (0..=20).collect();
    let good = Sparse { n_cols: 2, row_starts: starts, columns: vec![1; 20], values: vec![1.0; 20] };
    let bad = [
        Sparse { n_cols: 1, ..good.clone() },
        Sparse { row_starts: vec![0; 20], ..good.clone() },
        Sparse { values: vec![1.0; 19], ..good.clone() },
        Sparse { row_starts: (0..20).map(|r| r.min(18)).chain([20]).collect(), ..good.clone() },
    ];
    x.columns.push(column("block", MatrixData::Sparse(Arc::new(good))));
    let model = fit(&LinearParams::default(), &x, &y);
    for block in bad {
        x.columns.last_mut().expect("just pushed").data = MatrixData::Sparse(Arc::new(block));
        assert!(model.predict(&cx(), &x).is_err());
        assert!(LinearParams::default().fit(&cx(), Dataset { x: &x, y: &y, weights: None }, None).is_err());
    }
}
