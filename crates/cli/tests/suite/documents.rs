//! `--json`: one document of one shape from every command, whether it went well or not.

use serde_json::Value;

use super::almanac::{almanac, with_model};
use super::help::commands;

fn check(document: &Value) {
    let keys: Vec<&String> = document.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["command", "findings", "result", "schema", "status"]);
    assert_eq!(document["schema"], 1);
    assert!(document["result"].is_object() && document["command"].is_string());
    for finding in document["findings"].as_array().expect("a list") {
        let code = finding["code"].as_str().expect("a code");
        assert!(code.len() == 6 && code.starts_with("AL"), "{finding}");
        assert!(["info", "warning", "error"].contains(&finding["severity"].as_str().expect("a severity")));
        for key in ["file", "line", "column", "row"] {
            assert!(finding["place"].get(key).is_some(), "{finding}");
        }
        assert!(finding["message"].is_string() && finding.get("hint").is_some());
    }
}

#[test]
fn every_command_without_its_arguments_prints_a_document() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in commands() {
        // The demo and the list need no argument: they are run below.
        if path == ["demo"] || path == ["data", "list"] {
            continue;
        }
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--json");
        let ran = almanac(folder.path(), &arguments);
        let document = ran.json();
        check(&document);
        assert_eq!((ran.code, document["status"].as_str()), (1, Some("refused")), "{path:?}");
        let named = if path.is_empty() { "almanac".to_owned() } else { path.join(" ") };
        assert_eq!(document["command"], named.as_str());
        arguments.push("--help");
        let helped = almanac(folder.path(), &arguments).ok().json();
        check(&helped);
        assert!(helped["result"]["help"].as_str().is_some_and(|h| h.contains("Usage")), "{path:?}");
    }
}

#[test]
fn every_command_that_works_prints_a_document() {
    let folder = with_model();
    let run = |arguments: &[&str]| {
        let document = almanac(folder.path(), &[arguments, &["--json"]].concat()).ok().json();
        check(&document);
        assert_eq!(document["status"], "done");
        document["result"].clone()
    };
    let train = run(&["train", "d.csv", "--target", "churn", "--out", "n.almanac", "--no-tune", "--folds", "2"]);
    assert_eq!((train["task"].as_str(), train["metric"].as_str()), (Some("binary"), Some("roc_auc")));
    let names: Vec<&str> =
        train["leaderboard"].as_array().expect("a list").iter().filter_map(|t| t["name"].as_str()).collect();
    assert!(names.contains(&"dummy") && names.contains(&"boost"), "{names:?}");
    let predict = run(&["predict", "n.almanac", "d.csv", "-o", "s.csv"]);
    assert_eq!(predict["n_rows"], 240);
    let bench = run(&["bench", "m.almanac", "d.csv"]);
    assert!(["rows_per_s", "p50_us", "p99_us"].iter().all(|k| bench[k].as_f64().is_some_and(|v| v > 0.0)), "{bench}");
    let added = run(&["data", "add", "d.csv"]);
    let id = added["snapshot"]["id"].as_str().expect("an id").to_owned();
    assert_eq!(run(&["data", "list"])["snapshots"][0]["id"], id.as_str());
    assert_eq!(run(&["data", "show", &id[..8]])["snapshot"]["n_rows"], 240);
    assert_eq!(run(&["data", "export", &id, "-o", "d.parquet"])["snapshot"]["id"], id.as_str());
}

#[test]
fn a_refusal_is_a_document_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = almanac(folder.path(), &["train", "absent.csv", "--target", "y", "--out", "m", "--json"]);
    let document = ran.json();
    check(&document);
    assert_eq!(document["command"], "train");
    assert_ne!(ran.code, 0);
    assert!(document["findings"][0]["message"].as_str().is_some_and(|m| m.contains("absent.csv")), "{document}");
}
