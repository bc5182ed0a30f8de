//! What can be wrong with a fitted step that was read from a file. What can go wrong while one is fitted or applied
//! is `contract::FitError`.

use std::fmt;

use base::{Code, Family, Fault};

/// Errors of this crate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreprocessError {
    /// A fitted step holds values that no fitting gives.
    State {
        /// Which step.
        step: &'static str,
        /// What is wrong with it.
        what: String,
    },
}

impl fmt::Display for PreprocessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State { step, what } => write!(f, "fitted step `{step}` is damaged: {what}"),
        }
    }
}

impl std::error::Error for PreprocessError {}

impl Fault for PreprocessError {
    fn code(&self) -> Code {
        match self {
            Self::State { .. } => Code(1101),
        }
    }

    fn family(&self) -> Family {
        Family::Yours
    }

    fn hint(&self) -> Option<String> {
        Some("the model file was changed or damaged after it was written: fetch it again, or train again".into())
    }
}
