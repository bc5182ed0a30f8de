//! One cell: its value under a field, read from text; and columns built cell by cell.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BooleanBuilder, Date32Builder, Float64Builder, Int64Builder, StringBuilder, Time64MicrosecondBuilder,
    TimestampMicrosecondBuilder,
};

use crate::column::Column;
use crate::datetime::{CompiledFormat, DatetimeFormat, Moment, format_rfc3339};
use crate::error::TableError;
use crate::number::{Number, NumberMismatch};
use crate::schema::{DType, Field};

/// A chunk of text is closed at this many bytes, so that its 32-bit offsets never overflow.
const TEXT_CHUNK_BYTES: usize = 1 << 28;

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
    /// shortest round-trip form, booleans in the words of their field, dates and times as RFC 3339 writes them.
    pub fn level(&self, field: &Field) -> Option<Cow<'a, str>> {
        Some(match self {
            Self::Missing => return None,
            Self::Text(t) => t.clone(),
            Self::Int(n) => Cow::Owned(n.to_string()),
            // One zero, whatever its sign.
            Self::Float(x) => Cow::Owned((x + 0.0).to_string()),
            Self::Bool(b) => Cow::Owned(match (&field.words, b) {
                (Some(w), true) => w.yes.clone(),
                (Some(w), false) => w.no.clone(),
                (None, b) => b.to_string(),
            }),
            Self::Date(days) => Cow::Owned(format_rfc3339(Moment::Date(*days))),
            Self::Datetime(us) => Cow::Owned(format_rfc3339(Moment::Datetime(*us))),
            Self::Time(us) => Cow::Owned(format_rfc3339(Moment::Time(*us))),
        })
    }
}

impl From<Moment> for Cell<'_> {
    fn from(moment: Moment) -> Self {
        match moment {
            Moment::Date(days) => Self::Date(days),
            Moment::Datetime(us) => Self::Datetime(us),
            Moment::Time(us) => Self::Time(us),
        }
    }
}

/// Reads one cell under a field. For many cells of one field, make a [`CellReader`] once.
///
/// # Errors
/// Those of [`CellReader::new`] and [`CellReader::read`].
pub fn parse_cell<'a>(field: &Field, text: &'a str) -> Result<Cell<'a>, TableError> {
    CellReader::new(field)?.read(text)
}

/// Reads the cells of one field.
///
/// ```
/// use almanac_table::{Cell, CellReader, DType, Field, Kind};
/// let mut field = Field::new("CO", DType::Float64, Kind::Number);
/// field.number.decimal = ',';
/// field.missing = vec!["-200".into()];
/// let reader = CellReader::new(&field)?;
/// assert_eq!(reader.read("2,6")?, Cell::Float(2.6));
/// assert_eq!(reader.read("-200,0")?, Cell::Missing);
/// assert!(reader.read("much").is_err());
/// # Ok::<(), almanac_table::TableError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CellReader {
    field: Field,
    /// Missing tokens that are numbers, for numeric fields.
    missing_numbers: Vec<f64>,
    /// The field's pattern, or those of RFC 3339 where it has none.
    datetime: Vec<CompiledFormat>,
}

impl CellReader {
    /// A reader of a field's cells.
    ///
    /// # Errors
    /// [`TableError::Format`] if the field's date pattern is none, or is of another type than the field.
    pub fn new(field: &Field) -> Result<Self, TableError> {
        let missing_numbers = if field.dtype.is_numeric() { numeric_tokens(field) } else { Vec::new() };
        let datetime = match (field.dtype.is_temporal(), &field.datetime) {
            (true, Some(format)) => vec![compile(field, format)?],
            (true, None) => default_patterns(field.dtype)
                .iter()
                .map(|pattern| compile(field, &DatetimeFormat((*pattern).into())))
                .collect::<Result<_, _>>()?,
            (false, _) => Vec::new(),
        };
        Ok(Self { field: field.clone(), missing_numbers, datetime })
    }

