//! The `almanac` program: reads the command line, runs one use case, renders what it says, exits.
//!
//! Not here: any computation (`workflow` and below).

mod args;
mod bars;
mod commands;
mod document;
mod exit;
mod render;

use std::process::ExitCode;

fn main() -> ExitCode {
    exit::install_panic_hook();
    let argv: Vec<std::ffi::OsString> = std::env::args_os().collect();
    exit::guard(argv.iter().any(|a| a == "--json"), || commands::run(&argv))
}
