//! What holds of every step.

use std::collections::{BTreeMap, BTreeSet};

use almanac_preprocess::{FittedStep, StepSpec};
use base::{Cx, Rng, Stream};
use contract::{ApplyStep, FitError, Group, GroupForm, StepData, Width};
use table::{Feature, FeatureData, Frame};

use super::examples::{Row, bytes, cells, fit, frame, groups, rows, specs, targets};

const N: usize = 150;

/// Every step with every kind of target that makes a difference to it.
fn each(check: impl Fn(&StepSpec, &contract::Target)) {
    for spec in specs() {
        let n_targets = if spec.name() == "target" { 3 } else { 1 };
        for target in &targets(N)[..n_targets] {
            check(&spec, target);
        }
    }
}

#[test]
fn every_step_has_an_example() {
    let have: BTreeSet<&str> = specs().iter().map(StepSpec::name).collect();
    let all: BTreeSet<&str> = StepSpec::NAMES.iter().copied().collect();
    assert_eq!(have, all);
}

#[test]
fn a_row_alone_in_a_batch_and_in_any_order_is_the_same() {
    let train = rows(N, 1);
    let score = rows(40, 2);
    each(|spec, target| {
        let fitted = fit(spec, &frame(&train), target);
        let batch = fitted.apply(&frame(&score)).expect("applies");
        let in_batch = cells(&batch);
        for i in 0..score.len() {
            let alone = cells(&fitted.apply(&frame(&score[i..=i])).expect("applies"));
            for ((name, alone), (_, batch)) in alone.iter().zip(&in_batch) {
                assert_eq!(alone[0], batch[i], "{spec:?}: `{name}` in row {i}");
            }
        }
        let mut order: Vec<u32> = (0..score.len() as u32).collect();
        Rng::new(0, Stream { stage: "test", fold: 0, purpose: "order" }).shuffle(&mut order);
        let shuffled: Vec<Row> = order.iter().map(|&i| score[i as usize].clone()).collect();
        let shuffled = fitted.apply(&frame(&shuffled)).expect("applies");
        assert_eq!(cells(&shuffled), cells(&batch.take(&order)), "{spec:?}");
        assert_eq!(cells(&fitted.apply(&frame(&score).take(&order)).expect("applies")), cells(&shuffled), "{spec:?}");
    });
}

#[test]
fn threads_and_dictionaries_do_not_show() {
    // More texts than a chunk holds, and a frame whose dictionaries hold levels without a row.
    let many = rows(3_000, 3);
    let full = frame(&many);
    let some: Vec<u32> = (0..2_500).collect();
    let kept = full.take(&some);
    for spec in specs() {
        for target in targets(2_500) {
            let run = |threads: usize, frame: &Frame| {
                let data = StepData { frame, target: Some(&target), weights: None };
                let (fitted, out) = spec.fit_apply(&Cx::new(9, threads), data).expect("fits");
                (bytes(&fitted), cells(&out))
            };
            let one = run(1, &frame(&many[..2_500]));
            for threads in [2, 3, 8] {
                assert!(run(threads, &kept) == one, "{spec:?} with {threads} threads and other dictionaries");
            }
            if spec.name() != "target" {
                break;
            }
        }
    }
}

#[test]
fn fitting_and_applying_is_fitting_with_applying_except_for_the_target() {
    let train = frame(&rows(N, 1));
    each(|spec, target| {
        let data = StepData { frame: &train, target: Some(target), weights: None };
        let (fitted, out) = spec.fit_apply(&Cx::new(1, 1), data).expect("fits");
        assert_eq!(bytes(&fitted), bytes(&fit(spec, &train, target)), "{spec:?}");
        let applied = fitted.apply(&train).expect("applies");
        let names = |f: &Frame| f.features.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&applied), names(&out), "{spec:?}");
        assert_eq!(cells(&applied) == cells(&out), spec.name() != "target", "{spec:?}");
    });
}

#[test]
fn rows_without_weight_are_as_if_they_were_not_there() {
    let train = rows(N, 1);
    let strange = rows(50, 77).into_iter().map(|r| Row {
        age: f64::NAN,
        income: 1e9,
        city: None,
        ticket: r.ticket.map(|t| format!("unheard of {t}")),
        note: Some("words that nobody else writes".into()),
        when: 0,
        ..r
    });
    let both: Vec<Row> = train.iter().cloned().chain(strange).collect();
    let weights: Vec<f64> = (0..both.len()).map(|i| if i < N { (i % 3 + 1) as f64 } else { 0.0 }).collect();
    for spec in specs().into_iter().filter(|s| s.name() != "target") {
        let run = |rows: &[Row], weights: &[f64]| {
            let frame = frame(rows);
            let target = &targets(rows.len())[0];
            let data = StepData { frame: &frame, target: Some(target), weights: Some(weights) };
            bytes(&spec.fit(&Cx::new(0, 1), data).expect("fits"))
        };
        assert_eq!(run(&both, &weights), run(&train, &weights[..N]), "{spec:?}");
    }
}

