//! One cell: its value under a field, read from text.

use std::borrow::Cow;

/// A value of a table.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// No value.
    Missing,
    /// true or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Text(Cow<'a, str>),
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00.
    Datetime(i64),
    /// Microseconds since midnight.
    Time(i64),
}

impl<'a> Cell<'a> {
    /// The canonical text of a value as a level of a category; `None` if it is missing. Numbers are written in
    /// shortest round-trip form, booleans in the words of their field, times as RFC 3339 writes them.
    pub fn level(&self, field: &crate::Field) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Missing => return None,
            Self::Text(t) => t.clone(),
            Self::Int(n) => Cow::Owned(n.to_string()),
            Self::Float(x) => Cow::Owned(x.to_string()),
            Self::Bool(b) => Cow::Owned(match (&field.words, b) {
                (Some(w), true) => w.yes.clone(),
                (Some(w), false) => w.no.clone(),
                (None, b) => b.to_string(),
            }),
            Self::Date(d) => Cow::Owned(d.to_string()),
            Self::Datetime(t) | Self::Time(t) => Cow::Owned(t.to_string()),
        })
    }
}
