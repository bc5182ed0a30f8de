//! One value as text, for the forms that are text.

use std::fmt::Write;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, StringArray};
use arrow_schema::DataType;
use table::datetime::{Moment, format_rfc3339};
use table::{DType, Field};

/// A value as a text form sees it.
pub enum Value<'a> {
    /// None.
    Missing,
    /// Digits, a date, a word: needs no escape; in JSON quoted if the flag says so.
    Bare(bool),
    /// A text, verbatim.
    Text(&'a str),
}

/// A column's block, ready to be written row by row.
pub struct Cells<'a> {
    field: &'a Field,
    values: Values<'a>,
    has_zone: bool,
}

enum Values<'a> {
    Bool(&'a BooleanArray),
    Int(&'a Int64Array),
    Float(&'a Float64Array),
    Moment(&'a ArrayRef),
    Text(&'a StringArray),
    Dictionary(&'a Int32Array, &'a StringArray),
}

impl<'a> Cells<'a> {
    /// Looks at an array that the field holds.
    pub fn of(field: &'a Field, array: &'a ArrayRef) -> Self {
        let values = match (field.dtype, array.data_type()) {
            (DType::Bool, _) => Values::Bool(array.as_boolean()),
            (DType::Int64, _) => Values::Int(array.as_primitive::<Int64Type>()),
            (DType::Float64, _) => Values::Float(array.as_primitive::<Float64Type>()),
            (DType::Text, DataType::Dictionary(_, _)) => {
                let dict = array.as_dictionary::<Int32Type>();
                Values::Dictionary(dict.keys(), dict.values().as_string::<i32>())
            }
            (DType::Text, _) => Values::Text(array.as_string::<i32>()),
            (DType::Date | DType::Datetime | DType::Time, _) => Values::Moment(array),
        };
        Self { field, values, has_zone: field.is_zoned() }
    }

    /// The value in a row; what is not text is appended to `bare`.
    pub fn value(&self, row: usize, bare: &mut String) -> Value<'a> {
        let _infallible = match self.values {
            Values::Bool(a) if a.is_valid(row) => write!(bare, "{}", a.value(row)),
            Values::Int(a) if a.is_valid(row) => write!(bare, "{}", a.value(row)),
            // The shortest digits that read back as the same float; `3.0`, not `3`, so that it stays a float.
            Values::Float(a) if a.is_valid(row) && !a.value(row).is_nan() => write!(bare, "{:?}", a.value(row)),
            Values::Moment(a) if a.is_valid(row) => {
                self.moment(a, row, bare);
                return Value::Bare(true);
            }
            Values::Text(a) if a.is_valid(row) => return Value::Text(a.value(row)),
            Values::Dictionary(keys, values) if keys.is_valid(row) => {
                let key = keys.value(row) as usize;
                return if values.is_valid(key) { Value::Text(values.value(key)) } else { Value::Missing };
            }
            _ => return Value::Missing,
        };
        Value::Bare(false)
    }

    /// The words of a column of booleans, as delimited text spells them.
    pub fn word(&self, row: usize) -> Option<&'a str> {
        match (self.values, &self.field.words) {
            (Values::Bool(a), Some(words)) if a.is_valid(row) => {
                Some(if a.value(row) { &words.yes } else { &words.no })
            }
            _ => None,
        }
    }

    fn moment(&self, array: &ArrayRef, row: usize, bare: &mut String) {
        let text = match self.field.dtype {
            DType::Date => format_rfc3339(Moment::Date(array.as_primitive::<Date32Type>().value(row))),
            DType::Time => format_rfc3339(Moment::Time(array.as_primitive::<Time64MicrosecondType>().value(row))),
            _ => format_rfc3339(Moment::Datetime(array.as_primitive::<TimestampMicrosecondType>().value(row))),
        };
        // A time without a zone was written as local time, and is again.
        let is_local = self.field.dtype == DType::Datetime && !self.has_zone;
        bare.push_str(if is_local { text.trim_end_matches('Z') } else { &text });
    }
}

impl Copy for Values<'_> {}

impl Clone for Values<'_> {
    fn clone(&self) -> Self {
        *self
    }
}