#[test]
fn what_was_fitted_goes_through_a_file() {
    let train = frame(&rows(N, 1));
    let score = frame(&rows(30, 5));
    each(|spec, target| {
        let again: StepSpec = serde_json::from_slice(&base::json::canonical(spec).expect("JSON")).expect("reads");
        assert_eq!(&again, spec);
        let fitted = fit(spec, &train, target);
        assert_eq!(fitted.name(), spec.name());
        fitted.validate().unwrap_or_else(|e| panic!("{spec:?}: {e}"));
        let text = bytes(&fitted);
        let read: FittedStep = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(bytes(&read), text);
        let apply = |f: &FittedStep| cells(&f.apply(&score).expect("applies"));
        assert_eq!(apply(&read), apply(&fitted));
    });
}

fn form_of(data: &FeatureData) -> GroupForm {
    match data {
        FeatureData::Number(_) => GroupForm::Number,
        FeatureData::Category(_) => GroupForm::Category,
        FeatureData::Codes { .. } => GroupForm::Codes,
        FeatureData::Datetime { .. } => GroupForm::Datetime,
        FeatureData::Text(_) => GroupForm::Text,
        FeatureData::Sparse(_) => GroupForm::Sparse,
    }
}

/// The group of a feature: the longest name that it has, or begins with.
fn group_of<'a>(groups: &'a [Group], feature: &Feature) -> Option<&'a Group> {
    let belongs = |g: &&Group| {
        feature.name.strip_prefix(&g.name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '=']))
    };
    groups.iter().filter(belongs).max_by_key(|g| g.name.len())
}

#[test]
fn a_plan_knows_what_comes_out() {
    let train = frame(&rows(N, 1));
    each(|spec, target| {
        let planned = spec.plan(&groups()).unwrap_or_else(|e| panic!("{spec:?}: {e}"));
        let out = fit(spec, &train, target).apply(&train).expect("applies");
        let mut widths: BTreeMap<&str, usize> = BTreeMap::new();
        for feature in &out.features {
            let group = group_of(&planned, feature).unwrap_or_else(|| panic!("{spec:?}: `{}`", feature.name));
            assert_eq!(group.form, form_of(&feature.data), "{spec:?}: `{}`", feature.name);
            assert_eq!(group.source, feature.source, "{spec:?}: `{}`", feature.name);
            *widths.entry(&group.name).or_default() += 1;
        }
        for group in &planned {
            if let Width::Fixed(n) = group.width {
                assert_eq!(widths.get(group.name.as_str()).copied().unwrap_or(0), n, "{spec:?}: `{}`", group.name);
            }
        }
    });
}

#[test]
fn few_rows_none_and_nothing_but_missing() {
    let none = frame(&[]);
    let empty = Row {
        age: f64::NAN,
        income: f64::NAN,
        city: None,
        member: None,
        ticket: None,
        when: i64::MIN,
        day: i64::MIN,
        clock: i64::MIN,
        note: None,
    };
    for spec in specs() {
        let data = StepData { frame: &none, target: Some(&targets(0)[0]), weights: None };
        assert_eq!(spec.fit(&Cx::new(0, 1), data).expect_err("no rows"), FitError::NoRows, "{spec:?}");
        for train in [frame(&rows(1, 4)), frame(&vec![empty.clone(); 7])] {
            for target in targets(train.n_rows) {
                let data = StepData { frame: &train, target: Some(&target), weights: None };
                let (fitted, out) = spec.fit_apply(&Cx::new(0, 1), data).unwrap_or_else(|e| panic!("{spec:?}: {e}"));
                fitted.validate().unwrap_or_else(|e| panic!("{spec:?}: {e}"));
                assert_eq!(out.n_rows, train.n_rows);
                for score in [frame(&rows(20, 6)), frame(std::slice::from_ref(&empty)), none.clone()] {
                    let out = fitted.apply(&score).expect("applies");
                    assert!(out.features.iter().all(|f| f.data.n_rows() == score.n_rows), "{spec:?}");
                }
            }
        }
    }
}

