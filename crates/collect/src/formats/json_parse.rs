//! A block of JSON objects parsed into cells by column: spelling kept, nested objects flattened as `a.b`, arrays kept
//! as JSON text. Only cells that are there take room, so that rows may have few of very many columns.
//!
//! Not here: cutting into blocks (`json_split`), types over the whole input (`json_rows`). Reference: RFC 8259.

use std::borrow::Cow;
use std::collections::HashMap;

use base::finding::quoted;

use super::json_split::Block;
use super::{FormatError, limits};

/// What a cell is. The numbers are bits of [`Seen`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum CellKind {
    /// `true` or `false`.
    Bool = 1,
    /// A whole number that is exact as a float.
    Int = 2,
    /// A whole number within 64 bits, beyond 2^53.
    WideInt = 4,
    /// A whole number beyond 64 bits.
    HugeInt = 8,
    /// A number with a decimal mark or an exponent.
    Float = 16,
    /// A text.
    Text = 32,
    /// An array or an empty object, as JSON text.
    Json = 64,
}

/// A set of [`CellKind`]s.
pub type Seen = u8;

/// The cells of one column in a block.
#[derive(Debug, Clone, Default)]
pub struct CellColumn {
    /// Name with the keys above it: `a.b`.
    pub name: String,
    /// What its cells are, in all.
    pub seen: Seen,
    /// Row of each cell within the block, ascending.
    pub rows: Vec<u32>,
    /// What each cell is.
    pub kinds: Vec<CellKind>,
    /// Where the text of each cell ends.
    ends: Vec<u32>,
    text: String,
    /// Cells that were the empty text.
    pub n_empty: u64,
    /// Cells that were NaN.
    pub n_nan: u64,
    /// The last row that had a value for it, missing or not, plus one.
    filled: u32,
}

impl CellColumn {
    /// Text of a cell: of numbers as they are spelt.
    pub fn cell(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        &self.text[start as usize..self.ends[i] as usize]
    }

    fn push(&mut self, row: u32, kind: CellKind, text: &str) {
        self.seen |= kind as u8;
        self.rows.push(row);
        self.kinds.push(kind);
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }
}

/// The cells of a block.
#[derive(Debug, Clone, Default)]
pub struct Cells {
    /// Rows.
    pub n_rows: usize,
    /// Columns in the order in which they first appear.
    pub columns: Vec<CellColumn>,
}

/// Parses a block.
///
/// # Errors
/// The JSON errors of [`FormatError`], each with its line.
pub fn parse(file: &str, block: &Block) -> Result<Cells, FormatError> {
    let text = std::str::from_utf8(&block.bytes).map_err(|e| {
        let before = &block.bytes[..e.valid_up_to()];
        let line = block.first_line + memchr::memchr_iter(b'\n', before).count() as u64;
        let byte = block.bytes[e.valid_up_to()];
        FormatError::JsonSyntax { file: file.to_owned(), line, what: format!("byte 0x{byte:02x} is not UTF-8") }
    })?;
    let mut parser = Parser {
        file,
        text,
        at: 0,
        first_line: block.first_line,
        row: 0,
        expected: 0,
        cells: Cells::default(),
        index: HashMap::new(),
        groups: HashMap::new(),
    };
    // The splitter has seen to it that only blanks, commas and brackets stand between objects.
    while let Some(i) = memchr::memchr(b'{', &text.as_bytes()[parser.at..]) {
        parser.at += i;
        parser.expected = 0;
        parser.object("")?;
        parser.row += 1;
    }
    parser.cells.n_rows = parser.row as usize;
    Ok(parser.cells)
}

struct Parser<'a> {
    file: &'a str,
    text: &'a str,
    at: usize,
    first_line: u64,
    row: u32,
    /// The column that the next key most likely names.
    expected: usize,
    cells: Cells,
    // Looked up only; never iterated.
    index: HashMap<String, usize>,
    /// Nested objects by path, with the last row that had one, plus one.
    groups: HashMap<String, u32>,
}

impl<'a> Parser<'a> {
    fn line(&self) -> u64 {
        self.first_line + memchr::memchr_iter(b'\n', &self.text.as_bytes()[..self.at]).count() as u64
    }

    fn syntax(&self, what: impl Into<String>) -> FormatError {
        FormatError::JsonSyntax { file: self.file.to_owned(), line: self.line(), what: what.into() }
    }

