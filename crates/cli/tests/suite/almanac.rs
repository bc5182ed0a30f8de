//! Running the program.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// What a run gave.
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// The document on standard output.
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.lines().count(), 1, "one document: {}", self.stdout);
        serde_json::from_str(&self.stdout).expect("JSON")
    }

    /// The same run, which must have succeeded.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self
    }
}

/// The program, to be run in a folder.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_almanac"));
    command.current_dir(folder).args(arguments).env_remove("COLUMNS").env("NO_COLOR", "1");
    command
}

/// Runs the program in a folder.
pub fn almanac(folder: &Path, arguments: &[&str]) -> Ran {
    Ran::of(command(folder, arguments).output().expect("the program starts"))
}

/// A small table of customers; `n_rows` of it.
pub fn customers(n_rows: usize) -> String {
    let mut text = String::from("id,age,plan,usage,churn\n");
    for i in 0..n_rows {
        let (age, plan, usage) = (20 + i * 7 % 50, ["basic", "plus", "pro"][i * 5 % 3], i * 37 % 101);
        let noise = i * 7919 % 13;
        let leaves = usage + age / 2 + 4 * noise < 90 && plan != "pro";
        let _ = writeln!(text, "c{i:05},{age},{plan},{usage},{}", if leaves { "yes" } else { "no" });
    }
    text
}

/// A folder with `d.csv` and a model `m.almanac` on it.
pub fn with_model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("d.csv"), customers(240)).expect("writes");
    let arguments =
        ["train", "d.csv", "--target", "churn", "--out", "m.almanac", "--no-tune", "--set", "boost.trees=20"];
    almanac(folder.path(), &arguments).ok();
    folder
}
