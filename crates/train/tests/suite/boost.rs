//! Boosted trees seen from outside: same bytes at any number of threads, weights, odd inputs, native categories and
//! missing values, early stopping.

use std::sync::Arc;

use almanac_train::tree::{BoostModel, BoostParams};
use base::{Cx, Rng};
use contract::{Dataset, Fit, FitError, Predict, Predictions, Stopper, Target, Validation};
use proptest::prelude::*;
use table::{MISSING, Matrix, MatrixColumn, MatrixData, Sparse, UNKNOWN};

pub fn column(name: &str, data: MatrixData) -> MatrixColumn {
    MatrixColumn { name: name.into(), data }
}

pub fn dense(name: &str, values: Vec<f64>) -> MatrixColumn {
    column(name, MatrixData::Dense(Arc::new(values)))
}

pub fn codes(name: &str, codes: Vec<u32>, n_levels: u32) -> MatrixColumn {
    column(name, MatrixData::Codes { codes: Arc::new(codes), n_levels })
}

fn matrix(columns: Vec<MatrixColumn>) -> Matrix {
    let n_rows = match &columns[0].data {
        MatrixData::Dense(v) => v.len(),
        MatrixData::Codes { codes, .. } => codes.len(),
        MatrixData::Sparse(s) => s.n_rows(),
    };
    Matrix { n_rows, columns }
}

fn rng(purpose: &str) -> Rng {
    Cx::new(5, 1).rng(base::Stream { stage: "test.boost", fold: 0, purpose })
}

fn fit(params: &BoostParams, x: &Matrix, y: &Target, weights: Option<&[f64]>) -> BoostModel {
    params.fit(&Cx::new(0, 1), Dataset { x, y, weights }, None).expect("fits")
}

fn predict(model: &BoostModel, x: &Matrix) -> Vec<f64> {
    model.predict(&Cx::new(0, 1), x).expect("predicts").values
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

/// Area under the ROC curve; ties count half.
pub fn roc_auc(truth: &[u32], scores: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]));
    let (mut below, mut pairs) = (0.0, 0.0);
    let mut at = 0;
    while at < order.len() {
        let tied = order[at..].iter().take_while(|&&i| scores[i] == scores[order[at]]).count();
        let positive = order[at..at + tied].iter().filter(|&&i| truth[i] == 1).count() as f64;
        let negative = tied as f64 - positive;
        pairs += positive * (below + negative / 2.0);
        below += negative;
        at += tied;
    }
    pairs / (below * (truth.len() as f64 - below))
}

/// A table with everything that a matrix can hold: numbers with gaps, categories with gaps and many levels, a sparse
/// block, a constant; and a target for each task.
fn mixed(n_rows: usize) -> (Matrix, Vec<f64>) {
    let mut r = rng("mixed");
    let a: Vec<f64> = (0..n_rows).map(|_| r.normal()).collect();
    let b: Vec<f64> =
        (0..n_rows).map(|_| if r.uniform() < 0.2 { f64::NAN } else { (r.normal() * 4.0).round() }).collect();
    let c: Vec<u32> = (0..n_rows)
        .map(|_| match r.uniform() {
            u if u < 0.05 => MISSING,
            u if u < 0.06 => UNKNOWN,
            _ => (r.uniform() * r.uniform() * 400.0) as u32,
        })
        .collect();
    let d: Vec<u32> = (0..n_rows).map(|_| r.below(3) as u32).collect();
    let mut s = Sparse { n_cols: 20, row_starts: vec![0], columns: Vec::new(), values: Vec::new() };
    for _ in 0..n_rows {
        for c in 0..20 {
            if r.uniform() < 0.1 {
                s.columns.push(c);
                s.values.push(r.uniform() - 0.3);
            }
        }
        s.row_starts.push(s.columns.len());
    }
    let score = (0..n_rows)
        .map(|i| {
            let (columns, values) = s.row(i);
            let words: f64 = columns.iter().zip(values).filter(|(c, _)| **c == 7).map(|(_, v)| 3.0 * v).sum();
            let level = if c[i] >= UNKNOWN { 0.7 } else { base::math::sin(f64::from(c[i]) * 12.9) };
            a[i] + if b[i].is_nan() { 1.0 } else { 0.2 * b[i] } + level + words - f64::from(d[i] % 2) + 0.3 * r.normal()
        })
        .collect();
    let columns = vec![
        dense("a", a),
        dense("b", b),
        codes("c", c, 400),
        codes("d", d, 3),
        column("words", MatrixData::Sparse(Arc::new(s))),
        dense("constant", vec![3.0; n_rows]),
        dense("empty", vec![f64::NAN; n_rows]),
    ];
    (matrix(columns), score)
}

