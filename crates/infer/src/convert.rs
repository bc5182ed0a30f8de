//! Reading a column, or a chunk of it, under another field.

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_schema::DataType;
use table::{Cell, CellReader, Column, ColumnBuilder, DType, Field, TableError};

use super::error::InferError;

/// Reads a chunk of a column under another field. Text is read as the field says; values of another type are taken
/// over where nothing is lost. `first_row` is the position of the chunk's first row in its source, from 0.
///
/// # Errors
/// [`InferError::DoesNotFit`], naming the first cell that does not fit; a field that cannot be read with.
pub fn convert_chunk(column: &Column, to: &Field, first_row: u64) -> Result<Column, InferError> {
    let from = column.field();
    if from.dtype == to.dtype && (to.missing.is_empty() || to.missing == from.missing) {
        return Ok(column.with_field(to.clone())?);
    }
    let reader = CellReader::new(to)?;
    let mut builder = ColumnBuilder::new(to);
    let mut row = first_row;
    for chunk in column.chunks() {
        let part = Column::new(from.clone(), vec![chunk.clone()])?;
        if let DataType::Dictionary(_, _) = chunk.data_type() {
            row += convert_dictionary(&part, chunk.as_dictionary::<Int32Type>(), &reader, &mut builder, row)?;
            continue;
        }
        let mut failed = None;
        part.for_each_cell(|i, cell| {
            if failed.is_none()
                && let Err(e) = convert_cell(&cell, from, &reader).and_then(|cell| builder.push(cell))
            {
                failed = Some((i, e));
            }
        });
        if let Some((i, e)) = failed {
            return Err(does_not_fit(e, row + i as u64));
        }
        row += part.n_rows() as u64;
    }
    Ok(builder.finish())
}

/// Reads each text of a dictionary once.
fn convert_dictionary(
    part: &Column,
    dict: &arrow_array::DictionaryArray<Int32Type>,
    reader: &CellReader,
    builder: &mut ColumnBuilder,
    first_row: u64,
) -> Result<u64, InferError> {
    let values = dict.values().as_string::<i32>();
    let cells: Vec<Option<Result<Cell<'_>, TableError>>> =
        values.iter().map(|v| v.map(|text| reader.read(text))).collect();
    for (i, key) in dict.keys().iter().enumerate() {
        match key.and_then(|k| cells[k as usize].as_ref()) {
            None => builder.push_missing(),
            Some(Ok(cell)) => builder.push(cell.clone())?,
            Some(Err(e)) => return Err(does_not_fit(e.clone(), first_row + i as u64)),
        }
    }
    Ok(part.n_rows() as u64)
}

/// One value under another field; nothing is lost on the way.
///
/// - text is read as the field says, a missing token of the field is missing
/// - numbers go into a field of numbers (`3.0` into whole numbers, `3.5` not; NaN is missing, infinity does not fit)
/// - true and false are 1 and 0 among numbers; 1 and 0 are true and false among booleans without words
/// - a date is the midnight that it begins with, and back
/// - anything else goes by its canonical text
///
/// # Errors
/// [`TableError::Cell`] if the value does not fit.
pub fn convert_cell<'a>(cell: &Cell<'a>, from: &Field, reader: &CellReader) -> Result<Cell<'a>, TableError> {
    const DAY_US: i64 = 86_400_000_000;
    let to = reader.field();
    if reader.is_missing(cell) {
        return Ok(Cell::Missing);
    }
    let refuse = || TableError::Cell {
        column: to.name.clone(),
        found: cell.level(from).unwrap_or_default().into_owned(),
        expected: reader.expected(),
    };
    match (to.dtype, cell) {
        (_, Cell::Float(x)) if x.is_nan() => Ok(Cell::Missing),
        (DType::Float64 | DType::Int64, Cell::Float(x)) if x.is_infinite() => Err(refuse()),
        (DType::Float64, Cell::Int(n)) => Ok(Cell::Float(*n as f64)),
        (DType::Float64, Cell::Bool(b)) => Ok(Cell::Float(f64::from(u8::from(*b)))),
        (DType::Int64, Cell::Bool(b)) => Ok(Cell::Int(i64::from(*b))),
        (DType::Int64, Cell::Float(x)) => table::cell::whole(*x).map(Cell::Int).ok_or_else(refuse),
        (DType::Float64, Cell::Float(_))
        | (DType::Int64, Cell::Int(_))
        | (DType::Bool, Cell::Bool(_))
        | (DType::Date, Cell::Date(_))
        | (DType::Datetime, Cell::Datetime(_))
        | (DType::Time, Cell::Time(_)) => Ok(cell.clone()),
        (DType::Datetime, Cell::Date(days)) => Ok(Cell::Datetime(i64::from(*days) * DAY_US)),
        (DType::Date, Cell::Datetime(us)) if us.rem_euclid(DAY_US) == 0 => {
            i32::try_from(us.div_euclid(DAY_US)).map(Cell::Date).map_err(|_| refuse())
        }
        (DType::Bool, Cell::Int(n @ (0 | 1))) if to.words.is_none() => Ok(Cell::Bool(*n == 1)),
        (DType::Bool, Cell::Float(x)) if to.words.is_none() && (*x == 0.0 || *x == 1.0) => Ok(Cell::Bool(*x == 1.0)),
        (_, Cell::Text(std::borrow::Cow::Borrowed(text))) => reader.read(text),
        _ => {
            let text = cell.level(from).unwrap_or_default();
            reader.read(&text).map(into_owned)
        }
    }
}

fn into_owned(cell: Cell<'_>) -> Cell<'static> {
    match cell {
        Cell::Missing => Cell::Missing,
        Cell::Bool(b) => Cell::Bool(b),
        Cell::Int(n) => Cell::Int(n),
        Cell::Float(x) => Cell::Float(x),
        Cell::Text(t) => Cell::Text(t.into_owned().into()),
        Cell::Date(days) => Cell::Date(days),
        Cell::Datetime(us) => Cell::Datetime(us),
        Cell::Time(us) => Cell::Time(us),
    }
}

fn does_not_fit(e: TableError, row_idx: u64) -> InferError {
    match e {
        TableError::Cell { column, found, expected } => {
            InferError::DoesNotFit { column, row: row_idx + 1, found, expected }
        }
        other => InferError::Table(other),
    }
}
