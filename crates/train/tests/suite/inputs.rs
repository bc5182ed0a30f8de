//! Inputs at and beyond the edge: each learner refuses them with a typed error or gives finite numbers, and never
//! panics. Named after scikit-learn's estimator checks where they correspond.

use std::sync::Arc;

use almanac_train::LearnerSpec;
use contract::{FitError, Predict, Target, Task};
use table::{Matrix, MatrixData, Sparse};

use super::tables::{self, Sample, column, dense};
use super::{cx, fit, fit_on, for_each_task, learners, predict, promises};

/// The error, or nothing if it fits and predicts finite numbers.
fn try_on(learner: &LearnerSpec, x: &Matrix, y: &Target, weights: Option<&[f64]>) -> Option<FitError> {
    match fit_on(&cx(), learner, x, y, weights) {
        Err(e) => Some(e),
        Ok(model) => {
            let p = predict(&model, x);
            assert!(p.values.iter().all(|v| v.is_finite()), "{}: {:?}", learner.name(), p.values);
            None
        }
    }
}

#[test]
fn check_fit2d_1sample() {
    for_each_task(|learner, sample| {
        let error = try_on(learner, &sample.x.take(&[0]), &sample.y.take(&[0]), None);
        match sample.y.task() {
            Task::Regression => assert_eq!(error, None, "{}", learner.name()),
            _ => assert!(matches!(error, Some(FitError::OneClass { .. })), "{}: {error:?}", learner.name()),
        }
    });
}

#[test]
fn check_two_rows() {
    for_each_task(|learner, sample| {
        let y = match &sample.y {
            Target::Class { n_classes, .. } => Target::Class { codes: vec![0, 1], n_classes: *n_classes },
            Target::Real(_) => Target::Real(vec![1.0, 2.0]),
        };
        assert_eq!(try_on(learner, &sample.x.take(&[0, 1]), &y, None), None, "{}", learner.name());
    });
}

#[test]
fn check_fit2d_1feature() {
    for_each_task(|learner, mut sample| {
        sample.x.columns.truncate(1);
        assert_eq!(try_on(learner, &sample.x, &sample.y, None), None, "{}", learner.name());
    });
}

#[test]
fn check_no_feature_at_all() {
    for_each_task(|learner, mut sample| {
        sample.x.columns.clear();
        let error = try_on(learner, &sample.x, &sample.y, None);
        assert!(error.is_none(), "{}: {error:?}", learner.name());
    });
}

#[test]
fn check_constant_features_only() {
    for_each_task(|learner, mut sample| {
        sample.x.columns.retain(|c| c.name == "constant");
        assert_eq!(try_on(learner, &sample.x, &sample.y, None), None, "{}", learner.name());
    });
}

#[test]
fn check_estimators_empty_data_messages() {
    for_each_task(|learner, sample| {
        let error = try_on(learner, &sample.x.take(&[]), &sample.y.take(&[]), None);
        assert_eq!(error, Some(FitError::NoRows), "{}", learner.name());
        let none = predict(&fit(learner, &sample), &sample.x.take(&[]));
        assert_eq!((none.n_rows, none.n_outputs), (0, sample.y.n_outputs()), "{}", learner.name());
    });
}

#[test]
fn check_classifiers_one_label() {
    for_each_task(|learner, sample| {
        if let Target::Class { codes, n_classes } = &sample.y {
            let y = Target::Class { codes: vec![1; codes.len()], n_classes: *n_classes };
            let error = try_on(learner, &sample.x, &y, None);
            assert_eq!(error, Some(FitError::OneClass { class: 1 }), "{}", learner.name());
        }
    });
}

#[test]
fn check_classifiers_one_label_sample_weights() {
    for_each_task(|learner, sample| {
        if let Target::Class { codes, .. } = &sample.y {
            let weights: Vec<f64> = codes.iter().map(|c| f64::from(u8::from(*c == 1))).collect();
            let error = try_on(learner, &sample.x, &sample.y, Some(&weights));
            let allowed = matches!(error, None | Some(FitError::OneClass { class: 1 }));
            assert!(allowed, "{}: {error:?}", learner.name());
        }
    });
}

