//! Runs every case of `cases/reading`.

use std::path::{Path, PathBuf};

use crate::case::{Case, outcome};

/// How many cases there must be, and how many of them must be read.
const CASES_MIN: usize = 60;
const READ_MIN: usize = 45;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/reading")
}

/// All cases in the order of their names.
pub fn all() -> Vec<Case> {
    let entries = std::fs::read_dir(folder()).expect("the corpus is there");
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.retain(|p| p.extension().is_some_and(|e| e == "case"));
    paths.sort();
    paths.iter().map(|p| Case::load(p)).collect()
}

/// Whether a line says what is expected: a message need only be a part.
fn agrees(expected: &str, found: &str) -> bool {
    match (expected.split_once(": "), found.split_once(": ")) {
        (Some((place, part)), Some((found_place, message))) if expected.starts_with("error ") => {
            place == found_place && message.contains(part)
        }
        _ => expected == found,
    }
}

#[test]
fn the_corpus_is_read_right() {
    let cases = all();
    let is_blessing = std::env::var_os("ALMANAC_BLESS").is_some();
    let mut failures = Vec::new();
    let mut n_read = 0;
    for case in &cases {
        let found = outcome(case, 2);
        let expected: Vec<&String> = case.expected.iter().filter(|l| !l.is_empty() && !l.starts_with("# ")).collect();
        n_read += usize::from(!found[0].starts_with("error "));
        let is_right = expected.len() == found.len() && expected.iter().zip(&found).all(|(e, f)| agrees(e, f));
        if !is_right && is_blessing {
            std::fs::write(&case.path, format!("{}{}\n", case.head, found.join("\n"))).expect("the case is writable");
        } else if !is_right {
            let list = |lines: &[&String]| lines.iter().map(|l| format!("  {l}\n")).collect::<String>();
            let found: Vec<&String> = found.iter().collect();
            failures.push(format!("{}\n expected\n{} found\n{}", case.name(), list(&expected), list(&found)));
        }
    }
    assert!(failures.is_empty(), "{} of {} cases\n{}", failures.len(), cases.len(), failures.join("\n"));
    assert!(cases.len() >= CASES_MIN, "only {} cases", cases.len());
    assert!(n_read >= READ_MIN, "only {n_read} cases are read");
}

#[test]
fn the_corpus_is_read_alike_on_any_threads() {
    for case in all() {
        let one = outcome(&case, 1);
        for threads in [3, 8] {
            assert_eq!(outcome(&case, threads), one, "{} on {threads} threads", case.name());
        }
    }
}
