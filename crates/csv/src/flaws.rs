//! The slow look at a block: which of its records are bad, and exactly why.

use crate::blocks::Block;
use crate::build::trimmed;
use crate::parse::{Task, is_header};
use crate::plain::{Class, classify};
use crate::record::{Flaw, Record, Span, count_lines, record_at};

/// A record that cannot be read. Lines are counted from the block's first, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// First byte.
    pub start: usize,
    /// The record after it.
    pub next: usize,
    /// Its first line.
    pub line: u64,
    /// The line of what is wrong.
    pub flaw_line: u64,
    /// Position of the column, where one is to blame.
    pub column_idx: Option<usize>,
    /// What is wrong.
    pub reason: Reason,
    /// The record as it stands in the file, without its line end; bytes that are not UTF-8 are replaced.
    pub raw: String,
}

/// What is wrong with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// It has so many cells.
    Width(usize),
    /// A quoted cell is followed by text.
    TextAfterQuote {
        /// First line of the cell.
        opened_line: u64,
        /// The text.
        text: String,
        /// Whether a backslash stands before the quote.
        backslash: bool,
    },
    /// A quote is never closed.
    Unclosed,
    /// A byte is not UTF-8.
    NotUtf8(u8),
    /// A number is beyond floats.
    NotFinite(String),
    /// It is longer than a record may be.
    TooLong,
}

/// All bad records of a block.
pub fn flaws(block: &Block, task: &Task, is_utf8: bool) -> Vec<Bad> {
    let content = &block.bytes[..block.len];
    let mut out: Vec<Bad> = Vec::new();
    let mut cells = Vec::new();
    let mut at = 0;
    let mut line = 0;
    while at < content.len() {
        let (bad, next) = look(block, task, at, is_utf8, &mut cells);
        if let Some(mut bad) = bad {
            bad.line += line;
            bad.flaw_line += line;
            if let Reason::TextAfterQuote { opened_line, .. } = &mut bad.reason {
                *opened_line += line;
            }
            out.push(bad);
            if !task.sets_aside {
                return out;
            }
        }
        line += count_lines(&content[at..next]);
        at = next;
    }
    out
}

/// The bad record that begins at `start`.
pub fn first_flaw(block: &Block, task: &Task, start: usize, is_utf8: bool) -> Bad {
    let mut cells = Vec::new();
    let before = count_lines(&block.bytes[..start]);
    let (bad, next) = look(block, task, start, is_utf8, &mut cells);
    let mut bad = bad.unwrap_or_else(|| {
        let record = Record { start, end: next, next, flaw: None };
        describe(block, &record, Flaw::Width { found: cells.len() })
    });
    bad.line += before;
    bad.flaw_line += before;
    if let Reason::TextAfterQuote { opened_line, .. } = &mut bad.reason {
        *opened_line += before;
    }
    bad
}

/// Looks at one record; lines in what it returns are counted from the record's first.
fn look(block: &Block, task: &Task, at: usize, is_utf8: bool, cells: &mut Vec<Span>) -> (Option<Bad>, usize) {
    let content = &block.bytes[..block.len];
    if block.is_too_long && at == 0 {
        let raw = String::from_utf8_lossy(&content[..content.len().min(1 << 10)]).into_owned();
        let bad = Bad {
            start: 0,
            next: content.len(),
            line: 0,
            flaw_line: 0,
            column_idx: None,
            reason: Reason::TooLong,
            raw,
        };
        return (Some(bad), content.len());
    }
    if let Some(torn) = block.torn.iter().find(|t| t.start == at) {
        record_at(&content[..torn.quote], at, task.grammar, cells);
        let column_idx = cells.len().saturating_sub(1);
        let mut end = torn.next;
        while end > at && matches!(content[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        let record = Record { start: at, end, next: torn.next, flaw: None };
        return (Some(describe(block, &record, Flaw::Unclosed { at: torn.quote, column_idx })), torn.next);
    }
    if is_header(&block.bytes, at, task) {
        let record = record_at(content, at, task.grammar, cells);
        return (None, record.next);
    }
    let record = record_at(content, at, task.grammar, cells);
    let flaw = record.flaw.clone().or_else(|| flaw_of(content, &record, task, cells, is_utf8));
    (flaw.map(|f| describe(block, &record, f)), record.next)
}

fn flaw_of(content: &[u8], record: &Record, task: &Task, cells: &[Span], is_utf8: bool) -> Option<Flaw> {
    if record.start == record.end && task.width > 1 {
        return None;
    }
    if cells.len() != task.width {
        return Some(Flaw::Width { found: cells.len() });
    }
    if !is_utf8 {
        for (column_idx, span) in cells.iter().enumerate() {
            if let Err(e) = std::str::from_utf8(&content[span.start..span.end]) {
                return Some(Flaw::NotUtf8 { at: span.start + e.valid_up_to(), column_idx });
            }
        }
    }
    let is_huge = |i: usize| matches!(classify(trimmed(&cells[i].content(content))), Class::Huge);
    let column_idx = (0..cells.len()).find(|&i| task.finite.get(i) == Some(&true) && is_huge(i))?;
    Some(Flaw::NotFinite { at: cells[column_idx].start, column_idx })
}

fn describe(block: &Block, record: &Record, flaw: Flaw) -> Bad {
    let content = &block.bytes[..block.len];
    let line_of = |at: usize| count_lines(&content[record.start..at.min(content.len())]);
    let raw = String::from_utf8_lossy(&content[record.start..record.end]).into_owned();
    let bad = |flaw_line: u64, column_idx: Option<usize>, reason: Reason| Bad {
        start: record.start,
        next: record.next,
        line: 0,
        flaw_line,
        column_idx,
        reason,
        raw: raw.clone(),
    };
    match flaw {
        Flaw::Width { found } => bad(0, Some(found), Reason::Width(found)),
        Flaw::TextAfterQuote { at, opened, column_idx } => {
            let rest = &content[at..record.end.max(at)];
            let text: String = String::from_utf8_lossy(rest).chars().take(20).collect();
            let backslash = at >= 2 && content[at - 2] == b'\\';
            bad(line_of(at), Some(column_idx), Reason::TextAfterQuote { opened_line: line_of(opened), text, backslash })
        }
        Flaw::Unclosed { at, column_idx } => bad(line_of(at), Some(column_idx), Reason::Unclosed),
        Flaw::NotUtf8 { at, column_idx } => bad(line_of(at), Some(column_idx), Reason::NotUtf8(content[at])),
        Flaw::NotFinite { at, column_idx } => {
            let at = at + content[at..].iter().take_while(|&&c| c == b' ').count();
            let end = content[at..].iter().position(|c| !b"0123456789+-.eE".contains(c)).map_or(at, |n| at + n);
            let value: String = String::from_utf8_lossy(&content[at..end]).chars().take(80).collect();
            bad(line_of(at), Some(column_idx), Reason::NotFinite(value))
        }
    }
}
