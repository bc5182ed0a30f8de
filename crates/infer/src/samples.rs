//! Columns for this module's tests, and a small reader of well-behaved delimited files.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};
use table::number::{Number, NumberFormat};
use table::{Column, DType, Field, Kind, Table};

/// A column of text; the empty cell is missing.
pub fn text(name: &str, cells: &[&str]) -> Column {
    let array: StringArray = cells.iter().map(|c| (!c.is_empty()).then_some(*c)).collect();
    Column::new(Field::new(name, DType::Text, Kind::Category), vec![Arc::new(array)]).expect("fits")
}

/// A column of whole numbers.
pub fn ints(name: &str, values: impl IntoIterator<Item = i64>) -> Column {
    let array: Int64Array = values.into_iter().map(Some).collect();
    Column::new(Field::new(name, DType::Int64, Kind::Number), vec![Arc::new(array)]).expect("fits")
}

/// A column of floats; NaN is missing.
pub fn floats(name: &str, values: impl IntoIterator<Item = f64>) -> Column {
    let array: Float64Array = values.into_iter().map(|x| (!x.is_nan()).then_some(x)).collect();
    Column::new(Field::new(name, DType::Float64, Kind::Number), vec![Arc::new(array)]).expect("fits")
}

/// A table of the shared data, or `None` with a message where the folder is absent.
pub fn shared(file: &str) -> Option<Vec<Column>> {
    let folder = std::env::var_os("ALMANAC_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")), PathBuf::from);
    let path = folder.join(file);
    if !path.exists() {
        eprintln!("not run: {file} is not in {}", folder.display());
        return None;
    }
    if file.ends_with(".parquet") {
        return Some(parquet_columns(&path));
    }
    let bytes = std::fs::read(&path).expect("readable");
    let text = String::from_utf8_lossy(&bytes);
    Some(delimited(text.trim_start_matches('\u{FEFF}')))
}

fn parquet_columns(path: &std::path::Path) -> Vec<Column> {
    use arrow_array::Array;
    use arrow_array::cast::AsArray;
    use arrow_schema::DataType;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    let file = std::fs::File::open(path).expect("readable");
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).expect("parquet").build().expect("parquet");
    let mut chunks: Vec<(String, Vec<ArrayRef>, DType)> = Vec::new();
    for batch in reader {
        let batch = batch.expect("a batch");
        for (f, array) in batch.schema().fields().iter().zip(batch.columns()) {
            let (dtype, array): (DType, ArrayRef) = match array.data_type() {
                DataType::Int64 => (DType::Int64, array.clone()),
                DataType::Float64 => (DType::Float64, array.clone()),
                DataType::Utf8 => (DType::Text, array.clone()),
                DataType::LargeUtf8 => {
                    let a: StringArray = array.as_string::<i64>().iter().collect();
                    (DType::Text, Arc::new(a))
                }
                _ => continue,
            };
            match chunks.iter_mut().find(|c| c.0 == *f.name()) {
                Some(c) => c.1.push(array),
                None => chunks.push((f.name().clone(), vec![array], dtype)),
            }
        }
    }
    chunks
        .into_iter()
        .map(|(name, chunks, dtype)| {
            let kind = if dtype == DType::Text { Kind::Category } else { Kind::Number };
            Column::new(Field::new(name, dtype, kind), chunks).expect("fits")
        })
        .collect()
}

/// Reads delimited text and types what is plain, as the readers do.
pub fn delimited(text: &str) -> Vec<Column> {
    let text = &text.replace("\r\n", "\n").replace('\r', "\n");
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.matches(';').count() > header.matches(',').count() { ';' } else { ',' };
    let mut records = records(text, delimiter);
    let names = records.remove(0);
    let column = |i: usize| -> Vec<Option<&str>> {
        records.iter().map(|r| r.get(i).map(String::as_str).filter(|c| !c.is_empty())).collect()
    };
    (0..names.len())
        .map(|i| {
            let name = if names[i].is_empty() { format!("column_{}", i + 1) } else { names[i].clone() };
            plain_column(&name, &column(i))
        })
        .collect()
}

fn plain_column(name: &str, cells: &[Option<&str>]) -> Column {
    let plain = NumberFormat::default();
    let read = |cell: &Option<&str>| match cell {
        None => Some(None),
        Some(text) => plain.parse(text).ok().map(Some),
    };
    let numbers: Option<Vec<Option<Number>>> = cells.iter().map(read).collect();
    let any = cells.iter().any(Option::is_some);
    match numbers {
        Some(numbers) if any && numbers.iter().flatten().all(|n| matches!(n, Number::Int(_))) => {
            let array: Int64Array =
                numbers.iter().map(|n| if let Some(Number::Int(n)) = n { Some(*n) } else { None }).collect();
            Column::new(Field::new(name, DType::Int64, Kind::Number), vec![Arc::new(array)]).expect("fits")
        }
        Some(numbers) if any => {
            let array: Float64Array = numbers.iter().map(|n| n.map(Number::to_f64)).collect();
            Column::new(Field::new(name, DType::Float64, Kind::Number), vec![Arc::new(array)]).expect("fits")
        }
        _ => {
            let array: StringArray = cells.iter().copied().collect();
            Column::new(Field::new(name, DType::Text, Kind::Category), vec![Arc::new(array)]).expect("fits")
        }
    }
}

fn records(text: &str, delimiter: char) -> Vec<Vec<String>> {
    let (mut all, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            c if c == delimiter && !quoted => record.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                all.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    if !cell.is_empty() || !record.is_empty() {
        record.push(cell);
        all.push(record);
    }
    all
}

/// A table of columns.
pub fn table(columns: Vec<Column>) -> Table {
    Table::new(columns).expect("columns of equal length")
}
