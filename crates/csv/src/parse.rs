//! One block of records into columns: the hot path. Every cell is first tried as what its column is expected to be,
//! reading on from where the last cell ended; only what does not fit is cut out and looked at.

use arrow_array::ArrayRef;

use crate::blocks::Block;
use crate::build::{Builder, Store, Wanted};
use crate::evidence::Evidence;
use crate::flaws::{Bad, first_flaw, flaws};
use crate::plain::{TimeForm, clock_at, date_at, float_at, int_at, is_exact};
use crate::record::{Flaw, Grammar, after_line_end, cell_at, count_lines, end_of_plain, ends_in, is_end, repeat};

/// What is to be done with the blocks of a file.
#[derive(Debug, Clone)]
pub struct Task {
    /// What divides cells.
    pub grammar: Grammar,
    /// Number of cells of each record.
    pub width: usize,
    /// The header as it stands in the file, without its line end; empty if there is none.
    pub header: Vec<u8>,
    /// Per cell of a record.
    pub wanted: Vec<Wanted>,
    /// Columns whose numbers must be finite: a record that breaks it is bad.
    pub finite: Vec<bool>,
    /// About how many bytes a record has.
    pub record_bytes: usize,
    /// Whether bad records are set aside; otherwise the first one ends the block.
    pub sets_aside: bool,
}

/// What a block held. Lines are counted from the block's first, from 0.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Rows read.
    pub n_rows: usize,
    /// Line ends of all records.
    pub n_lines: u64,
    /// Per cell of a record: values, if they were wanted and all were of the type wanted.
    pub arrays: Vec<Option<ArrayRef>>,
    /// Per cell of a record.
    pub evidence: Vec<Evidence>,
    /// Per cell of a record: the first number beyond floats, its row and text.
    pub not_finite: Vec<Option<(u32, String)>>,
    /// Rows that do not stand on the line after the row before, and their lines.
    pub jumps: Vec<(u32, u64)>,
    /// Lines without a character, in a file of one column (each is a row).
    pub n_blank_rows: usize,
    /// Repetitions of the header, and the line of the first.
    pub headers: Option<(u64, u64)>,
    /// Records of delimiters alone after the last other one.
    pub n_trailing_empty: usize,
    /// Bad records, in order.
    pub bad: Vec<Bad>,
    /// Whether every cell after a delimiter began with a space, if spaces are skipped.
    pub breaks_spaces: bool,
    /// NUL characters, and the line of the first.
    pub nuls: Option<(u64, u64)>,
    /// Whether all bytes are UTF-8.
    pub is_utf8: bool,
}

impl Parsed {
    fn take_columns(&mut self, builders: Vec<Builder>) {
        for mut builder in builders {
            self.evidence.push(builder.seen());
            self.not_finite.push(builder.not_finite.take());
            self.arrays.push(builder.finish());
        }
    }
}

/// Parses a block.
pub fn parse(block: &Block, task: &Task) -> Parsed {
    let content = &block.bytes[..block.len];
    let is_utf8 = std::str::from_utf8(content).is_ok();
    let must_look = !is_utf8 || block.is_too_long || !block.torn.is_empty() || task.finite.contains(&true);
    let mut bad: Vec<Bad> = Vec::new();
    if must_look {
        bad = flaws(block, task, is_utf8);
    }
    let mut parsed = loop {
        if !task.sets_aside && !bad.is_empty() {
            bad.truncate(1);
            break Parsed::default();
        }
        match rows(block, task, &bad) {
            Ok(parsed) => break parsed,
            Err(start) if !task.sets_aside => bad = vec![first_flaw(block, task, start, is_utf8)],
            Err(start) => {
                // One is flawed, so there may be many: find them all at once. What the search does not mind is
                // added by itself.
                bad = if bad.is_empty() { flaws(block, task, is_utf8) } else { bad };
                if !bad.iter().any(|b| b.start == start) {
                    let at = bad.partition_point(|b| b.start < start);
                    bad.insert(at, first_flaw(block, task, start, is_utf8));
                }
            }
        }
    };
    parsed.bad = bad;
    parsed.is_utf8 = is_utf8;
    if let Some(first) = memchr::memchr(0, content) {
        let n = memchr::memchr_iter(0, content).count() as u64;
        parsed.nuls = Some((n, count_lines(&content[..first])));
    }
    parsed
}

