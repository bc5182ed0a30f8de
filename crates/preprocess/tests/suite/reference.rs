//! Numbers against independent implementations; `tests/recipe_reference.py` says how they were made.

use std::collections::BTreeMap;
use std::sync::Arc;

use almanac_preprocess::date_parts::{DateParts, Part};
use almanac_preprocess::one_hot::OneHot;
use almanac_preprocess::scale::{Scale, With};
use almanac_preprocess::target::TargetEncoding;
use almanac_preprocess::text::{Analyzer, Norm, Text, TextColumns};
use almanac_preprocess::{Columns, impute};
use base::Cx;
use contract::{ApplyStep, FitStep, StepData, Target};
use serde_json::Value;
use table::{Categories, DType, Feature, FeatureData, Frame};

fn reference() -> Value {
    serde_json::from_str(include_str!("../reference.json")).expect("the reference is JSON")
}

fn floats(v: &Value) -> Vec<f64> {
    v.as_array().expect("a list").iter().map(|x| x.as_f64().expect("a number")).collect()
}

fn strings(v: &Value) -> Vec<String> {
    v.as_array().expect("a list").iter().map(|x| x.as_str().expect("a text").to_owned()).collect()
}

fn frame(data: FeatureData) -> Frame {
    let n_rows = data.n_rows();
    Frame { n_rows, features: vec![Feature { name: "c".into(), source: "c".into(), data }] }
}

fn categories(cells: &[String]) -> Frame {
    let mut seen = BTreeMap::new();
    let mut codes = Vec::new();
    for cell in cells {
        let next = seen.len() as u32;
        codes.push(*seen.entry(cell.clone()).or_insert(next));
    }
    frame(FeatureData::Category(Arc::new(Categories::from_first_seen(seen, codes))))
}

fn numbers(out: &Frame) -> Vec<&[f64]> {
    let features = out.features.iter();
    let values = features.map(|f| match &f.data {
        FeatureData::Number(v) => v.as_slice(),
        _ => panic!("`{}` is not a number", f.name),
    });
    values.collect()
}

fn close(found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * b.abs().max(1.0), "{i}: {a} is not {b}");
    }
}

#[test]
fn tf_idf_is_that_of_scikit_learn() {
    let reference = reference();
    let texts = strings(&reference["texts"]);
    let train = frame(FeatureData::Text(Arc::new(texts.iter().map(Some).collect())));
    for case in reference["tfidf"].as_array().expect("cases") {
        let o = &case["options"];
        let mut spec = Text::new(Columns::word("text"));
        if let Some(n) = o["ngram_range"].as_array() {
            spec.ngrams = [n[0].as_u64().expect("a count") as usize, n[1].as_u64().expect("a count") as usize];
        }
        spec.sublinear_tf = o["sublinear_tf"] == true;
        spec.norm = if o.get("norm").is_some() { Norm::None } else { Norm::L2 };
        spec.min_df = o["min_df"].as_f64().unwrap_or(1.0);
        spec.max_df = o["max_df"].as_f64().unwrap_or(1.0);
        spec.analyzer = if o["analyzer"] == "char" { Analyzer::Char } else { Analyzer::Word };
        let data = StepData { frame: &train, target: None, weights: None };
        let (fitted, out) = spec.fit_apply(&Cx::new(0, 2), data).expect("fits");
        let TextColumns::TfIdf { vocabulary, .. } = &fitted.features[0].columns else { panic!("a vocabulary") };
        assert_eq!(*vocabulary, strings(&case["vocabulary"]), "{o}");
        let FeatureData::Sparse(block) = &out.features[0].data else { panic!("a block") };
        for (i, row) in case["rows"].as_array().expect("rows").iter().enumerate() {
            let (columns, values) = block.row(i);
            let expected: Vec<u32> = floats(&row[0]).iter().map(|c| *c as u32).collect();
            assert_eq!(columns, expected, "{o}: {}", texts[i]);
            close(values, &floats(&row[1]), 1e-12);
        }
    }
}