fn targets(score: &[f64]) -> [Target; 3] {
    let binary = score.iter().map(|s| u32::from(*s > 0.2)).collect();
    let three = score
        .iter()
        .map(|s| {
            if *s < -0.5 {
                0
            } else if *s < 1.0 {
                1
            } else {
                2
            }
        })
        .collect();
    [
        Target::Real(score.to_vec()),
        Target::Class { codes: binary, n_classes: 2 },
        Target::Class { codes: three, n_classes: 3 },
    ]
}

#[test]
fn bytes_are_the_same_at_any_number_of_threads() {
    let (x, score) = mixed(40_000);
    let weights: Vec<f64> = (0..x.n_rows).map(|i| [0.5, 1.0, 0.0, 2.25][i % 4]).collect();
    let plain = BoostParams { trees: 4, ..BoostParams::default() };
    let drawn = BoostParams { subsample_rows: 0.6, subsample_columns: 0.5, ..plain.clone() };
    for y in targets(&score) {
        for (params, weights) in [(&plain, None), (&drawn, None), (&drawn, Some(weights.as_slice()))] {
            let run = |threads| {
                let cx = Cx::new(9, threads);
                let model = params.fit(&cx, Dataset { x: &x, y: &y, weights }, None).expect("fits");
                let predicted = model.predict(&cx, &x).expect("predicts");
                (model.encode(), bits(&predicted.values))
            };
            let one = run(1);
            for threads in [2, 3, 8] {
                assert!(run(threads) == one, "{threads} threads, {:?}", y.task());
            }
        }
    }
}

/// Wide enough for splits to be searched by several threads.
#[test]
fn wide_tables_give_the_same_bytes_at_any_number_of_threads() {
    let mut r = rng("wide");
    let columns: Vec<Vec<f64>> = (0..120).map(|_| (0..3_000).map(|_| r.normal()).collect()).collect();
    let y = Target::Real((0..3_000).map(|i| columns[3][i] * columns[77][i] + columns[119][i]).collect());
    let x = matrix(columns.into_iter().map(|v| dense("x", v)).collect());
    let params = BoostParams { trees: 3, ..BoostParams::default() };
    let run = |threads| {
        let train = Dataset { x: &x, y: &y, weights: None };
        params.fit(&Cx::new(0, threads), train, None).expect("fits").encode()
    };
    let one = run(1);
    for threads in [2, 3, 8, 64] {
        assert!(run(threads) == one, "{threads} threads");
    }
}

#[test]
fn a_row_scores_the_same_alone_in_any_batch_and_order() {
    let (x, score) = mixed(5_000);
    for y in targets(&score) {
        let model = fit(&BoostParams { trees: 10, ..BoostParams::default() }, &x, &y, None);
        let all = predict(&model, &x);
        let k = model.n_outputs();
        for i in (0..x.n_rows).step_by(97) {
            assert_eq!(bits(&predict(&model, &x.take(&[i as u32]))), bits(&all[i * k..(i + 1) * k]));
        }
        let mut order: Vec<u32> = (0..x.n_rows as u32).collect();
        rng("order").shuffle(&mut order);
        let shuffled = predict(&model, &x.take(&order));
        for (at, &row) in order.iter().enumerate() {
            assert_eq!(bits(&shuffled[at * k..(at + 1) * k]), bits(&all[row as usize * k..(row as usize + 1) * k]));
        }
        assert_eq!(predict(&model, &x.take(&[])), Vec::<f64>::new());
        let read = BoostModel::decode(&model.encode()).expect("reads back");
        assert_eq!(read, model);
        assert_eq!(bits(&predict(&read, &x)), bits(&all));
    }
}

