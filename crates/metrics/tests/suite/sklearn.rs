//! Equality with scikit-learn: the expected numbers come from `recipe_sklearn.py`, the inputs are made here by its rule.

use almanac_metrics::{
    Binning, Metric, Scores, Truth, calibration_curve, confusion_matrix, evaluate, precision_recall_curve, roc_curve,
};
use serde_json::Value;

/// Absolute below one, relative above.
const TOLERANCE: f64 = 1e-12;

pub struct Lcg(pub u64);

impl Lcg {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    fn weight(&mut self, kind: &str) -> f64 {
        let u = self.next();
        match kind {
            "none" => 1.0,
            "real" => 0.125 + 3.0 * u,
            "whole" => (4.0 * u).floor(),
            other => panic!("a kind of weights: {other}"),
        }
    }
}

fn number(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("{key} is a number"))
}

fn numbers(case: &Value, key: &str) -> Vec<f64> {
    case[key].as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
}

struct Classes {
    codes: Vec<u32>,
    probabilities: Vec<f64>,
    n_classes: usize,
    weights: Option<Vec<f64>>,
}

impl Classes {
    fn truth(&self) -> Truth<'_> {
        Truth::Class { codes: &self.codes, n_classes: self.n_classes }
    }

    fn scores(&self) -> Scores<'_> {
        Scores::Probabilities { values: &self.probabilities, n_classes: self.n_classes }
    }
}

fn classes(case: &Value) -> Classes {
    let mut g = Lcg(number(case, "seed") as u64);
    let (k, grid, share) = (number(case, "n_classes") as usize, number(case, "grid"), number(case, "share"));
    let kind = case["weights"].as_str().expect("a kind");
    let (mut codes, mut probabilities, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..number(case, "n_rows") as usize {
        if k == 2 {
            let code = u32::from(g.next() < share);
            // The generator moves on for either class, as in the recipe.
            let s = (1.5 * g.next() + f64::from(code) * g.next()) / 2.5;
            let s = if grid > 0.0 { (s * grid).floor() / grid } else { s };
            codes.push(code);
            probabilities.extend([1.0 - s, s]);
        } else {
            let code = (g.next() * g.next() * k as f64).floor() as usize;
            let mut row: Vec<f64> = (0..k).map(|c| g.next() + if c == code { 1.0 } else { 0.0 } * g.next()).collect();
            if grid > 0.0 {
                row.iter_mut().for_each(|p| *p = (*p * grid).floor() + 1.0);
            }
            let total = row.iter().fold(0.0, |sum, p| sum + p);
            codes.push(code as u32);
            probabilities.extend(row.iter().map(|p| p / total));
        }
        weights.push(g.weight(kind));
    }
    Classes { codes, probabilities, n_classes: k, weights: (kind != "none").then_some(weights) }
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("../sklearn.json")).expect("the fixture is JSON")
}

fn cases<'a>(fixture: &'a Value, key: &str) -> &'a [Value] {
    fixture[key].as_array().expect("cases")
}

#[track_caller]
fn check(place: &str, expected: f64, found: f64) {
    let error = (expected - found).abs();
    assert!(error <= TOLERANCE * expected.abs().max(1.0), "{place}: expected {expected:?}, found {found:?}");
}

#[track_caller]
fn check_all(place: &str, expected: &[f64], found: &[f64]) {
    assert_eq!(expected.len(), found.len(), "{place}");
    expected.iter().zip(found).for_each(|(e, f)| check(place, *e, *f));
}

fn check_metrics(case: &Value, truth: Truth<'_>, scores: Scores<'_>, weights: Option<&[f64]>) -> usize {
    let expected = case["expected"].as_object().expect("metrics by name");
    for (name, value) in expected {
        let metric: Metric = name.parse().expect("a metric");
        let found = evaluate(metric, truth, scores, weights).unwrap_or_else(|e| panic!("{name} of {case}: {e}"));
        check(&format!("{name} of {}", case["name"]), value.as_f64().expect("a number"), found);
    }
    expected.len()
}

#[test]
fn metrics_of_classes_are_scikit_learns() {
    let fixture = fixture();
    let n: usize = cases(&fixture, "classes")
        .iter()
        .map(|case| {
            let c = classes(case);
            check_metrics(case, c.truth(), c.scores(), c.weights.as_deref())
        })
        .sum();
    assert_eq!(n, 160);
}

#[test]
fn metrics_of_numbers_are_scikit_learns() {
    let fixture = fixture();
    let mut n = 0;
    for case in cases(&fixture, "numbers") {
        let mut g = Lcg(number(case, "seed") as u64);
        let (grid, kind) = (number(case, "grid"), case["weights"].as_str().expect("a kind"));
        let (mut truth, mut predicted, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..number(case, "n_rows") as usize {
            let y = 10.0 * g.next() - 5.0;
            let p = y + g.next() - 0.5;
            let snap = |v: f64| if grid > 0.0 { (v * grid).floor() / grid } else { v };
            truth.push(snap(y));
            predicted.push(snap(p));
            weights.push(g.weight(kind));
        }
        let weights = (kind != "none").then_some(weights);
        n += check_metrics(case, Truth::Real(&truth), Scores::Values(&predicted), weights.as_deref());
    }
    assert_eq!(n, 35);
}

#[test]
fn curves_are_scikit_learns() {
    let fixture = fixture();
    for case in cases(&fixture, "curves") {
        let (c, expected) = (classes(case), &case["expected"]);
        let (truth, scores, weights) = (c.truth(), c.scores(), c.weights.as_deref());
        let class_idx = number(case, "class_idx") as u32;
        let at = |what: &str| format!("{what} of {}", case["name"]);

        let roc = roc_curve(truth, scores, weights, class_idx).expect("a curve");
        check_all(&at("fpr"), &numbers(expected, "fpr"), &roc.fpr);
        check_all(&at("tpr"), &numbers(expected, "tpr"), &roc.tpr);
        check_all(&at("ROC thresholds"), &numbers(expected, "roc_thresholds"), &roc.thresholds);

        let pr = precision_recall_curve(truth, scores, weights, class_idx).expect("a curve");
        check_all(&at("precision"), &numbers(expected, "precision"), &pr.precision);
        check_all(&at("recall"), &numbers(expected, "recall"), &pr.recall);
        check_all(&at("PR thresholds"), &numbers(expected, "pr_thresholds"), &pr.thresholds);

        for (name, binning) in [("uniform", Binning::Uniform(7)), ("quantile", Binning::Quantile(7))] {
            let curve = calibration_curve(truth, scores, class_idx, binning).expect("a curve");
            check_all(&at(name), &numbers(expected, &format!("{name}_true")), &curve.prob_true);
            check_all(&at(name), &numbers(expected, &format!("{name}_pred")), &curve.prob_pred);
        }

        let confusion = confusion_matrix(truth, scores, weights).expect("a matrix");
        check_all(&at("confusion"), &numbers(expected, "confusion"), &confusion.cells);
    }
}
