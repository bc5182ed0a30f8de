//! How numbers are written in text, and reading one under a known form.

use serde::{Deserialize, Serialize};

/// How the numbers of a column are written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NumberFormat {
    /// Decimal mark: `.` or `,`.
    pub decimal: char,
    /// Mark between groups of three digits, if any: `,` `.` `'` or a (no-break) space.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// Text before each number, such as `$`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Text after each number, such as ` kg` or `%`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self { decimal: '.', thousands: None, prefix: String::new(), suffix: String::new() }
    }
}

impl NumberFormat {
    /// Whether numbers are written as programs write them.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A number as it was read: whole numbers keep all their digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// No decimal mark and no exponent, and within 64 bits.
    Int(i64),
    /// Anything else that is finite.
    Float(f64),
}
