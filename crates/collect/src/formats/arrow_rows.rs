//! Parquet and Arrow sources as rows of one table: columns joined by name over all files, types over all values.
//!
//! Not here: decoding (`parquet_read`, `arrow_read`), the mapping itself (`arrow_types`).

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, Float64Array, RecordBatch};
use arrow_schema::{DataType, SchemaRef};
use base::finding::quoted;
use base::{Cx, Finding, Findings, Place, Severity};
use table::datetime::DatetimeFormat;
use table::{DType, Field};

use super::arrow_read::ArrowInput;
use super::arrow_types::{Changes, Refusal, convert, depends_on_values, dtype_of, fits, split_wide};
use super::detect::Form;
use super::error::codes;
use super::parquet_read::ParquetFile;
use super::rows::{EachBatch, Rows, findings_of, provisional_kind, unique_names};
use super::{FormatError, Source, limits};
use crate::error::CollectError;

/// Largest whole number up to which every whole number is a float.
const EXACT_MAX: i64 = 1 << 53;

/// The rows of some Parquet or Arrow sources.
#[derive(Debug)]
pub struct ArrowRows {
    files: Vec<File>,
    fields: Vec<Field>,
    findings: Findings,
    takes_infinite: bool,
}

#[derive(Debug)]
struct File {
    input: Input,
    /// For each field of the table: the position in this file, and the type that its values map to.
    columns: Vec<(usize, DType)>,
}

#[derive(Debug)]
enum Input {
    Parquet(ParquetFile),
    Arrow(ArrowInput),
}

impl Input {
    fn open(source: &Source) -> Result<Self, CollectError> {
        match source.form() {
            Form::Parquet => ParquetFile::open(source).map(Self::Parquet),
            _ => ArrowInput::open(source).map(Self::Arrow),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Parquet(f) => f.name(),
            Self::Arrow(f) => f.name(),
        }
    }

    fn schema(&self) -> &SchemaRef {
        match self {
            Self::Parquet(f) => f.schema(),
            Self::Arrow(f) => f.schema(),
        }
    }

    fn needs_bytes(&self) -> u64 {
        match self {
            Self::Parquet(f) => f.needs_bytes(),
            Self::Arrow(f) => f.needs_bytes(),
        }
    }

    fn for_each_batch<T: Send>(
        &self,
        cx: &Cx,
        columns: Option<&[usize]>,
        work: &(dyn Fn(u64, &RecordBatch) -> Result<T, CollectError> + Sync),
        each: &mut dyn FnMut(T) -> Result<(), CollectError>,
    ) -> Result<(), CollectError> {
        match self {
            Self::Parquet(f) => f.for_each_batch(cx, columns, work, each),
            Self::Arrow(f) => match columns {
                None => f.for_each_batch(cx, work, each),
                Some(columns) => {
                    let projected = |row: u64, batch: &RecordBatch| {
                        let damaged = |e: arrow_schema::ArrowError| FormatError::Damaged {
                            file: f.name().to_owned(),
                            form: "Arrow",
                            what: e.to_string(),
                        };
                        work(row, &batch.project(columns).map_err(damaged)?)
                    };
                    f.for_each_batch(cx, &projected, each)
                }
            },
        }
    }
}

impl ArrowRows {
    /// Reads what the files say of their columns, and the values of those columns whose type depends on them.
    ///
    /// # Errors
    /// Those of opening; [`FormatError::ColumnType`], [`FormatError::FilesDiffer`].
    ///
    /// `takes_infinite` leaves infinite numbers as they are, for a reader that refuses their rows alone.
    pub fn survey(cx: &Cx, sources: &[Source], takes_infinite: bool) -> Result<Self, CollectError> {
        let mut files: Vec<File> = Vec::with_capacity(sources.len());
        let mut fields: Vec<Field> = Vec::new();
        let mut findings = Findings::new();
        for source in sources {
            cx.check_cancelled()?;
            let input = Input::open(source)?;
            let (names, dtypes) = columns_of(cx, &input, &mut findings)?;
            let columns = match files.first() {
                None => {
                    let kinds = names.iter().zip(&dtypes);
                    fields = kinds.map(|(n, d)| Field::new(n, *d, provisional_kind(*d))).collect();
                    dtypes.into_iter().enumerate().collect()
                }
                Some(first) => join(first.input.name(), input.name(), &mut fields, &names, &dtypes)?,
            };
            let first = files.first().map_or(input.name(), |f| f.input.name()).to_owned();
            zones(&first, &input, &columns, &mut fields, files.is_empty())?;
            files.push(File { input, columns });
        }
        Ok(Self { files, fields, findings, takes_infinite })
    }