    /// The field.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// Reads a cell. The empty text and the field's missing tokens are missing; text is taken verbatim; a whole-number
    /// field takes `3.0`, not `3.5`; a float field rounds whole numbers beyond 2^53.
    ///
    /// # Errors
    /// [`TableError::Cell`] if the text is not of the field's type.
    #[inline]
    pub fn read<'a>(&self, text: &'a str) -> Result<Cell<'a>, TableError> {
        if text.is_empty() || self.field.missing.iter().any(|token| token == text) {
            return Ok(Cell::Missing);
        }
        let cell = match self.field.dtype {
            DType::Text => Some(Cell::Text(Cow::Borrowed(text))),
            DType::Float64 => self.field.number.parse_f64(text).ok().map(Cell::Float),
            DType::Int64 => match self.field.number.parse(text) {
                Ok(Number::Int(n)) => Some(Cell::Int(n)),
                Ok(Number::Float(x)) => whole(x).map(Cell::Int),
                Err(NumberMismatch::NotANumber | NumberMismatch::TooManyDigits | NumberMismatch::OutOfRange) => None,
            },
            DType::Bool => self.truth(text).map(Cell::Bool),
            DType::Date | DType::Datetime | DType::Time => {
                self.datetime.iter().find_map(|f| f.parse(text)).map(Cell::from)
            }
        };
        match cell {
            Some(cell) if self.is_missing(&cell) => Ok(Cell::Missing),
            Some(cell) => Ok(cell),
            None => Err(TableError::Cell {
                column: self.field.name.clone(),
                found: text.to_owned(),
                expected: self.expected(),
            }),
        }
    }

    /// Whether a value stands for "missing" in this field: a number that equals a missing token, a text that is one.
    #[inline]
    pub fn is_missing(&self, cell: &Cell<'_>) -> bool {
        match cell {
            Cell::Missing => true,
            Cell::Int(n) => self.missing_numbers.contains(&(*n as f64)),
            Cell::Float(x) => self.missing_numbers.contains(x),
            Cell::Text(t) => self.field.missing.iter().any(|token| token == t),
            _ => false,
        }
    }

    /// What the field's cells look like, for messages: `numbers such as 1.234,5`, `dates written %d/%m/%Y`.
    pub fn expected(&self) -> String {
        let field = &self.field;
        let pattern = || field.datetime.as_ref().map_or(default_patterns(field.dtype)[0], |f| f.0.as_str());
        match field.dtype {
            DType::Text => "text".to_owned(),
            DType::Int64 if field.number.is_plain() => "whole numbers".to_owned(),
            DType::Float64 if field.number.is_plain() => "numbers".to_owned(),
            DType::Int64 | DType::Float64 => format!("numbers such as `{}`", field.number.example()),
            DType::Bool => match &field.words {
                Some(w) => format!("`{}` or `{}`", w.yes, w.no),
                None => "`true` or `false`".to_owned(),
            },
            DType::Date => format!("dates written `{}`", pattern()),
            DType::Datetime | DType::Time => format!("times written `{}`", pattern()),
        }
    }

    fn truth(&self, text: &str) -> Option<bool> {
        match &self.field.words {
            Some(w) if text == w.yes => Some(true),
            Some(w) if text == w.no => Some(false),
            Some(_) => None,
            None if text.eq_ignore_ascii_case("true") => Some(true),
            None if text.eq_ignore_ascii_case("false") => Some(false),
            None => None,
        }
    }
}

fn numeric_tokens(field: &Field) -> Vec<f64> {
    // A person may write the token as the column does (`-200,0`) or as programs do (`-200.0`).
    let plain = crate::number::NumberFormat::default();
    let read = |t: &String| field.number.parse(t).or_else(|_| plain.parse(t)).ok();
    field.missing.iter().filter_map(read).map(Number::to_f64).collect()
}

fn compile(field: &Field, format: &DatetimeFormat) -> Result<CompiledFormat, TableError> {
    let wrong = |what: String| TableError::Format { column: field.name.clone(), format: format.0.clone(), what };
    let compiled = format.compile().map_err(|e| wrong(e.to_string()))?;
    if compiled.dtype() != field.dtype {
        return Err(wrong(format!("it tells a {}, the column is a {}", compiled.dtype(), field.dtype)));
    }
    Ok(compiled)
}

