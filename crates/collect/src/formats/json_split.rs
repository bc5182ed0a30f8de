//! JSON cut into blocks of whole objects: of an array of objects, or of objects one after the other. Blocks are parsed
//! on several threads; where one ends never shows.
//!
//! Here the outermost grammar is held (rows are objects, commas between them in an array), depth is bounded and texts
//! end on their line. Not here: what is inside an object (`json_parse`).

use std::io::Read;

use super::detect::Form;
use super::{FormatError, Source, limits};
use crate::error::CollectError;
use base::finding::size;

const READ_BYTES: usize = 1 << 20;

/// Whole objects with what stands between them.
#[derive(Debug)]
pub struct Block {
    /// UTF-8 only if the file is; `json_parse` checks it.
    pub bytes: Vec<u8>,
    /// Line of the first byte, from 1.
    pub first_line: u64,
}

/// What may stand outside objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outside {
    /// Objects one after the other.
    Objects,
    /// The bracket that opens the array.
    Open,
    /// The first object, or the end of an empty array.
    First,
    /// A comma or the end of the array.
    Comma,
    /// An object after a comma.
    Next,
    /// Nothing more.
    Done,
}

/// Cuts a source into blocks.
pub struct Splitter {
    source: Source,
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Bytes of the buffer that have been looked at.
    seen: usize,
    /// End of the last whole object in the buffer, and its line.
    cut: (usize, u64),
    /// Line of the buffer's first byte and of the byte at `seen`.
    first_line: u64,
    line: u64,
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    outside: Outside,
    is_at_end: bool,
}

impl Splitter {
    /// Starts at the beginning of a source.
    ///
    /// # Errors
    /// Those of opening.
    pub fn start(source: &Source) -> Result<Self, CollectError> {
        let outside = if source.form() == Form::JsonArray { Outside::Open } else { Outside::Objects };
        Ok(Self {
            source: source.clone(),
            reader: source.open().map_err(|e| source.error(e))?,
            buffer: Vec::new(),
            seen: 0,
            cut: (0, 1),
            first_line: 1,
            line: 1,
            depth: 0,
            in_text: false,
            is_escaped: false,
            outside,
            is_at_end: false,
        })
    }

    /// The next block; none at the end.
    ///
    /// # Errors
    /// [`FormatError::JsonSyntax`], [`FormatError::JsonTooDeep`], [`FormatError::JsonNotObjects`],
    /// [`FormatError::Limit`].
    pub fn next_block(&mut self) -> Result<Option<Block>, CollectError> {
        while self.cut.0 < limits::JSON_BLOCK_BYTES && !self.is_at_end {
            let is_start = self.buffer.is_empty() && self.first_line == 1 && self.seen == 0;
            let n = (&mut self.reader).take(READ_BYTES as u64).read_to_end(&mut self.buffer);
            self.is_at_end = n.map_err(|e| self.source.error(e))? == 0;
            if is_start && self.buffer.starts_with(b"\xef\xbb\xbf") {
                self.buffer[..3].fill(b' ');
            }
            self.scan()?;
            if self.buffer.len() - self.cut.0 > limits::JSON_OBJECT_BYTES_MAX {
                let what = format!("the object is longer than {}", size(limits::JSON_OBJECT_BYTES_MAX as u64));
                let (file, line) = (self.source.name().to_owned(), Some(self.cut.1));
                return Err(FormatError::Limit { file, line, what, limit: "JSON_OBJECT_BYTES_MAX" }.into());
            }
        }
        if self.is_at_end {
            self.check_end()?;
        }
        let (end, line) = self.cut;
        if end == 0 {
            return Ok(None);
        }
        let rest = self.buffer.split_off(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let first_line = std::mem::replace(&mut self.first_line, line);
        self.seen -= end;
        self.cut.0 = 0;
        Ok(Some(Block { bytes, first_line }))
    }

    fn syntax(&self, what: impl Into<String>) -> FormatError {
        FormatError::JsonSyntax { file: self.source.name().to_owned(), line: self.line, what: what.into() }
    }

    fn check_end(&self) -> Result<(), FormatError> {
        if self.depth > 0 {
            let what = format!("the file ends within the object that begins after line {}", self.cut.1);
            return Err(self.syntax(what));
        }
        match self.outside {
            Outside::Objects | Outside::Done => Ok(()),
            _ => Err(self.syntax("the file ends before the array does")),
        }
    }

    /// Looks at the bytes that are new.
    fn scan(&mut self) -> Result<(), FormatError> {
        while self.seen < self.buffer.len() {
            if self.in_text {
                self.scan_text()?;
                continue;
            }
            let byte = self.buffer[self.seen];
            self.seen += 1;
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                _ if self.depth == 0 => self.outside(byte)?,
                b'"' => self.in_text = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    if self.depth > limits::JSON_NESTING_MAX {
                        let file = self.source.name().to_owned();
                        return Err(FormatError::JsonTooDeep { file, line: self.line });
                    }
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.cut = (self.seen, self.line);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Inside a text: to its end, or to the end of what is there.
    fn scan_text(&mut self) -> Result<(), FormatError> {
        if self.is_escaped {
            self.is_escaped = false;
            self.seen += 1;
            return Ok(());
        }
        match memchr::memchr3(b'"', b'\\', b'\n', &self.buffer[self.seen..]) {
            None => self.seen = self.buffer.len(),
            Some(i) => {
                let byte = self.buffer[self.seen + i];
                self.seen += i + 1;
                match byte {
                    b'"' => self.in_text = false,
                    b'\\' => self.is_escaped = true,
                    _ => return Err(self.syntax("a text is not closed before the end of the line")),
                }
            }
        }
        Ok(())
    }

    fn outside(&mut self, byte: u8) -> Result<(), FormatError> {
        use Outside::{Comma, Done, First, Next, Objects, Open};
        self.outside = match (self.outside, byte) {
            (Open, b'[') => First,
            (Comma, b',') => Next,
            (First | Comma, b']') => Done,
            (Objects | First | Next, b'{') => {
                self.depth = 1;
                if self.outside == Objects { Objects } else { Comma }
            }
            (Objects | First | Next, b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let found = match byte {
                    b'[' => "an array",
                    b'"' => "a text",
                    b't' | b'f' => "a boolean",
                    b'n' => "null",
                    _ => "a number",
                };
                let file = self.source.name().to_owned();
                return Err(FormatError::JsonNotObjects { file, line: self.line, found });
            }
            (state, _) => {
                let expected = match state {
                    Objects | Next => "an object",
                    Open => "an array",
                    First => "an object or the end of the array",
                    Comma => "a comma or the end of the array",
                    Done => "nothing after the array",
                };
                let found = base::finding::quoted(&String::from_utf8_lossy(&[byte]));
                return Err(self.syntax(format!("expected {expected}, found {found}")));
            }
        };
        Ok(())
    }
}
