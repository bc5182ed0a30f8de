//! The gate: every step runs, whatever became of the one before, and the tests come last, so that what a person or a
//! machine reads at the end is the test runner's own summary.

use std::ffi::OsStr;
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::tidy;
use crate::workspace::root;

/// Which steps run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    All,
    /// Those that read the code.
    Lint,
    /// Those that run it.
    Test,
}

/// Runs the steps. The error names those that failed.
pub fn run(part: Part) -> Result<(), String> {
    let mut steps = Steps::default();
    if part != Part::Test {
        steps.cargo("format", &["fmt", "--all", "--check"], &[]);
        steps.run("tidy", tidy);
        steps.cargo("clippy", &["clippy", "--workspace", "--all-targets", "--locked", "-q", "--", "-Dwarnings"], &[]);
        let doc = ["doc", "--workspace", "--no-deps", "--locked", "-q"];
        steps.cargo("docs", &doc, &[("RUSTDOCFLAGS", "-Dwarnings")]);
        if is_installed("deny") {
            steps.cargo("deny", &["deny", "--offline", "check", "bans", "licenses", "sources"], &[]);
        } else {
            println!("SKIPPED deny: cargo-deny is not installed; tidy has checked licences and sources");
        }
    }
    if part != Part::Lint {
        // Built first and with the same flags, so that a build that fails is told once.
        steps.cargo("build tests", &["test", "--workspace", "--locked", "--no-run", "-q"], &[]);
        if !steps.failed.contains(&"build tests") {
            tests(&mut steps);
        }
    }
    if steps.failed.is_empty() { Ok(()) } else { Err(format!("FAILED: {}", steps.failed.join(", "))) }
}

/// Doc tests, then all the others.
fn tests(steps: &mut Steps) {
    if is_installed("nextest") {
        steps.cargo("doc tests", &["test", "--workspace", "--locked", "--doc", "-q"], &[]);
        steps.summary();
        steps.cargo("tests", &["nextest", "run", "--workspace", "--locked"], &[]);
    } else {
        println!("SKIPPED nextest: it is not installed; cargo test runs the same tests");
        steps.summary();
        steps.cargo("tests", &["test", "--workspace", "--locked", "--no-fail-fast"], &[]);
    }
}

/// Layers, licences, codes and style. Prints each violation with its place.
pub fn tidy() -> Result<(), String> {
    let (found, warnings) = tidy::check(&root())?;
    warnings.iter().for_each(|w| println!("warning: {w}"));
    found.iter().for_each(|v| println!("{v}"));
    if found.is_empty() { Ok(()) } else { Err(format!("{} violations", found.len())) }
}

#[derive(Default)]
struct Steps {
    failed: Vec<&'static str>,
    told: Vec<String>,
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce() -> Result<(), String>) {
        println!("==> {name}");
        let start = Instant::now();
        let done = step();
        let word = if done.is_ok() { "ok" } else { "FAILED" };
        self.told.push(format!("{name}: {word} in {:.0} s", start.elapsed().as_secs_f64()));
        if let Err(message) = done {
            println!("{name} FAILED: {message}");
            self.failed.push(name);
        }
    }

    fn cargo(&mut self, name: &'static str, arguments: &[&str], variables: &[(&str, &str)]) {
        self.run(name, || {
            let mut command = cargo(arguments);
            command.envs(variables.iter().copied()).stdin(Stdio::null());
            let status = command.status().map_err(|e| format!("cargo did not start: {e}"))?;
            if status.success() { Ok(()) } else { Err(format!("cargo {} ({status})", arguments.join(" "))) }
        });
    }

    fn summary(&self) {
        println!("==> so far");
        self.told.iter().for_each(|line| println!("    {line}"));
    }
}

fn cargo<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    // What `cargo run` set for us would make every build script look changed.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME", "CARGO_PKG_VERSION"] {
        command.env_remove(name);
    }
    command
}

fn is_installed(subcommand: &str) -> bool {
    let tried = cargo(&[subcommand, "--version"]).stdin(Stdio::null()).output();
    tried.is_ok_and(|output| output.status.success())
}
