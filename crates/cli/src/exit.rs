//! Exit codes that scripts can trust, and what happens when the program itself is wrong.

use std::io::Write;
use std::panic;
use std::process::ExitCode;

use base::{Family, Fault, Internal};
use serde_json::Value;

use crate::document::Document;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It did what was asked.
    Done,
    /// The input, the configuration or the command line is wrong.
    Yours,
    /// The program is wrong.
    Ours,
    /// Disk, network or permissions are in the way.
    World,
    /// It was interrupted.
    Interrupted,
}

impl Exit {
    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Yours => 1,
            Self::Ours => 2,
            Self::World => 4,
            Self::Interrupted => 130,
        }
    }

    /// The word that `--json` shows as `status`.
    pub fn status(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Yours => "refused",
            Self::Ours => "bug",
            Self::World => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Family> for Exit {
    fn from(family: Family) -> Self {
        match family {
            Family::Yours => Self::Yours,
            Family::Ours => Self::Ours,
            Family::World => Self::World,
            Family::Interrupted => Self::Interrupted,
        }
    }
}

/// Replaces the default panic message by one that asks for a report.
pub fn install_panic_hook() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        let what = info
            .payload()
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| info.payload().downcast_ref::<String>().cloned())
            .unwrap_or_default();
        // A closed standard error must not turn a panic into an abort.
        let _ = std::io::Write::write_fmt(
            &mut std::io::stderr(),
            format_args!(
                "error[AL0001]: internal error{place}: {what}\n\
                 hint: this is a bug in almanac {}: please report it with the command and this message\n",
                env!("CARGO_PKG_VERSION")
            ),
        );
    }));
}

/// Runs a command; a panic becomes exit code 2, and under `--json` still one document.
pub fn guard(json: bool, run: impl FnOnce() -> Exit) -> ExitCode {
    match panic::catch_unwind(panic::AssertUnwindSafe(run)) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(_) => {
            if json {
                let what = "the command ended in a panic; standard error has the place".to_owned();
                let document = Document::new("almanac", Exit::Ours, vec![Internal { what }.finding()], Value::Null);
                // Whoever closed standard output does not want to hear it.
                let _ = writeln!(std::io::stdout(), "{}", document.to_line());
            }
            ExitCode::from(Exit::Ours.code())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_ours() {
        let code = guard(true, || panic!("on purpose"));
        assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(2)));
    }
}
