//! From paths and globs to a table in memory: the way of `train` and `predict`.
//!
//! Not here: snapshots, which stream (`snapshot`).

use std::collections::BTreeSet;
use std::io::Read;

use arrow_array::{ArrayRef, Int64Array, StringArray};
use base::{Cx, Findings};
use csv::{BadRow, CsvOptions, CsvRead};
use infer::{ColumnSummary, Proposal};
use table::{Column, DType, Field, Kind, Table};

use crate::error::CollectError;
use crate::formats::{self, Form, FormatError, Source, SourceInfo, limits, rows, source};
use crate::options::ReadOptions;

/// Bytes at the start of a text from which its memory is estimated.
const SAMPLE_BYTES: u64 = 256 << 10;
/// How many times larger compressed text is taken to be.
const COMPRESSION_FACTOR: u64 = 8;

/// Rows of a piece of a column that is summarised at once: merging summaries has a cost of its own.
const SUMMARY_ROWS: usize = 1 << 20;

/// A table and what there is to say of it.
#[derive(Debug, Clone)]
pub struct ReadResult {
    /// The columns under the types that the whole input proves. Kinds are those proposed where a proposal changes no
    /// cell, else what the type alone suggests.
    pub table: Table,
    /// What training would read the columns under, one a column in order; empty after [`read_text`].
    pub proposals: Vec<Proposal>,
    /// What reading had to say.
    pub findings: Findings,
    /// The files, without their hashes (see [`source::hashed`]).
    pub sources: Vec<SourceInfo>,
    /// Rows in the sources, with those that were set aside.
    pub n_rows_read: u64,
    /// Rows that were set aside: `file`, `line`, `column`, `reason`, `raw`.
    pub quarantine: Option<Table>,
    /// Knows the lines of rows; its columns have been taken out.
    lines: Option<CsvRead>,
}

impl ReadResult {
    /// The file and the line on which a row of the table begins, where the form has lines (delimited text).
    pub fn line_of(&self, row_idx: usize) -> Option<(&str, u64)> {
        self.lines.as_ref().and_then(|lines| lines.line_of(row_idx))
    }
}

/// Reads sources into a table, with types from the whole input and proposals. Refuses before it reads if that would
/// need more memory than `options.memory_limit`.
///
/// # Errors
/// Those of finding, decoding and typing; [`FormatError::Memory`]; cancellation.
///
/// ```no_run
/// use almanac_collect::{ReadOptions, read};
///
/// let cx = base::Cx::new(0, 2);
/// let result = read(&cx, &["data/*.csv".to_owned()], &ReadOptions::default())?;
/// println!("{} rows", result.table.n_rows());
/// # Ok::<(), almanac_collect::CollectError>(())
/// ```
pub fn read(cx: &Cx, patterns: &[String], options: &ReadOptions) -> Result<ReadResult, CollectError> {
    read_for(cx, patterns, options, None)
}

/// Like [`read`], for training on a target: it is never taken for an identifier.
///
/// # Errors
/// As [`read`].
pub fn read_for(
    cx: &Cx,
    patterns: &[String],
    options: &ReadOptions,
    target: Option<&str>,
) -> Result<ReadResult, CollectError> {
    let (sources, findings) = source::resolve(cx, patterns)?;
    let has_types = sources[0].form() != Form::Delimited;
    let mut csv = options.csv();
    let mut result = read_raw(cx, &sources, &csv, findings.clone(), options)?;
    let mut settled = settle(cx, result.table.columns(), options, target, has_types)?;
    if !has_types && !settled.may_be_groups.is_empty() {
        // Other columns prove decimal commas: what looks like decimals here is typed again from its text.
        csv.verbatim.append(&mut settled.may_be_groups);
        result = read_raw(cx, &sources, &csv, findings, options)?;
        settled = settle(cx, result.table.columns(), options, target, has_types)?;
    }
    result.findings.extend(settled.findings);
    result.table = Table::new(with_kinds(settled.columns, &settled.proposals)?)?;
    result.proposals = settled.proposals;
    Ok(result)
}

/// Columns under their proven types, and what there is to say of them.
struct Settled {
    columns: Vec<Column>,
    proposals: Vec<Proposal>,
    findings: Findings,
    may_be_groups: BTreeSet<String>,
}

/// Reads sources without typing anything: every cell of delimited text as text, other forms under their own types.
/// [`infer::conform`] does the rest by the fields that training settled.
///
/// # Errors
/// As [`read`].
pub fn read_text(cx: &Cx, patterns: &[String], options: &ReadOptions) -> Result<ReadResult, CollectError> {
    let (sources, findings) = source::resolve(cx, patterns)?;
    let csv = CsvOptions { all_text: true, ..options.csv() };
    read_raw(cx, &sources, &csv, findings, options)
}

