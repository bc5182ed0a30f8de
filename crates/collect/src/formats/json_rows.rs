//! JSON sources as rows of one table: columns in the order in which their keys first appear, types over all values.
//!
//! Not here: cutting and parsing (`json_split`, `json_parse`).

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array};
use arrow_schema::DataType;
use base::finding::quoted;
use base::{Cx, Finding, Findings, Place, Severity};
use table::{DType, Field};

use super::arrow_types::Changes;
use super::error::codes;
use super::json_parse::{self, CellColumn, CellKind, Cells, Seen};
use super::json_split::Splitter;
use super::rows::{EachBatch, Rows, findings_of, provisional_kind};
use super::{FormatError, Source, limits};
use crate::error::CollectError;

const BOOL: Seen = CellKind::Bool as Seen;
const INTS: Seen = CellKind::Int as Seen | CellKind::WideInt as Seen;
const EXACT: Seen = CellKind::Int as Seen | CellKind::Float as Seen;
const NUMBERS: Seen = INTS | CellKind::Float as Seen | CellKind::HugeInt as Seen;

/// The rows of some JSON sources.
#[derive(Debug)]
pub struct JsonRows {
    sources: Vec<Source>,
    fields: Vec<Field>,
    findings: Findings,
    n_rows: u64,
    n_text_bytes: u64,
}

impl JsonRows {
    /// Reads everything once to find out the columns and their types.
    ///
    /// # Errors
    /// The JSON errors of [`FormatError`].
    pub fn survey(cx: &Cx, sources: &[Source]) -> Result<Self, CollectError> {
        let mut names: Vec<String> = Vec::new();
        let mut seen: Vec<(Seen, Changes)> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        let (mut n_rows, mut n_text_bytes) = (0, 0);
        for_each_block(cx, sources, &mut |cells| {
            n_rows += cells.n_rows as u64;
            for column in &cells.columns {
                let i = *index.entry(column.name.clone()).or_insert_with(|| {
                    names.push(column.name.clone());
                    seen.push((0, Changes::default()));
                    names.len() - 1
                });
                let n_cells = column.rows.len();
                n_text_bytes += (0..n_cells).map(|i| column.cell(i).len() as u64).sum::<u64>();
                seen[i].0 |= column.seen;
                seen[i].1.add(Changes { n_empty: column.n_empty, n_nan: column.n_nan, ..Changes::default() });
            }
            if names.len() > limits::COLUMNS_MAX {
                let what = format!("there are more than {} different keys", limits::COLUMNS_MAX);
                let file = sources[0].name().to_owned();
                return Err(FormatError::Limit { file, line: None, what, limit: "COLUMNS_MAX" }.into());
            }
            Ok(())
        })?;
        if names.is_empty() && n_rows > 0 {
            // A table without columns has no rows: these would be lost.
            let file = sources[0].name().to_owned();
            let hint = "give rows with one value at least, such as {\"a\": 1}";
            return Err(FormatError::Unsupported { file, what: "a list of rows without a value", hint }.into());
        }
        let mut fields = Vec::with_capacity(names.len());
        let mut findings = Findings::new();
        for (name, (seen, changes)) in names.into_iter().zip(seen) {
            let dtype = dtype_of(seen);
            mixture(&name, seen).into_iter().for_each(|f| findings.push(f));
            findings.extend(findings_of(&name, changes));
            fields.push(Field::new(name, dtype, provisional_kind(dtype)));
        }
        Ok(Self { sources: sources.to_vec(), fields, findings, n_rows, n_text_bytes })
    }

    /// The rows `low..high` of a block as arrays.
    fn arrays(&self, cells: &Cells, low: usize, high: usize) -> Vec<ArrayRef> {
        // Looked up only; never iterated.
        let by_name: HashMap<&str, &CellColumn> = cells.columns.iter().map(|c| (c.name.as_str(), c)).collect();
        let array = |field: &Field| {
            by_name.get(field.name.as_str()).map_or_else(
                || arrow_array::new_null_array(&field.dtype.arrow(), high - low),
                |column| array_of(column, field.dtype, low, high),
            )
        };
        self.fields.iter().map(array).collect()
    }
}

impl Rows for JsonRows {
    fn fields(&self) -> &[Field] {
        &self.fields
    }

    fn needs_bytes(&self) -> u64 {
        // Offsets of text and values of numbers take at most eight bytes a cell.
        let cells = self.n_rows.saturating_mul(self.fields.len() as u64);
        cells.saturating_mul(8).saturating_add(self.n_text_bytes)
    }

    fn findings(&self) -> &Findings {
        &self.findings
    }

