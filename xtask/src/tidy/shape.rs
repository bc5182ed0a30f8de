//! How long files and functions are, how the code is shared out among the crates, and that each file says what it is.

use std::collections::BTreeMap;

use crate::Violation;
use crate::source::{Source, is_test_path};

const FILE_LINES_MAX: usize = 800;
const TEST_FILE_LINES_MAX: usize = 1_500;
const FUNCTION_LINES_MAX: usize = 69;

/// From this many lines on, no crate may have more than a fifth of them.
const SHARES_FROM_LINES: usize = 30_000;

/// Below it, a share says nothing yet.
const WARN_FROM_LINES: usize = 10_000;

/// Functions that may be longer, each with its reason.
const LONG_FUNCTIONS: [(&str, &str); 0] = [];

/// Checks one file.
pub fn check(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    if !source.text.starts_with("//!") {
        found.push(Violation::new(&source.path, 1, "begins without `//!`: say what lives here and what does not"));
    }
    let n_lines = source.text.lines().count();
    let max = if is_test_path(&source.path) { TEST_FILE_LINES_MAX } else { FILE_LINES_MAX };
    if n_lines > max {
        found.push(Violation::new(&source.path, 0, format!("{n_lines} lines; at most {max}")));
    }
    for function in source.functions() {
        let is_excused = LONG_FUNCTIONS.contains(&(source.path.as_str(), function.name.as_str()));
        if function.n_lines > FUNCTION_LINES_MAX && !is_excused {
            let message = format!("`{}` has {} lines; at most {FUNCTION_LINES_MAX}", function.name, function.n_lines);
            found.push(Violation::new(&source.path, function.line, message));
        }
    }
    found
}

/// Crates that have more than a fifth of the code: violations in a grown workspace, warnings in a young one.
pub fn check_shares(sources: &[Source]) -> (Vec<Violation>, Vec<String>) {
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for source in sources.iter().filter(|s| !is_test_path(&s.path)) {
        if let Some((name, _)) = source.path.strip_prefix("crates/").and_then(|p| p.split_once("/src/")) {
            *lines.entry(name).or_default() += source.text.lines().count();
        }
    }
    let total: usize = lines.values().sum();
    let large = lines.into_iter().filter(|(_, n)| n * 5 > total);
    let told = large.map(|(name, n)| (name, format!("`{name}` has {n} of {total} lines, more than a fifth")));
    if total > SHARES_FROM_LINES {
        (told.map(|(name, message)| Violation::new(format!("crates/{name}"), 0, message)).collect(), Vec::new())
    } else if total > WARN_FROM_LINES {
        (Vec::new(), told.map(|(_, message)| message).collect())
    } else {
        (Vec::new(), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source::new(path, text.to_owned())
    }

    #[test]
    fn long_files_and_functions_are_found() {
        let body = |n: usize| format!("//! x\nfn f() {{\n{}}}\n", "    a();\n".repeat(n));
        assert!(check(&source("crates/a/src/b.rs", &body(67))).is_empty());
        assert_eq!(check(&source("crates/a/src/b.rs", &body(68)))[0].line, 2);
        let long = format!("//! x\n{}", "// y\n".repeat(800));
        assert_eq!(check(&source("crates/a/src/b.rs", &long)).len(), 1);
        assert!(check(&source("crates/a/tests/b.rs", &long)).is_empty());
        assert_eq!(check(&source("crates/a/src/b.rs", "fn f() {}\n")).len(), 1);
    }

    #[test]
    fn a_crate_with_too_much_is_found_once_it_matters() {
        let crates = |n: usize| {
            let names = ["a", "b", "c", "d", "e", "f"].map(|c| (c, if c == "a" { 2 * n } else { n }));
            names.map(|(c, n)| source(&format!("crates/{c}/src/lib.rs"), &"//! x\n".repeat(n)))
        };
        assert_eq!(check_shares(&crates(10)), (vec![], vec![]));
        assert_eq!(check_shares(&crates(2_000)).1.len(), 1);
        assert_eq!(check_shares(&crates(5_000)).0.len(), 1);
    }
}
