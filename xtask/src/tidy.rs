//! How code reads, as far as a program can tell. `docs/` and the style guide say why each rule is there.

mod files;
mod manifests;
mod shape;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

use crate::source::Source;
use crate::workspace;
use crate::{Violation, codes, layers, licences};

/// Everything in the repository that breaks a rule, in order; and warnings.
pub fn check(root: &Path) -> Result<(Vec<Violation>, Vec<String>), String> {
    let files = workspace::files(root)?;
    let sources = sources(root, &files)?;
    let mut found = layers::check(&workspace::packages(root)?);
    found.extend(licences::check(root)?);
    found.extend(codes::check(root, &files, &sources));
    found.extend(files::check(root, &files));
    found.extend(manifests::check(root, &files)?);
    for source in &sources {
        found.extend(shape::check(source));
        found.extend(words::check(source));
    }
    let (shares, warnings) = shape::check_shares(&sources);
    found.extend(shares);
    found.sort();
    Ok((found, warnings))
}

/// The Rust files, with those marked as test code that another file includes as such.
fn sources(root: &Path, files: &[String]) -> Result<Vec<Source>, String> {
    let mut sources = Vec::new();
    for path in files.iter().filter(|f| f.ends_with(".rs")) {
        // A file may go while its folder is being worked on.
        let Ok(text) = std::fs::read_to_string(root.join(path)) else { continue };
        sources.push(Source::new(path, text));
    }
    let tests: BTreeSet<String> = sources.iter().flat_map(test_files).collect();
    for source in &mut sources {
        if tests.iter().any(|t| source.path == format!("{t}.rs") || source.path.starts_with(&format!("{t}/"))) {
            source.is_test.fill(true);
        }
    }
    Ok(sources)
}

/// Paths, without extension, of the modules that a file declares as test code.
fn test_files(source: &Source) -> Vec<String> {
    let stem = source.path.trim_end_matches(".rs");
    let folder = match stem.rsplit_once('/') {
        Some((folder, "lib" | "main" | "mod")) => folder,
        _ => stem,
    };
    source.test_modules().into_iter().map(|name| format!("{folder}/{name}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_tidy() {
        let (found, _) = check(&workspace::root()).expect("the repository can be read");
        let list: String = found.iter().map(|v| format!("{v}\n")).collect();
        assert!(found.is_empty(), "{} violations:\n{list}", found.len());
    }

    #[test]
    fn a_test_module_in_its_own_file_is_test_code() {
        let of = |path: &str| test_files(&Source::new(path, "#[cfg(test)]\nmod suite;\n".to_owned()));
        assert_eq!(of("crates/x/src/lib.rs"), ["crates/x/src/suite"]);
        assert_eq!(of("crates/x/src/a.rs"), ["crates/x/src/a/suite"]);
        assert_eq!(of("crates/x/src/a/mod.rs"), ["crates/x/src/a/suite"]);
    }
}
