//! The first pass: every block is parsed as what its columns are expected to be so far, and what was seen is
//! gathered. Expectations steer only how much has to be read again, never the result.

use std::collections::BTreeSet;

use arrow_array::{Array, ArrayRef};
use base::{Fault, Finding, Findings, Severity};

use super::{BadRow, CsvOptions};
use crate::BadRows;
use crate::build::Wanted;
use crate::error::{At, CsvError};
use crate::evidence::{ColumnType, Evidence};
use crate::failure::ReadError;
use crate::flaws::{Bad, Reason};
use crate::notes;
use crate::parse::{Parsed, Task};
use crate::part::Part;
use crate::pass::{Spot, Taker};

/// A block that was read.
#[derive(Debug, Default)]
pub struct Kept {
    /// Position of the file.
    pub part_idx: usize,
    /// Rows read.
    pub n_rows: usize,
    /// Of them, the ones at the end that are only delimiters.
    pub n_trailing_empty: usize,
    /// Line of the first record, from 1.
    pub first_line: u64,
    /// Rows that do not follow the row before by one line, and their lines from 0.
    pub jumps: Vec<(u32, u64)>,
    /// Per column of the table: values, where they are kept and were of one type.
    pub arrays: Vec<Option<ArrayRef>>,
}

impl Kept {
    /// Line of a row of this block, from 1.
    pub fn line_of(&self, row_idx: usize) -> u64 {
        line_in(self.first_line, &self.jumps, row_idx)
    }
}

/// Line of a row of a block whose first record stands on `first_line`.
pub fn line_in(first_line: u64, jumps: &[(u32, u64)], row_idx: usize) -> u64 {
    let i = jumps.partition_point(|(row, _)| *row as usize <= row_idx);
    let (row, line) = if i == 0 { (0, 0) } else { jumps[i - 1] };
    first_line + line + (row_idx as u64 - u64::from(row))
}

/// What a file turned out to hold.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    breaks_spaces: bool,
    headers: Option<(u64, u64)>,
    nuls: Option<(u64, u64)>,
    n_blank_rows: usize,
}

/// What must be done again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// The file has bytes that are not UTF-8, and nobody has looked at all of them yet.
    Judge(usize),
    /// Not every cell after a delimiter begins with a space.
    KeepSpaces(usize),
    /// Rows whose numbers are not finite in these columns are to be set aside.
    SetAside(Vec<usize>),
}

/// The first pass's state.
pub struct Gather<'a> {
    options: &'a CsvOptions,
    parts: &'a [Part],
    keeps_arrays: bool,
    is_verbatim: Vec<bool>,
    must_be_finite: &'a BTreeSet<usize>,
    /// Per column of the table.
    pub evidence: Vec<Evidence>,
    /// Per column of the table: where the first number beyond floats is.
    not_finite: Vec<Option<(At, String)>>,
    /// Blocks in order.
    pub kept: Vec<Kept>,
    /// Rows set aside, in order.
    pub bad_rows: Vec<BadRow>,
    /// Findings of rows set aside.
    pub findings: Findings,
    seen: Vec<Seen>,
    /// Set when the pass ended because something must be done again.
    pub again: Option<Again>,
}

impl<'a> Gather<'a> {
    pub fn new(
        options: &'a CsvOptions,
        parts: &'a [Part],
        names: &[String],
        must_be_finite: &'a BTreeSet<usize>,
        keeps_arrays: bool,
    ) -> Self {
        let is_verbatim = names.iter().map(|n| options.all_text || options.verbatim.contains(n)).collect();
        let mut gather = Self {
            options,
            parts,
            keeps_arrays,
            is_verbatim,
            must_be_finite,
            evidence: vec![Evidence::NONE; names.len()],
            not_finite: vec![None; names.len()],
            kept: Vec::new(),
            bad_rows: Vec::new(),
            findings: Findings::new(),
            seen: vec![Seen::default(); parts.len()],
            again: None,
        };
        gather.expect_from_samples();
        gather
    }

    /// First expectations, from the starts of the files. They may be wrong.
    fn expect_from_samples(&mut self) {
        let Some(part) = self.parts.first() else { return };
        let mut task = self.task(0);
        task.wanted = vec![Wanted::Evidence; part.width()];
        task.sets_aside = true;
        let len = memchr::memrchr2(b'\n', b'\r', &part.sample).map_or(0, |i| i + 1);
        let mut bytes = part.sample[..len].to_vec();
        bytes.extend_from_slice(&[b'\n'; 32]);
        let block = crate::blocks::Block { bytes, len, ..Default::default() };
        let parsed = crate::parse::parse(&block, &task);
        for (i, evidence) in parsed.evidence.into_iter().enumerate() {
            // The same cells will be seen again by the pass; a union does not mind.
            self.evidence[part.map[i]] = evidence;
        }
    }

