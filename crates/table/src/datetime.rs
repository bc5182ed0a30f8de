//! How dates and times are written in text, and reading one under a known form.

use serde::{Deserialize, Serialize};

/// A pattern in the subset of strftime that the module documents, such as `%Y-%m-%d %H:%M:%S`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatetimeFormat(pub String);
