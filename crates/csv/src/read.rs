//! From sources to columns: in memory, or surveyed first and then streamed in batches of bounded size.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Float64Array, new_null_array};
use base::finding::quoted;
use base::{Cx, Finding, Findings, Severity};
use table::column::holds;
use table::datetime::DatetimeFormat;
use table::{BoolWords, Column, DType, Field};

use super::{BadRow, CsvOptions, CsvRead, Layout, Lines};
use crate::BadRows;
use crate::build::Wanted;
use crate::encoding::Encoding;
use crate::error::{At, CsvError};
use crate::evidence::ColumnType;
use crate::failure::ReadError;
use crate::gather::{Again, Gather, Kept};
use crate::notes;
use crate::parse::{Parsed, Task};
use crate::part::{Part, judge};
use crate::pass::{self, Spot, Taker};
use crate::plain::{TimeForm, WORDS};
use crate::source::Source;

/// What a first pass found out: enough to read the input again in batches, each column in its final type.
#[derive(Debug, Clone)]
pub struct CsvPlan {
    /// Columns in order: name, type, and how the cells are written. Kinds are provisional.
    pub fields: Vec<Field>,
    /// Number of rows of all files.
    pub n_rows: usize,
    /// What there is to say.
    pub findings: Findings,
    /// Number of rows set aside; they come with the batches.
    pub n_bad_rows: u64,
    /// Per file.
    pub layouts: Vec<Layout>,
    parts: Vec<Part>,
    /// Rows of each file.
    part_rows: Vec<usize>,
    types: Vec<ColumnType>,
    /// Columns of the table that are left out: no name, no value.
    is_left_out: Vec<bool>,
    must_be_finite: BTreeSet<usize>,
    sets_aside: bool,
    block_bytes: usize,
}

/// Some rows in order.
#[derive(Debug)]
pub struct CsvBatch {
    /// Per field of the plan.
    pub arrays: Vec<ArrayRef>,
    /// Number of rows.
    pub n_rows: usize,
    /// Rows that were set aside among these.
    pub bad_rows: Vec<BadRow>,
}

/// Reads delimited text into columns, types included. The files are read as one table, in order: their columns are
/// matched by name, and each may have its own delimiter and encoding.
///
/// Memory: the columns, and a few blocks for each thread. Cost: one pass, and a second one over the blocks that were
/// parsed as another type than the whole input turns out to have.
///
/// ```
/// use almanac_csv::{Bytes, CsvOptions, read};
/// use table::DType;
///
/// let file = Bytes::new("ages.csv", b"name;age\nAda;36\nAlan;\n".to_vec());
/// let table = read(&base::Cx::new(0, 1), &[&file], &CsvOptions::default()).unwrap();
/// assert_eq!(table.n_rows, 2);
/// assert_eq!(table.columns[1].field().dtype, DType::Int64);
/// assert_eq!(table.columns[1].n_missing(), 1);
/// ```
///
/// # Errors
/// [`CsvError`], wrapped; those of the disk; [`ReadError::Cancelled`].
pub fn read(cx: &Cx, sources: &[&dyn Source], options: &CsvOptions) -> Result<CsvRead, ReadError> {
    let (plan, mut kept, bad_rows) = first_pass(cx, sources, options, true)?;
    refill(cx, sources, &plan, &mut kept)?;
    let mut chunks: Vec<Vec<ArrayRef>> = vec![Vec::new(); plan.fields.len()];
    let mut lines = Vec::with_capacity(kept.len());
    let mut first_row = 0;
    for block in kept {
        if block.n_rows == 0 {
            continue;
        }
        let (n_rows, part_idx, first_line) = (block.n_rows, block.part_idx, block.first_line);
        lines.push(Lines { first_row, part_idx, first_line, jumps: block.jumps });
        first_row += n_rows;
        let arrays = block.arrays.into_iter().zip(&plan.is_left_out).filter(|(_, out)| !**out);
        for (i, (array, _)) in arrays.enumerate() {
            chunks[i].push(array.ok_or_else(|| changed(&plan.parts[part_idx]))?);
        }
    }
    let columns = plan.fields.iter().cloned().zip(chunks).map(|(f, c)| Column::new(f, c));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let CsvPlan { n_rows, findings, layouts, .. } = plan;
    Ok(CsvRead { columns, n_rows, findings, quarantine: bad_rows, layouts, lines })
}