    /// The type of a column, by all that was seen.
    pub fn column_type(&self, column_idx: usize) -> ColumnType {
        if self.is_verbatim[column_idx] { ColumnType::Text } else { self.evidence[column_idx].column_type() }
    }

    /// The first column of numbers that has one beyond floats: where, and the cell.
    fn first_not_finite(&self) -> Option<(usize, &(At, String))> {
        let of = |c: usize| self.not_finite[c].as_ref().map(|found| (c, found));
        (0..self.evidence.len()).filter(|&c| self.evidence[c].is_not_finite() && !self.is_verbatim[c]).find_map(of)
    }

    /// Settles what only the end can tell.
    ///
    /// # Errors
    /// [`CsvError::NotFinite`].
    pub fn finish(&mut self) -> Result<(), ReadError> {
        if let Some(i) = self.breaking_part() {
            self.again = Some(Again::KeepSpaces(i));
            return Ok(());
        }
        if let Some((_, (at, value))) = self.first_not_finite() {
            if self.options.bad_rows == BadRows::Refuse {
                return Err(CsvError::NotFinite { at: at.clone(), value: value.clone() }.into());
            }
            let all = |c: &usize| self.evidence[*c].is_not_finite() && !self.is_verbatim[*c];
            self.again = Some(Again::SetAside((0..self.evidence.len()).filter(all).collect()));
        }
        Ok(())
    }

    /// A file in which spaces were skipped, though they do not follow every delimiter.
    pub fn breaking_part(&self) -> Option<usize> {
        self.seen.iter().position(|s| s.breaks_spaces)
    }

    /// Findings of what the files turned out to hold.
    pub fn notes(&self) -> Findings {
        let mut out = Findings::new();
        for (part, seen) in self.parts.iter().zip(&self.seen) {
            let mut note = |code, severity, line: u64, message: String| {
                out.push(Finding::new(code, severity, message).at(At::line(&part.file, line).place()));
            };
            if let Some((n, line)) = seen.headers {
                let times = if n == 1 { "once".to_owned() } else { format!("{n} times") };
                let message = format!("the header stands again among the rows, {times}; it was left out there");
                note(notes::REPEATED_HEADER, Severity::Warning, line, message);
            }
            if let Some((n, line)) = seen.nuls {
                let message = format!("the text has {n} NUL characters; they were kept");
                note(notes::NULS, Severity::Warning, line, message);
            }
            if seen.n_blank_rows > 0 {
                let message =
                    format!("{} blank lines were read as missing values of the one column", seen.n_blank_rows);
                note(notes::BLANK_ROWS, Severity::Info, part.dialect.data_line, message);
            }
        }
        out
    }

    /// Drops the rows at the ends of files that are only delimiters, and says so. Where every cell is kept verbatim
    /// (scoring answers every row), only blank lines of a single column are dropped.
    pub fn drop_trailing_rows(&mut self) {
        for (part_idx, part) in self.parts.iter().enumerate() {
            if self.options.all_text && part.width() > 1 {
                continue;
            }
            let mut n = 0;
            let mut line = None;
            for kept in self.kept.iter_mut().rev().filter(|k| k.part_idx == part_idx) {
                let dropped = kept.n_trailing_empty;
                let is_whole = dropped == kept.n_rows;
                kept.n_rows -= dropped;
                n += dropped;
                if dropped > 0 {
                    line = Some(kept.line_of(kept.n_rows));
                }
                let n_rows = kept.n_rows;
                kept.arrays.iter_mut().flatten().for_each(|a| *a = a.slice(0, n_rows));
                if !is_whole {
                    break;
                }
            }
            if part.width() == 1 {
                self.seen[part_idx].n_blank_rows = self.seen[part_idx].n_blank_rows.saturating_sub(n);
            } else if let Some(line) = line {
                let rows = if n == 1 { "row" } else { "rows" };
                let message = format!("{n} {rows} of delimiters alone at the end left out");
                let finding = Finding::new(notes::TRAILING_ROWS, Severity::Warning, message);
                self.findings.push(finding.at(At::line(&part.file, line).place()));
            }
        }
    }
}

