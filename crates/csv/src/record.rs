//! Where cells and records begin and end: the grammar of delimited text. A quote opens a cell only at its start;
//! inside, `""` is a quote; between a closing quote and the next delimiter only spaces may stand. Line ends are LF,
//! CRLF and CR in any mixture.
//!
//! Not here: what the cells mean (`plain`), fast paths over whole blocks (`parse`).

use std::borrow::Cow;

/// What divides cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grammar {
    /// The delimiter; a line end where the file has one column and none.
    pub delimiter: u8,
    /// Whether spaces after a delimiter belong to it.
    pub skip_spaces: bool,
}

/// Content of a cell inside its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Whether it was quoted.
    pub is_quoted: bool,
    /// Whether it holds `""`.
    pub has_escapes: bool,
}

impl Span {
    /// The cell's bytes, unescaped.
    pub fn content<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let raw = &bytes[self.start..self.end];
        if !self.has_escapes {
            return Cow::Borrowed(raw);
        }
        let mut out = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = memchr::memchr(b'"', rest) {
            out.extend_from_slice(&rest[..=at]);
            rest = rest.get(at + 2..).unwrap_or_default();
        }
        out.extend_from_slice(rest);
        Cow::Owned(out)
    }
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flaw {
    /// It has another number of cells than the header.
    Width {
        /// How many it has.
        found: usize,
    },
    /// Text after a closing quote, at a position.
    TextAfterQuote {
        /// Of the text.
        at: usize,
        /// Of the cell.
        opened: usize,
        /// Position of the column.
        column_idx: usize,
    },
    /// A quote that is never closed.
    Unclosed {
        /// Of the quote.
        at: usize,
        /// Position of the column.
        column_idx: usize,
    },
    /// Bytes that are not UTF-8.
    NotUtf8 {
        /// Of the first.
        at: usize,
        /// Position of the column.
        column_idx: usize,
    },
    /// A number that no float holds.
    NotFinite {
        /// Of the number.
        at: usize,
        /// Position of the column.
        column_idx: usize,
    },
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// High bit set in the first byte of `word` that equals the pattern's byte (later ones may be wrong).
#[inline(always)]
fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// A byte repeated eight times.
#[inline(always)]
pub fn repeat(byte: u8) -> u64 {
    u64::from(byte) * ONES
}

/// Number of bytes of a little-endian word before the first that is a delimiter or a line end; 8 if none is.
#[inline(always)]
pub fn ends_in(word: u64, delimiters: u64) -> usize {
    const LF: u64 = 0x0a * ONES;
    const CR: u64 = 0x0d * ONES;
    let hit = zero_bytes(word ^ delimiters) | zero_bytes(word ^ LF) | zero_bytes(word ^ CR);
    (hit.trailing_zeros() / 8) as usize
}

/// Where an unquoted cell that begins at `at` ends: at a delimiter, a line end or the end of the bytes.
#[inline]
pub fn end_of_plain(bytes: &[u8], mut at: usize, delimiter: u8) -> usize {
    let delimiters = repeat(delimiter);
    while let Some(chunk) = bytes.get(at..at + 8) {
        let n = ends_in(u64::from_le_bytes(chunk.try_into().expect("eight bytes")), delimiters);
        at += n;
        if n < 8 {
            return at;
        }
    }
    while at < bytes.len() && !is_end(bytes[at], delimiter) {
        at += 1;
    }
    at
}

/// Whether a byte ends an unquoted cell.
#[inline(always)]
pub fn is_end(byte: u8, delimiter: u8) -> bool {
    byte == delimiter || byte == b'\n' || byte == b'\r'
}

/// Reads the cell at `at`: its content and where its delimiter or line end stands (or the end of the bytes).
///
/// # Errors
/// The flaw, for a cell whose quotes are wrong.
pub fn cell_at(bytes: &[u8], at: usize, grammar: Grammar, column_idx: usize) -> Result<(Span, usize), Flaw> {
    let mut start = at;
    if grammar.skip_spaces {
        while bytes.get(start) == Some(&b' ') {
            start += 1;
        }
    }
    if bytes.get(start) != Some(&b'"') {
        let end = end_of_plain(bytes, start, grammar.delimiter);
        return Ok((Span { start, end, is_quoted: false, has_escapes: false }, end));
    }
    let mut from = start + 1;
    let mut has_escapes = false;
    loop {
        let Some(found) = memchr::memchr(b'"', &bytes[from..]) else {
            return Err(Flaw::Unclosed { at: start, column_idx });
        };
        let quote = from + found;
        if bytes.get(quote + 1) == Some(&b'"') {
            has_escapes = true;
            from = quote + 2;
            continue;
        }
        let mut next = quote + 1;
        while bytes.get(next) == Some(&b' ') && grammar.delimiter != b' ' {
            next += 1;
        }
        if next < bytes.len() && !is_end(bytes[next], grammar.delimiter) {
            return Err(Flaw::TextAfterQuote { at: quote + 1, opened: start, column_idx });
        }
        return Ok((Span { start: start + 1, end: quote, is_quoted: true, has_escapes }, next));
    }
}

/// The position after a line end at `at`.
#[inline(always)]
pub fn after_line_end(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => at + 2,
        Some(_) => at + 1,
        None => at,
    }
}