/// What fitting took the scores of training rows for is what scoring gives them: with every row drawn in every round,
/// the training loss that follows from predictions falls round by round.
#[test]
fn raw_scores_agree_with_bins() {
    let (x, score) = mixed(3_000);
    let y = Target::Real(score.clone());
    let params =
        BoostParams { trees: 1, learning_rate: 1.0, min_leaf_rows: 1, leaves: 4_000, ..BoostParams::default() };
    let model = fit(&params, &x, &y, None);
    let p = predict(&model, &x);
    let mean = score.iter().sum::<f64>() / score.len() as f64;
    let rest: f64 = score.iter().zip(&p).map(|(s, p)| (s - p).powi(2)).sum();
    let before: f64 = score.iter().map(|s| (s - mean).powi(2)).sum();
    assert!(rest < 0.01 * before, "{rest} of {before}");
}

#[test]
fn integer_weights_are_repeated_rows() {
    let mut r = rng("weights");
    // Few enough distinct values for a bin each, since bins are found on rows, not on weights.
    let n = 250;
    let (a, b): (Vec<f64>, Vec<f64>) = (0..n).map(|_| (r.normal(), (r.normal() * 3.0).round())).unzip();
    let score: Vec<f64> = (0..n).map(|i| a[i] * b[i] + r.normal()).collect();
    let level: Vec<u32> = (0..n).map(|i| ((score[i] * 3.0) as i64).rem_euclid(7) as u32).collect();
    let x = matrix(vec![dense("a", a), dense("b", b), codes("c", level, 7)]);
    let weights: Vec<f64> = (0..n).map(|i| (i % 4) as f64).collect();
    let rows: Vec<u32> = (0..n as u32).flat_map(|i| std::iter::repeat_n(i, i as usize % 4)).collect();
    // Counts of rows differ by design, so nothing that counts them may be asked for.
    let params = BoostParams { trees: 20, min_leaf_rows: 1, one_hot_levels: 253, ..BoostParams::default() };
    for y in targets(&score) {
        let weighted = fit(&params, &x, &y, Some(&weights));
        let repeated = fit(&params, &x.take(&rows), &y.take(&rows), None);
        let (p, q) = (predict(&weighted, &x), predict(&repeated, &x));
        let far = p.iter().zip(&q).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
        let Target::Class { codes, n_classes } = &y else {
            assert!(far < 1e-9, "{far}");
            continue;
        };
        // Gradients of classes have few values, so that different splits often gain exactly as much, and rounding
        // chooses: the models need not be the same, only as good.
        let loss = |p: &[f64]| -> f64 {
            rows.iter().map(|&r| -base::math::ln(p[r as usize * n_classes + codes[r as usize] as usize])).sum::<f64>()
        };
        let (l, m) = (loss(&p), loss(&q));
        assert!((l - m).abs() < 0.02 * l, "{:?}: {l} {m}", y.task());
    }
}

#[test]
fn equal_weights_of_any_size_change_nothing() {
    let (x, score) = mixed(1_000);
    for y in targets(&score) {
        let params =
            BoostParams { trees: 5, min_leaf_hessian: 0.0, cat_l2: 0.0, cat_smooth: 0.0, ..BoostParams::default() };
        let p = predict(&fit(&params, &x, &y, None), &x);
        for w in [1e-300, 0.25, 1e300] {
            let q = predict(&fit(&params, &x, &y, Some(&vec![w; x.n_rows])), &x);
            let worst = p.iter().zip(&q).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max);
            assert!(worst < 1e-6, "{:?} {w}: {worst}", y.task());
        }
    }
}

#[test]
fn few_rows_and_empty_columns_are_learned_from() {
    let params = BoostParams { min_leaf_rows: 1, learning_rate: 1.0, trees: 3, ..BoostParams::default() };
    let one = matrix(vec![dense("a", vec![1.0])]);
    assert_eq!(predict(&fit(&params, &one, &Target::Real(vec![7.5]), None), &one), [7.5]);
    let two = matrix(vec![dense("a", vec![1.0, 2.0])]);
    assert_eq!(predict(&fit(&params, &two, &Target::Real(vec![-3.0, 5.0]), None), &two), [-3.0, 5.0]);
    let none = Matrix { n_rows: 3, columns: Vec::new() };
    let y = Target::Class { codes: vec![0, 1, 1], n_classes: 2 };
    let p = predict(&fit(&params, &none, &y, None), &none);
    assert!((p[1] - 2.0 / 3.0).abs() < 1e-9);
    let empty = matrix(vec![dense("a", vec![f64::NAN; 3]), codes("b", vec![MISSING, UNKNOWN, MISSING], 4)]);
    assert_eq!(fit(&params, &empty, &y, None).n_trees(), 0);
    let no_rows = Matrix { n_rows: 0, columns: Vec::new() };
    let nothing = params.fit(&Cx::new(0, 1), Dataset { x: &no_rows, y: &Target::Real(vec![]), weights: None }, None);
    assert_eq!(nothing.expect_err("refused"), FitError::NoRows);
    let class_with_no_row = Target::Class { codes: vec![0, 2, 2], n_classes: 4 };
    let x = matrix(vec![dense("a", vec![1.0, 2.0, 3.0])]);
    let p = predict(&fit(&params, &x, &class_with_no_row, None), &x);
    assert!(p.iter().all(|p| (0.0..=1.0).contains(p)) && p[1] < 1e-6, "{p:?}");
}

