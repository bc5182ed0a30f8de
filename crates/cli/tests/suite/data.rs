//! Snapshots as a user keeps them: add, list, show, export; the same values are the same snapshot.

use super::almanac::{almanac, customers};

#[test]
fn a_snapshot_comes_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    let text = customers(300);
    std::fs::write(f.join("d.csv"), &text).expect("writes");
    let added = |file: &str| {
        let json = almanac(f, &["data", "add", file, "--json"]).ok().json();
        (json["result"]["snapshot"]["id"].as_str().expect("an id").to_owned(), json["result"]["is_new"] == true)
    };
    let (id, is_new) = added("d.csv");
    assert!(is_new && id.len() == 64);
    almanac(f, &["data", "export", &id[..10], "-o", "back.csv"]).ok();
    assert_eq!(std::fs::read_to_string(f.join("back.csv")).expect("reads"), text);
    for file in ["back.parquet", "back.jsonl", "back.arrow", "back.tsv.gz"] {
        almanac(f, &["data", "export", &id, "-o", file]).ok();
        assert_eq!(added(file), (id.clone(), false), "{file} holds the same values");
    }
    std::fs::write(f.join("e.csv"), text.replacen("basic", "gold", 1)).expect("writes");
    assert_ne!(added("e.csv").0, id);
    let list = almanac(f, &["data", "list"]).ok().stdout;
    assert_eq!(list.lines().filter(|l| l.contains(".csv")).count(), 2, "{list}");
    let show = almanac(f, &["data", "show", &id]).ok().stdout;
    assert!(show.contains("plan") && show.contains("category") && show.contains("identifier"), "{show}");
}

#[test]
fn damage_is_found_before_it_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let f = folder.path();
    std::fs::write(f.join("d.csv"), customers(300)).expect("writes");
    let json = almanac(f, &["data", "add", "d.csv", "--json"]).ok().json();
    let id = json["result"]["snapshot"]["id"].as_str().expect("an id").to_owned();
    let part = std::fs::read_dir(f.join(".almanac/snapshots").join(&id))
        .expect("the snapshot's folder")
        .flatten()
        .map(|e| e.path())
        .find(|p| p.extension().is_some_and(|e| e == "parquet"))
        .expect("a part");
    let mut bytes = std::fs::read(&part).expect("reads");
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::remove_file(&part).expect("removes");
    std::fs::write(&part, bytes).expect("writes");
    let ran = almanac(f, &["data", "export", &id, "-o", "back.csv"]);
    assert_eq!(ran.code, 4, "{}", ran.stderr);
    assert!(ran.stderr.contains(".parquet") && !f.join("back.csv").exists(), "{}", ran.stderr);
}