    fn for_each_batch(&self, cx: &Cx, each: &mut EachBatch<'_>) -> Result<Findings, CollectError> {
        let n_rows_max = (limits::JSON_BATCH_CELLS_MAX / self.fields.len().max(1)).max(1);
        for_each_block(cx, &self.sources, &mut |cells| {
            for low in (0..cells.n_rows).step_by(n_rows_max) {
                each(self.arrays(&cells, low, cells.n_rows.min(low + n_rows_max)))?;
            }
            Ok(())
        })?;
        Ok(Findings::new())
    }
}

/// Parses blocks on several threads and gives them on in order.
fn for_each_block(
    cx: &Cx,
    sources: &[Source],
    each: &mut dyn FnMut(Cells) -> Result<(), CollectError>,
) -> Result<(), CollectError> {
    for source in sources {
        let mut splitter = Splitter::start(source)?;
        loop {
            cx.check_cancelled()?;
            let (mut blocks, mut late) = (Vec::new(), None);
            while blocks.len() < 2 * cx.threads() {
                match splitter.next_block() {
                    Ok(Some(block)) => blocks.push(block),
                    Ok(None) => break,
                    // What is wrong in the blocks before it comes first.
                    Err(e) => {
                        late = Some(e);
                        break;
                    }
                }
            }
            let is_end = blocks.is_empty();
            for cells in cx.map_items(blocks, |_, block| json_parse::parse(source.name(), &block)) {
                each(cells?)?;
            }
            if let Some(e) = late {
                return Err(e);
            }
            if is_end {
                break;
            }
        }
    }
    Ok(())
}

/// The type that holds every cell without losing a digit.
fn dtype_of(seen: Seen) -> DType {
    match seen {
        0 => DType::Text,
        _ if seen & !BOOL == 0 => DType::Bool,
        _ if seen & !INTS == 0 => DType::Int64,
        _ if seen & !EXACT == 0 => DType::Float64,
        _ => DType::Text,
    }
}

/// What is to be said of a column whose cells do not go together.
fn mixture(name: &str, seen: Seen) -> Option<Finding> {
    const TEXT: Seen = CellKind::Text as Seen;
    const JSON: Seen = CellKind::Json as Seen;
    if dtype_of(seen) != DType::Text || matches!(seen, 0 | TEXT | JSON) {
        return None;
    }
    let at = Place::column(name);
    if seen & !NUMBERS == 0 {
        let message =
            format!("column {} has numbers with more digits than 64 bits hold; it is kept as text", quoted(name));
        return Some(Finding::new(codes::MANY_DIGITS, Severity::Warning, message).at(at));
    }
    let words: Vec<&str> = [(BOOL, "booleans"), (NUMBERS, "numbers"), (TEXT, "texts"), (JSON, "arrays")]
        .into_iter()
        .filter(|(kinds, _)| seen & kinds != 0)
        .map(|(_, word)| word)
        .collect();
    let message = format!("column {} mixes {}; it is kept as text, as it is spelt", quoted(name), words.join(", "));
    Some(Finding::new(codes::MIXED_TYPES, Severity::Warning, message).at(at))
}

fn array_of(column: &CellColumn, dtype: DType, low: usize, high: usize) -> ArrayRef {
    let from = column.rows.partition_point(|r| (*r as usize) < low);
    let to = column.rows.partition_point(|r| (*r as usize) < high);
    let cells = (from..to).map(|i| (column.rows[i] as usize - low, column.cell(i)));
    let n_rows = high - low;
    match dtype {
        DType::Bool => {
            let mut out = vec![None; n_rows];
            cells.for_each(|(row, text)| out[row] = Some(text == "true"));
            Arc::new(BooleanArray::from(out))
        }
        DType::Int64 => {
            let mut out = vec![None; n_rows];
            cells.for_each(|(row, text)| out[row] = text.parse::<i64>().ok());
            Arc::new(Int64Array::from(out))
        }
        DType::Float64 => {
            let mut out = vec![None; n_rows];
            cells.for_each(|(row, text)| out[row] = text.parse::<f64>().ok());
            Arc::new(Float64Array::from(out))
        }
        _ => {
            debug_assert_eq!(dtype.arrow(), DataType::Utf8);
            let mut out = StringBuilder::with_capacity(n_rows, 0);
            let mut next = 0;
            for (row, text) in cells {
                (next..row).for_each(|_| out.append_null());
                out.append_value(text);
                next = row + 1;
            }
            (next..n_rows).for_each(|_| out.append_null());
            Arc::new(out.finish())
        }
    }
}
