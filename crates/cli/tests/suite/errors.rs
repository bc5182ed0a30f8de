//! Exit codes and what an error says; what is on disk after one.

use std::path::Path;

use super::almanac::{almanac, command, customers, with_model};

fn check(folder: &Path, arguments: &[&str], code: i32, says: &[&str]) {
    let ran = almanac(folder, arguments);
    assert_eq!(ran.code, code, "{arguments:?}: {}", ran.stderr);
    for part in says {
        assert!(ran.stderr.contains(part), "{arguments:?} says\n{}\nand not {part}", ran.stderr);
    }
    assert_eq!(ran.stdout, "", "{arguments:?}");
}

#[test]
fn errors_say_what_where_and_what_to_do() {
    let folder = with_model();
    let f = folder.path();
    std::fs::write(f.join("text.almanac"), "no model").expect("writes");
    std::fs::write(f.join("ragged.csv"), "a,b\n1,2\n3,4,5\n").expect("writes");
    let train =
        |more: &[&'static str]| -> Vec<&'static str> { [&["train", "d.csv", "--out", "x.almanac"][..], more].concat() };
    check(f, &train(&["--target", "chrun"]), 1, &["AL0102", "`chrun`", "`churn`"]);
    check(f, &train(&["--target", "churn", "--drop", "agee"]), 1, &["`agee`", "`age`"]);
    check(f, &train(&["--target", "churn", "--metric", "rmse"]), 1, &["AL1301", "`rmse`", "roc_auc"]);
    check(f, &train(&["--target", "churn", "--metric", "roc_acu"]), 1, &["`roc_auc`"]);
    check(f, &train(&["--target", "churn", "--learner", "bost"]), 1, &["`boost`"]);
    check(f, &train(&["--target", "churn", "--learner", "forest"]), 1, &["AL0722", "dummy, linear, boost"]);
    check(f, &train(&["--target", "churn", "--set", "boost.tres=3"]), 1, &["AL0720", "`boost.trees`"]);
    check(f, &train(&["--target", "churn", "--learner", "linear", "--set", "boost.trees=3"]), 1, &["AL0723"]);
    check(f, &train(&["--target", "churn", "--drop", "churn"]), 1, &["AL1512", "--drop"]);
    check(f, &train(&["--target", "plan", "--positive", "pro"]), 1, &["AL1513", "multiclass"]);
    check(f, &train(&["--target", "churn", "--split", "column:plan", "--folds", "3"]), 1, &["--folds"]);
    check(f, &train(&["--target", "churn", "--threads", "0"]), 1, &["--threads"]);
    check(f, &train(&["--target", "churn", "--set", "boost.trees=0"]), 1, &["AL0721", "from 1"]);
    check(f, &train(&["--target", "churn", "--task", "cluster"]), 1, &["binary, multiclass, regression"]);
    check(f, &train(&["--target", "churn", "--split", "randomly"]), 1, &["AL1702"]);
    check(f, &train(&["--target", "churn", "--positive", "maybe"]), 1, &["AL1505", "no, yes"]);
    check(f, &train(&["--target", "churn", "--kind", "age=numbr"]), 1, &["--kind", "number"]);
    check(f, &train(&["--target", "churn", "--folds", "1"]), 1, &["--folds"]);
    check(f, &train(&["--target", "churn", "--memory-limit", "4KiB"]), 1, &["memory", "4.0 KiB"]);
    check(f, &["train", "ragged.csv", "--target", "b", "--out", "x"], 1, &["ragged.csv:3", "hint:"]);
    check(f, &["predict", "text.almanac", "d.csv", "-o", "s.csv"], 1, &["text.almanac", "hint:"]);
    check(f, &["predict", "m.almanac", "d.csv", "-o", "s.docx"], 1, &["s.docx", ".parquet"]);
    check(f, &["predict", "m.almanac", "d.csv", "-o", "d.csv"], 1, &["AL2006", "d.csv"]);
    check(f, &["predict", "m.almanac", "d.csv", "-o", "m.almanac"], 1, &["AL2006", "m.almanac"]);
    check(f, &["train", "d.csv", "--target", "churn", "--out", "d.csv"], 1, &["AL2006", "d.csv"]);
    check(f, &["train", "d.csv", "--target", "churn", "--out", "."], 1, &["it is a folder"]);
    check(f, &["data", "show", "abc"], 1, &["abc"]);
    check(f, &["fit", "d.csv"], 1, &["fit"]);
    assert!(!f.join("x.almanac").exists() && !f.join("s.csv").exists(), "a refused command leaves nothing");
}

#[test]
fn a_folder_that_is_not_there_is_yours_and_what_the_disk_refuses_is_not() {
    let folder = with_model();
    let f = folder.path();
    check(f, &["predict", "m.almanac", "d.csv", "-o", "no/such/s.csv"], 1, &["no/such/s.csv", "no such folder"]);
    check(f, &["predict", "m.almanac", "d.csv", "-o", "d.csv/s.csv"], 4, &["d.csv/s.csv"]);
    let train = ["train", "d.csv", "--target", "churn", "--no-tune", "--out", "d.csv/m.almanac"];
    check(f, &train, 4, &["d.csv/m.almanac"]);
}

#[test]
fn train_writes_its_file_and_nothing_else() {
    let folder = with_model();
    let mut names: Vec<String> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["d.csv", "m.almanac"]);
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_with_130_and_leaves_nothing() {
    use std::process::Stdio;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("d.csv"), customers(60_000)).expect("writes");
    let arguments = ["train", "d.csv", "--target", "churn", "--out", "m.almanac", "--set", "boost.trees=5000"];
    let mut child = command(folder.path(), &arguments).stderr(Stdio::piped()).spawn().expect("starts");
    // Until the program listens, a signal ends it the system's way: wait for its file to be open.
    let fds = format!("/proc/{}/fd", child.id());
    let opened = || {
        let entries = std::fs::read_dir(&fds).ok();
        entries.is_some_and(|all| {
            all.flatten().any(|e| std::fs::read_link(e.path()).is_ok_and(|to| to.ends_with("d.csv")))
        })
    };
    while !opened() && child.try_wait().expect("waits").is_none() {
        std::thread::yield_now();
    }
    let killed =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(killed.success());
    assert_eq!(child.wait().expect("ends").code(), Some(130));
    let left: Vec<_> = std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["d.csv"]);
}
