//! Files to train on: made here, and shared data sets where they are.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use almanac_workflow::train::{TrainAsk, TrainReport, train};
use almanac_workflow::{ReadOptions, Wish, predict};
use base::{Cx, Stream};

/// A text table of `n_rows` with numbers, gaps, categories, a time, prose, an id, and a target of each task.
pub fn mixed(n_rows: usize, purpose: &str) -> String {
    let mut rng = Cx::new(0, 1).rng(Stream { stage: "test", fold: 0, purpose });
    let mut text = String::from("id,x,n,city,shop,day,prose,binary,multiclass,regression\n");
    for i in 0..n_rows {
        let (x, n) = (rng.normal(), rng.below(9));
        let (city, shop) = (["york", "hull", "ely", "bath"][rng.below(4)], rng.below(60));
        let upset = rng.uniform() < 0.4;
        let score = x + 0.2 * n as f64 + if city == "ely" { 0.8 } else { 0.0 } + if upset { 1.0 } else { 0.0 };
        let score = score + 0.7 * rng.normal();
        let cell = if i % 11 == 3 { String::new() } else { format!("{x:.4}") };
        let prose = if upset { "too slow and too dear for me" } else { "all was well, many thanks" };
        let class = ["a", "b", "c"][(score + 0.5).clamp(0.0, 2.0) as usize];
        let _ = writeln!(
            text,
            "r{i:06},{cell},{n},{city},s{shop},2026-{:02}-{:02},\"{prose} {}\",{},{class},{score:.4}",
            1 + rng.below(12),
            1 + rng.below(28),
            rng.below(1000),
            if score > 1.2 { "yes" } else { "no" }
        );
    }
    text
}

/// The folder of the shared data sets, if it is here.
pub fn data_dir() -> Option<PathBuf> {
    let told = std::env::var_os("ALMANAC_DATA").map(PathBuf::from);
    let folder = told.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    folder.is_dir().then_some(folder)
}

/// A request with few trees, so that tests are quick.
pub fn ask(data: &Path, target: &str, out: &Path) -> TrainAsk {
    TrainAsk {
        data: vec![data.display().to_string()],
        target: target.into(),
        out: out.to_owned(),
        wish: Wish { set: vec![("boost.trees".into(), "25".into())], ..Wish::default() },
        ..TrainAsk::default()
    }
}

/// Trains under some threads; the report and the file's bytes.
pub fn trained(ask: &TrainAsk, threads: usize) -> (TrainReport, Vec<u8>) {
    let (report, _) = train(&Cx::new(0, threads), ask).expect("trains");
    (report, std::fs::read(&ask.out).expect("the file is there"))
}

/// Scores a text with a model; the scored file's text and the report.
pub fn scored(model: &Path, text: &str) -> Result<(String, predict::PredictReport), almanac_workflow::WorkflowError> {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("new.csv"), folder.path().join("scored.csv"));
    std::fs::write(&data, text).expect("writes");
    let data = [data.display().to_string()];
    let (report, _) = predict::predict(&Cx::new(0, 2), model, &data, &out, &ReadOptions::default())?;
    Ok((std::fs::read_to_string(out).expect("reads"), report))
}
