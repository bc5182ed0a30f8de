//! The file that a command writes: looked at before the work, so that an hour of it is not lost to a typing error.

use std::path::Path;

use crate::error::WorkflowError;

/// Checks that a file can be written and is none of those that are read.
///
/// # Errors
/// [`WorkflowError::Overwrites`], [`WorkflowError::Io`].
pub fn check<'a>(out: &Path, inputs: impl IntoIterator<Item = &'a Path>) -> Result<(), WorkflowError> {
    if let Ok(there) = std::fs::canonicalize(out)
        && inputs.into_iter().any(|input| std::fs::canonicalize(input).is_ok_and(|i| i == there))
    {
        return Err(WorkflowError::Overwrites { path: out.to_owned() });
    }
    base::files::check_target(out).map_err(|e| WorkflowError::io(out, e))
}
