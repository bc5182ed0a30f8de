//! A column: a field and its values in one or more Arrow arrays.

use std::borrow::Cow;
use std::collections::BTreeMap;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef, UInt32Array};
use arrow_schema::DataType;

use crate::cell::Cell;
use crate::error::TableError;
use crate::frame::{Categories, MISSING};
use crate::schema::{DType, Field};

/// A column of a table. Values live in chunks; where a chunk ends means nothing.
#[derive(Debug, Clone)]
pub struct Column {
    field: Field,
    chunks: Vec<ArrayRef>,
    n_rows: usize,
}

/// Whether an Arrow type may hold a column's values.
pub fn holds(dtype: DType, arrow: &DataType) -> bool {
    match arrow {
        DataType::Dictionary(key, value) => {
            dtype == DType::Text && **key == DataType::Int32 && **value == DataType::Utf8
        }
        DataType::Timestamp(unit, _) => dtype == DType::Datetime && *unit == arrow_schema::TimeUnit::Microsecond,
        other => *other == dtype.arrow(),
    }
}

impl Column {
    /// A column of some chunks.
    ///
    /// # Errors
    /// [`TableError::Shape`] if a chunk's Arrow type is not one that holds the field's type.
    pub fn new(field: Field, chunks: Vec<ArrayRef>) -> Result<Self, TableError> {
        for chunk in &chunks {
            if !holds(field.dtype, chunk.data_type()) {
                let what = format!("a chunk is {}, the field is {}", chunk.data_type(), field.dtype);
                return Err(TableError::Shape { name: field.name.clone(), what });
            }
        }
        let n_rows = chunks.iter().map(|c| c.len()).sum();
        Ok(Self { field, chunks, n_rows })
    }

    /// The field.
    pub fn field(&self) -> &Field {
        &self.field
    }

    /// The same values under another field of the same type (another kind, role or reading).
    ///
    /// # Errors
    /// [`TableError::Shape`] if the type differs.
    pub fn with_field(&self, field: Field) -> Result<Self, TableError> {
        Self::new(field, self.chunks.clone())
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The chunks in order.
    pub fn chunks(&self) -> &[ArrayRef] {
        &self.chunks
    }

    /// Number of missing values.
    pub fn n_missing(&self) -> usize {
        self.chunks.iter().map(|c| c.logical_null_count()).sum()
    }

    /// The value in a row.
    ///
    /// # Panics
    /// If the row is beyond the end.
    pub fn cell(&self, row_idx: usize) -> Cell<'_> {
        let mut at = row_idx;
        for chunk in &self.chunks {
            if at < chunk.len() {
                return cell_of(self.field.dtype, chunk, at);
            }
            at -= chunk.len();
        }
        panic!("row {row_idx} of a column of {} rows", self.n_rows)
    }

    /// Calls `f` with every value in order.
    pub fn for_each_cell<'a>(&'a self, mut f: impl FnMut(usize, Cell<'a>)) {
        let mut row_idx = 0;
        for chunk in &self.chunks {
            for i in 0..chunk.len() {
                f(row_idx, cell_of(self.field.dtype, chunk, i));
                row_idx += 1;
            }
        }
    }

    /// The values as floats, missing as NaN: numbers as they are (whole numbers beyond 2^53 are rounded), booleans as
    /// 0 and 1, times as microseconds, dates as days. `None` for text.
    pub fn to_f64(&self) -> Option<Vec<f64>> {
        let mut out = Vec::with_capacity(self.n_rows);
        for chunk in &self.chunks {
            match self.field.dtype {
                DType::Float64 => push_f64(&mut out, chunk.as_primitive::<Float64Type>(), |v| v),
                DType::Int64 => push_f64(&mut out, chunk.as_primitive::<Int64Type>(), |v| v as f64),
                DType::Date => push_f64(&mut out, chunk.as_primitive::<Date32Type>(), f64::from),
                DType::Datetime => {
                    push_f64(&mut out, chunk.as_primitive::<TimestampMicrosecondType>(), |v| v as f64);
                }
                DType::Time => push_f64(&mut out, chunk.as_primitive::<Time64MicrosecondType>(), |v| v as f64),
                DType::Bool => {
                    let a = chunk.as_boolean();
                    out.extend((0..a.len()).map(
                        |i| {
                            if a.is_null(i) { f64::NAN } else { f64::from(u8::from(a.value(i))) }
                        },
                    ));
                }
                DType::Text => return None,
            }
        }
        Some(out)
    }