/// Reads all of the input to find out its types, and keeps none of it: a few blocks for each thread are in memory.
///
/// # Errors
/// As [`read`].
pub fn survey(cx: &Cx, sources: &[&dyn Source], options: &CsvOptions) -> Result<CsvPlan, ReadError> {
    first_pass(cx, sources, options, false).map(|(plan, ..)| plan)
}

/// Reads the input again under a plan, batch by batch in the order of the rows. A batch is what one block of the
/// file holds, so its size is bounded whatever the size of the input.
///
/// # Errors
/// As [`read`]; [`CsvError::Changed`] if the input is not what was surveyed; what `f` says.
pub fn for_each_batch(
    cx: &Cx,
    sources: &[&dyn Source],
    plan: &CsvPlan,
    f: &mut dyn FnMut(CsvBatch) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut stream = Stream { plan, left: plan.part_rows.clone(), f };
    pass::run(cx, sources, &plan.parts, plan.block_bytes, &mut stream)?;
    match stream.left.iter().position(|&n| n > 0) {
        Some(i) => Err(changed(&plan.parts[i])),
        None => Ok(()),
    }
}

fn changed(part: &Part) -> ReadError {
    CsvError::Changed { at: At::file(&part.file) }.into()
}

/// Looks at the starts of all files and matches their columns by name.
fn parts_of(cx: &Cx, sources: &[&dyn Source], options: &CsvOptions) -> Result<(Vec<Part>, Vec<String>), ReadError> {
    let looked = cx.map(sources.len(), |i| Part::look(sources[i], options.delimiter, None));
    let mut parts = looked.into_iter().collect::<Result<Vec<_>, _>>()?;
    let names = parts.first().map(|p| p.names.names.clone()).unwrap_or_default();
    match_columns(&mut parts, &names)?;
    Ok((parts, names))
}

fn match_columns(parts: &mut [Part], names: &[String]) -> Result<(), ReadError> {
    let first = parts.first().map(|p| p.file.clone()).unwrap_or_default();
    let places: std::collections::BTreeMap<&str, usize> =
        names.iter().enumerate().map(|(i, n)| (n.as_str(), i)).collect();
    for part in parts {
        let here = &part.names.names;
        let map: Vec<Option<usize>> = here.iter().map(|n| places.get(n.as_str()).copied()).collect();
        if here.len() != names.len() || map.contains(&None) {
            let own: BTreeSet<&str> = here.iter().map(String::as_str).collect();
            let missing = names.iter().filter(|n| !own.contains(n.as_str())).cloned().collect();
            let extra = here.iter().filter(|n| !places.contains_key(n.as_str())).cloned().collect();
            let at = At::line(&part.file, part.dialect.header_line);
            return Err(CsvError::OtherColumns { at, first: first.into(), missing, extra }.into());
        }
        part.map = map.into_iter().flatten().collect();
    }
    Ok(())
}

