//! What every learner promises of its results, on every table that it takes. Named after scikit-learn's estimator
//! checks where they correspond.

use base::Cx;
use contract::{Predict, Predictions, Target};

use super::tables::{self, Sample};
use super::{bits, cx, fit, fit_on, for_each, for_each_task, learners, predict, promises};
use almanac_train::{LearnerSpec, Model};

#[test]
fn check_same_bytes_at_any_thread_count() {
    for_each(|learner, sample| {
        let run = |threads: usize| {
            let cx = Cx::new(3, threads);
            let model = fit_on(&cx, learner, &sample.x, &sample.y, None).expect("fits");
            let predictions = model.predict(&cx, &sample.x).expect("predicts");
            (model.encode(), bits(&predictions))
        };
        let one = run(1);
        for threads in [2, 3, 8] {
            assert!(run(threads) == one, "{} on {}: {threads} threads", learner.name(), sample.name);
        }
    });
}

#[test]
fn check_fit_idempotent() {
    for_each(|learner, sample| {
        assert_eq!(fit(learner, sample).encode(), fit(learner, sample).encode(), "{}", sample.name);
    });
}

#[test]
fn check_methods_subset_invariance() {
    for_each(|learner, sample| {
        let model = fit(learner, sample);
        let whole = predict(&model, &sample.x);
        let n = sample.x.n_rows;
        for row in (0..n).step_by(n / 50) {
            let alone = predict(&model, &sample.x.take(&[row as u32]));
            let expected: Vec<u64> = whole.row(row).iter().map(|v| v.to_bits()).collect();
            assert_eq!(bits(&alone), expected, "{} on {}: row {row} alone", learner.name(), sample.name);
        }
        for len in [7, 64, 1_025] {
            let mut parts = Vec::new();
            for first in (0..n).step_by(len) {
                let rows: Vec<u32> = (first..(first + len).min(n)).map(|r| r as u32).collect();
                parts.extend(bits(&predict(&model, &sample.x.take(&rows))));
            }
            assert_eq!(parts, bits(&whole), "{} on {}: batches of {len}", learner.name(), sample.name);
        }
    });
}

#[test]
fn check_methods_sample_order_invariance() {
    for_each(|learner, sample| {
        let model = fit(learner, sample);
        let whole = predict(&model, &sample.x);
        let mut order: Vec<u32> = (0..sample.x.n_rows as u32).collect();
        tables::rng("order").shuffle(&mut order);
        let shuffled = predict(&model, &sample.x.take(&order));
        for (at, &row) in order.iter().enumerate() {
            assert_eq!(shuffled.row(at), whole.row(row as usize), "{} on {}", learner.name(), sample.name);
        }
    });
}

#[test]
fn check_round_trip_of_the_bytes() {
    for_each(|learner, sample| {
        let model = fit(learner, sample);
        let (kind, bytes) = model.encode();
        assert_eq!(kind, learner.name());
        let again = Model::decode(kind, &bytes).expect("its own bytes");
        assert_eq!(again.encode(), (kind, bytes), "{} on {}", learner.name(), sample.name);
        assert_eq!((again.n_columns(), again.n_outputs()), (model.n_columns(), model.n_outputs()));
        assert_eq!(bits(&predict(&again, &sample.x)), bits(&predict(&model, &sample.x)));
    });
}

#[test]
fn check_dont_overwrite_inputs() {
    for_each(|learner, sample| {
        let before = format!("{:?} {:?}", sample.x, sample.y);
        let copy = sample.clone();
        predict(&fit(learner, &copy), &copy.x);
        assert!(format!("{:?} {:?}", copy.x, copy.y) == before, "{} on {}", learner.name(), sample.name);
    });
}

#[test]
fn check_outputs_have_their_shape() {
    for_each(|learner, sample| {
        let model = fit(learner, sample);
        let p = predict(&model, &sample.x);
        let what = format!("{} on {}", learner.name(), sample.name);
        assert_eq!(model.n_columns(), sample.x.columns.len(), "{what}");
        assert_eq!((p.n_rows, p.n_outputs), (sample.x.n_rows, sample.y.n_outputs()), "{what}");
        assert_eq!((model.n_outputs(), p.values.len()), (p.n_outputs, p.n_rows * p.n_outputs), "{what}");
        assert!(p.values.iter().all(|v| v.is_finite()), "{what}");
        if sample.y.task().is_classification() {
            for row in 0..p.n_rows {
                assert!(p.row(row).iter().all(|v| (0.0..=1.0).contains(v)), "{what}: {:?}", p.row(row));
                assert!((p.row(row).iter().sum::<f64>() - 1.0).abs() <= 1e-12, "{what}: {:?}", p.row(row));
            }
        }
    });
}

/// Mean log loss or squared error.
fn loss(p: &Predictions, y: &Target) -> f64 {
    let n = p.n_rows as f64;
    match y {
        Target::Class { codes, .. } => {
            codes.iter().enumerate().map(|(i, &c)| -base::math::ln(p.row(i)[c as usize].max(1e-15))).sum::<f64>() / n
        }
        Target::Real(v) => v.iter().zip(&p.values).map(|(v, p)| (v - p) * (v - p)).sum::<f64>() / n,
    }
}

