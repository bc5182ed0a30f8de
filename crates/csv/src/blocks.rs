//! Cutting a stream of text into blocks that end where records end. Sequential, and cheap: between quotes only the
//! last line end of a block is looked for.
//!
//! Not here: what stands in the records (`parse`).

use std::io::{self, Read};

use crate::limits::RECORD_BYTES_MAX;
use crate::record::{Grammar, after_line_end};

/// Zero-cost end of all cells after a block's last byte, so that words of eight bytes can be loaded anywhere in it.
const PADDING: [u8; 32] = [b'\n'; 32];

/// A physical line that begins a record whose quote is never closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    /// First byte of the line.
    pub start: usize,
    /// The line after it.
    pub next: usize,
    /// The quote.
    pub quote: usize,
}

/// Whole records: `bytes[..len]`, which ends with a line end; padding follows.
#[derive(Debug, Default)]
pub struct Block {
    /// Bytes and padding.
    pub bytes: Vec<u8>,
    /// Number of bytes without the padding.
    pub len: usize,
    /// Lines that hold an unclosed quote, in order.
    pub torn: Vec<Torn>,
    /// Whether its first record is longer than [`RECORD_BYTES_MAX`] (it has no other, and is not whole).
    pub is_too_long: bool,
}

/// Cuts blocks from a stream that stands at the beginning of a record.
pub struct Blocks {
    reader: Box<dyn Read + Send>,
    grammar: Grammar,
    block_bytes: usize,
    carry: Vec<u8>,
    at_end: bool,
}

impl Blocks {
    /// Blocks of about `block_bytes` (at least one record each).
    pub fn new(reader: Box<dyn Read + Send>, grammar: Grammar, block_bytes: usize) -> Self {
        Self { reader, grammar, block_bytes: block_bytes.max(1), carry: Vec::new(), at_end: false }
    }

    /// The next block, in the memory of an old one; `None` at the end.
    ///
    /// # Errors
    /// Those of reading.
    pub fn next(&mut self, mut bytes: Vec<u8>) -> io::Result<Option<Block>> {
        bytes.clear();
        bytes.append(&mut self.carry);
        let mut torn = Vec::new();
        let mut want = self.block_bytes;
        loop {
            self.fill(&mut bytes, want)?;
            if bytes.is_empty() {
                return Ok(None);
            }
            if self.at_end && !matches!(bytes.last(), Some(b'\n' | b'\r')) {
                bytes.push(b'\n');
            }
            torn.clear();
            if let Some(cut) = self.cut(&bytes, &mut torn) {
                self.carry.extend_from_slice(&bytes[cut..]);
                bytes.truncate(cut);
                return Ok(Some(padded(bytes, torn, false)));
            }
            if bytes.len() >= RECORD_BYTES_MAX {
                self.at_end = true;
                return Ok(Some(padded(bytes, torn, true)));
            }
            want = bytes.len() * 2;
        }
    }

    /// Reads until there are `want` bytes or no more.
    fn fill(&mut self, bytes: &mut Vec<u8>, want: usize) -> io::Result<()> {
        while !self.at_end && bytes.len() < want {
            let missing = (want - bytes.len()) as u64;
            bytes.reserve(missing as usize + PADDING.len() + 1);
            // `read_to_end` of a limited reader fills spare capacity without clearing it first.
            let n = self.reader.by_ref().take(missing).read_to_end(bytes)?;
            self.at_end = n == 0;
        }
        Ok(())
    }

    /// The end of the last whole record, if there is one.
    fn cut(&self, bytes: &[u8], torn: &mut Vec<Torn>) -> Option<usize> {
        let mut boundary: Option<usize> = None;
        let mut region = 0;
        let mut at = 0;
        loop {
            let Some(found) = memchr::memchr(b'"', &bytes[at..]) else {
                return self.last_line_end(bytes, region, bytes.len()).or(boundary);
            };
            let quote = at + found;
            if !self.opens(bytes, quote) {
                at = quote + 1;
                continue;
            }
            boundary = self.last_line_end(bytes, region, quote).or(boundary);
            match close_of(bytes, quote, self.at_end) {
                Some(close) => {
                    at = close + 1;
                    region = at;
                }
                None if !self.at_end && (bytes.len() < RECORD_BYTES_MAX || boundary.is_some()) => return boundary,
                None => {
                    // Never closed: the record's first line is torn, and reading goes on after it.
                    let start = boundary.unwrap_or(0);
                    let end = memchr::memchr2(b'\n', b'\r', &bytes[start..]).map_or(bytes.len(), |i| start + i);
                    let next = after_line_end(bytes, end);
                    torn.push(Torn { start, next, quote });
                    boundary = Some(next);
                    at = next;
                    region = next;
                }
            }
        }
    }