/// The first pass, as often as it takes: an encoding, a space or a number beyond floats that only later rows show
/// makes it begin again, each at most once for a file (or column).
fn first_pass(
    cx: &Cx,
    sources: &[&dyn Source],
    options: &CsvOptions,
    keeps_arrays: bool,
) -> Result<(CsvPlan, Vec<Kept>, Vec<BadRow>), ReadError> {
    check_delimiter(options.delimiter)?;
    let (mut parts, names) = parts_of(cx, sources, options)?;
    let mut must_be_finite = BTreeSet::new();
    loop {
        let mut gather = Gather::new(options, &parts, &names, &must_be_finite, keeps_arrays);
        let done = pass::run(cx, sources, &parts, options.block_bytes, &mut gather);
        let done = done.and_then(|()| gather.finish());
        let again = gather.again.take().or_else(|| gather.breaking_part().map(Again::KeepSpaces));
        match again {
            None => {
                done?;
                gather.drop_trailing_rows();
                return Ok(concluded(gather, &parts, &names, &must_be_finite, options));
            }
            Some(Again::KeepSpaces(i)) => keep_spaces(&mut parts[i]),
            Some(Again::SetAside(columns)) => must_be_finite.extend(columns),
            Some(Again::Judge(i)) => {
                let verdict = judge(sources[i])?;
                if verdict.is_windows_1252() {
                    let map = std::mem::take(&mut parts[i].map);
                    parts[i] = Part::look(sources[i], options.delimiter, Some(Encoding::Windows1252))?;
                    parts[i].map = map;
                } else if verdict.is_damaged_utf8() {
                    parts[i].verdict = Some(verdict);
                } else {
                    let (byte, line) = verdict.first.unwrap_or_default();
                    return Err(CsvError::UnknownEncoding { at: At::line(&parts[i].file, line), byte }.into());
                }
            }
        }
    }
}

fn keep_spaces(part: &mut Part) {
    part.dialect.grammar.skip_spaces = false;
    let kept = part.findings.kept().iter().filter(|f| f.code != notes::SPACES).cloned().collect();
    part.findings = kept;
}

fn check_delimiter(delimiter: Option<u8>) -> Result<(), ReadError> {
    match delimiter {
        Some(byte @ (b'"' | b'\n' | b'\r' | 0 | 0x80..)) => Err(CsvError::BadDelimiter { byte }.into()),
        _ => Ok(()),
    }
}

fn concluded(
    mut gather: Gather<'_>,
    parts: &[Part],
    names: &[String],
    must_be_finite: &BTreeSet<usize>,
    options: &CsvOptions,
) -> (CsvPlan, Vec<Kept>, Vec<BadRow>) {
    let types: Vec<ColumnType> = (0..names.len()).map(|c| gather.column_type(c)).collect();
    let mut findings = Findings::new();
    parts.iter().for_each(|p| findings.extend(p.findings.clone()));
    let is_blank = |c: usize| parts.iter().all(|p| p.map.iter().zip(&p.names.is_blank).any(|(&m, &b)| m == c && b));
    let is_left_out: Vec<bool> = (0..names.len()).map(|c| gather.evidence[c].is_empty() && is_blank(c)).collect();
    if let Some(first) = parts.first() {
        note_blank_columns(first, &is_left_out, &mut findings);
    }
    findings.extend(gather.notes());
    findings.extend(std::mem::take(&mut gather.findings));
    let fields = (0..names.len()).filter(|&c| !is_left_out[c]).map(|c| field(&names[c], types[c])).collect();
    let rows_of = |i: usize| gather.kept.iter().filter(|k| k.part_idx == i).map(|k| k.n_rows).sum();
    let part_rows: Vec<usize> = (0..parts.len()).map(rows_of).collect();
    let layouts = parts.iter().map(|p| Layout {
        file: p.file.clone(),
        encoding: p.encoding.as_str(),
        delimiter: p.dialect.delimiter,
        has_header: p.dialect.has_header,
        first_line: p.dialect.data_line,
    });
    let plan = CsvPlan {
        fields,
        n_rows: part_rows.iter().sum(),
        findings,
        n_bad_rows: gather.bad_rows.len() as u64,
        layouts: layouts.collect(),
        parts: parts.iter().map(|p| Part { sample: Vec::new(), ..p.clone() }).collect(),
        part_rows,
        types,
        is_left_out,
        must_be_finite: must_be_finite.clone(),
        sets_aside: options.bad_rows == BadRows::Quarantine,
        block_bytes: options.block_bytes,
    };
    (plan, gather.kept, gather.bad_rows)
}