    fn expected(&self, what: &str) -> FormatError {
        match self.text[self.at..].chars().next() {
            Some(c) => self.syntax(format!("expected {what}, found {}", quoted(&c.to_string()))),
            None => self.syntax(format!("expected {what}, found the end")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8, what: &str) -> Result<(), FormatError> {
        self.blanks();
        if self.peek() == Some(byte) {
            self.at += 1;
            return Ok(());
        }
        Err(self.expected(what))
    }

    /// An object whose keys become columns under `prefix` (empty, or ending in a point). Depth is bounded by the
    /// splitter.
    fn object(&mut self, prefix: &str) -> Result<(), FormatError> {
        self.take(b'{', "an object")?;
        self.blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.blanks();
            if self.peek() != Some(b'"') {
                return Err(self.expected("a key in quotes"));
            }
            let key = self.string()?;
            self.take(b':', "a colon after the key")?;
            self.blanks();
            let path = if prefix.is_empty() { key } else { Cow::Owned(format!("{prefix}{key}")) };
            self.value(&path)?;
            self.blanks();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.expected("a comma or the end of the object")),
            }
        }
    }

    fn duplicate(&self, path: &str) -> FormatError {
        FormatError::JsonDuplicateKey { file: self.file.to_owned(), line: self.line(), key: path.to_owned() }
    }

    fn value(&mut self, path: &str) -> Result<(), FormatError> {
        if self.peek() == Some(b'{') && !self.is_empty_object() {
            let is_filled = self.index.get(path).is_some_and(|&i| self.cells.columns[i].filled == self.row + 1);
            if is_filled || self.groups.insert(path.to_owned(), self.row + 1) == Some(self.row + 1) {
                return Err(self.duplicate(path));
            }
            return self.object(&format!("{path}."));
        }
        let column = self.column(path)?;
        let is_group = !self.groups.is_empty() && self.groups.get(path) == Some(&(self.row + 1));
        if self.cells.columns[column].filled == self.row + 1 || is_group {
            return Err(self.duplicate(path));
        }
        self.cells.columns[column].filled = self.row + 1;
        let row = self.row;
        match self.peek() {
            Some(b'"') => {
                let text = self.string()?;
                let into = &mut self.cells.columns[column];
                // An empty text is a missing cell, as it is in delimited text.
                if text.is_empty() { into.n_empty += 1 } else { into.push(row, CellKind::Text, &text) }
            }
            Some(b'-' | b'0'..=b'9') => {
                let (kind, text) = self.number(path)?;
                self.cells.columns[column].push(row, kind, text);
            }
            Some(b'[' | b'{') => {
                let mut text = String::new();
                self.copy(&mut text)?;
                self.cells.columns[column].push(row, CellKind::Json, &text);
            }
            _ => self.word(column, path)?,
        }
        Ok(())
    }

    fn word(&mut self, column: usize, path: &str) -> Result<(), FormatError> {
        let rest = &self.text[self.at..];
        let into = &mut self.cells.columns[column];
        let word = ["true", "false", "null", "NaN", "Infinity"].into_iter().find(|w| rest.starts_with(w));
        match word {
            Some(w @ ("true" | "false")) => into.push(self.row, CellKind::Bool, w),
            Some("null") => {}
            // Not JSON, but what some writers make of a missing number.
            Some("NaN") => into.n_nan += 1,
            Some(w) => return Err(self.not_finite(path, w)),
            None => return Err(self.expected("a value")),
        }
        self.at += word.map_or(0, str::len);
        Ok(())
    }

    fn not_finite(&self, path: &str, value: &str) -> FormatError {
        FormatError::NotFinite {
            file: self.file.to_owned(),
            line: Some(self.line()),
            row: None,
            column: path.to_owned(),
            value: value.to_owned(),
        }
    }

    fn is_empty_object(&self) -> bool {
        let rest = self.text[self.at + 1..].trim_start_matches([' ', '\t', '\n', '\r']);
        rest.starts_with('}')
    }

    fn column(&mut self, path: &str) -> Result<usize, FormatError> {
        let guess = self.expected;
        self.expected += 1;
        if self.cells.columns.get(guess).is_some_and(|c| c.name == path) {
            return Ok(guess);
        }
        if let Some(&i) = self.index.get(path) {
            self.expected = i + 1;
            return Ok(i);
        }
        let i = self.cells.columns.len();
        if i == limits::COLUMNS_MAX {
            let what = format!("there are more than {i} different keys");
            let (file, line) = (self.file.to_owned(), Some(self.line()));
            return Err(FormatError::Limit { file, line, what, limit: "COLUMNS_MAX" });
        }
        self.cells.columns.push(CellColumn { name: path.to_owned(), ..CellColumn::default() });
        self.index.insert(path.to_owned(), i);
        self.expected = i + 1;
        Ok(i)
    }

    fn number(&mut self, path: &str) -> Result<(CellKind, &'a str), FormatError> {
        let text = self.number_text()?;
        if text == "-" {
            return match self.text[self.at..].starts_with("Infinity") {
                true => Err(self.not_finite(path, "-Infinity")),
                false => Err(self.expected("a digit")),
            };
        }
        // Minus zero is a float; no integer equals it.
        if text.contains(['.', 'e', 'E']) || text == "-0" {
            return match text.parse::<f64>() {
                Ok(x) if x.is_finite() => Ok((CellKind::Float, text)),
                _ => Err(self.not_finite(path, text)),
            };
        }
        Ok(match text.parse::<i64>() {
            Ok(n) if n.unsigned_abs() <= 1 << 53 => (CellKind::Int, text),
            Ok(_) => (CellKind::WideInt, text),
            Err(_) => (CellKind::HugeInt, text),
        })
    }

    /// A number by the grammar; a lone minus is left to the caller.
    fn number_text(&mut self) -> Result<&'a str, FormatError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += usize::from(bytes[start] == b'-');
        let digits = self.digits();
        if digits == 0 {
            return Ok(&self.text[start..self.at]);
        }
        if digits > 1 && bytes[self.at - digits] == b'0' {
            return Err(self.syntax("a number begins with a superfluous zero"));
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if self.digits() == 0 {
                return Err(self.expected("a digit after the point"));
            }
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            if self.digits() == 0 {
                return Err(self.expected("a digit in the exponent"));
            }
        }
        Ok(&self.text[start..self.at])
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    /// A text in quotes, without them and with its escapes resolved.
    fn string(&mut self) -> Result<Cow<'a, str>, FormatError> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut end = start;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => return self.escaped(start, end),
                Some(0..=0x1f) => {
                    self.at = end;
                    return Err(self.syntax("a control character stands in a text; it must be written as an escape"));
                }
                Some(_) => end += 1,
                None => return Err(self.syntax("a text is not closed")),
            }
        }
        self.at = end + 1;
        Ok(Cow::Borrowed(&self.text[start..end]))
    }

    fn escaped(&mut self, start: usize, mut at: usize) -> Result<Cow<'a, str>, FormatError> {
        let bytes = self.text.as_bytes();
        let mut out = String::from(&self.text[start..at]);
        let mut plain = at;
        loop {
            match bytes.get(at) {
                Some(b'"') => {
                    out.push_str(&self.text[plain..at]);
                    self.at = at + 1;
                    return Ok(Cow::Owned(out));
                }
                Some(b'\\') => {
                    out.push_str(&self.text[plain..at]);
                    self.at = at;
                    let (c, n) = unescape(&bytes[at..]).ok_or_else(|| self.syntax("an escape in a text is wrong"))?;
                    out.push(c);
                    at += n;
                    plain = at;
                }
                Some(0..=0x1f) => {
                    self.at = at;
                    return Err(self.syntax("a control character stands in a text; it must be written as an escape"));
                }
                Some(_) => at += 1,
                None => return Err(self.syntax("a text is not closed")),
            }
        }
    }

    /// A value as JSON text without blanks. Depth is bounded by the splitter.
    fn copy(&mut self, out: &mut String) -> Result<(), FormatError> {
        self.blanks();
        match self.peek() {
            Some(b'"') => {
                let start = self.at;
                self.string()?;
                out.push_str(&self.text[start..self.at]);
            }
            Some(b'-' | b'0'..=b'9') => {
                let text = self.number_text()?;
                if text == "-" {
                    return Err(self.expected("a digit"));
                }
                out.push_str(text);
            }
            Some(b'[') => self.copy_items(out, b']', false)?,
            Some(b'{') => self.copy_items(out, b'}', true)?,
            _ => {
                let rest = &self.text[self.at..];
                let word = ["true", "false", "null"].into_iter().find(|w| rest.starts_with(w));
                let word = word.ok_or_else(|| self.expected("a value"))?;
                out.push_str(word);
                self.at += word.len();
            }
        }
        Ok(())
    }

    fn copy_items(&mut self, out: &mut String, close: u8, has_keys: bool) -> Result<(), FormatError> {
        out.push(char::from(self.text.as_bytes()[self.at]));
        self.at += 1;
        self.blanks();
        if self.peek() == Some(close) {
            self.at += 1;
            out.push(char::from(close));
            return Ok(());
        }
        loop {
            if has_keys {
                self.blanks();
                if self.peek() != Some(b'"') {
                    return Err(self.expected("a key in quotes"));
                }
                self.copy(out)?;
                self.take(b':', "a colon after the key")?;
                out.push(':');
            }
            self.copy(out)?;
            self.blanks();
            match self.peek() {
                Some(b',') => out.push(','),
                Some(b) if b == close => {
                    self.at += 1;
                    out.push(char::from(close));
                    return Ok(());
                }
                _ => return Err(self.expected("a comma or the end")),
            }
            self.at += 1;
        }
    }
}

/// The character that an escape stands for, and how many bytes it takes.
fn unescape(bytes: &[u8]) -> Option<(char, usize)> {
    let simple = match bytes.get(1)? {
        b'"' => '"',
        b'\\' => '\\',
        b'/' => '/',
        b'b' => '\u{8}',
        b'f' => '\u{c}',
        b'n' => '\n',
        b'r' => '\r',
        b't' => '\t',
        b'u' => return unescape_unicode(bytes),
        _ => return None,
    };
    Some((simple, 2))
}

fn unescape_unicode(bytes: &[u8]) -> Option<(char, usize)> {
    let unit = |at: usize| -> Option<u32> {
        let digits = std::str::from_utf8(bytes.get(at..at + 4)?).ok()?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    };
    let first = unit(2)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, 6));
    }
    if bytes.get(6..8)? != b"\\u" {
        return None;
    }
    let second = unit(8)?.checked_sub(0xdc00).filter(|s| *s < 0x400)?;
    Some((char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)?, 12))
}
