//! What every reader gives once it knows its types: fields, and the rows block by block, in order.

use arrow_array::ArrayRef;
use base::{Cx, Finding, Findings, Place, Severity};
use table::{Column, DType, Field, Kind, Table};

use super::arrow_types::Changes;
use super::error::codes;
use crate::error::CollectError;

/// Takes the rows of one block: an array a field, all of one length.
pub type EachBatch<'a> = dyn FnMut(Vec<ArrayRef>) -> Result<(), CollectError> + 'a;

/// Rows of known types, to be read in order in bounded memory, as often as is needed.
pub trait Rows {
    /// The columns. Kinds are provisional: they follow from the type alone.
    fn fields(&self) -> &[Field];

    /// About how many bytes the whole table takes in memory.
    fn needs_bytes(&self) -> u64;

    /// What finding out the types had to say.
    fn findings(&self) -> &Findings;

    /// Gives every block to `each`, in order. Blocks are decoded on several threads where the form allows it; where
    /// they end never changes a value.
    ///
    /// # Errors
    /// Those of decoding and of `each`.
    fn for_each_batch(&self, cx: &Cx, each: &mut EachBatch<'_>) -> Result<Findings, CollectError>;
}

/// Reads everything into memory. Returns the table and all findings.
///
/// # Errors
/// Those of decoding.
pub fn collect(cx: &Cx, rows: &dyn Rows) -> Result<(Table, Findings), CollectError> {
    let mut chunks: Vec<Vec<ArrayRef>> = vec![Vec::new(); rows.fields().len()];
    let mut findings = rows.findings().clone();
    findings.extend(rows.for_each_batch(cx, &mut |batch| {
        for (column, array) in chunks.iter_mut().zip(batch) {
            if !array.is_empty() {
                column.push(array);
            }
        }
        Ok(())
    })?);
    let columns: Result<Vec<Column>, _> =
        rows.fields().iter().zip(chunks).map(|(field, chunks)| Column::new(field.clone(), chunks)).collect();
    Ok((Table::new(columns?)?, findings))
}

/// The kind that a type alone suggests.
pub fn provisional_kind(dtype: DType) -> Kind {
    match dtype {
        DType::Bool => Kind::Boolean,
        DType::Int64 | DType::Float64 => Kind::Number,
        DType::Date | DType::Datetime | DType::Time => Kind::Datetime,
        DType::Text => Kind::Text,
    }
}

/// The findings that follow from what became of the values of a column.
pub fn findings_of(column: &str, changes: Changes) -> Findings {
    let mut findings = Findings::new();
    let mut say = |n: u64, code, severity, what: &str| {
        if n > 0 {
            let cells = if n == 1 { "cell" } else { "cells" };
            let message = format!("{n} {cells} of column {} {what}", base::finding::quoted(column));
            findings.push(Finding::new(code, severity, message).at(Place::column(column)));
        }
    };
    say(changes.n_nan, codes::READ_AS_MISSING, Severity::Info, "hold NaN and were read as missing");
    say(changes.n_empty, codes::READ_AS_MISSING, Severity::Info, "hold an empty text and were read as missing");
    say(changes.n_cut, codes::DIGITS_CUT, Severity::Warning, "had digits below a microsecond, which were cut off");
    findings
}

/// Names made unique as they are in delimited text: a second `a` becomes `a_2`. Returns those that changed.
pub fn unique_names(names: &mut [String]) -> Vec<(String, String)> {
    let mut taken: std::collections::BTreeSet<String> = names.iter().cloned().collect();
    let mut seen = std::collections::BTreeSet::new();
    let mut changed = Vec::new();
    for name in names.iter_mut() {
        if seen.insert(name.clone()) {
            continue;
        }
        let free = (2..).map(|n| format!("{name}_{n}")).find(|n| !taken.contains(n)).expect("some number is free");
        changed.push((name.clone(), free.clone()));
        taken.insert(free.clone());
        seen.insert(free.clone());
        *name = free;
    }
    changed
}