/// A bad record as it is set aside, and the error that it is.
pub fn bad_row(part: &Part, first_line: u64, bad: &Bad) -> (BadRow, CsvError) {
    let error = error_of(part, first_line, bad);
    let row = BadRow {
        file: part.file.clone(),
        line: first_line + bad.line,
        column: error.place().column,
        reason: error.to_string(),
        raw: bad.raw.clone(),
    };
    (row, error)
}

/// The error that a bad record is.
fn error_of(part: &Part, first_line: u64, bad: &Bad) -> CsvError {
    let column = bad.column_idx.and_then(|i| part.names.names.get(i).cloned());
    let at = At { file: part.file.clone(), line: Some(first_line + bad.flaw_line), column };
    match &bad.reason {
        Reason::Width(found) => CsvError::Ragged { at, expected: part.width(), found: *found },
        Reason::TextAfterQuote { opened_line, text, backslash } => CsvError::TextAfterQuote {
            at,
            opened_line: first_line + opened_line,
            text: text.clone(),
            backslash: *backslash,
        },
        Reason::Unclosed => CsvError::UnclosedQuote { at },
        Reason::NotUtf8(byte) => {
            CsvError::InvalidBytes { at, byte: *byte, n_places: part.verdict.map_or(1, |v| v.n_wrong) }
        }
        Reason::NotFinite(value) => CsvError::NotFinite { at, value: value.clone() },
        Reason::TooLong => CsvError::RowTooLong { at },
    }
}

impl Taker for Gather<'_> {
    fn task(&mut self, part_idx: usize) -> Task {
        let part = &self.parts[part_idx];
        let wanted = |&column_idx: &usize| {
            let evidence = self.evidence[column_idx];
            if self.is_verbatim[column_idx] || evidence.is_text() {
                Wanted::Verbatim
            } else {
                Wanted::Values(evidence.column_type())
            }
        };
        Task {
            grammar: part.dialect.grammar,
            width: part.width(),
            header: part.dialect.header.clone(),
            wanted: part.map.iter().map(wanted).collect(),
            finite: part.map.iter().map(|c| self.must_be_finite.contains(c)).collect(),
            record_bytes: part.dialect.record_bytes,
            sets_aside: self.options.bad_rows == BadRows::Quarantine,
        }
    }

    fn take(&mut self, spot: Spot, parsed: Parsed) -> Result<(), ReadError> {
        let part = &self.parts[spot.part_idx];
        let seen = &mut self.seen[spot.part_idx];
        seen.breaks_spaces |= parsed.breaks_spaces;
        if !parsed.is_utf8 && part.encoding.is_utf8() && part.verdict.is_none() {
            self.again = Some(Again::Judge(spot.part_idx));
            return Err(ReadError::Cancelled);
        }
        seen.n_blank_rows += parsed.n_blank_rows;
        let later = |found: Option<(u64, u64)>| found.map(|(n, line)| (n, spot.first_line + line));
        let add = |a: Option<(u64, u64)>, b: Option<(u64, u64)>| match (a, b) {
            (Some((n, line)), Some((m, _))) => Some((n + m, line)),
            (a, b) => a.or(b),
        };
        seen.headers = add(seen.headers, later(parsed.headers));
        seen.nuls = add(seen.nuls, later(parsed.nuls));
        for bad in &parsed.bad {
            let (row, error) = bad_row(part, spot.first_line, bad);
            if self.options.bad_rows == BadRows::Refuse || matches!(bad.reason, Reason::TooLong) {
                return Err(error.into());
            }
            let finding = Finding::new(notes::SET_ASIDE, Severity::Warning, format!("the row was set aside: {error}"));
            self.findings.push(finding.at(error.place()));
            self.bad_rows.push(row);
        }
        let mut kept = Kept {
            part_idx: spot.part_idx,
            n_rows: parsed.n_rows,
            n_trailing_empty: parsed.n_trailing_empty,
            first_line: spot.first_line,
            jumps: parsed.jumps,
            arrays: vec![None; self.evidence.len()],
        };
        for (i, array) in parsed.arrays.into_iter().enumerate() {
            let column_idx = part.map[i];
            self.evidence[column_idx] = self.evidence[column_idx].and(parsed.evidence[i]);
            if let (None, Some((row_idx, value))) = (&self.not_finite[column_idx], &parsed.not_finite[i]) {
                let line = Some(kept.line_of(*row_idx as usize));
                let column = Some(part.names.names[i].clone());
                self.not_finite[column_idx] = Some((At { file: part.file.clone(), line, column }, value.clone()));
            }
            if self.keeps_arrays {
                kept.arrays[column_idx] = array.filter(|a| a.len() == kept.n_rows);
            }
        }
        self.kept.push(kept);
        Ok(())
    }
}