/// Reads all records but the bad ones. Fails with the start of a record that is flawed.
fn rows(block: &Block, task: &Task, bad: &[Bad]) -> Result<Parsed, usize> {
    let bytes = &block.bytes[..];
    let Grammar { delimiter, skip_spaces } = task.grammar;
    let hint = block.len / task.record_bytes.max(1) + 16;
    let hint = hint.min(block.len / task.width.max(1) + 1);
    let mut builders: Vec<Builder> = task.wanted.iter().map(|&w| Builder::new(w, hint)).collect();
    let mut out = Parsed::default();
    let mut skipped = bad.iter().peekable();
    let (mut at, mut line, mut next_line, mut row_idx) = (0usize, 0u64, 0u64, 0u32);
    let mut breaks_spaces = false;
    while at < block.len {
        if let Some(record) = skipped.next_if(|b| b.start == at) {
            line += count_lines(&bytes[at..record.next]);
            at = record.next;
            continue;
        }
        if is_line_end(bytes[at]) && task.width > 1 {
            at = after_line_end(bytes, at);
            line += 1;
            continue;
        }
        if is_header(bytes, at, task) {
            out.headers = Some(out.headers.map_or((1, line), |(n, first)| (n + 1, first)));
            line += count_lines(&task.header) + 1;
            at = after_line_end(bytes, at + task.header.len());
            continue;
        }
        if line != next_line {
            out.jumps.push((row_idx, line));
        }
        next_line = line + 1;
        let start = at;
        let mut column_idx = 0;
        loop {
            let Some(builder) = builders.get_mut(column_idx) else { return Err(start) };
            if skip_spaces {
                breaks_spaces |= column_idx > 0 && bytes[at] != b' ' && !is_end(bytes[at], delimiter);
                while bytes[at] == b' ' {
                    at += 1;
                }
            }
            at = cell(bytes, at, task.grammar, builder, row_idx, &mut line).map_err(|_| start)?;
            column_idx += 1;
            if is_line_end(bytes[at]) {
                break;
            }
            at += 1;
        }
        if column_idx != task.width {
            return Err(start);
        }
        if at - start == task.width - 1 {
            out.n_trailing_empty += 1;
            out.n_blank_rows += usize::from(task.width == 1);
        } else {
            out.n_trailing_empty = 0;
        }
        at = after_line_end(bytes, at);
        line += 1;
        row_idx += 1;
    }
    out.n_rows = row_idx as usize;
    out.n_lines = line;
    out.breaks_spaces = breaks_spaces;
    out.take_columns(builders);
    Ok(out)
}

#[inline(always)]
fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// Whether the record at `at` repeats the header to the letter.
#[inline(always)]
pub fn is_header(bytes: &[u8], at: usize, task: &Task) -> bool {
    let Some(&first) = task.header.first() else { return false };
    bytes[at] == first
        && task.width > 1
        && bytes[at..].starts_with(&task.header)
        && bytes.get(at + task.header.len()).is_some_and(|&c| is_line_end(c))
}

/// Reads one cell into its column and says where it ends.
#[inline(always)]
fn cell(
    bytes: &[u8],
    at: usize,
    grammar: Grammar,
    builder: &mut Builder,
    row_idx: u32,
    line: &mut u64,
) -> Result<usize, Flaw> {
    let delimiter = grammar.delimiter;
    let first = bytes[at];
    if is_end(first, delimiter) {
        builder.push_missing();
        return Ok(at);
    }
    match &mut builder.store {
        Store::Int(column) => {
            if let Some((v, end)) = int_at(bytes, at)
                && is_end(bytes[end], delimiter)
            {
                column.values.push(v);
                let seen = if is_exact(v) { Evidence::WHOLE } else { Evidence::WHOLE_INEXACT };
                builder.evidence = builder.evidence.and(seen);
                return Ok(end);
            }
        }
        Store::Float(column) => {
            if let Some((v, is_whole, end)) = float_at(bytes, at)
                && is_end(bytes[end], delimiter)
            {
                column.values.push(v);
                builder.evidence = builder.evidence.and(if is_whole { Evidence::WHOLE } else { Evidence::DECIMAL });
                return Ok(end);
            }
        }
        Store::Datetime { values, form } => {
            if let Some((micros, found, end)) = datetime_cell(bytes, at, &mut builder.last_date)
                && found == *form
                && is_end(bytes[end], delimiter)
            {
                values.values.push(micros);
                builder.evidence = builder.evidence.and(Evidence::of_time(found));
                return Ok(end);
            }
        }
        Store::Text { values, is_watched: false } if first != b'"' => {
            let Some(chunk) = bytes.get(at..at + 8) else { return slow(bytes, at, grammar, builder, row_idx, line) };
            let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
            let n = ends_in(word, repeat(delimiter));
            let (end, head) = if n < 8 {
                (at + n, word & ((1 << (8 * n)) - 1))
            } else {
                (end_of_plain(bytes, at + 8, delimiter), word)
            };
            values.push(&bytes[at..end], head);
            return Ok(end);
        }
        Store::Skip if first != b'"' => return Ok(end_of_plain(bytes, at, delimiter)),
        _ => {}
    }
    slow(bytes, at, grammar, builder, row_idx, line)
}

/// A datetime at a position; its date is only looked at if it is not the last one (times come in runs of one day).
#[inline(always)]
fn datetime_cell(bytes: &[u8], at: usize, last: &mut ([u8; 10], i32)) -> Option<(i64, TimeForm, usize)> {
    let date: &[u8; 10] = bytes.get(at..at + 10)?.try_into().ok()?;
    if *date != last.0 {
        *last = (*date, date_at(bytes, at)?.0);
    }
    clock_at(bytes, at, last.1)
}

#[inline(never)]
fn slow(
    bytes: &[u8],
    at: usize,
    grammar: Grammar,
    builder: &mut Builder,
    row_idx: u32,
    line: &mut u64,
) -> Result<usize, Flaw> {
    let (span, end) = cell_at(bytes, at, grammar, 0)?;
    if span.is_quoted {
        *line += count_lines(&bytes[span.start..span.end]);
    }
    builder.push(&span.content(bytes), row_idx);
    Ok(end)
}
