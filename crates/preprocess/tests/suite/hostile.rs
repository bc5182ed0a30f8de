//! Fitted steps from files that no fitting wrote: refused or harmless, never a panic.

use almanac_preprocess::FittedStep;
use contract::ApplyStep;
use proptest::prelude::*;
use serde_json::{Value, json};
use table::Frame;

use super::examples::{Row, fit, frame, rows, specs, targets};

/// Calls `f` with every value that differs from `value` in one place.
fn mutations(value: &Value, f: &mut impl FnMut(&Value)) {
    fn visit(root: &mut Value, path: &mut Vec<Value>, f: &mut impl FnMut(&Value)) {
        let here = at(root, path).clone();
        for other in others(&here) {
            *at(root, path) = other;
            f(root);
        }
        *at(root, path) = here.clone();
        let keys: Vec<Value> = match &here {
            // The first few entries of a list stand for the rest.
            Value::Array(items) => (0..items.len().min(3)).map(Value::from).collect(),
            Value::Object(map) => map.keys().map(|k| Value::from(k.as_str())).collect(),
            _ => Vec::new(),
        };
        for key in keys {
            path.push(key);
            visit(root, path, f);
            path.pop();
        }
    }
    visit(&mut value.clone(), &mut Vec::new(), f);
}

fn at<'a>(root: &'a mut Value, path: &[Value]) -> &'a mut Value {
    path.iter().fold(root, |v, key| match key {
        Value::String(k) => &mut v[k.as_str()],
        key => &mut v[key.as_u64().expect("a position") as usize],
    })
}

fn others(here: &Value) -> Vec<Value> {
    let mut out = vec![json!(null), json!([]), json!({}), json!("z"), json!(-1), json!(0), json!(1e300), json!(true)];
    out.extend([json!(u64::MAX), json!(4_294_967_295u64), json!(0.5), json!(false)]);
    match here {
        Value::Array(items) => {
            let mut longer = items.clone();
            longer.extend(items.first().cloned());
            let mut shorter = items.clone();
            shorter.pop();
            let turned: Vec<Value> = items.iter().rev().cloned().collect();
            out.extend([Value::Array(longer), Value::Array(shorter), Value::Array(turned)]);
        }
        Value::Object(map) => {
            for key in map.keys() {
                let mut less = map.clone();
                less.remove(key);
                out.push(Value::Object(less));
            }
            let mut more = map.clone();
            more.insert("extra".into(), json!(1));
            out.push(Value::Object(more));
        }
        _ => {}
    }
    out
}

#[test]
fn a_damaged_state_is_refused_or_harmless() {
    let train = frame(&rows(60, 1));
    let score = frame(&rows(12, 2));
    let (mut refused, mut harmless) = (0, 0);
    for spec in specs() {
        for target in targets(60).iter().take(if spec.name() == "target" { 3 } else { 1 }) {
            let fitted = serde_json::to_value(fit(&spec, &train, target)).expect("JSON");
            mutations(&fitted, &mut |changed| {
                let Ok(read) = serde_json::from_value::<FittedStep>(changed.clone()) else {
                    refused += 1;
                    return;
                };
                if read.validate().is_err() {
                    refused += 1;
                    return;
                }
                harmless += 1;
                // An error is fine: the state may name another feature.
                if let Ok(out) = read.apply(&score) {
                    check_frame(&out, 12);
                }
            });
        }
    }
    assert!(refused > 5_000 && harmless > 100, "{refused} refused, {harmless} harmless");
}

fn check_frame(frame: &Frame, n_rows: usize) {
    for f in &frame.features {
        assert_eq!(f.data.n_rows(), n_rows);
        match &f.data {
            table::FeatureData::Sparse(s) => {
                assert!(s.columns.iter().all(|c| (*c as usize) < s.n_cols), "`{}`", f.name);
                assert_eq!(s.columns.len(), s.values.len());
            }
            table::FeatureData::Codes { codes, n_levels } => {
                assert!(codes.iter().all(|c| c < n_levels || *c >= table::UNKNOWN), "`{}`", f.name);
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_cells_can_be_prepared(
        cells in prop::collection::vec(
            (any::<f64>(), prop::option::of(".{0,12}"), prop::option::of("\\PC{0,30}"), any::<i64>()), 1..12),
    ) {
        let base = rows(cells.len(), 1);
        let rows: Vec<Row> = base.into_iter().zip(&cells).map(|(r, (x, level, note, when))| Row {
            age: if x.is_finite() { *x } else { f64::NAN },
            city: level.clone(),
            note: note.clone(),
            when: *when,
            ..r
        }).collect();
        let train = frame(&rows);
        for spec in specs() {
            let target = &targets(rows.len())[0];
            let data = contract::StepData { frame: &train, target: Some(target), weights: None };
            // Numbers may be spread beyond what floats can tell: an error, by name.
            match spec.fit(&base::Cx::new(0, 1), data) {
                Ok(fitted) => {
                    prop_assert!(fitted.validate().is_ok(), "{:?}", fitted);
                    let text = base::json::canonical(&fitted).expect("JSON");
                    let read: FittedStep = serde_json::from_slice(&text).expect("reads");
                    prop_assert_eq!(&read, &fitted);
                    check_frame(&fitted.apply(&train).expect("applies"), rows.len());
                }
                Err(contract::FitError::Form { feature, .. }) => prop_assert_eq!(feature, "age"),
                Err(e) => prop_assert!(false, "{:?}: {}", spec, e),
            }
        }
    }
}