fn note_blank_columns(part: &Part, is_left_out: &[bool], findings: &mut Findings) {
    let line = part.dialect.header_line;
    let n_left_out = is_left_out.iter().filter(|o| **o).count();
    if n_left_out > 0 {
        let columns = if n_left_out == 1 { "column" } else { "columns" };
        let message = format!("{n_left_out} {columns} without a name and without any value left out");
        let finding = Finding::new(notes::EMPTY_COLUMNS, Severity::Warning, message);
        findings.push(finding.at(At::line(&part.file, line).place()));
    }
    for (i, name) in part.names.names.iter().enumerate() {
        if part.names.is_blank[i] && part.dialect.has_header && !is_left_out[part.map[i]] {
            let message = format!("column {} has no name in the header; it is {}", i + 1, quoted(name));
            let at = At { file: part.file.clone(), line: Some(line), column: Some(name.clone()) };
            findings.push(Finding::new(notes::BLANK_NAME, Severity::Warning, message).at(at.place()));
        }
    }
}

/// The field of a column: type and how its cells are written.
fn field(name: &str, column_type: ColumnType) -> Field {
    let mut field = Field::new(name, column_type.dtype(), column_type.kind());
    match column_type {
        ColumnType::Bool { yes, no } if (yes, no) != (0, 3) => {
            let word = |w: u8| WORDS[usize::from(w)].to_owned();
            field.words = Some(BoolWords { yes: word(yes), no: word(no) });
        }
        ColumnType::Date => field.datetime = Some(DatetimeFormat("%Y-%m-%d".into())),
        ColumnType::Datetime(form) => {
            field.datetime = Some(DatetimeFormat(
                match form {
                    TimeForm::T => "%Y-%m-%dT%H:%M:%S%.f",
                    TimeForm::Space => "%Y-%m-%d %H:%M:%S%.f",
                    TimeForm::TZ => "%Y-%m-%dT%H:%M:%S%.f%z",
                    TimeForm::SpaceZ => "%Y-%m-%d %H:%M:%S%.f%z",
                }
                .into(),
            ));
        }
        _ => {}
    }
    field
}

/// Makes every kept array one of its column's final type, reading again the blocks where that needs the text.
fn refill(cx: &Cx, sources: &[&dyn Source], plan: &CsvPlan, kept: &mut [Kept]) -> Result<(), ReadError> {
    let mut must_read: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); kept.len()];
    for (block, must_read) in kept.iter_mut().zip(&mut must_read) {
        for (column_idx, column_type) in plan.types.iter().enumerate() {
            let array = &mut block.arrays[column_idx];
            let is_right =
                plan.is_left_out[column_idx] || block.n_rows == 0 || settle(array, *column_type, block.n_rows);
            if !is_right {
                must_read.insert(column_idx);
            }
        }
    }
    if must_read.iter().all(BTreeSet::is_empty) {
        return Ok(());
    }
    let mut again = Refill { plan, kept, must_read };
    pass::run(cx, sources, &plan.parts, plan.block_bytes, &mut again)?;
    match again.must_read.iter().position(|m| !m.is_empty()) {
        Some(block_idx) => Err(changed(&plan.parts[again.kept[block_idx].part_idx])),
        None => Ok(()),
    }
}

/// Makes an array one of a type without reading anything again, if that is possible.
fn settle(array: &mut Option<ArrayRef>, column_type: ColumnType, n_rows: usize) -> bool {
    let Some(values) = array else { return false };
    let dtype = column_type.dtype();
    if holds(dtype, values.data_type()) {
        return true;
    }
    if values.logical_null_count() == values.len() {
        *array = Some(new_null_array(&dtype.arrow(), n_rows));
        return true;
    }
    if dtype == DType::Float64
        && let Some(ints) = values.as_primitive_opt::<Int64Type>()
    {
        // Exact: a column of floats has no whole number that is not one.
        let floats: Float64Array = ints.unary(|v| v as f64);
        *array = Some(Arc::new(floats));
        return true;
    }
    false
}