#[test]
fn check_supervised_y_no_nan() {
    for learner in learners() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let Sample { x, y, .. } = tables::numeric(Task::Regression, 30);
            let Target::Real(mut values) = y else { continue };
            values[4] = bad;
            let error = try_on(&learner, &x, &Target::Real(values), None);
            assert_eq!(error, Some(FitError::TargetNotFinite { row_idx: 4 }), "{}", learner.name());
        }
    }
}

#[test]
fn check_estimators_nan_inf() {
    for_each_task(|learner, sample| {
        let with = |bad: f64| {
            let mut x = sample.x.clone();
            let mut values = vec![1.0; x.n_rows];
            values[7] = bad;
            x.columns.insert(2, column("odd", dense(values)));
            x
        };
        let infinite = Some(FitError::Infinite { feature: "odd".into(), row_idx: 7 });
        assert_eq!(try_on(learner, &with(f64::INFINITY), &sample.y, None), infinite, "{}", learner.name());
        let missing = try_on(learner, &with(f64::NAN), &sample.y, None);
        match missing {
            None => assert!(promises(learner).missing, "{}", learner.name()),
            Some(FitError::Form { feature, found, .. }) => {
                assert!(!promises(learner).missing, "{}", learner.name());
                assert_eq!((feature.as_str(), found.as_str()), ("odd", "missing in row 8"), "{}", learner.name());
            }
            Some(other) => panic!("{}: {other:?}", learner.name()),
        }
        // The same at scoring: refused by name, or finite numbers.
        let model = fit_on(&cx(), learner, &with(2.0), &sample.y, None).expect("fits");
        for bad in [f64::NAN, f64::INFINITY] {
            match model.predict(&cx(), &with(bad)) {
                Ok(p) => assert!(p.values.iter().all(|v| v.is_finite()), "{}", learner.name()),
                Err(FitError::Form { feature, .. } | FitError::Infinite { feature, .. }) => assert_eq!(feature, "odd"),
                Err(other) => panic!("{}: {other:?}", learner.name()),
            }
        }
    });
}

#[test]
fn check_sparse_infinity_is_refused() {
    for_each_task(|learner, mut sample| {
        let n_rows = sample.x.n_rows;
        let block = Sparse {
            n_cols: 3,
            row_starts: (0..=n_rows).collect(),
            columns: vec![1; n_rows],
            values: (0..n_rows).map(|i| if i == 5 { f64::INFINITY } else { 1.0 }).collect(),
        };
        sample.x.columns.push(column("words", MatrixData::Sparse(Arc::new(block))));
        let error = try_on(learner, &sample.x, &sample.y, None);
        assert_eq!(error, Some(FitError::Infinite { feature: "words".into(), row_idx: 5 }), "{}", learner.name());
    });
}

#[test]
fn check_unusable_sample_weights() {
    for_each_task(|learner, sample| {
        for bad in [-1.0, f64::NAN, f64::INFINITY] {
            let mut weights = vec![1.0; sample.x.n_rows];
            weights[3] = bad;
            let error = try_on(learner, &sample.x, &sample.y, Some(&weights));
            assert!(matches!(error, Some(FitError::Weights { .. })), "{}: {error:?}", learner.name());
        }
        let error = try_on(learner, &sample.x, &sample.y, Some(&vec![0.0; sample.x.n_rows]));
        assert!(matches!(error, Some(FitError::Weights { .. })), "{}: {error:?}", learner.name());
    });
}

#[test]
fn check_extreme_sample_weights() {
    for_each_task(|learner, sample| {
        for scale in [1e-300, 1e-20, 1e20, 1e300] {
            let weights: Vec<f64> = (0..sample.x.n_rows).map(|i| scale * (1 + i % 3) as f64).collect();
            match try_on(learner, &sample.x, &sample.y, Some(&weights)) {
                None | Some(FitError::Diverged { .. } | FitError::Weights { .. }) => {}
                Some(other) => panic!("{} at {scale:e}: {other:?}", learner.name()),
            }
        }
    });
}

