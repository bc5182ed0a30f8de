//! What a table's columns are: physical type, kind, role, and how their cells are read from text.

use std::fmt;
use std::str::FromStr;

use arrow_schema::{DataType, TimeUnit};
use serde::{Deserialize, Serialize};

use crate::datetime::DatetimeFormat;
use crate::error::TableError;
use crate::number::NumberFormat;

/// Physical type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DType {
    /// true or false.
    Bool,
    /// 64-bit signed integers.
    Int64,
    /// 64-bit floats; never NaN or infinite when read from a file that does not say so.
    Float64,
    /// UTF-8 text, verbatim.
    Text,
    /// Days since 1970-01-01.
    Date,
    /// Microseconds since 1970-01-01T00:00:00: in UTC where the format has a zone, else local as written.
    Datetime,
    /// Microseconds since midnight.
    Time,
}

impl DType {
    /// The Arrow type that holds it. Text may also be `Dictionary(Int32, Utf8)`.
    pub fn arrow(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int64 => DataType::Int64,
            Self::Float64 => DataType::Float64,
            Self::Text => DataType::Utf8,
            Self::Date => DataType::Date32,
            Self::Datetime => DataType::Timestamp(TimeUnit::Microsecond, None),
            Self::Time => DataType::Time64(TimeUnit::Microsecond),
        }
    }

    /// Whether arithmetic on the values means something.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Int64 | Self::Float64)
    }

    /// Whether the values are points or times of day.
    pub fn is_temporal(self) -> bool {
        matches!(self, Self::Date | Self::Datetime | Self::Time)
    }

    /// The name as it is written in output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int64 => "int64",
            Self::Float64 => "float64",
            Self::Text => "text",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Time => "time",
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a column means, beside its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Quantities.
    Number,
    /// Levels of which each returns often.
    Category,
    /// Two levels, one the negation of the other.
    Boolean,
    /// Dates, times, or both.
    Datetime,
    /// Prose: mostly distinct, several words.
    Text,
    /// Names rows or things; nothing can be learned from its value.
    Identifier,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 6] =
        [Self::Number, Self::Category, Self::Boolean, Self::Datetime, Self::Text, Self::Identifier];

    /// The name as it is written in output and taken by `--kind`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Category => "category",
            Self::Boolean => "boolean",
            Self::Datetime => "datetime",
            Self::Text => "text",
            Self::Identifier => "identifier",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|k| k.as_str() == s)
            .ok_or_else(|| format!("`{s}` is not a kind; the kinds are {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

/// What a column is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Learned from.
    #[default]
    Feature,
    /// What is to be predicted.
    Target,
    /// Carried through to the output, never learned from.
    Id,
    /// Rows of one group stay together in every split; never a feature.
    Group,
    /// Orders rows in time; gives date parts, never absolute time.
    Time,
    /// Weight of the row.
    Weight,
    /// Looked at by fairness reports, never learned from.
    Protected,
    /// Left out.
    Ignore,
}

/// The two words of a boolean column as they are spelt in the source.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoolWords {
    /// The word for true.
    pub yes: String,
    /// The word for false.
    pub no: String,
}

/// One column: its name, type, kind and role, and how its cells are read from text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Name, verbatim from the source.
    pub name: String,
    /// Physical type.
    pub dtype: DType,
    /// Meaning.
    pub kind: Kind,
    /// Use.
    #[serde(default)]
    pub role: Role,
    /// Cells that mean "missing" beside the empty one: compared with the whole cell as written; in a numeric column
    /// a token that is a number is compared by value (`-200` also matches `-200,0`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// How numbers are written; meaningful for `Int64` and `Float64`.
    #[serde(default, skip_serializing_if = "NumberFormat::is_plain")]
    pub number: NumberFormat,
    /// How times are written; required for `Date`, `Datetime` and `Time` that come from text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub datetime: Option<DatetimeFormat>,
    /// How booleans are written; `true` and `false` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<BoolWords>,
}

impl Field {
    /// A feature with the default reading of its type.
    pub fn new(name: impl Into<String>, dtype: DType, kind: Kind) -> Self {
        Self {
            name: name.into(),
            dtype,
            kind,
            role: Role::Feature,
            missing: Vec::new(),
            number: NumberFormat::default(),
            datetime: None,
            words: None,
        }
    }

    /// Whether its values are instants in UTC (how they are written has a zone) rather than local times.
    pub fn is_zoned(&self) -> bool {
        self.dtype == DType::Datetime
            && self.datetime.as_ref().and_then(|f| f.compile().ok()).is_some_and(|f| f.has_zone())
    }

    /// The same field in another role.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
}

/// The columns of a table, in order; names are unique.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Schema {
    fields: Vec<Field>,
}

impl Schema {
    /// A schema of some fields.
    ///
    /// # Errors
    /// [`TableError::DuplicateColumn`] if a name stands twice.
    pub fn new(fields: Vec<Field>) -> Result<Self, TableError> {
        let mut names = std::collections::BTreeSet::new();
        for field in &fields {
            if !names.insert(field.name.as_str()) {
                return Err(TableError::DuplicateColumn { name: field.name.clone() });
            }
        }
        Ok(Self { fields })
    }

    /// The fields in order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// How many columns there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no column.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Position of a column.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|f| f.name == name)
    }

    /// A column by name.
    ///
    /// # Errors
    /// [`TableError::NoSuchColumn`], with the nearest name.
    pub fn field(&self, name: &str) -> Result<&Field, TableError> {
        self.fields
            .iter()
            .find(|f| f.name == name)
            .ok_or_else(|| TableError::NoSuchColumn { name: name.to_owned(), names: self.names() })
    }

    /// The names in order.
    pub fn names(&self) -> Vec<String> {
        self.fields.iter().map(|f| f.name.clone()).collect()
    }

    /// The first column in a role.
    pub fn in_role(&self, role: Role) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(move |f| f.role == role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_misses_name_the_nearest() {
        let f = |n: &str| Field::new(n, DType::Int64, Kind::Number);
        assert!(Schema::new(vec![f("a"), f("a")]).is_err());
        let s = Schema::new(vec![f("income"), f("age")]).expect("unique");
        let e = s.field("incom").expect_err("absent");
        assert!(e.to_string().contains("`income`"), "{e}");
    }

    #[test]
    fn a_plain_field_is_short_in_json() {
        let f = Field::new("a", DType::Int64, Kind::Number);
        let json = serde_json::to_string(&f).expect("JSON");
        assert_eq!(json, r#"{"name":"a","dtype":"int64","kind":"number","role":"feature"}"#);
        assert_eq!(serde_json::from_str::<Field>(&json).expect("reads back"), f);
    }
}
