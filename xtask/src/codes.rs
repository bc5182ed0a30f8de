//! Error codes: each lies in its crate's block and has a page; each page has a code that is used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::Violation;
use crate::source::Source;

/// The first two digits of a crate's codes. A block is never given away twice.
pub const BLOCKS: [(&str, u16); 27] = [
    ("base", 0),
    ("table", 1),
    ("pack", 2),
    ("objects", 3),
    ("remote", 4),
    ("stats", 5),
    ("metrics", 6),
    ("contract", 7),
    ("collect", 8),
    ("validate", 9),
    ("explore", 10),
    ("preprocess", 11),
    ("train", 12),
    ("evaluate", 13),
    ("track", 14),
    ("pipeline", 15),
    ("monitor", 16),
    ("tune", 17),
    ("retrain", 18),
    ("report", 19),
    ("workflow", 20),
    ("serve", 21),
    ("cli", 22),
    ("py", 23),
    ("capi", 24),
    ("csv", 25),
    ("infer", 26),
];

const PAGES: &str = "docs/errors/";

/// Codes without a block or a page, pages without a code, pages of another shape.
pub fn check(root: &Path, files: &[String], sources: &[Source]) -> Vec<Violation> {
    let pages: BTreeSet<&str> = files.iter().filter_map(|f| page_name(f)).collect();
    let mut found = Vec::new();
    let mut used: BTreeSet<String> = BTreeSet::new();
    let blocks: BTreeMap<&str, u16> = BLOCKS.into_iter().collect();
    for source in sources {
        let Some(owner) = source.path.strip_prefix("crates/").and_then(|p| p.split_once("/src/")).map(|(c, _)| c)
        else {
            continue;
        };
        for (at, code) in codes(source) {
            let line = source.line_of(at);
            let name = format!("AL{code:04}");
            match blocks.get(owner) {
                Some(block) if code / 100 == *block => {}
                Some(block) => {
                    let message = format!("{name} is outside the block of `{owner}`, AL{block:02}00 to AL{block:02}99");
                    found.push(Violation::new(&source.path, line, message));
                }
                None => found.push(Violation::new(&source.path, line, format!("`{owner}` has no block of codes"))),
            }
            if used.insert(name.clone()) && !pages.contains(name.as_str()) {
                found.push(Violation::new(&source.path, line, format!("{name} has no page {PAGES}{name}.md")));
            }
        }
    }
    for page in pages {
        let path = format!("{PAGES}{page}.md");
        if !used.contains(page) {
            found.push(Violation::new(&path, 0, "no crate uses this code"));
        }
        let text = std::fs::read_to_string(root.join(&path)).unwrap_or_default();
        if !text.starts_with(&format!("# {page}: ")) {
            found.push(Violation::new(&path, 1, format!("a page begins with `# {page}: ` and a title")));
        }
    }
    found
}

/// The `AL0104` of `docs/errors/AL0104.md`.
fn page_name(path: &str) -> Option<&str> {
    path.strip_prefix(PAGES)?.strip_suffix(".md").filter(|name| *name != "README")
}

/// `Code(104)` outside test code.
fn codes(source: &Source) -> Vec<(usize, u16)> {
    let hits = source.find("Code(").into_iter().filter(|at| !source.is_test_at(*at));
    hits.filter_map(|at| {
        let rest = &source.code[at + "Code(".len()..];
        let close = rest.iter().position(|b| *b == b')')?;
        std::str::from_utf8(&rest[..close]).ok()?.replace('_', "").parse().ok().map(|code| (at, code))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_given_once_and_documented() {
        let numbers: BTreeSet<u16> = BLOCKS.iter().map(|b| b.1).collect();
        assert_eq!(numbers.len(), BLOCKS.len());
        let readme = crate::workspace::root().join(PAGES).join("README.md");
        let text = std::fs::read_to_string(readme).expect("the page is there");
        for (name, block) in BLOCKS {
            assert!(text.contains(&format!("| {block:02}xx | {name} |")), "{name} is not in {PAGES}README.md");
        }
    }

    #[test]
    fn codes_are_found_outside_tests() {
        let text = "x => Code(104), // Code(7)\nlet c = Code(n);\nErrorCode(9);\n#[cfg(test)]\nmod t { Code(3) }\n";
        let source = Source::new("crates/table/src/error.rs", text.to_owned());
        assert_eq!(codes(&source), [(5, 104)]);
    }

    #[test]
    fn strays_are_found() {
        let sources = [
            Source::new("crates/pack/src/error.rs", "Code(201) Code(301)".to_owned()),
            Source::new("crates/none/src/error.rs", "Code(201)".to_owned()),
        ];
        let files = ["docs/errors/AL0201.md".to_owned(), "docs/errors/AL0299.md".to_owned()];
        let found = check(&crate::workspace::root(), &files, &sources);
        let told: Vec<&str> = found.iter().map(|v| v.message.as_str()).collect();
        assert!(told.iter().any(|m| m.contains("AL0301 is outside the block of `pack`, AL0200 to AL0299")));
        assert!(told.contains(&"AL0301 has no page docs/errors/AL0301.md"));
        assert!(told.contains(&"`none` has no block of codes"));
        assert!(told.contains(&"no crate uses this code"));
    }
}
