//! A few of the scores that docs/benchmarks.md has, measured anew on real tables: three folds, the program trains on two
//! of them and scores the third. (All of them: `bench/accuracy.py`.)

use std::path::{Path, PathBuf};

use base::{Cx, Stream};
use metrics::{Metric, Scores, Truth, evaluate};

use super::almanac::almanac;

/// The folder of the shared data sets. In CI they must be there.
fn data_dir() -> Option<PathBuf> {
    let told = std::env::var_os("ALMANAC_DATA").map(PathBuf::from);
    let folder = told.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    if folder.is_dir() {
        return Some(folder);
    }
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "the shared data sets are not at {}", folder.display());
    println!("SKIPPED: the shared data sets are not here");
    None
}

/// Lines of a file without quoted line ends, the header apart.
fn lines(path: &Path) -> (String, Vec<String>) {
    let text = std::fs::read_to_string(path).expect("a text");
    let mut all = text.lines().map(str::to_owned);
    (all.next().expect("a header"), all.collect())
}

/// Stratified folds: the number of the fold that tests each row.
fn folds(labels: &[String]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..labels.len()).collect();
    Cx::new(0, 1).rng(Stream { stage: "test", fold: 0, purpose: "folds" }).shuffle(&mut order);
    order.sort_by(|&a, &b| labels[a].cmp(&labels[b]));
    let mut fold = vec![0; labels.len()];
    order.into_iter().enumerate().for_each(|(i, row)| fold[row] = i % 3);
    fold
}

/// Mean over three folds of a metric of the scored files.
fn mean_score(file: &str, target: &str, label_at: usize, metric: Metric, positive: &str) -> Option<f64> {
    let (header, rows) = lines(&data_dir()?.join(file));
    let labels: Vec<String> =
        rows.iter().map(|r| r.split(',').nth(label_at).expect("a label").trim_matches('"').to_owned()).collect();
    let fold = folds(&labels);
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    let mut sum = 0.0;
    for k in 0..3 {
        let pick = |test: bool| {
            let kept = rows.iter().zip(&fold).filter(|(_, at)| (**at == k) == test).map(|(r, _)| format!("{r}\n"));
            format!("{header}\n{}", kept.collect::<String>())
        };
        std::fs::write(f.join("train.csv"), pick(false)).expect("writes");
        std::fs::write(f.join("test.csv"), pick(true)).expect("writes");
        almanac(f, &["train", "train.csv", "--target", target, "--out", "m.almanac"]).ok();
        almanac(f, &["predict", "m.almanac", "test.csv", "-o", "scored.csv"]).ok();
        let truth: Vec<&String> = labels.iter().zip(&fold).filter(|(_, at)| **at == k).map(|(l, _)| l).collect();
        sum += score(&f.join("scored.csv"), &truth, metric, positive);
    }
    Some(sum / 3.0)
}

fn score(scored: &Path, truth: &[&String], metric: Metric, positive: &str) -> f64 {
    let (header, rows) = lines(scored);
    let wanted = if metric == Metric::RocAuc { format!("probability_{positive}") } else { "prediction".to_owned() };
    let at = header.split(',').position(|c| c == wanted).unwrap_or_else(|| panic!("{wanted} in {header}"));
    let cells: Vec<&str> = rows.iter().map(|r| r.split(',').nth(at).expect("a cell")).collect();
    assert_eq!(cells.len(), truth.len());
    let number = |cell: &str| cell.parse::<f64>().expect("a number");
    match metric {
        Metric::RocAuc => {
            let codes: Vec<u32> = truth.iter().map(|t| u32::from(t.as_str() == positive)).collect();
            let values: Vec<f64> = cells.iter().map(|c| number(c)).flat_map(|p| [1.0 - p, p]).collect();
            let truth = Truth::Class { codes: &codes, n_classes: 2 };
            evaluate(metric, truth, Scores::Probabilities { values: &values, n_classes: 2 }, None).expect("defined")
        }
        Metric::R2 => {
            let values: Vec<f64> = cells.iter().map(|c| number(c)).collect();
            let truth: Vec<f64> = truth.iter().map(|t| number(t)).collect();
            evaluate(metric, Truth::Real(&truth), Scores::Values(&values), None).expect("defined")
        }
        _ => cells.iter().zip(truth).filter(|(c, t)| **c == t.as_str()).count() as f64 / truth.len() as f64,
    }
}

#[test]
fn telco_churn_is_told() {
    let Some(auc) = mean_score("telco_churn.csv", "Churn", 20, Metric::RocAuc, "Yes") else { return };
    assert!(auc >= 0.845, "{auc}");
}

#[test]
fn breast_cancer_is_told() {
    let Some(auc) = mean_score("breast_cancer.csv", "target", 30, Metric::RocAuc, "malignant") else { return };
    assert!(auc >= 0.993, "{auc}");
}

#[test]
fn irises_are_told_apart() {
    let Some(accuracy) = mean_score("iris.csv", "target", 4, Metric::Accuracy, "") else { return };
    assert!(accuracy >= 0.94, "{accuracy}");
}

#[test]
fn diabetes_is_foreseen() {
    let Some(r2) = mean_score("diabetes.csv", "target", 10, Metric::R2, "") else { return };
    assert!(r2 >= 0.42, "{r2}");
}