    /// Whether a quote stands at the start of a cell.
    fn opens(&self, bytes: &[u8], quote: usize) -> bool {
        let mut before = &bytes[..quote];
        if self.grammar.skip_spaces {
            while let [rest @ .., b' '] = before {
                before = rest;
            }
        }
        match before.last() {
            None => true,
            Some(&c) => c == self.grammar.delimiter || c == b'\n' || c == b'\r',
        }
    }

    /// The position after the last line end between two positions. A CR at the very end of what was read may be
    /// half a CRLF and is left for later.
    fn last_line_end(&self, bytes: &[u8], from: usize, to: usize) -> Option<usize> {
        let mut to = to;
        if to == bytes.len() && !self.at_end && bytes.last() == Some(&b'\r') {
            to -= 1;
        }
        memchr::memrchr2(b'\n', b'\r', bytes.get(from..to)?).map(|i| from + i + 1)
    }
}

/// The closing quote of a cell whose opening one stands at `quote`.
fn close_of(bytes: &[u8], quote: usize, at_end: bool) -> Option<usize> {
    let mut from = quote + 1;
    loop {
        let close = from + memchr::memchr(b'"', bytes.get(from..)?)?;
        match bytes.get(close + 1) {
            Some(b'"') => from = close + 2,
            None if !at_end => return None,
            _ => return Some(close),
        }
    }
}

fn padded(mut bytes: Vec<u8>, torn: Vec<Torn>, is_too_long: bool) -> Block {
    let len = bytes.len();
    bytes.extend_from_slice(&PADDING);
    Block { bytes, len, torn, is_too_long }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn cut(text: &str, block_bytes: usize) -> Vec<String> {
        let grammar = Grammar { delimiter: b',', skip_spaces: false };
        let mut blocks = Blocks::new(Box::new(Cursor::new(text.as_bytes().to_vec())), grammar, block_bytes);
        let mut out = Vec::new();
        while let Some(block) = blocks.next(Vec::new()).expect("memory can be read") {
            out.push(String::from_utf8(block.bytes[..block.len].to_vec()).expect("whole characters"));
        }
        out
    }

    #[test]
    fn records_stay_whole_at_every_size() {
        let text = "a,\"x\ny\"\r\nb,\"\"\"\r\n\",5\" \rc,d\n\n\"\"\n";
        let records = ["a,\"x\ny\"\r\n", "b,\"\"\"\r\n\",5\" \r", "c,d\n", "\n", "\"\"\n"];
        for block_bytes in 1..60 {
            let blocks = cut(text, block_bytes);
            assert_eq!(blocks.concat(), text, "{block_bytes}");
            let mut ends: Vec<usize> = vec![0];
            records.iter().for_each(|r| ends.push(ends.last().expect("one") + r.len()));
            let mut at = 0;
            for block in &blocks {
                at += block.len();
                assert!(ends.contains(&at), "{block_bytes}: {blocks:?}");
            }
        }
    }

    #[test]
    fn the_last_line_end_is_added() {
        assert_eq!(cut("a,b", 1), ["a,b\n"]);
    }

    #[test]
    fn a_torn_line_is_marked_and_left() {
        let grammar = Grammar { delimiter: b',', skip_spaces: false };
        let text = "a,b\n1,\"x\n2,y\n";
        let mut blocks = Blocks::new(Box::new(Cursor::new(text.as_bytes().to_vec())), grammar, 1 << 10);
        let block = blocks.next(Vec::new()).expect("read").expect("one");
        assert_eq!(block.torn, [Torn { start: 4, next: 9, quote: 6 }]);
        assert_eq!(block.len, text.len());
    }
}
