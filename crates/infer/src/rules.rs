//! Reading columns by what was proven, told or proposed.

use base::{Cx, Finding, Findings, Place, Severity};
use table::{Column, Field, Table};

use super::convert::convert_chunk;
use super::error::{InferError, codes};
use super::propose::{Proposal, summaries_of};
use super::typing::decide;
use crate::answers::Answers;

/// Types columns by what their cells prove and what `options` say: the summaries, the decision and the conversion in
/// one. Columns of types other than text are left as they are unless `options` name them.
///
/// # Errors
/// A flag that names no column, a format that is none, or that does not fit (naming the first cell that does not);
/// numbers beyond the range of floats; cancellation.
pub fn type_columns(cx: &Cx, columns: Vec<Column>, options: &Answers) -> Result<(Vec<Column>, Findings), InferError> {
    let summaries = summaries_of(cx, &columns)?;
    let typing = decide(&summaries, options)?;
    let fields: Vec<&Field> = typing.fields.iter().collect();
    Ok((convert_all(cx, &columns, &fields)?, typing.findings))
}

/// Reads a table by proposals: text becomes numbers, dates and booleans, tokens become missing, kinds and roles are
/// set. Columns without a proposal stay as they are. What changed values is reported, and what is asked.
///
/// # Errors
/// A proposal for a column that is not there, or one that does not fit its cells.
pub fn apply(cx: &Cx, table: &Table, proposals: &[Proposal]) -> Result<(Table, Findings), InferError> {
    let mut fields: Vec<&Field> = table.schema().fields().iter().collect();
    let mut findings = Findings::new();
    for proposal in proposals {
        table.column(&proposal.column)?;
        let place = || Place::column(&proposal.column);
        if let Some(at) = table.schema().index_of(&proposal.column) {
            fields[at] = &proposal.field;
        }
        if proposal.changes {
            let message = format!("`{}` is {}", proposal.column, proposal.change_sentence());
            findings.push(Finding::new(codes::APPLIED, Severity::Info, message).at(place()));
        }
        if let Some(question) = &proposal.question {
            let message = format!("`{}` leaves a question: {question}", proposal.column);
            findings.push(Finding::new(codes::QUESTION, Severity::Warning, message).at(place()));
        }
    }
    Ok((Table::new(convert_all(cx, table.columns(), &fields)?)?, findings))
}

fn convert_all(cx: &Cx, columns: &[Column], fields: &[&Field]) -> Result<Vec<Column>, InferError> {
    let mut tasks = Vec::new();
    for (i, column) in columns.iter().enumerate() {
        let mut first_row = 0u64;
        for (k, chunk) in column.chunks().iter().enumerate() {
            tasks.push((i, k, first_row));
            first_row += chunk.len() as u64;
        }
    }
    let parts = cx.map(tasks.len(), |t| {
        cx.check_cancelled()?;
        let (i, k, first_row) = tasks[t];
        let chunk = Column::new(columns[i].field().clone(), vec![columns[i].chunks()[k].clone()])?;
        Ok::<_, InferError>((i, convert_chunk(&chunk, fields[i], first_row)?))
    });
    let mut chunks: Vec<Vec<arrow_array::ArrayRef>> = columns.iter().map(|_| Vec::new()).collect();
    for part in parts {
        let (i, part) = part?;
        chunks[i].extend(part.chunks().iter().cloned());
    }
    let columns = chunks.into_iter().zip(fields).map(|(chunks, field)| Column::new((*field).clone(), chunks));
    Ok(columns.collect::<Result<_, _>>()?)
}