#[test]
fn rows_of_weight_zero_are_as_no_rows() {
    let x = matrix(vec![dense("a", vec![1.0, 2.0, 3.0, 4.0]), dense("b", vec![0.0, 1.0, f64::NAN, 9.0])]);
    let y = Target::Real(vec![1.0, 2.0, 1e9, 4.0]);
    let params = BoostParams { min_leaf_rows: 1, ..BoostParams::default() };
    let weighted = fit(&params, &x, &y, Some(&[1.0, 1.0, 0.0, 1.0]));
    let rows = [0, 1, 3];
    assert_eq!(weighted.encode(), fit(&params, &x.take(&rows), &y.take(&rows), Some(&[1.0; 3])).encode());
    let y = Target::Class { codes: vec![0, 0, 1, 0], n_classes: 2 };
    let one_class = params.fit(&Cx::new(0, 1), Dataset { x: &x, y: &y, weights: Some(&[1.0, 1.0, 0.0, 1.0]) }, None);
    assert_eq!(one_class.expect_err("refused"), FitError::OneClass { class: 0 });
}

#[test]
fn targets_of_every_size_are_learned() {
    let n = 200;
    let x = matrix(vec![dense("a", (0..n).map(f64::from).collect())]);
    let params = BoostParams { min_leaf_rows: 1, learning_rate: 1.0, trees: 4, leaves: 256, ..BoostParams::default() };
    for (scale, offset) in [
        (1.0, 0.0),
        (1e300, 0.0),
        (1e-300, 0.0),
        (1.7e308, 0.0),
        (1e-6, 1e3),
        (1.0, -1e12),
        (f64::MIN_POSITIVE * 1e3, 0.0),
    ] {
        let y: Vec<f64> =
            (0..n).map(|i| offset + scale * if i % 3 == 0 { -0.99 } else { f64::from(i % 7) / 7.0 }).collect();
        let p = predict(&fit(&params, &x, &Target::Real(y.clone()), None), &x);
        for (y, p) in y.iter().zip(&p) {
            assert!(
                (y / scale - p / scale).abs() < 1e-3 + 1e-15 * (offset / scale).abs(),
                "{scale:e} {offset:e}: {y:e} {p:e}"
            );
        }
    }
    let y = Target::Real(vec![f64::MAX, f64::MIN, f64::MAX, f64::MIN]);
    let x = matrix(vec![dense("a", vec![1.0, 2.0, 3.0, 4.0])]);
    match params.fit(&Cx::new(0, 1), Dataset { x: &x, y: &y, weights: None }, None) {
        Ok(model) => assert!(predict(&model, &x).iter().all(|p| p.is_finite())),
        Err(e) => assert_eq!(e, FitError::Diverged { learner: "boost" }),
    }
    let constant = Target::Real(vec![0.1; 4]);
    assert_eq!(predict(&fit(&params, &x, &constant, None), &x), [0.1; 4]);
}