    fn map_batch(&self, file: &File, start: u64, batch: &RecordBatch) -> Result<Vec<Mapped>, CollectError> {
        if file.columns.iter().any(|(i, _)| split_wide(batch.column(*i)).len() > 1) {
            let half = batch.num_rows() / 2;
            let mut parts = self.map_batch(file, start, &batch.slice(0, half))?;
            let rest = batch.slice(half, batch.num_rows() - half);
            parts.extend(self.map_batch(file, start + half as u64, &rest)?);
            return Ok(parts);
        }
        let mut arrays = Vec::with_capacity(self.fields.len());
        let mut changes = Vec::with_capacity(self.fields.len());
        for (field, (i, own)) in self.fields.iter().zip(&file.columns) {
            let array = batch.column(*i);
            let name = file.input.name();
            let not_finite = |(i, value): (usize, String)| not_finite(name, field, start + i as u64, value);
            let (mapped, changed) = convert(array, *own).map_err(|Refusal::TimeRange(i)| {
                not_finite((i, "a time beyond the range of 64-bit microseconds".to_owned()))
            })?;
            if let Some((i, value)) = changed.infinite.filter(|_| !self.takes_infinite) {
                return Err(not_finite((i, value.to_string())));
            }
            arrays.push(widened(name, field, &mapped, *own)?);
            changes.push(changed);
        }
        Ok(vec![Mapped { arrays, changes }])
    }
}

struct Mapped {
    arrays: Vec<ArrayRef>,
    changes: Vec<Changes>,
}

impl Rows for ArrowRows {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn needs_bytes(&self) -> u64 {
        self.files.iter().map(|f| f.input.needs_bytes()).fold(0, u64::saturating_add)
    }

    fn findings(&self) -> &Findings {
        &self.findings
    }

    fn for_each_batch(&self, cx: &Cx, each: &mut EachBatch<'_>) -> Result<Findings, CollectError> {
        let mut changes = vec![Changes::default(); self.fields.len()];
        for file in &self.files {
            let work = |start: u64, batch: &RecordBatch| self.map_batch(file, start, batch);
            file.input.for_each_batch(cx, None, &work, &mut |parts: Vec<Mapped>| {
                for part in parts {
                    changes.iter_mut().zip(&part.changes).for_each(|(sum, c)| sum.add(*c));
                    each(part.arrays)?;
                }
                Ok(())
            })?;
        }
        let mut findings = Findings::new();
        for (field, changes) in self.fields.iter().zip(changes) {
            findings.extend(findings_of(&field.name, changes));
        }
        Ok(findings)
    }
}

/// Names and types of a file's columns. Where the type depends on the values, they are read.
fn columns_of(cx: &Cx, input: &Input, findings: &mut Findings) -> Result<(Vec<String>, Vec<DType>), CollectError> {
    let (file, schema) = (input.name(), input.schema());
    if schema.fields().len() > limits::COLUMNS_MAX {
        let what = format!("it has {} columns", schema.fields().len());
        return Err(FormatError::Limit { file: file.to_owned(), line: None, what, limit: "COLUMNS_MAX" }.into());
    }
    let mut names: Vec<String> = schema.fields().iter().map(|f| f.name().clone()).collect();
    for (old, new) in unique_names(&mut names) {
        let message = format!("two columns are named {}; the second is called {}", quoted(&old), quoted(&new));
        let place = Place { file: Some(file.to_owned()), ..Place::column(&new) };
        findings.push(Finding::new(codes::RENAMED, Severity::Warning, message).at(place));
    }
    let mut dtypes = Vec::with_capacity(names.len());
    for (name, field) in names.iter().zip(schema.fields()) {
        dtypes.push(dtype_of(file, name, field.data_type())?);
    }
    let open: Vec<usize> = (0..names.len()).filter(|&i| depends_on_values(schema.field(i).data_type())).collect();
    if open.is_empty() {
        return Ok((names, dtypes));
    }
    let misfits = Mutex::new(vec![false; open.len()]);
    let work = |_: u64, batch: &RecordBatch| {
        let fit: Vec<bool> = batch.columns().iter().map(fits).collect();
        let mut misfits = misfits.lock().unwrap_or_else(PoisonError::into_inner);
        misfits.iter_mut().zip(fit).for_each(|(m, fit)| *m |= !fit);
        Ok(())
    };
    input.for_each_batch(cx, Some(&open), &work, &mut |()| Ok(()))?;
    let misfits = misfits.into_inner().unwrap_or_else(PoisonError::into_inner);
    for (i, _) in open.into_iter().zip(misfits).filter(|(_, misfit)| *misfit) {
        dtypes[i] = DType::Text;
        let arrow = schema.field(i).data_type();
        let message =
            format!("column {} is {arrow} with more digits than 64 bits hold; it is kept as text", quoted(&names[i]));
        let place = Place { file: Some(file.to_owned()), ..Place::column(&names[i]) };
        findings.push(Finding::new(codes::MANY_DIGITS, Severity::Warning, message).at(place));
    }
    Ok((names, dtypes))
}

