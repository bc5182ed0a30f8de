//! The layers of the house: a crate depends only on crates of strictly lower layers; equal layers are strangers.

use std::collections::BTreeMap;

use crate::Violation;
use crate::workspace::Package;

/// Any crate's tests may use it, whatever its layer.
const TESTKIT: &str = "almanac-testkit";

/// Where an async runtime may appear.
const ASYNC_CRATES: [&str; 3] = ["almanac-remote", "almanac-collect", "almanac-serve"];

/// Packages that are, or bring, an async runtime.
const RUNTIMES: [&str; 6] = ["tokio", "async-std", "smol", "futures", "async-trait", "hyper"];

/// Everything in the dependencies of the workspace that goes against its layers.
pub fn check(packages: &[Package]) -> Vec<Violation> {
    let layers: BTreeMap<&str, Option<u64>> = packages.iter().map(|p| (p.name.as_str(), p.layer)).collect();
    let mut found = Vec::new();
    for package in packages {
        let manifest = format!("{}/Cargo.toml", package.folder);
        let Some(layer) = package.layer else {
            found.push(Violation::new(&manifest, 0, "no layer: add `[package.metadata]` with `layer = N`"));
            continue;
        };
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if RUNTIMES.contains(&name) && !ASYNC_CRATES.contains(&package.name.as_str()) {
                found.push(Violation::new(
                    &manifest,
                    0,
                    format!("`{name}` is async: only {ASYNC_CRATES:?} may use it"),
                ));
            }
            let Some(Some(below)) = layers.get(name) else { continue };
            if *below >= layer && !(dependency.is_dev && name == TESTKIT) {
                let message = format!(
                    "`{}` (layer {layer}) depends on `{name}` (layer {below}), which is not strictly lower",
                    package.name
                );
                found.push(Violation::new(&manifest, 0, message));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::{Dependency, packages, root};

    fn package(name: &str, layer: Option<u64>, dependencies: &[(&str, bool)]) -> Package {
        let dependencies =
            dependencies.iter().map(|(name, is_dev)| Dependency { name: (*name).to_owned(), is_dev: *is_dev });
        Package { name: name.to_owned(), folder: name.to_owned(), layer, dependencies: dependencies.collect() }
    }

    #[test]
    fn the_workspace_keeps_its_layers() {
        let found = check(&packages(&root()).expect("cargo knows the workspace"));
        assert!(found.is_empty(), "\n{}", found.iter().map(|v| format!("{v}\n")).collect::<String>());
    }

    #[test]
    fn arrows_up_and_sideways_are_found() {
        let all = [
            package("low", Some(0), &[("high", false)]),
            package("a", Some(3), &[("low", false), ("b", false)]),
            package("b", Some(3), &[("a", true)]),
            package("high", Some(5), &[("a", false), ("b", false), ("serde", false)]),
            package("bare", None, &[]),
        ];
        let at: Vec<String> = check(&all).into_iter().map(|v| v.path).collect();
        assert_eq!(at, ["low/Cargo.toml", "a/Cargo.toml", "b/Cargo.toml", "bare/Cargo.toml"]);
    }

    #[test]
    fn only_tests_may_use_the_testkit() {
        let testkit = package(TESTKIT, Some(9), &[]);
        assert!(check(&[testkit.clone(), package("a", Some(0), &[(TESTKIT, true)])]).is_empty());
        assert_eq!(check(&[testkit, package("a", Some(0), &[(TESTKIT, false)])]).len(), 1);
    }

    #[test]
    fn runtimes_stay_where_they_may_be() {
        assert_eq!(check(&[package("almanac-train", Some(3), &[("tokio", false)])]).len(), 1);
        assert!(check(&[package("almanac-collect", Some(3), &[("tokio", false)])]).is_empty());
    }
}