#[test]
fn features_of_every_size_are_told_apart() {
    let tiny = f64::from_bits(1);
    let values = [-1e300, -1.0, -tiny, -0.0, tiny, 1e-300, 1.0, 1.0 + f64::EPSILON, 1e300, f64::MAX];
    let y: Vec<f64> = (0..values.len()).map(|i| f64::from([3, 1, 4, 1, 5, 9, 2, 6, 5, 8][i])).collect();
    let x = matrix(vec![dense("a", values.to_vec())]);
    let params = BoostParams { min_leaf_rows: 1, learning_rate: 1.0, trees: 3, ..BoostParams::default() };
    let model = fit(&params, &x, &Target::Real(y.clone()), None);
    for (p, y) in predict(&model, &x).iter().zip(&y) {
        assert!((p - y).abs() < 1e-6, "{p} {y}");
    }
    let zero = predict(&model, &matrix(vec![dense("a", vec![0.0, -0.0])]));
    assert_eq!(zero[0], zero[1]);
    let odd = predict(&model, &matrix(vec![dense("a", vec![f64::INFINITY, f64::NEG_INFINITY, f64::NAN])]));
    assert!(odd.iter().all(|p| p.is_finite()));
}

#[test]
fn every_leaf_has_as_many_rows_as_it_must() {
    let (x, score) = mixed(3_000);
    // Hessians say little about rows here, so that estimates are often wrong.
    let weights: Vec<f64> = (0..x.n_rows).map(|i| if i % 10 == 0 { 50.0 } else { 0.1 }).collect();
    let [real, binary, _] = targets(&score);
    for y in [real, binary] {
        let params =
            BoostParams { trees: 1, learning_rate: 1.0, min_leaf_rows: 40, leaves: 200, ..BoostParams::default() };
        let model = fit(&params, &x, &y, Some(&weights));
        let n_outputs = model.n_outputs();
        let mut p: Vec<f64> = predict(&model, &x).chunks_exact(n_outputs).map(|row| row[n_outputs - 1]).collect();
        p.sort_by(f64::total_cmp);
        let sizes: Vec<usize> = p.chunk_by(|a, b| a == b).map(<[f64]>::len).collect();
        assert!(sizes.len() > 10 && sizes.iter().all(|&n| n >= 40), "{sizes:?}");
    }
}

#[test]
fn native_categories_beat_codes_as_numbers() {
    let n = 20_000;
    let mut r = rng("categories");
    let mut numbered: Vec<u32> = (0..50).collect();
    r.shuffle(&mut numbered);
    let effect: Vec<f64> = (0..50).map(|_| r.normal()).collect();
    let other: Vec<f64> = (0..n).map(|_| r.normal()).collect();
    let level: Vec<u32> = (0..n).map(|_| numbered[r.below(50)]).collect();
    let y: Vec<u32> = (0..n)
        .map(|i| u32::from(r.uniform() < base::math::sigmoid(1.5 * effect[level[i] as usize] + 0.5 * other[i])))
        .collect();
    let ordinal = dense("c", level.iter().map(|&l| f64::from(l)).collect());
    let native = codes("c", level, 50);
    let auc = |c: MatrixColumn| held_out_auc(&matrix(vec![c, dense("other", other.clone())]), &y);
    // Few leaves and rounds, as a shallow model has: an ordinal split must cut out each level.
    let (native, ordinal) = (auc(native), auc(ordinal));
    println!("native categories {native:.4}, ordinal codes {ordinal:.4}");
    assert!(native >= ordinal + 0.01, "{native} {ordinal}");
}

#[test]
fn native_missing_beats_the_mean() {
    let n = 20_000;
    let mut r = rng("missing");
    let a: Vec<f64> = (0..n).map(|_| r.normal()).collect();
    let b: Vec<f64> = (0..n).map(|_| r.normal()).collect();
    let y: Vec<u32> = (0..n).map(|i| u32::from(r.uniform() < base::math::sigmoid(2.0 * a[i] + 0.5 * b[i]))).collect();
    // The larger the value, the more often it is not there, and its column is coarse, so that its mean is a value too.
    let gaps: Vec<f64> = a
        .iter()
        .map(|a| if r.uniform() < base::math::sigmoid(3.0 * a) { f64::NAN } else { (a * 2.0).round() / 2.0 })
        .collect();
    let present: Vec<f64> = gaps.iter().copied().filter(|v| !v.is_nan()).collect();
    let mean = (present.iter().sum::<f64>() / present.len() as f64 * 2.0).round() / 2.0;
    let filled: Vec<f64> = gaps.iter().map(|v| if v.is_nan() { mean } else { *v }).collect();
    let auc = |v: Vec<f64>| held_out_auc(&matrix(vec![dense("a", v), dense("b", b.clone())]), &y);
    let (native, filled) = (auc(gaps), auc(filled));
    println!("native missing {native:.4}, mean filling {filled:.4}");
    assert!(native >= filled + 0.01, "{native} {filled}");
}