    /// The values of a date, time or datetime column in microseconds, missing as `i64::MIN`. `None` for other types.
    pub fn to_micros(&self) -> Option<Vec<i64>> {
        if !self.field.dtype.is_temporal() {
            return None;
        }
        let mut out = Vec::with_capacity(self.n_rows);
        self.for_each_cell(|_, c| {
            out.push(match c {
                Cell::Date(d) => i64::from(d) * 86_400_000_000,
                Cell::Datetime(t) | Cell::Time(t) => t,
                _ => i64::MIN,
            });
        });
        Some(out)
    }

    /// The values as levels of a category: canonical texts, sorted by code point, and each row's position among them
    /// ([`MISSING`] for none). Works for every type; numbers are written in shortest form, booleans in their words.
    pub fn to_categories(&self) -> Categories {
        let mut seen: BTreeMap<String, u32> = BTreeMap::new();
        let mut codes = Vec::with_capacity(self.n_rows);
        for chunk in &self.chunks {
            if let DataType::Dictionary(_, _) = chunk.data_type() {
                self.dictionary_codes(chunk, &mut seen, &mut codes);
                continue;
            }
            for i in 0..chunk.len() {
                let cell = cell_of(self.field.dtype, chunk, i);
                codes.push(match self.level_of(&cell) {
                    None => MISSING,
                    Some(level) => first_seen(&mut seen, level),
                });
            }
        }
        Categories::from_first_seen(seen, codes)
    }

    fn dictionary_codes(&self, chunk: &ArrayRef, seen: &mut BTreeMap<String, u32>, codes: &mut Vec<u32>) {
        let dict = chunk.as_dictionary::<Int32Type>();
        let values = dict.values().as_string::<i32>();
        let mut code_of: Vec<Option<u32>> = vec![None; values.len()];
        for key in dict.keys() {
            codes.push(match key {
                Some(k) if !values.is_null(k as usize) => {
                    let k = k as usize;
                    *code_of[k].get_or_insert_with(|| first_seen(seen, Cow::Borrowed(values.value(k))))
                }
                _ => MISSING,
            });
        }
    }

