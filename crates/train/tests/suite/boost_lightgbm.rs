//! Boosted trees are as good as LightGBM's at equal settings. Its scores and how they were made:
//! `recipe_lightgbm.py`. The data lie in the folder `ALMANAC_DATA`, or `../shared/data` beside the workspace.

use std::collections::BTreeMap;
use std::path::PathBuf;

use almanac_train::tree::BoostParams;
use base::Cx;
use contract::{Dataset, Fit, Predict, Target};
use serde_json::Value;
use table::{Matrix, MatrixColumn};

use super::boost::{codes, dense, roc_auc};

fn data_dir() -> PathBuf {
    std::env::var_os("ALMANAC_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from)
}

/// Cells by column name; the files at hand have no quotes.
fn read(name: &str) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let path = data_dir().join(format!("{name}.csv"));
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: there is no {}", path.display());
        return None;
    };
    let mut lines = text.split(['\r', '\n']).filter(|l| !l.is_empty()).map(|l| l.split(',').map(str::to_owned));
    let names: Vec<String> = lines.next()?.collect();
    let mut columns = vec![Vec::new(); names.len()];
    for line in lines {
        columns.iter_mut().zip(line).for_each(|(column, cell)| column.push(cell));
    }
    Some((names, columns))
}

fn feature(name: &str, cells: &[String]) -> MatrixColumn {
    let numbers: Option<Vec<f64>> =
        cells.iter().map(|c| if c.is_empty() { Some(f64::NAN) } else { c.parse().ok() }).collect();
    if let Some(numbers) = numbers {
        return dense(name, numbers);
    }
    let mut levels: BTreeMap<&str, u32> = cells.iter().map(|c| (c.as_str(), 0)).collect();
    levels.values_mut().enumerate().for_each(|(i, code)| *code = i as u32);
    codes(name, cells.iter().map(|c| levels[c.as_str()]).collect(), levels.len() as u32)
}

/// Predictions (of the second class, or the value) and truth of the rows held out.
fn held_out(name: &str, target: &str, positive: Option<&str>, drop: &[&str]) -> Option<(Vec<f64>, Vec<f64>)> {
    let (names, columns) = read(name)?;
    let mut x = Matrix { n_rows: columns[0].len(), columns: Vec::new() };
    let mut y = Vec::new();
    for (name, cells) in names.iter().zip(&columns) {
        if name == target {
            y = cells
                .iter()
                .map(|c| match positive {
                    Some(p) => f64::from(u8::from(c == p)),
                    None => c.parse().expect("a number"),
                })
                .collect();
        } else if !drop.contains(&name.as_str()) {
            x.columns.push(feature(name, cells));
        }
    }
    let (test, train): (Vec<u32>, Vec<u32>) = (0..x.n_rows as u32).partition(|i| i % 5 == 0);
    let all = match positive {
        Some(_) => Target::Class { codes: y.iter().map(|v| *v as u32).collect(), n_classes: 2 },
        None => Target::Real(y.clone()),
    };
    let params = BoostParams { trees: 100, ..BoostParams::default() };
    let cx = Cx::new(0, 2);
    let (xt, yt) = (x.take(&train), all.take(&train));
    let model = params.fit(&cx, Dataset { x: &xt, y: &yt, weights: None }, None).expect("fits");
    let p = model.predict(&cx, &x.take(&test)).expect("predicts");
    let scores = p.values.chunks_exact(p.n_outputs).map(|row| row[p.n_outputs - 1]).collect();
    Some((scores, test.iter().map(|&i| y[i as usize]).collect()))
}

fn lightgbm(set: &str, score: &str, rows: usize) -> f64 {
    let all: Value = serde_json::from_str(include_str!("../fixtures/lightgbm.json")).expect("JSON");
    assert_eq!(all[set]["rows"], rows);
    all[set][score].as_f64().expect("a score")
}

fn check_auc(name: &str, target: &str, positive: &str, drop: &[&str]) {
    let Some((scores, truth)) = held_out(name, target, Some(positive), drop) else { return };
    let truth: Vec<u32> = truth.iter().map(|t| *t as u32).collect();
    let (ours, theirs) = (roc_auc(&truth, &scores), lightgbm(name, "roc_auc", truth.len()));
    println!("{name}: ROC-AUC {ours:.4}, LightGBM {theirs:.4}");
    assert!(ours > theirs - 0.002, "{name}: {ours} {theirs}");
}

#[test]
fn adult_is_level_with_lightgbm() {
    check_auc("adult", "income", ">50K", &["split"]);
}

#[test]
fn credit_default_is_level_with_lightgbm() {
    check_auc("credit_default", "default.payment.next.month", "1", &["ID"]);
}

#[test]
fn california_housing_is_level_with_lightgbm() {
    let name = "california_housing";
    let Some((p, y)) = held_out(name, "median_house_value", None, &[]) else { return };
    let ours = (p.iter().zip(&y).map(|(p, y)| (p - y).powi(2)).sum::<f64>() / y.len() as f64).sqrt();
    let theirs = lightgbm(name, "rmse", y.len());
    println!("{name}: RMSE {ours:.0}, LightGBM {theirs:.0}");
    assert!(ours < theirs * 1.01, "{ours} {theirs}");
}
