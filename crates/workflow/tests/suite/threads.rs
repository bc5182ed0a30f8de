//! The same file and the same scores with 1, 2, 3 and 8 threads.

use std::path::Path;

use super::files::{ask, data_dir, mixed, scored, trained};

fn check(data: &Path, target: &str, learners: &[&str], drop: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("m.almanac");
    let mut ask = ask(data, target, &out);
    ask.wish.learners = learners.iter().map(|l| (*l).to_owned()).collect();
    ask.folds = Some(2);
    if !learners.contains(&"boost") {
        ask.wish.set.clear();
    }
    ask.drop = drop.iter().map(|d| (*d).to_owned()).collect();
    let text = std::fs::read_to_string(data).ok();
    let mut first: Option<(String, Vec<u8>, Option<String>)> = None;
    for threads in [1, 2, 3, 8] {
        let (report, bytes) = trained(&ask, threads);
        let scores = text.as_ref().map(|t| scored(&out, t).expect("scores").0);
        match &first {
            None => first = Some((report.model_id, bytes, scores)),
            Some((id, expected, expected_scores)) => {
                assert_eq!(report.model_id, *id, "{} for `{target}` with {threads} threads", data.display());
                assert!(bytes == *expected, "{} for `{target}` with {threads} threads", data.display());
                assert!(scores == *expected_scores, "scores of {} with {threads} threads", data.display());
            }
        }
    }
}

#[test]
fn every_task_and_learner_gives_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("mixed.csv");
    std::fs::write(&data, mixed(360, "threads")).expect("writes");
    let tasks = ["binary", "multiclass", "regression"];
    for target in tasks {
        let others: Vec<&str> = tasks.into_iter().filter(|t| *t != target).collect();
        for learners in [&["dummy"][..], &["linear"], &["boost"], &["linear", "boost"]] {
            check(&data, target, learners, &others);
        }
    }
}

#[test]
fn real_tables_give_the_same_bytes() {
    let Some(data) = data_dir() else {
        println!("SKIPPED: the shared data sets are not here");
        return;
    };
    for (file, target) in [("titanic.csv", "Survived"), ("iris.csv", "target"), ("diabetes.csv", "target")] {
        check(&data.join(file), target, &["linear", "boost"], &[]);
    }
}