fn read_raw(
    cx: &Cx,
    sources: &[Source],
    csv: &CsvOptions,
    mut findings: Findings,
    options: &ReadOptions,
) -> Result<ReadResult, CollectError> {
    let infos = sources.iter().map(|s| s.info().clone()).collect();
    if sources[0].form() != Form::Delimited {
        // Whoever takes text as it is written (scoring) refuses the row of an infinite number by itself.
        let rows = formats::survey_with(cx, sources, csv.all_text)?;
        check_memory(sources, rows.needs_bytes(), options)?;
        let (table, more) = rows::collect(cx, &*rows)?;
        findings.extend(more);
        let n_rows_read = table.n_rows() as u64;
        let (proposals, quarantine, lines) = (Vec::new(), None, None);
        return Ok(ReadResult { table, proposals, findings, sources: infos, n_rows_read, quarantine, lines });
    }
    check_memory(sources, text_needs_bytes(sources)?, options)?;
    let refs: Vec<&dyn csv::Source> = sources.iter().map(|s| s as &dyn csv::Source).collect();
    let mut read = csv::read(cx, &refs, csv)?;
    findings.extend(std::mem::take(&mut read.findings));
    let table = Table::new(std::mem::take(&mut read.columns))?;
    let bad_rows = std::mem::take(&mut read.quarantine);
    let n_rows_read = (read.n_rows + bad_rows.len()) as u64;
    let quarantine = if bad_rows.is_empty() { None } else { Some(quarantine_table(&bad_rows)?) };
    Ok(ReadResult {
        table,
        proposals: Vec::new(),
        findings,
        sources: infos,
        n_rows_read,
        quarantine,
        lines: Some(read),
    })
}

/// About how many bytes the columns of delimited text take: eight a cell, and half of the text.
pub(crate) fn text_needs_bytes(sources: &[Source]) -> Result<u64, CollectError> {
    let mut needs = 0u64;
    for source in sources {
        let mut sample = Vec::new();
        let read = source.open().and_then(|r| r.take(SAMPLE_BYTES).read_to_end(&mut sample));
        read.map_err(|e| source.error(e))?;
        let n_bytes = match source.codec() {
            formats::detect::Codec::Plain => source.info().n_bytes,
            _ => source.info().n_bytes.saturating_mul(COMPRESSION_FACTOR),
        };
        let n_cells = sample.iter().filter(|b| matches!(b, b',' | b';' | b'\t' | b'|' | b'\n')).count() as f64;
        let per_byte = 0.5 + 8.0 * n_cells / sample.len().max(1) as f64;
        needs = needs.saturating_add((n_bytes as f64 * per_byte) as u64);
    }
    Ok(needs)
}

fn check_memory(sources: &[Source], needs: u64, options: &ReadOptions) -> Result<(), FormatError> {
    let limit = options.memory_limit.unwrap_or(limits::MEMORY_BYTES_DEFAULT);
    if needs <= limit {
        return Ok(());
    }
    let file = match sources {
        [one] => one.name().to_owned(),
        many => format!("{} and {} more", many[0].name(), many.len() - 1),
    };
    Err(FormatError::Memory { file, needs, limit })
}

/// Types columns from all their cells and proposes the rest. Each column is looked at once, and once more if its type
/// changes.
fn settle(
    cx: &Cx,
    columns: &[Column],
    options: &ReadOptions,
    target: Option<&str>,
    has_types: bool,
) -> Result<Settled, CollectError> {
    let mut summaries = summaries(cx, columns)?;
    let mut typing = infer::decide(&summaries, &options.answers)?;
    if has_types {
        keep_strings(&summaries, &mut typing, options);
    }
    let mut typed = Vec::with_capacity(columns.len());
    for ((column, field), summary) in columns.iter().zip(&typing.fields).zip(&mut summaries) {
        if !must_convert(column.field(), field) {
            summary.field = field.clone();
            typed.push(column.with_field(field.clone())?);
            continue;
        }
        let mut starts = Vec::with_capacity(column.chunks().len());
        let mut n_rows = 0u64;
        for chunk in column.chunks() {
            starts.push(n_rows);
            n_rows += chunk.len() as u64;
        }
        let parts = cx.map(starts.len(), |k| {
            cx.check_cancelled()?;
            let chunk = Column::new(column.field().clone(), vec![column.chunks()[k].clone()])?;
            Ok::<Column, CollectError>(infer::convert_chunk(&chunk, field, starts[k])?)
        });
        let mut chunks: Vec<ArrayRef> = Vec::with_capacity(parts.len());
        for part in parts {
            chunks.extend_from_slice(part?.chunks());
        }
        let column = Column::new(field.clone(), chunks)?;
        *summary = self::summaries(cx, std::slice::from_ref(&column))?.remove(0);
        typed.push(column);
    }
    let proposals = infer::propose_from(&summaries, &options.answers, target);
    let may_be_groups = typing.may_be_groups.into_iter().collect();
    Ok(Settled { columns: typed, proposals, findings: typing.findings, may_be_groups })
}