fn held_out_auc(x: &Matrix, y: &[u32]) -> f64 {
    let rows = |test: bool| -> Vec<u32> { (0..y.len() as u32).filter(|i| (i % 4 == 0) == test).collect() };
    let (train, test) = (rows(false), rows(true));
    let y = Target::Class { codes: y.to_vec(), n_classes: 2 };
    let model =
        fit(&BoostParams { trees: 50, leaves: 8, ..BoostParams::default() }, &x.take(&train), &y.take(&train), None);
    let scores: Vec<f64> = predict(&model, &x.take(&test)).chunks_exact(2).map(|p| p[1]).collect();
    let Target::Class { codes, .. } = y.take(&test) else { return 0.0 };
    roc_auc(&codes, &scores)
}

struct Mse(Vec<f64>);

impl Stopper for Mse {
    fn loss(&self, p: &Predictions) -> f64 {
        self.0.iter().zip(&p.values).map(|(y, p)| (y - p).powi(2)).sum::<f64>() / self.0.len() as f64
    }
}

#[test]
fn fitting_stops_at_the_best_round() {
    let (x, score) = mixed(3_000);
    let (train, test): (Vec<u32>, Vec<u32>) = (0..3_000).partition(|i| i % 3 != 0);
    let (xt, xv) = (x.take(&train), x.take(&test));
    for y in targets(&score) {
        let (yt, yv) = (y.take(&train), y.take(&test));
        let params =
            BoostParams { trees: 400, learning_rate: 0.3, early_stopping_rounds: 10, ..BoostParams::default() };
        let stopper = Mse(if let Target::Real(v) = &yv { v.clone() } else { Vec::new() });
        let is_real = matches!(yv, Target::Real(_));
        let data = Dataset { x: &xv, y: &yv, weights: None };
        let run = |stopper| {
            let train = Dataset { x: &xt, y: &yt, weights: None };
            params.fit(&Cx::new(0, 1), train, Some(Validation { data, stopper })).expect("fits")
        };
        let model = run(None);
        assert!((1..390).contains(&model.best_rounds()), "{}", model.best_rounds());
        assert_eq!(model.n_trees(), model.best_rounds() * if model.n_outputs() == 3 { 3 } else { 1 });
        if is_real {
            assert_eq!(
                run(Some(&stopper as &dyn Stopper)).encode(),
                model.encode(),
                "the same loss stops at the same round"
            );
        }
        // More rounds without validation begin with the same trees.
        let longer = fit(&BoostParams { trees: model.best_rounds() + 5, ..params.clone() }, &xt, &yt, None);
        assert_eq!(longer.best_rounds(), model.best_rounds() + 5);
        assert_eq!(longer.truncated(model.best_rounds()).encode(), model.encode());
        assert_eq!(longer.truncated(usize::MAX), longer);
    }
}

#[test]
fn gains_tell_columns_that_matter() {
    let (x, score) = mixed(5_000);
    let model = fit(&BoostParams { trees: 20, ..BoostParams::default() }, &x, &Target::Real(score), None);
    let gains = model.importance_gain();
    assert_eq!(gains.len(), x.columns.len());
    assert!(gains[..5].iter().all(|g| *g > 0.0) && gains[5..] == [0.0, 0.0], "{gains:?}");
    assert!(gains[0] > gains[3]);
}

#[test]
fn another_matrix_is_refused() {
    let (x, score) = mixed(200);
    let model = fit(&BoostParams { trees: 2, ..BoostParams::default() }, &x, &Target::Real(score), None);
    let mut fewer = x.clone();
    fewer.columns.pop();
    assert!(matches!(model.predict(&Cx::new(0, 1), &fewer), Err(FitError::Broken { .. })));
    let mut other = x.clone();
    other.columns.swap(0, 2);
    assert!(matches!(model.predict(&Cx::new(0, 1), &other), Err(FitError::Form { .. })));
}