#[test]
fn scaling_is_that_of_scikit_learn() {
    let r = &reference()["numbers"];
    let (x, w) = (floats(&r["x"]), floats(&r["w"]));
    let train = frame(FeatureData::Number(Arc::new(x)));
    let run = |with, weights: Option<&[f64]>| {
        let spec = Scale { with, ..Scale::new(Columns::word("number")) };
        spec.fit_apply(&Cx::new(0, 1), StepData { frame: &train, target: None, weights }).expect("fits")
    };
    close(numbers(&run(With::Standard, None).1)[0], &floats(&r["standard"]), 1e-12);
    close(numbers(&run(With::Standard, Some(&w)).1)[0], &floats(&r["standard_weighted"]), 1e-12);
    close(numbers(&run(With::MinMax, None).1)[0], &floats(&r["min_max"]), 1e-12);
    for (weights, expected) in [(None, &r["quartiles"]), (Some(&w[..]), &r["quartiles_weighted"])] {
        let q = floats(expected);
        let robust = &run(With::Robust, weights).0.features[0];
        close(&[robust.center, robust.scale], &[q[1], q[2] - q[0]], 1e-14);
        let spec = impute::Impute::new(Columns::word("number"));
        let fitted = spec.fit(&Cx::new(0, 1), StepData { frame: &train, target: None, weights }).expect("fits");
        assert_eq!(fitted.features[0].fill, impute::Value::Number(q[1]));
    }
}

#[test]
fn rare_levels_are_those_of_scikit_learn() {
    let r = &reference()["one_hot"];
    let train = categories(&strings(&r["cells"]));
    for case in r["cases"].as_array().expect("cases") {
        let min_frequency = case["min_frequency"].as_f64().expect("a number");
        let spec = OneHot { min_frequency, ..OneHot::new(Columns::word("category")) };
        let fitted = spec.fit(&Cx::new(0, 1), StepData { frame: &train, target: None, weights: None }).expect("fits");
        assert_eq!(fitted.features[0].levels, strings(&case["levels"]), "{min_frequency}");
        assert_eq!(fitted.features[0].rare, strings(&case["rare"]), "{min_frequency}");
    }
}

#[test]
fn target_encodings_are_those_of_scikit_learn() {
    let r = &reference()["target"];
    let train = categories(&strings(&r["cells"]));
    let spec = TargetEncoding { smoothing: 7.0, ..TargetEncoding::new(Columns::word("category")) };
    let run = |target: &Target| {
        let data = StepData { frame: &train, target: Some(target), weights: None };
        spec.fit(&Cx::new(0, 1), data).expect("fits").features[0].values.clone()
    };
    close(&run(&Target::Real(floats(&r["y"]))), &floats(&r["real"]), 1e-12);
    let codes = floats(&r["classes"]).iter().map(|c| *c as u32).collect();
    let expected: Vec<f64> = r["multi"].as_array().expect("rows").iter().flat_map(floats).collect();
    close(&run(&Target::Class { codes, n_classes: 3 }), &expected, 1e-12);
}

#[test]
fn parts_of_dates_are_those_of_pythons_calendar() {
    let reference = reference();
    let cases = reference["dates"].as_array().expect("dates");
    let micros: Vec<i64> = cases.iter().map(|c| c[0].as_i64().expect("microseconds")).collect();
    let train = frame(FeatureData::Datetime { micros: Arc::new(micros), dtype: DType::Datetime });
    let spec = DateParts { parts: Some(Part::ALL.to_vec()), ..DateParts::new(Columns::word("datetime")) };
    let fitted = spec.fit(&Cx::new(0, 1), StepData { frame: &train, target: None, weights: None }).expect("fits");
    let out = fitted.apply(&train).expect("applies");
    let columns = numbers(&out);
    for (i, case) in cases.iter().enumerate() {
        let found: Vec<f64> = columns.iter().map(|c| c[i]).collect();
        assert_eq!(found, floats(&case[1]), "{}", case[0]);
    }
}
