//! What cargo and git know of this repository: its packages, their layers and dependencies, its files.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    here.parent().map_or(here.clone(), Path::to_owned)
}

/// A package of the workspace.
#[derive(Debug, Clone)]
pub struct Package {
    /// Its name, such as `almanac-base`.
    pub name: String,
    /// Its folder from the root, such as `crates/base`.
    pub folder: String,
    /// Its layer, where its manifest says one.
    pub layer: Option<u64>,
    /// Names of the packages that it asks for.
    pub dependencies: Vec<Dependency>,
}

/// One line of a `[dependencies]` table.
#[derive(Debug, Clone)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// Whether only tests, examples and benches use it.
    pub is_dev: bool,
}

/// The packages of the workspace, by name.
pub fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let metadata = metadata(root, &["--no-deps", "--offline"])?;
    let mut packages: Vec<Package> = array(&metadata["packages"]).iter().map(|p| package(p, root)).collect();
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

/// What `cargo metadata` says. Without `--no-deps` it downloads what building would download.
pub fn metadata(root: &Path, more: &[&str]) -> Result<Value, String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(["metadata", "--format-version", "1"]).args(more);
    let output = command.output().map_err(|e| format!("cargo metadata did not start: {e}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr)));
    }
    serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata gave no JSON: {e}"))
}

/// The triple that this machine builds for, as `rustc` says.
pub fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|e| format!("rustc did not start: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|l| l.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not say what it builds for".to_owned())
}

/// The items of a JSON array; none if it is not one.
pub fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn package(value: &Value, root: &Path) -> Package {
    let manifest = Path::new(value["manifest_path"].as_str().unwrap_or_default());
    let folder = manifest.parent().unwrap_or(manifest);
    let dependencies = array(&value["dependencies"])
        .iter()
        .map(|d| Dependency { name: d["name"].as_str().unwrap_or_default().to_owned(), is_dev: d["kind"] == "dev" });
    Package {
        name: value["name"].as_str().unwrap_or_default().to_owned(),
        folder: folder.strip_prefix(root).unwrap_or(folder).display().to_string(),
        layer: value["metadata"]["layer"].as_u64(),
        dependencies: dependencies.collect(),
    }
}

/// Every file that git tracks or would track, from the root, in order; without git, every file outside `target`.
pub fn files(root: &Path) -> Result<Vec<String>, String> {
    let mut command = Command::new("git");
    command.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let mut paths: Vec<String> = match command.output() {
        Ok(output) if output.status.success() => {
            String::from_utf8_lossy(&output.stdout).split('\0').filter(|p| !p.is_empty()).map(str::to_owned).collect()
        }
        _ => {
            let mut found = Vec::new();
            walk(root, root, &mut found).map_err(|e| format!("the repository cannot be listed: {e}"))?;
            found
        }
    };
    paths.retain(|p| root.join(p).is_file());
    paths.sort();
    paths.dedup();
    Ok(paths)
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() && !matches!(name, "target" | ".git" | ".almanac" | ".venv") {
            walk(root, &path, found)?;
        } else if path.is_file() {
            found.push(path.strip_prefix(root).unwrap_or(&path).display().to_string());
        }
    }
    Ok(())
}
