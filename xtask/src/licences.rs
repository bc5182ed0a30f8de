//! Permissive licences only, and nothing that does not come from the registry. `cargo deny` says more where it is
//! installed; this much is always checked.

use std::path::Path;

use serde_json::Value;

use crate::Violation;
use crate::workspace::{array, host, metadata};

const ALLOWED: [&str; 13] = [
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "CC0-1.0",
    "0BSD",
    "BSL-1.0",
    "Unicode-3.0",
    "Unlicense",
];

/// Packages of the whole dependency tree that may not be used.
pub fn check(root: &Path) -> Result<Vec<Violation>, String> {
    let metadata = metadata(root, &["--filter-platform", &host()?])?;
    Ok(array(&metadata["packages"]).iter().filter_map(problem).collect())
}

fn problem(package: &Value) -> Option<Violation> {
    let text = |key: &str| package[key].as_str().unwrap_or_default();
    let refuse = |message: String| {
        Some(Violation::new("Cargo.lock", 0, format!("{} {}: {message}", text("name"), text("version"))))
    };
    // Ours have no source.
    if !package["source"].is_null() && !text("source").starts_with("registry+") {
        return refuse(format!("comes from {}", text("source")));
    }
    if !is_allowed(text("license")) {
        return refuse(format!("licence `{}` is not on the list", text("license")));
    }
    None
}

/// Whether a licence expression can be met: every part of an AND, one part of an OR. `/` is an old OR.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ");
    alternatives(&expression, " OR ").iter().any(|one| {
        alternatives(one, " AND ").iter().all(|part| {
            let part = part.trim();
            match part.strip_prefix('(').and_then(|p| p.strip_suffix(')')) {
                Some(inner) => is_allowed(inner),
                None => ALLOWED.contains(&part),
            }
        })
    })
}

/// Splits at a separator outside parentheses.
fn alternatives<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 && i >= start && text[i..].starts_with(separator) => {
                parts.push(&text[start..i]);
                start = i + separator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dependency_is_permissive() {
        let found = check(&crate::workspace::root()).expect("cargo knows the dependencies");
        assert!(found.is_empty(), "\n{}", found.iter().map(|v| format!("{v}\n")).collect::<String>());
    }

    #[test]
    fn expressions_are_read() {
        for good in ["MIT", "MIT OR GPL-3.0", "MIT/Apache-2.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "GPL-2.0 OR ISC"]
        {
            assert!(is_allowed(good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR ISC) AND GPL-3.0", "MITX"] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
