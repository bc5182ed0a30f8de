//! What every crate's manifest has in common: versions come from the workspace, and so do the lints.

use std::path::Path;

use crate::Violation;

/// Checks the manifests of the crates.
pub fn check(root: &Path, files: &[String]) -> Result<Vec<Violation>, String> {
    let mut found = Vec::new();
    for path in files.iter().filter(|f| f.ends_with("/Cargo.toml")) {
        let text = std::fs::read_to_string(root.join(path)).map_err(|e| format!("{path}: {e}"))?;
        found.extend(problems(path, &text));
    }
    Ok(found)
}

fn problems(path: &str, text: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut table = "";
    let mut inherits_lints = false;
    for (i, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('[') {
            table = line.trim_matches(['[', ']']);
            continue;
        }
        inherits_lints |= table == "lints" && line.replace(' ', "") == "workspace=true";
        let is_dependency = table.ends_with("dependencies") && line.contains('=') && !line.starts_with('#');
        if is_dependency && !line.replace(' ', "").contains("workspace=true") {
            found.push(Violation::new(path, i + 1, "versions stand in the workspace: use `{ workspace = true }`"));
        }
    }
    if !inherits_lints {
        found.push(Violation::new(path, 0, "no lints: add `[lints]` with `workspace = true`"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_versions_and_missing_lints_are_found() {
        let good = "[lints]\nworkspace = true\n[dependencies]\nserde = { workspace = true }\nzstd.workspace = true\n";
        assert!(problems("x/Cargo.toml", good).is_empty());
        let bad = "[dependencies]\nserde = \"1\"\n[dev-dependencies]\nzstd = { version = \"0.13\" }\n";
        let lines: Vec<usize> = problems("x/Cargo.toml", bad).into_iter().map(|v| v.line).collect();
        assert_eq!(lines, [2, 4, 0]);
    }
}