    /// The level that a cell of this column belongs to as a category; `None` if it is missing.
    pub fn level_of<'a>(&self, cell: &Cell<'a>) -> Option<Cow<'a, str>> {
        cell.level(&self.field)
    }

    /// Rows by position.
    ///
    /// # Panics
    /// If a row is beyond the end.
    pub fn take(&self, rows: &[u32]) -> Column {
        let refs: Vec<&dyn Array> = self.chunks.iter().map(|c| &**c).collect();
        let array = match refs.len() {
            0 => arrow_array::new_empty_array(&self.field.dtype.arrow()),
            1 => arrow_select::take::take(refs[0], &UInt32Array::from(rows.to_vec()), None)
                .expect("the rows lie inside the column"),
            _ => {
                let ends: Vec<usize> = self
                    .chunks
                    .iter()
                    .scan(0, |end, c| {
                        *end += c.len();
                        Some(*end)
                    })
                    .collect();
                let plain: Vec<ArrayRef> = self.chunks.iter().map(|c| without_dictionary(c)).collect();
                let plain_refs: Vec<&dyn Array> = plain.iter().map(|c| &**c).collect();
                let places: Vec<(usize, usize)> = rows
                    .iter()
                    .map(|&r| {
                        let chunk = ends.partition_point(|&e| e <= r as usize);
                        let start = if chunk == 0 { 0 } else { ends[chunk - 1] };
                        (chunk, r as usize - start)
                    })
                    .collect();
                arrow_select::interleave::interleave(&plain_refs, &places).expect("the rows lie inside the column")
            }
        };
        Column { field: self.field.clone(), n_rows: array.len(), chunks: vec![array] }
    }

    /// A contiguous range of rows, without copying values.
    ///
    /// # Panics
    /// If the range reaches beyond the end.
    pub fn slice(&self, start: usize, n_rows: usize) -> Column {
        assert!(start + n_rows <= self.n_rows, "rows {start}..{} of {}", start + n_rows, self.n_rows);
        let (mut skip, mut left, mut chunks) = (start, n_rows, Vec::new());
        for chunk in &self.chunks {
            if left == 0 {
                break;
            }
            if skip >= chunk.len() {
                skip -= chunk.len();
                continue;
            }
            let n = left.min(chunk.len() - skip);
            chunks.push(chunk.slice(skip, n));
            skip = 0;
            left -= n;
        }
        Column { field: self.field.clone(), chunks, n_rows }
    }
}

/// A dictionary array as plain text; any other array as it is.
pub fn without_dictionary(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Dictionary(_, _) => {
            let dict = array.as_dictionary::<Int32Type>();
            let values = dict.values().as_string::<i32>();
            let text: arrow_array::StringArray = dict
                .keys()
                .iter()
                .map(|k| k.and_then(|k| (!values.is_null(k as usize)).then(|| values.value(k as usize))))
                .collect();
            std::sync::Arc::new(text)
        }
        _ => array.clone(),
    }
}

fn push_f64<T: arrow_array::ArrowPrimitiveType>(
    out: &mut Vec<f64>,
    array: &arrow_array::PrimitiveArray<T>,
    f: impl Fn(T::Native) -> f64,
) {
    match array.nulls() {
        None => out.extend(array.values().iter().map(|&v| f(v))),
        Some(nulls) => {
            out.extend(array.values().iter().zip(nulls.iter()).map(|(&v, ok)| if ok { f(v) } else { f64::NAN }));
        }
    }
}

fn first_seen(seen: &mut BTreeMap<String, u32>, level: Cow<'_, str>) -> u32 {
    if let Some(&code) = seen.get(&*level) {
        return code;
    }
    let code = seen.len() as u32;
    seen.insert(level.into_owned(), code);
    code
}

fn cell_of(dtype: DType, chunk: &ArrayRef, i: usize) -> Cell<'_> {
    if chunk.is_null(i) {
        return Cell::Missing;
    }
    match dtype {
        DType::Bool => Cell::Bool(chunk.as_boolean().value(i)),
        DType::Int64 => Cell::Int(chunk.as_primitive::<Int64Type>().value(i)),
        DType::Float64 => Cell::Float(chunk.as_primitive::<Float64Type>().value(i)),
        DType::Date => Cell::Date(chunk.as_primitive::<Date32Type>().value(i)),
        DType::Datetime => Cell::Datetime(chunk.as_primitive::<TimestampMicrosecondType>().value(i)),
        DType::Time => Cell::Time(chunk.as_primitive::<Time64MicrosecondType>().value(i)),
        DType::Text => match chunk.data_type() {
            DataType::Dictionary(_, _) => {
                let dict = chunk.as_dictionary::<Int32Type>();
                let key = dict.keys().value(i) as usize;
                let values = dict.values().as_string::<i32>();
                if values.is_null(key) { Cell::Missing } else { Cell::Text(Cow::Borrowed(values.value(key))) }
            }
            _ => Cell::Text(Cow::Borrowed(chunk.as_string::<i32>().value(i))),
        },
    }
}