#[test]
fn levels_never_seen_and_missing_never_seen() {
    let whole = |r: &Row| r.city.is_some() && r.ticket.is_some() && !r.age.is_nan();
    let train: Vec<Row> = rows(2 * N, 8).into_iter().filter(whole).take(N).collect();
    assert_eq!(train.len(), N);
    let known = |(r, t): (Row, &Row)| Row { city: t.city.clone(), ticket: t.ticket.clone(), ..r };
    let mut score: Vec<Row> = rows(10, 9).into_iter().zip(&train).map(known).collect();
    score[0].city = Some("Atlantis".into());
    score[1].city = None;
    score[2].age = f64::NAN;
    score[3].age = -1e300;
    score[4].note = Some("\u{0}\u{10ffff}".into());
    score[5].when = i64::MAX;
    score[6].when = i64::MIN + 1;
    each(|spec, target| {
        let fitted = fit(spec, &frame(&train), target);
        let out = fitted.apply(&frame(&score)).expect("applies");
        assert_eq!(out.n_rows, 10);
        for (name, n) in fitted.count_unseen(&frame(&score)).expect("counts") {
            assert_eq!(n, u64::from(name == "city"), "{spec:?}: `{name}`");
        }
        for f in &out.features {
            if let (FeatureData::Number(v), true) = (&f.data, f.name != "age") {
                assert!(v.iter().all(|x| !x.is_infinite()), "{spec:?}: `{}`", f.name);
            }
        }
    });
}

#[test]
fn columns_go_by_name() {
    let train = frame(&rows(N, 1));
    let score = frame(&rows(20, 2));
    each(|spec, target| {
        let fitted = fit(spec, &train, target);
        let straight: BTreeMap<_, _> = cells(&fitted.apply(&score).expect("applies")).into_iter().collect();
        let mut turned = score.clone();
        turned.features.reverse();
        let turned_out: BTreeMap<_, _> = cells(&fitted.apply(&turned).expect("applies")).into_iter().collect();
        assert_eq!(straight, turned_out, "{spec:?}");

        let touched: BTreeSet<String> = touched(spec, &train);
        let mut errors = 0;
        for name in &touched {
            let mut less = score.clone();
            less.features.retain(|f| &f.name != name);
            match fitted.apply(&less) {
                Err(e @ FitError::NoSuchFeature { .. }) => {
                    errors += 1;
                    assert!(e.to_string().contains(&format!("`{name}`")), "{e}");
                }
                Err(e) => panic!("{spec:?}: {e}"),
                Ok(_) => assert!(may_leave_alone(spec), "{spec:?} does not miss `{name}`"),
            }
            let mut other = score.clone();
            let wrong = if name == "age" || name == "income" { "note" } else { "age" };
            let data = score.feature(wrong).expect("in the table").data.clone();
            other.features.iter_mut().filter(|f| &f.name == name).for_each(|f| f.data = data.clone());
            match fitted.apply(&other) {
                Err(e) => assert!(e.to_string().contains(&format!("`{name}`")), "{e}"),
                Ok(_) => assert!(may_leave_alone(spec) || spec.name() == "drop", "{spec:?} takes `{name}`"),
            }
        }
        assert!(errors > 0, "{spec:?} needs no feature");
    });
}

/// Features that a step selects: those whose absence changes the plan.
fn touched(spec: &StepSpec, frame: &Frame) -> BTreeSet<String> {
    let json = serde_json::to_value(spec).expect("JSON");
    let word = json["columns"].as_str().unwrap_or_default();
    let listed: Vec<&str> = json["columns"].as_array().into_iter().flatten().filter_map(|v| v.as_str()).collect();
    let takes_all = |form: &str| form == "number" || form == "category";
    let is_touched = |f: &&Feature| {
        let form = f.data.form();
        word == form || word == f.name || listed.contains(&f.name.as_str()) || (word == "all" && takes_all(form))
    };
    frame.features.iter().filter(is_touched).map(|f| f.name.clone()).collect()
}

/// Steps that learn which of the selected features they change.
fn may_leave_alone(spec: &StepSpec) -> bool {
    let json = serde_json::to_value(spec).expect("JSON");
    ["min_levels", "min_rows", "min_skew"].iter().any(|p| json[p].as_f64().is_some_and(|x| x > 0.0))
}

#[test]
fn a_name_that_is_not_there_is_refused_at_plan_and_at_fit() {
    let train = frame(&rows(5, 1));
    for name in StepSpec::NAMES {
        let spec: StepSpec =
            serde_json::from_str(&format!(r#"{{"step":"{name}","columns":["incom"]}}"#)).expect("reads");
        let e = spec.plan(&groups()).expect_err("no such feature");
        assert!(e.to_string().contains("`income`"), "{e}");
        let data = StepData { frame: &train, target: Some(&targets(5)[0]), weights: None };
        assert!(matches!(spec.fit(&Cx::new(0, 1), data), Err(FitError::NoSuchFeature { .. })), "{name}");
    }
}
