//! What every typed error of the project says of itself: a stable code, whose fault it is, where, and what to do.

use crate::finding::{Code, Finding, Place, Severity};

/// Whose fault an error is. The families are never mixed, and each has its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Input or configuration: exit code 1.
    Yours,
    /// A bug of ours: exit code 2, asks for a report.
    Ours,
    /// Disk, network, permissions: exit code 4.
    World,
    /// The work was interrupted: exit code 130.
    Interrupted,
}

/// Implemented by every crate's error enum. `Display` gives the message: lower-case, what happened and what was
/// expected, without the code and without the hint.
pub trait Fault: std::error::Error + Send + Sync + 'static {
    /// Stable code.
    fn code(&self) -> Code;
    /// Whose fault it is.
    fn family(&self) -> Family;
    /// Where it happened.
    fn place(&self) -> Place {
        Place::default()
    }
    /// What to do.
    fn hint(&self) -> Option<String> {
        None
    }
    /// The error as a finding of severity `error`.
    fn finding(&self) -> Finding {
        Finding {
            code: self.code(),
            severity: Severity::Error,
            place: self.place(),
            message: self.to_string(),
            hint: self.hint().or_else(|| (self.family() == Family::Ours).then(|| ASK_FOR_A_REPORT.to_owned())),
        }
    }
}

/// What every error of ours asks for.
const ASK_FOR_A_REPORT: &str = "this is a bug in almanac: please report it with the command and this message";

/// A broken promise inside the program.
#[derive(Debug)]
pub struct Internal {
    /// What was promised and not kept.
    pub what: String,
}

impl std::fmt::Display for Internal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "internal error: {}", self.what)
    }
}

impl std::error::Error for Internal {}

impl Fault for Internal {
    fn code(&self) -> Code {
        Code(1)
    }
    fn family(&self) -> Family {
        Family::Ours
    }
}