/// The pass that reads again what was parsed as another type.
struct Refill<'a> {
    plan: &'a CsvPlan,
    kept: &'a mut [Kept],
    /// Per block: columns to read.
    must_read: Vec<BTreeSet<usize>>,
}

impl Taker for Refill<'_> {
    fn task(&mut self, part_idx: usize) -> Task {
        let is_wanted =
            |c: usize| self.kept.iter().zip(&self.must_read).any(|(k, m)| k.part_idx == part_idx && m.contains(&c));
        task_of(self.plan, part_idx, &|c| is_wanted(c))
    }

    fn wants(&self, block_idx: usize) -> bool {
        self.must_read.get(block_idx).is_some_and(|m| !m.is_empty())
    }

    fn take(&mut self, spot: Spot, mut parsed: Parsed) -> Result<(), ReadError> {
        let part = &self.plan.parts[spot.part_idx];
        let block = &mut self.kept[spot.block_idx];
        for (i, &column_idx) in part.map.iter().enumerate() {
            if self.must_read[spot.block_idx].remove(&column_idx) {
                let array = parsed.arrays.get_mut(i).and_then(Option::take).filter(|a| a.len() >= block.n_rows);
                let mut array = Some(array.ok_or_else(|| changed(part))?.slice(0, block.n_rows));
                if !settle(&mut array, self.plan.types[column_idx], block.n_rows) {
                    return Err(changed(part));
                }
                block.arrays[column_idx] = array;
            }
        }
        Ok(())
    }
}

/// The pass of [`for_each_batch`].
struct Stream<'a> {
    plan: &'a CsvPlan,
    /// Rows of each file that are still to come.
    left: Vec<usize>,
    f: &'a mut dyn FnMut(CsvBatch) -> Result<(), ReadError>,
}

impl Taker for Stream<'_> {
    fn task(&mut self, part_idx: usize) -> Task {
        task_of(self.plan, part_idx, &|_| true)
    }

    fn take(&mut self, spot: Spot, mut parsed: Parsed) -> Result<(), ReadError> {
        let part = &self.plan.parts[spot.part_idx];
        let n_rows = parsed.n_rows.min(self.left[spot.part_idx]);
        self.left[spot.part_idx] -= n_rows;
        let mut arrays: Vec<Option<ArrayRef>> = vec![None; self.plan.types.len()];
        for (i, &column_idx) in part.map.iter().enumerate() {
            arrays[column_idx] = parsed.arrays.get_mut(i).and_then(Option::take);
        }
        let mut out = Vec::with_capacity(self.plan.fields.len());
        for (column_idx, mut array) in arrays.into_iter().enumerate().filter(|(c, _)| !self.plan.is_left_out[*c]) {
            if !settle(&mut array, self.plan.types[column_idx], parsed.n_rows) {
                return Err(changed(part));
            }
            out.extend(array.map(|a| a.slice(0, n_rows)));
        }
        let bad_rows = parsed.bad.iter().map(|bad| crate::gather::bad_row(part, spot.first_line, bad).0).collect();
        (self.f)(CsvBatch { arrays: out, n_rows, bad_rows })
    }
}

/// The task of reading some columns of a file in their final types.
fn task_of(plan: &CsvPlan, part_idx: usize, is_wanted: &dyn Fn(usize) -> bool) -> Task {
    let part = &plan.parts[part_idx];
    let wanted = |&column_idx: &usize| match plan.types[column_idx] {
        _ if !is_wanted(column_idx) || plan.is_left_out[column_idx] => Wanted::Nothing,
        ColumnType::Text => Wanted::Verbatim,
        other => Wanted::Values(other),
    };
    Task {
        grammar: part.dialect.grammar,
        width: part.width(),
        header: part.dialect.header.clone(),
        wanted: part.map.iter().map(wanted).collect(),
        finite: part.map.iter().map(|c| plan.must_be_finite.contains(c)).collect(),
        record_bytes: part.dialect.record_bytes,
        sets_aside: plan.sets_aside,
    }
}