#[test]
fn check_beats_the_dummy_on_rows_it_has_not_seen() {
    let dummy = LearnerSpec::from_name("dummy").expect("a learner");
    for_each(|learner, sample| {
        if !promises(learner).looks_at_features || sample.x.width() > sample.x.n_rows {
            return;
        }
        let (train, test): (Vec<u32>, Vec<u32>) = (0..sample.x.n_rows as u32).partition(|r| r % 4 != 0);
        let judge = |learner: &LearnerSpec| {
            let model = fit_on(&cx(), learner, &sample.x.take(&train), &sample.y.take(&train), None).expect("fits");
            loss(&predict(&model, &sample.x.take(&test)), &sample.y.take(&test))
        };
        let (mine, baseline) = (judge(learner), judge(&dummy));
        assert!(mine < 0.9 * baseline, "{} on {}: {mine} against {baseline}", learner.name(), sample.name);
    });
}

/// Compares two fits that should come to the same: by their predictions where the learner promises that, and always by
/// what they lose, as a share of what the dummy loses.
fn come_to_the_same(learner: &LearnerSpec, sample: &Sample, tolerance: Option<f64>, a: &Model, b: &Model) {
    let what = format!("{} on {}", learner.name(), sample.name);
    let (a, b) = (predict(a, &sample.x), predict(b, &sample.x));
    if let Some(tolerance) = tolerance {
        let off = a.values.iter().zip(&b.values).fold(0.0, |m, (a, b)| f64::max(m, (a - b).abs() / b.abs().max(1.0)));
        assert!(off <= tolerance, "{what}: {off:e}");
    }
    let dummy = fit(&LearnerSpec::from_name("dummy").expect("a learner"), sample);
    let off = (loss(&a, &sample.y) - loss(&b, &sample.y)).abs() / loss(&predict(&dummy, &sample.x), &sample.y);
    assert!(off <= 0.1, "{what}: the losses are {off} of the dummy's apart");
}

#[test]
fn check_fit_sample_order_invariance() {
    for_each(|learner, sample| {
        let mut order: Vec<u32> = (0..sample.x.n_rows as u32).collect();
        tables::rng("order").shuffle(&mut order);
        let other = fit_on(&cx(), learner, &sample.x.take(&order), &sample.y.take(&order), None).expect("fits");
        come_to_the_same(learner, sample, promises(learner).row_order, &other, &fit(learner, sample));
    });
}

#[test]
fn check_sample_weight_equivalence() {
    for_each(|learner, sample| {
        // Weight 0, 1 and 2 against no row, one and two.
        let n = sample.x.n_rows;
        let weights: Vec<f64> = (0..n).map(|i| [1.0, 2.0, 1.0, 0.0, 2.0][i % 5]).collect();
        let rows: Vec<u32> = (0..n as u32).flat_map(|r| vec![r; weights[r as usize] as usize]).collect();
        let weighted = fit_on(&cx(), learner, &sample.x, &sample.y, Some(&weights)).expect("fits");
        let repeated = fit_on(&cx(), learner, &sample.x.take(&rows), &sample.y.take(&rows), None).expect("fits");
        come_to_the_same(learner, sample, promises(learner).weights, &weighted, &repeated);
    });
}

#[test]
fn check_sample_weights_of_one_change_nothing() {
    for_each(|learner, sample| {
        let ones = vec![1.0; sample.x.n_rows];
        let weighted = fit_on(&cx(), learner, &sample.x, &sample.y, Some(&ones)).expect("fits");
        assert_eq!(weighted.encode(), fit(learner, sample).encode(), "{} on {}", learner.name(), sample.name);
    });
}

#[test]
fn check_constant_target_is_predicted() {
    for learner in learners() {
        let Sample { x, .. } = tables::numeric(contract::Task::Regression, 50);
        for value in [0.0, 3.7, -1e9, 1e-9] {
            let y = Target::Real(vec![value; 50]);
            let p = predict(&fit_on(&cx(), &learner, &x, &y, None).expect("fits"), &x);
            let off = p.values.iter().fold(0.0, |m, v| f64::max(m, (v - value).abs()));
            assert!(off <= 1e-9 * value.abs(), "{}: {value} comes out {off} off", learner.name());
        }
    }
}

#[test]
fn check_a_class_without_rows_gets_no_more_than_the_others() {
    for learner in learners() {
        let mut sample = tables::numeric(contract::Task::Multiclass, 90);
        if let Target::Class { codes, n_classes } = &mut sample.y {
            codes.iter_mut().for_each(|c| *c += u32::from(*c > 0));
            *n_classes = 4;
        }
        let p = predict(&fit(&learner, &sample), &sample.x);
        assert_eq!(p.n_outputs, 4, "{}", learner.name());
        for row in 0..p.n_rows {
            assert!((p.row(row).iter().sum::<f64>() - 1.0).abs() <= 1e-12, "{}", learner.name());
            assert!(p.row(row)[1] <= 0.05, "{}: {:?}", learner.name(), p.row(row));
        }
    }
}

#[test]
fn check_cancelled_work_stops_or_is_done() {
    for_each_task(|learner, sample| {
        let flag = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
        let cx = Cx::new(0, 2).with_cancel(flag);
        match fit_on(&cx, learner, &sample.x, &sample.y, None) {
            Err(e) => assert_eq!(e, contract::FitError::Cancelled, "{}", learner.name()),
            Ok(_) => assert!(!promises(learner).looks_at_features, "{} goes on", learner.name()),
        }
    });
}