/// How dates and times that did not come from text are written where they do; a text is of one of these at most.
fn default_patterns(dtype: DType) -> &'static [&'static str] {
    match dtype {
        DType::Date => &["%Y-%m-%d"],
        DType::Time => &["%H:%M:%S%.f", "%H:%M"],
        _ => &[
            "%Y-%m-%dT%H:%M:%S%.f%z",
            "%Y-%m-%dT%H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f",
            "%Y-%m-%d %H:%M:%S%.f%z",
            "%Y-%m-%dT%H:%M",
            "%Y-%m-%d %H:%M",
        ],
    }
}

/// The whole number that a float is, if it is one within 2^53.
pub fn whole(x: f64) -> Option<i64> {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    (x.fract() == 0.0 && x.abs() <= EXACT_MAX).then_some(x as i64)
}

/// Builds a column cell by cell.
///
/// ```
/// use almanac_table::{Cell, ColumnBuilder, DType, Field, Kind};
/// let mut builder = ColumnBuilder::new(&Field::new("n", DType::Int64, Kind::Number));
/// builder.push(Cell::Int(3))?;
/// builder.push(Cell::Missing)?;
/// assert_eq!(builder.finish().n_missing(), 1);
/// # Ok::<(), almanac_table::TableError>(())
/// ```
#[derive(Debug)]
pub struct ColumnBuilder {
    field: Field,
    chunks: Vec<ArrayRef>,
    values: Values,
}

#[derive(Debug)]
enum Values {
    Bool(BooleanBuilder),
    Int(Int64Builder),
    Float(Float64Builder),
    Text(StringBuilder),
    Date(Date32Builder),
    Datetime(TimestampMicrosecondBuilder),
    Time(Time64MicrosecondBuilder),
}

impl ColumnBuilder {
    /// An empty column.
    pub fn new(field: &Field) -> Self {
        let values = match field.dtype {
            DType::Bool => Values::Bool(BooleanBuilder::new()),
            DType::Int64 => Values::Int(Int64Builder::new()),
            DType::Float64 => Values::Float(Float64Builder::new()),
            DType::Text => Values::Text(StringBuilder::new()),
            DType::Date => Values::Date(Date32Builder::new()),
            DType::Datetime => Values::Datetime(TimestampMicrosecondBuilder::new()),
            DType::Time => Values::Time(Time64MicrosecondBuilder::new()),
        };
        Self { field: field.clone(), chunks: Vec::new(), values }
    }

    /// Adds a cell. A whole number is taken into a column of floats.
    ///
    /// # Errors
    /// [`TableError::Shape`] if the cell is of another type than the field.
    #[inline]
    pub fn push(&mut self, cell: Cell<'_>) -> Result<(), TableError> {
        match (&mut self.values, cell) {
            (Values::Float(b), Cell::Float(x)) => b.append_value(x),
            (Values::Float(b), Cell::Int(n)) => b.append_value(n as f64),
            (Values::Int(b), Cell::Int(n)) => b.append_value(n),
            (Values::Text(b), Cell::Text(t)) => {
                if b.values_slice().len() + t.len() > TEXT_CHUNK_BYTES && !b.values_slice().is_empty() {
                    self.chunks.push(Arc::new(b.finish()));
                }
                b.append_value(&*t);
            }
            (Values::Bool(b), Cell::Bool(v)) => b.append_value(v),
            (Values::Date(b), Cell::Date(days)) => b.append_value(days),
            (Values::Datetime(b), Cell::Datetime(us)) => b.append_value(us),
            (Values::Time(b), Cell::Time(us)) => b.append_value(us),
            (_, Cell::Missing) => self.push_missing(),
            (_, other) => {
                let what = format!("{other:?} was put into a column of {}", self.field.dtype);
                return Err(TableError::Shape { name: self.field.name.clone(), what });
            }
        }
        Ok(())
    }

    /// Adds a missing cell.
    pub fn push_missing(&mut self) {
        match &mut self.values {
            Values::Bool(b) => b.append_null(),
            Values::Int(b) => b.append_null(),
            Values::Float(b) => b.append_null(),
            Values::Text(b) => b.append_null(),
            Values::Date(b) => b.append_null(),
            Values::Datetime(b) => b.append_null(),
            Values::Time(b) => b.append_null(),
        }
    }

