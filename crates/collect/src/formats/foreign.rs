//! A fence around decoders that are not ours: their panics become errors.

use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::FormatError;

/// Runs a foreign decoder; an error or a panic of it says that the file is damaged.
///
/// # Errors
/// [`FormatError::Damaged`].
pub fn guarded<T, E: Display>(
    file: &str,
    form: &'static str,
    decode: impl FnOnce() -> Result<T, E>,
) -> Result<T, FormatError> {
    let damaged = |what: String| FormatError::Damaged { file: file.to_owned(), form, what };
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(e)) => Err(damaged(first_line(&e.to_string()))),
        Err(panic) => {
            let what = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
            let what = what.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Err(damaged(format!("the decoder gave up ({})", first_line(&what))))
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