/// Marks the fields whose values are instants (their type has a zone; values are in UTC then), and refuses a file that
/// has local times where the first has instants, or the other way round.
fn zones(
    first: &str,
    input: &Input,
    columns: &[(usize, DType)],
    fields: &mut [Field],
    is_first: bool,
) -> Result<(), FormatError> {
    for (field, (i, _)) in fields.iter_mut().zip(columns) {
        let arrow = input.schema().field(*i).data_type();
        let is_zoned = matches!(arrow, DataType::Timestamp(_, Some(_))) && field.dtype == DType::Datetime;
        if is_first && is_zoned {
            field.datetime = Some(DatetimeFormat("%Y-%m-%dT%H:%M:%S%.f%z".into()));
        } else if is_zoned != field.is_zoned() {
            let (a, b) = if is_zoned { ("instants", "local times") } else { ("local times", "instants") };
            let what = format!("its column {} holds {a}, that of the other {b}", quoted(&field.name));
            return Err(FormatError::FilesDiffer { file: input.name().to_owned(), first: first.to_owned(), what });
        }
    }
    Ok(())
}

/// Places a further file's columns under the fields, by name; numbers widen.
fn join(
    first: &str,
    file: &str,
    fields: &mut [Field],
    names: &[String],
    dtypes: &[DType],
) -> Result<Vec<(usize, DType)>, FormatError> {
    let differ = |what: String| FormatError::FilesDiffer { file: file.to_owned(), first: first.to_owned(), what };
    if let Some(extra) = names.iter().find(|n| !fields.iter().any(|f| f.name == **n)) {
        return Err(differ(format!("it has a column {} more", quoted(extra))));
    }
    let mut columns = Vec::with_capacity(fields.len());
    for field in fields {
        let position = names.iter().position(|n| *n == field.name);
        let i = position.ok_or_else(|| differ(format!("it lacks the column {}", quoted(&field.name))))?;
        field.dtype = match (field.dtype, dtypes[i]) {
            (a, b) if a == b => a,
            (DType::Int64, DType::Float64) | (DType::Float64, DType::Int64) => DType::Float64,
            (DType::Date, DType::Datetime) | (DType::Datetime, DType::Date) => DType::Datetime,
            (a, b) => return Err(differ(format!("its column {} is {b}, the other's is {a}", quoted(&field.name)))),
        };
        columns.push((i, dtypes[i]));
    }
    Ok(columns)
}

/// Values of one file in the type that all files share.
fn widened(file: &str, field: &Field, array: &ArrayRef, own: DType) -> Result<ArrayRef, CollectError> {
    match (own, field.dtype) {
        (DType::Int64, DType::Float64) => {
            let ints = array.as_primitive::<Int64Type>();
            if let Some(n) = ints.iter().flatten().find(|n| !(-EXACT_MAX..=EXACT_MAX).contains(n)) {
                let what = format!(
                    "column {} has whole numbers such as {n} here and decimal numbers there; no 64-bit type holds both",
                    quoted(&field.name)
                );
                let (file, first) = (file.to_owned(), "the other files".to_owned());
                return Err(FormatError::FilesDiffer { file, first, what }.into());
            }
            let floats: Float64Array = ints.unary(|n| n as f64);
            Ok(Arc::new(floats))
        }
        (DType::Date, DType::Datetime) => {
            let days = array.as_primitive::<arrow_array::types::Date32Type>();
            Ok(Arc::new(
                days.unary::<_, arrow_array::types::TimestampMicrosecondType>(|d| i64::from(d) * 86_400_000_000),
            ))
        }
        _ => Ok(array.clone()),
    }
}

fn not_finite(file: &str, field: &Field, row_idx: u64, value: String) -> CollectError {
    let (file, column) = (file.to_owned(), field.name.clone());
    FormatError::NotFinite { file, line: None, row: Some(row_idx + 1), column, value }.into()
}