/// Number of line ends in some bytes; CRLF is one.
pub fn count_lines(bytes: &[u8]) -> u64 {
    let mut n = memchr::memchr_iter(b'\n', bytes).count();
    for at in memchr::memchr_iter(b'\r', bytes) {
        n += usize::from(bytes.get(at + 1) != Some(&b'\n'));
    }
    n as u64
}

/// A record as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// First byte.
    pub start: usize,
    /// Its line end.
    pub end: usize,
    /// The record after it.
    pub next: usize,
    /// First thing that is wrong with its quotes.
    pub flaw: Option<Flaw>,
}

/// Reads a record cell by cell into `cells`. A cell after whose closing quote text follows is continued to the next
/// delimiter; an unclosed quote takes everything.
pub fn record_at(bytes: &[u8], start: usize, grammar: Grammar, cells: &mut Vec<Span>) -> Record {
    cells.clear();
    let mut at = start;
    let mut flaw = None;
    loop {
        let (span, end) = match cell_at(bytes, at, grammar, cells.len()) {
            Ok(cell) => cell,
            Err(found) => {
                let from = match found {
                    Flaw::TextAfterQuote { at, .. } => at,
                    _ => bytes.len(),
                };
                flaw = flaw.or(Some(found));
                let end = end_of_plain(bytes, from, grammar.delimiter);
                (Span { start: at, end, is_quoted: true, has_escapes: false }, end)
            }
        };
        cells.push(span);
        match bytes.get(end) {
            Some(b'\n' | b'\r') | None => return Record { start, end, next: after_line_end(bytes, end), flaw },
            Some(_) => at = end + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str, delimiter: u8, skip_spaces: bool) -> (Vec<String>, Record) {
        let mut spans = Vec::new();
        let record = record_at(text.as_bytes(), 0, Grammar { delimiter, skip_spaces }, &mut spans);
        let content = |s: &Span| String::from_utf8_lossy(&s.content(text.as_bytes())).into_owned();
        (spans.iter().map(content).collect(), record)
    }

    #[test]
    fn quotes_open_only_at_the_start() {
        assert_eq!(cells("a,5\" pipe,\"x,\"\"y\"\"\"\nrest", b',', false).0, ["a", "5\" pipe", "x,\"y\""]);
        assert_eq!(cells("\"a\" ,b\r\n", b',', false).0, ["a", "b"]);
        assert_eq!(cells("a, \"b, c\"", b',', true).0, ["a", "b, c"]);
        assert_eq!(cells("a,,", b',', false).0, ["a", "", ""]);
    }

    #[test]
    fn flaws_are_placed() {
        assert!(matches!(
            cells("a,\"b\"c,d\n", b',', false).1.flaw,
            Some(Flaw::TextAfterQuote { at: 5, opened: 2, column_idx: 1 })
        ));
        assert!(matches!(cells("a,\"b\nc", b',', false).1.flaw, Some(Flaw::Unclosed { at: 2, column_idx: 1 })));
    }

    #[test]
    fn line_ends() {
        assert_eq!(count_lines(b"a\nb\r\nc\rd"), 3);
        assert_eq!(cells("a\rb", b',', false).1.next, 2);
        assert_eq!(cells("a\r\nb", b',', false).1.next, 3);
    }

    #[test]
    fn the_first_end_in_a_word() {
        for text in ["abcdefgh", "a,bc\n\r,x", "\u{7f}\u{1},\nabcd", ",,,,,,,,"] {
            let word = u64::from_le_bytes(text.as_bytes()[..8].try_into().expect("eight"));
            let expected = text.bytes().take(8).position(|b| is_end(b, b',')).unwrap_or(8);
            assert_eq!(ends_in(word, repeat(b',')), expected, "{text:?}");
        }
    }
}