    /// The column.
    ///
    /// # Panics
    /// Never: the builder's arrays are of the field's type.
    pub fn finish(mut self) -> Column {
        let last: ArrayRef = match &mut self.values {
            Values::Bool(b) => Arc::new(b.finish()),
            Values::Int(b) => Arc::new(b.finish()),
            Values::Float(b) => Arc::new(b.finish()),
            Values::Text(b) => Arc::new(b.finish()),
            Values::Date(b) => Arc::new(b.finish()),
            Values::Datetime(b) => Arc::new(b.finish()),
            Values::Time(b) => Arc::new(b.finish()),
        };
        self.chunks.push(last);
        Column::new(self.field, self.chunks).expect("the builder's arrays are of the field's type")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{BoolWords, Kind};

    fn check(field: &Field, text: &str, expected: Option<Cell<'_>>) {
        assert_eq!(parse_cell(field, text).ok(), expected, "{text:?} in {}", field.name);
    }

    #[test]
    fn cells_of_every_type() {
        let mut number = Field::new("n", DType::Int64, Kind::Number);
        number.missing = vec!["?".into(), "-999".into()];
        check(&number, "7", Some(Cell::Int(7)));
        check(&number, "7.0", Some(Cell::Int(7)));
        check(&number, "7.5", None);
        check(&number, "?", Some(Cell::Missing));
        check(&number, "", Some(Cell::Missing));
        check(&number, "-999.0", Some(Cell::Missing));
        check(&number, " ?", None);
        let float = Field::new("x", DType::Float64, Kind::Number);
        check(&float, "9007199254740993", Some(Cell::Float(9_007_199_254_740_992.0)));
        check(&float, "123456789012345678901234", Some(Cell::Float(1.234_567_890_123_456_8e23)));
        check(&float, "1e999", None);
        let text = Field::new("t", DType::Text, Kind::Category);
        check(&text, " WD ", Some(Cell::Text(" WD ".into())));
        let mut truth = Field::new("b", DType::Bool, Kind::Boolean);
        check(&truth, "TRUE", Some(Cell::Bool(true)));
        truth.words = Some(BoolWords { yes: "Yes".into(), no: "No".into() });
        check(&truth, "No", Some(Cell::Bool(false)));
        check(&truth, "true", None);
        let mut date = Field::new("d", DType::Date, Kind::Datetime);
        check(&date, "1970-01-02", Some(Cell::Date(1)));
        let time = Field::new("t", DType::Datetime, Kind::Datetime);
        check(&time, "1970-01-01 00:00:01", Some(Cell::Datetime(1_000_000)));
        check(&time, "1970-01-01T01:00:00+01:00", Some(Cell::Datetime(0)));
        date.datetime = Some(DatetimeFormat("%d.%m.%Y".into()));
        check(&date, "2.1.1970", Some(Cell::Date(1)));
        check(&date, "1970-01-02", None);
        date.datetime = Some(DatetimeFormat("%H:%M".into()));
        assert!(matches!(CellReader::new(&date), Err(TableError::Format { .. })));
    }

    #[test]
    fn levels_are_canonical() {
        let field = Field::new("d", DType::Date, Kind::Category);
        assert_eq!(Cell::Date(1).level(&field).as_deref(), Some("1970-01-02"));
        assert_eq!(Cell::Time(61_000_000).level(&field).as_deref(), Some("00:01:01"));
        assert_eq!(Cell::Datetime(0).level(&field).as_deref(), Some("1970-01-01T00:00:00Z"));
        assert_eq!(Cell::Float(3.0).level(&field), Cell::Int(3).level(&field));
    }

    #[test]
    fn columns_are_built_of_cells() {
        let mut builder = ColumnBuilder::new(&Field::new("x", DType::Float64, Kind::Number));
        builder.push(Cell::Int(1)).expect("a number");
        builder.push(Cell::Missing).expect("missing");
        assert!(matches!(builder.push(Cell::Bool(true)), Err(TableError::Shape { .. })));
        let column = builder.finish();
        assert_eq!((column.n_rows(), column.n_missing()), (2, 1));
        assert_eq!(column.cell(0), Cell::Float(1.0));
    }
}