#[test]
fn check_extreme_numbers() {
    for_each_task(|learner, sample| {
        for scale in [5e-324, 1e-200, 1e150, f64::MAX / 4.0] {
            let mut x = sample.x.clone();
            let values = (0..x.n_rows).map(|i| scale * ((i % 7) as f64 / 7.0)).collect();
            x.columns.push(column("far", dense(values)));
            match try_on(learner, &x, &sample.y, None) {
                None | Some(FitError::Diverged { .. }) => {}
                Some(other) => panic!("{} at {scale:e}: {other:?}", learner.name()),
            }
            if let Target::Real(v) = &sample.y {
                let y = Target::Real(v.iter().map(|v| v / 200.0 * scale).collect());
                match try_on(learner, &sample.x, &y, None) {
                    None | Some(FitError::Diverged { .. }) => {}
                    Some(other) => panic!("{} at {scale:e}: {other:?}", learner.name()),
                }
            }
        }
    });
}

#[test]
fn check_scoring_far_outside_stays_finite() {
    for_each_task(|learner, sample| {
        let model = fit(learner, &sample);
        for far in [f64::MAX, -f64::MAX, 1e200] {
            let mut x = sample.x.take(&[0, 1]);
            for (i, c) in x.columns.iter_mut().enumerate() {
                c.data = dense(vec![if i % 2 == 0 { far } else { -far }, far]);
            }
            let p = predict(&model, &x);
            assert!(p.values.iter().all(|v| v.is_finite()), "{}: {:?}", learner.name(), p.values);
            if sample.y.task().is_classification() {
                assert!((p.row(0).iter().sum::<f64>() - 1.0).abs() <= 1e-12, "{}", learner.name());
            }
        }
    });
}

#[test]
fn check_n_features_in_after_fitting() {
    for_each_task(|learner, sample| {
        let model = fit(learner, &sample);
        let mut fewer = sample.x.clone();
        fewer.columns.pop();
        let mut more = sample.x.clone();
        more.columns.push(column("more", dense(vec![0.0; more.n_rows])));
        for x in [fewer, more] {
            let error = model.predict(&cx(), &x).expect_err("another number of columns");
            assert!(matches!(error, FitError::Broken { .. }), "{}: {error:?}", learner.name());
        }
    });
}

#[test]
fn check_a_column_of_another_form_is_refused_by_name() {
    for_each_task(|learner, sample| {
        if !promises(learner).looks_at_features {
            return;
        }
        let model = fit(learner, &sample);
        let n_rows = sample.x.n_rows;
        let codes = MatrixData::Codes { codes: Arc::new(vec![0; n_rows]), n_levels: 1 };
        let block = Sparse { n_cols: 2, row_starts: vec![0; n_rows + 1], ..Sparse::default() };
        for data in [codes, MatrixData::Sparse(Arc::new(block))] {
            let mut x = sample.x.clone();
            x.columns[1].data = data;
            match model.predict(&cx(), &x) {
                Err(FitError::Form { feature, .. }) => assert_eq!(feature, "b", "{}", learner.name()),
                other => panic!("{}: {other:?}", learner.name()),
            }
        }
    });
}

#[test]
fn check_category_codes_are_taken_or_refused_by_name() {
    for learner in learners() {
        let sample = tables::with_codes(Task::Binary);
        match fit_on(&cx(), &learner, &sample.x, &sample.y, None) {
            Ok(_) => assert!(promises(&learner).codes, "{}", learner.name()),
            Err(FitError::Form { feature, found, .. }) => {
                assert!(!promises(&learner).codes, "{}", learner.name());
                assert_eq!((feature.as_str(), found.as_str()), ("level", "category codes"));
            }
            Err(other) => panic!("{}: {other:?}", learner.name()),
        }
    }
}

#[test]
fn check_parameters_out_of_bounds_are_refused() {
    // As they may come from a file: past `set`, straight into the fields.
    let json = r#"{"learner":"linear","c":-1.0}"#;
    let learner: LearnerSpec = serde_json::from_str(json).expect("JSON");
    let Sample { x, y, .. } = tables::numeric(Task::Binary, 30);
    assert!(matches!(try_on(&learner, &x, &y, None), Some(FitError::Params(_))));
}