#[test]
fn many_sparse_columns_are_workable() {
    let mut r = rng("sparse");
    let mut s = Sparse { n_cols: 1_000, row_starts: vec![0], columns: Vec::new(), values: Vec::new() };
    let mut y = Vec::new();
    for _ in 0..2_000 {
        let mut mine: Vec<u32> = (0..15).map(|_| (r.uniform() * r.uniform() * 1_000.0) as u32).collect();
        mine.sort_unstable();
        mine.dedup();
        y.push(u32::from(mine.iter().any(|c| c % 97 == 3)));
        s.values.extend(mine.iter().map(|_| 1.0));
        s.columns.extend(mine);
        s.row_starts.push(s.columns.len());
    }
    let x = matrix(vec![column("words", MatrixData::Sparse(Arc::new(s)))]);
    let target = Target::Class { codes: y.clone(), n_classes: 2 };
    let model = fit(&BoostParams { trees: 100, min_leaf_rows: 5, ..BoostParams::default() }, &x, &target, None);
    let p: Vec<f64> = predict(&model, &x).chunks_exact(2).map(|p| p[1]).collect();
    assert!(roc_auc(&y, &p) > 0.95);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_the_table_nothing_panics(
        values in proptest::collection::vec(prop_oneof![Just(f64::NAN), Just(0.0), Just(-0.0), -1e300..1e300f64, -1.0..1.0f64], 2..60),
        levels in proptest::collection::vec(prop_oneof![Just(MISSING), Just(UNKNOWN), 0u32..9], 60),
        y in proptest::collection::vec(-1e6..1e6f64, 60),
        leaves in 2usize..20, min_leaf_rows in 1usize..5, l1 in 0.0..2.0f64, share in 0.1..1.0f64,
    ) {
        let n = values.len();
        let x = matrix(vec![dense("a", values), codes("c", levels[..n].to_vec(), 9)]);
        let params = BoostParams { trees: 5, leaves, min_leaf_rows, l1, subsample_rows: share, min_group_rows: 1, cat_smooth: 1.0, ..BoostParams::default() };
        for y in targets(&y[..n].iter().map(|v| v / 1e6).collect::<Vec<f64>>()) {
            match params.fit(&Cx::new(0, 1), Dataset { x: &x, y: &y, weights: None }, None) {
                Ok(model) => {
                    prop_assert!(predict(&model, &x).iter().all(|p| p.is_finite()));
                    prop_assert_eq!(BoostModel::decode(&model.encode()).expect("reads back"), model);
                }
                Err(e) => prop_assert!(matches!(e, FitError::OneClass { .. }), "{}", e),
            }
        }
    }

    #[test]
    fn damaged_bytes_are_refused_or_still_a_model(at in 0usize..100_000, byte: u8, cut in 0usize..100_000, more in 0usize..9) {
        let (x, score) = mixed(300);
        let y = Target::Class { codes: score.iter().map(|s| u32::from(*s > 0.2)).collect(), n_classes: 2 };
        let whole = fit(&BoostParams { trees: 3, ..BoostParams::default() }, &x, &y, None).encode();
        let mut bytes = whole.clone();
        let len = bytes.len();
        bytes[at % len] = byte;
        if let Ok(model) = BoostModel::decode(&bytes) {
            let _ = model.predict(&Cx::new(0, 1), &x);
            let _ = model.importance_gain();
            prop_assert_eq!(model.encode(), bytes);
        }
        prop_assert!(BoostModel::decode(&whole[..cut % len]).is_err());
        let mut longer = whole;
        longer.extend(std::iter::repeat_n(byte, more + 1));
        prop_assert!(BoostModel::decode(&longer).is_err());
    }

    #[test]
    fn arbitrary_bytes_are_no_model(bytes in proptest::collection::vec(any::<u8>(), 0..400), tag in 0u8..3) {
        let _ = BoostModel::decode(&bytes);
        let mut headed = vec![0, tag, [1, 2, 3][tag as usize], 0, 0, 0];
        headed.extend(bytes);
        let _ = BoostModel::decode(&headed);
    }
}

#[test]
fn every_cut_and_every_flipped_bit_is_survived() {
    let (x, score) = mixed(200);
    let [_, _, y] = targets(&score);
    let whole = fit(&BoostParams { trees: 1, leaves: 6, ..BoostParams::default() }, &x, &y, None).encode();
    for n in 0..whole.len() {
        assert!(BoostModel::decode(&whole[..n]).is_err(), "cut at {n}");
    }
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(model) = BoostModel::decode(&bytes) {
            let _ = model.predict(&Cx::new(0, 1), &x);
        }
    }
}