/// A source that has numbers and booleans of its own (JSON, Parquet, Arrow) means its strings as such: `"1.10"` and `"1.1"`
/// are two. They stay text unless a person says otherwise; that training may read them as numbers is a proposal.
pub(crate) fn keep_strings(summaries: &[ColumnSummary], typing: &mut infer::Typing, options: &ReadOptions) {
    let is_number = |dtype: DType| matches!(dtype, DType::Int64 | DType::Float64 | DType::Bool);
    let mut kept: Vec<&str> = Vec::new();
    for (field, summary) in typing.fields.iter_mut().zip(summaries) {
        let name = &summary.field.name;
        let is_told = options.answers.kinds.contains_key(name) || options.answers.formats.contains_key(name);
        if summary.field.dtype == DType::Text && is_number(field.dtype) && !is_told {
            *field = Field { missing: field.missing.clone(), ..summary.field.clone() };
            kept.push(name);
        }
    }
    let is_of_kept = |f: &base::Finding| f.place.column.as_deref().is_some_and(|c| kept.contains(&c));
    let mut findings = Findings::new();
    typing.findings.kept().iter().filter(|f| !is_of_kept(f)).for_each(|f| findings.push(f.clone()));
    typing.findings = findings;
}

/// Whether reading under another field may change a value.
pub(crate) fn must_convert(from: &Field, to: &Field) -> bool {
    from.dtype != to.dtype || from.missing != to.missing
}

/// Summaries of columns, in pieces of about [`SUMMARY_ROWS`] on several threads.
fn summaries(cx: &Cx, columns: &[Column]) -> Result<Vec<ColumnSummary>, CollectError> {
    let mut tasks: Vec<(usize, Vec<ArrayRef>)> = Vec::new();
    for (i, column) in columns.iter().enumerate() {
        let mut n_rows = usize::MAX;
        for chunk in column.chunks() {
            if n_rows >= SUMMARY_ROWS {
                tasks.push((i, Vec::new()));
                n_rows = 0;
            }
            n_rows += chunk.len();
            if let Some((_, piece)) = tasks.last_mut() {
                piece.push(chunk.clone());
            }
        }
    }
    let parts = cx.map(tasks.len(), |t| {
        cx.check_cancelled()?;
        let (i, piece) = &tasks[t];
        let piece = Column::new(columns[*i].field().clone(), piece.clone())?;
        Ok::<_, CollectError>((*i, ColumnSummary::of(&piece)))
    });
    let mut whole: Vec<Option<ColumnSummary>> = columns.iter().map(|_| None).collect();
    for part in parts {
        let (i, part) = part?;
        whole[i] = Some(match whole[i].take() {
            Some(before) => before.merge(part),
            None => part,
        });
    }
    Ok(whole.into_iter().zip(columns).map(|(s, c)| s.unwrap_or_else(|| ColumnSummary::of(c))).collect())
}

/// Columns under the kinds and roles of those proposals that change no cell.
fn with_kinds(columns: Vec<Column>, proposals: &[Proposal]) -> Result<Vec<Column>, CollectError> {
    let mut out = Vec::with_capacity(columns.len());
    for column in columns {
        let proposal = proposals.iter().find(|p| p.column == column.field().name);
        out.push(match proposal {
            Some(p) if !must_convert(column.field(), &p.field) => column.with_field(p.field.clone())?,
            _ => column,
        });
    }
    Ok(out)
}

/// Rows that were set aside, as a table.
pub(crate) fn quarantine_table(rows: &[BadRow]) -> Result<Table, CollectError> {
    let columns: Result<Vec<Column>, _> = quarantine_fields()
        .into_iter()
        .zip(quarantine_arrays(rows))
        .map(|(field, array)| Column::new(field, vec![array]))
        .collect();
    Ok(Table::new(columns?)?)
}

/// The columns of a table of rows that were set aside.
pub(crate) fn quarantine_fields() -> Vec<Field> {
    let text = |name: &str| Field::new(name, DType::Text, Kind::Text);
    vec![text("file"), Field::new("line", DType::Int64, Kind::Number), text("column"), text("reason"), text("raw")]
}

/// Their values.
pub(crate) fn quarantine_arrays(rows: &[BadRow]) -> Vec<ArrayRef> {
    let text = |get: &dyn Fn(&BadRow) -> Option<String>| -> ArrayRef {
        std::sync::Arc::new(rows.iter().map(get).collect::<StringArray>())
    };
    let line = rows.iter().map(|r| i64::try_from(r.line).ok()).collect::<Int64Array>();
    vec![
        text(&|r| Some(r.file.clone())),
        std::sync::Arc::new(line),
        text(&|r| r.column.clone()),
        text(&|r| Some(r.reason.clone())),
        text(&|r| Some(r.raw.clone())),
    ]
}
