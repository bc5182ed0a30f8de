//! Names of files, and what no file may contain: a path of the machine that it was written on.

use std::path::Path;

use crate::Violation;

/// Names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 9] =
    ["util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "shared"];

/// First folders of absolute paths that mean one machine.
const MACHINE_FOLDERS: [&str; 4] = ["work", "root", "home", "Users"];

/// Checks every file of the repository, whatever its kind.
pub fn check(root: &Path, files: &[String]) -> Vec<Violation> {
    let mut found = Vec::new();
    for path in files {
        if let Some(part) = path.split('/').find(|p| EMPTY_NAMES.contains(&p.trim_end_matches(".rs"))) {
            found.push(Violation::new(path, 0, format!("`{part}` says nothing of what is inside: name the idea")));
        }
        // Not UTF-8: an encoding under test, or not text.
        let Some(text) = std::fs::read(root.join(path)).ok().and_then(|b| String::from_utf8(b).ok()) else { continue };
        for (i, line) in text.lines().enumerate() {
            if let Some(folder) = machine_path(line) {
                found.push(Violation::new(path, i + 1, format!("an absolute path of one machine: /{folder}/…")));
            }
        }
    }
    found
}

/// `/folder/` where a path begins: not after a name, a dot or a variable, where it is part of something longer.
fn machine_path(line: &str) -> Option<&'static str> {
    MACHINE_FOLDERS.into_iter().find(|folder| {
        let needle = format!("/{folder}/");
        line.match_indices(&needle).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '}' | ')' | '>' | '*'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(folder: &str) -> String {
        format!("/{folder}/x")
    }

    #[test]
    fn paths_of_a_machine_are_found() {
        for folder in MACHINE_FOLDERS {
            assert_eq!(machine_path(&path(folder)), Some(folder));
            assert_eq!(machine_path(&format!("let p = \"{}\";", path(folder))), Some(folder));
            assert_eq!(machine_path(&format!("file://{}", path(folder))), Some(folder));
            for longer in ["..", "https://example.org", "$HERE", "${HERE}", "a"] {
                assert_eq!(machine_path(&format!("{longer}{}", path(folder))), None, "{longer}");
            }
        }
        assert_eq!(machine_path("/homely/ /workspace/"), None);
    }

    #[test]
    fn names_that_say_nothing_are_found() {
        let files =
            ["crates/a/src/utils.rs", "crates/helpers/src/lib.rs", "crates/a/src/commonly.rs"].map(str::to_owned);
        assert_eq!(check(Path::new("nowhere"), &files).len(), 2);
    }
}
