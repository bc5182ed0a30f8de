//! The chores of this repository: `cargo xtask check` is the whole gate. Nothing here is part of the product.

mod codes;
mod gate;
mod layers;
mod licences;
mod source;
mod tidy;
mod workspace;

use std::fmt;
use std::process::ExitCode;

const HELP: &str = "\
usage: cargo xtask COMMAND

  check    the whole gate: format, tidy, clippy, docs, doc tests, tests
  tidy     layers, licences, error codes and the rules of how code reads; takes a second
  lint     format, tidy, clippy, docs
  test     doc tests and tests
";

/// Something that breaks a rule, and where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    /// Path from the root of the repository.
    path: String,
    /// Line from 1; 0 where the whole file is meant.
    line: usize,
    /// What is wrong.
    message: String,
}

impl Violation {
    fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { path: path.into(), line, message: message.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["check"] => gate::run(gate::Part::All),
        ["lint"] => gate::run(gate::Part::Lint),
        ["test"] => gate::run(gate::Part::Test),
        ["tidy"] => gate::tidy(),
        _ => Err(HELP.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
