//! Text in any common encoding to UTF-8: byte-order marks, UTF-16 and UTF-32 told by where their zeros stand, and
//! windows-1252 (which Latin-1 is part of) where a file is not UTF-8 and every byte of it makes sense so.
//!
//! Not here: the characters' meaning; compression (`formats`).

use std::fmt;
use std::io::{self, Read};

/// How a file writes characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, without a mark.
    Utf8,
    /// UTF-8 behind a byte-order mark.
    Utf8Marked,
    /// UTF-16.
    Utf16 {
        /// Whether the high byte comes first.
        is_big: bool,
        /// Whether a byte-order mark begins the file.
        has_mark: bool,
    },
    /// UTF-32.
    Utf32 {
        /// Whether the highest byte comes first.
        is_big: bool,
        /// Whether a byte-order mark begins the file.
        has_mark: bool,
    },
    /// One byte a character, as Windows in Western Europe writes it.
    Windows1252,
}

impl Encoding {
    /// Name of the encoding.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 | Self::Utf8Marked => "UTF-8",
            Self::Utf16 { is_big: false, .. } => "UTF-16LE",
            Self::Utf16 { is_big: true, .. } => "UTF-16BE",
            Self::Utf32 { is_big: false, .. } => "UTF-32LE",
            Self::Utf32 { is_big: true, .. } => "UTF-32BE",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// Whether bytes pass through unchanged (so that invalid ones reach the parser).
    pub fn is_utf8(self) -> bool {
        matches!(self, Self::Utf8 | Self::Utf8Marked)
    }
}

/// The encoding that a file's first bytes show: by its mark, else by where zeros stand among them, else UTF-8.
pub fn of_start(head: &[u8]) -> Encoding {
    let has_mark = true;
    match head {
        [0xef, 0xbb, 0xbf, ..] => return Encoding::Utf8Marked,
        [0xff, 0xfe, 0, 0, ..] => return Encoding::Utf32 { is_big: false, has_mark },
        [0, 0, 0xfe, 0xff, ..] => return Encoding::Utf32 { is_big: true, has_mark },
        [0xff, 0xfe, ..] => return Encoding::Utf16 { is_big: false, has_mark },
        [0xfe, 0xff, ..] => return Encoding::Utf16 { is_big: true, has_mark },
        _ => {}
    }
    // A table has ASCII in its delimiters, line ends and digits, so the high bytes of UTF-16 and UTF-32 are mostly
    // zero. Text with a few NUL characters is far from any of these patterns.
    let has_mark = false;
    let head = &head[..head.len().min(4_096) / 4 * 4];
    if head.len() < 4 {
        return Encoding::Utf8;
    }
    let n = head.len() / 4;
    let zeros_at = |place: usize| head.iter().skip(place).step_by(4).filter(|&&b| b == 0).count();
    let zeros = [zeros_at(0), zeros_at(1), zeros_at(2), zeros_at(3)];
    let mostly = |place: usize| zeros[place] * 10 >= n * 7;
    let rarely = |place: usize| zeros[place] * 10 <= n;
    match () {
        () if rarely(0) && mostly(1) && mostly(2) && zeros[3] == n => Encoding::Utf32 { is_big: false, has_mark },
        () if rarely(3) && mostly(1) && mostly(2) && zeros[0] == n => Encoding::Utf32 { is_big: true, has_mark },
        () if mostly(1) && mostly(3) && rarely(0) && rarely(2) => Encoding::Utf16 { is_big: false, has_mark },
        () if mostly(0) && mostly(2) && rarely(1) && rarely(3) => Encoding::Utf16 { is_big: true, has_mark },
        () => Encoding::Utf8,
    }
}

/// A stream of UTF-8 (of whatever the file holds, where it is to be UTF-8 already), without a byte-order mark.
///
/// Errors of a broken UTF-16 or UTF-32 file come as [`io::Error`]s that carry a [`Broken`].
pub fn decoded(reader: Box<dyn Read + Send>, encoding: Encoding) -> Box<dyn Read + Send> {
    match encoding {
        Encoding::Utf8 => reader,
        Encoding::Utf8Marked => Box::new(Marked { reader, left: 3 }),
        _ => Box::new(Decoder { reader, encoding, raw: Vec::new(), out: Vec::new(), at: 0, line: 1, is_first: true }),
    }
}

/// A file that breaks the rules of its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Line, from 1.
    pub line: u64,
    /// Name of the encoding.
    pub encoding: &'static str,
    /// What is wrong.
    pub what: &'static str,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: the file is {}, but {}", self.line, self.encoding, self.what)
    }
}

impl std::error::Error for Broken {}

/// Leaves out the mark of three bytes.
struct Marked {
    reader: Box<dyn Read + Send>,
    left: u64,
}

impl Read for Marked {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.left > 0 {
            let n = io::copy(&mut self.reader.by_ref().take(self.left), &mut io::sink())?;
            self.left = if n == 0 { 0 } else { self.left - n };
        }
        self.reader.read(out)
    }
}

const CHUNK: usize = 64 << 10;

struct Decoder {
    reader: Box<dyn Read + Send>,
    encoding: Encoding,
    /// Bytes that were read and not yet decoded.
    raw: Vec<u8>,
    out: Vec<u8>,
    /// How much of `out` was handed on.
    at: usize,
    line: u64,
    is_first: bool,
}

impl Read for Decoder {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at == self.out.len() {
            self.refill()?;
        }
        let n = out.len().min(self.out.len() - self.at);
        out[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

impl Decoder {
    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.at = 0;
        while self.out.is_empty() {
            let missing = CHUNK as u64;
            let n = self.reader.by_ref().take(missing).read_to_end(&mut self.raw)?;
            if n == 0 && self.raw.is_empty() {
                return Ok(());
            }
            let raw = std::mem::take(&mut self.raw);
            let used = match self.encoding {
                Encoding::Utf16 { is_big, .. } => self.utf16(&raw, is_big, n == 0)?,
                Encoding::Utf32 { is_big, .. } => self.utf32(&raw, is_big, n == 0)?,
                _ => {
                    raw.iter().for_each(|&b| self.put(of_windows_1252(b)));
                    raw.len()
                }
            };
            self.raw = raw[used..].to_vec();
        }
        Ok(())
    }

    fn put(&mut self, c: char) {
        let is_mark = self.is_first && c == '\u{feff}';
        self.is_first = false;
        if is_mark {
            return;
        }
        self.line += u64::from(c == '\n');
        self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    }

    fn broken<T>(&self, what: &'static str) -> io::Result<T> {
        let broken = Broken { line: self.line, encoding: self.encoding.as_str(), what };
        Err(io::Error::new(io::ErrorKind::InvalidData, broken))
    }

    fn utf16(&mut self, raw: &[u8], is_big: bool, at_end: bool) -> io::Result<usize> {
        let unit = |i: usize| {
            let pair = [*raw.get(i)?, *raw.get(i + 1)?];
            Some(if is_big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
        };
        let mut at = 0;
        while let Some(first) = unit(at) {
            match first {
                0xd800..=0xdbff => match unit(at + 2) {
                    Some(second @ 0xdc00..=0xdfff) => {
                        let code = 0x1_0000 + (u32::from(first - 0xd800) << 10) + u32::from(second - 0xdc00);
                        self.put(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                        at += 4;
                        continue;
                    }
                    None if !at_end => break,
                    _ => return self.broken("half of a surrogate pair is missing"),
                },
                0xdc00..=0xdfff => return self.broken("half of a surrogate pair is missing"),
                _ => self.put(char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER)),
            }
            at += 2;
        }
        if at_end && at < raw.len() {
            return self.broken("it ends in the middle of a character");
        }
        Ok(at)
    }

    fn utf32(&mut self, raw: &[u8], is_big: bool, at_end: bool) -> io::Result<usize> {
        let (words, rest) = raw.as_chunks::<4>();
        for word in words {
            let code = if is_big { u32::from_be_bytes(*word) } else { u32::from_le_bytes(*word) };
            match char::from_u32(code) {
                Some(c) => self.put(c),
                None => return self.broken("a character is beyond Unicode"),
            }
        }
        if at_end && !rest.is_empty() {
            return self.broken("it ends in the middle of a character");
        }
        Ok(raw.len() - rest.len())
    }
}

/// Characters of windows-1252 from 0x80 to 0x9f; the five that it leaves open are controls, as browsers read them.
const WINDOWS_1252_HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn of_windows_1252(byte: u8) -> char {
    match byte {
        0x80..=0x9f => WINDOWS_1252_HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// What the bytes of a file that is not UTF-8 say about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Characters of several bytes that are right in UTF-8.
    pub n_utf8: u64,
    /// Places that are wrong in UTF-8.
    pub n_wrong: u64,
    /// The first wrong byte and its line, from 1.
    pub first: Option<(u8, u64)>,
    /// High bytes that are not plausible in windows-1252 where they stand.
    pub n_implausible: u64,
}

impl Verdict {
    /// Whether the file is windows-1252: nothing in it is a UTF-8 character, and every high byte makes sense.
    pub fn is_windows_1252(self) -> bool {
        self.n_wrong > 0 && self.n_utf8 == 0 && self.n_implausible == 0
    }

    /// Whether the file is UTF-8 with wrong places: some of its characters are right UTF-8, or the wrong places are
    /// few (four or fewer) and not plausible otherwise.
    pub fn is_damaged_utf8(self) -> bool {
        !self.is_windows_1252() && (self.n_utf8 > 0 || self.n_wrong <= 4)
    }
}

/// Reads a whole file to judge how it writes characters.
///
/// # Errors
/// Those of reading.
pub fn judge(mut reader: impl Read) -> io::Result<Verdict> {
    let mut verdict = Verdict::default();
    let mut line = 1;
    let mut bytes: Vec<u8> = Vec::new();
    // A few bytes before and after are kept, for characters and words that a chunk cuts.
    let mut done = 0;
    loop {
        let n = reader.by_ref().take(CHUNK as u64).read_to_end(&mut bytes)?;
        let at_end = n == 0;
        let limit = if at_end { bytes.len() } else { bytes.len().saturating_sub(4) };
        while done < limit {
            let b = bytes[done];
            if b < 0x80 {
                line += u64::from(b == b'\n');
                done += 1;
                continue;
            }
            let rest = &bytes[done..bytes.len().min(done + 4)];
            let length = (2..=rest.len()).find(|&n| std::str::from_utf8(&rest[..n]).is_ok());
            if let Some(length) = length {
                verdict.n_utf8 += 1;
                done += length;
                continue;
            }
            verdict.n_wrong += 1;
            verdict.first = verdict.first.or(Some((b, line)));
            let before = done.checked_sub(1).map(|i| bytes[i]);
            let after = bytes.get(done + 1).copied();
            // Words of high letters alone are of another script.
            let is_run = done >= 2 && [bytes[done - 2], bytes[done - 1], b].into_iter().all(is_high_letter);
            verdict.n_implausible += u64::from(is_run || !is_plausible(before, b, after));
            done += 1;
        }
        if at_end {
            return Ok(verdict);
        }
        let keep = done.saturating_sub(2);
        bytes.drain(..keep);
        done -= keep;
    }
}

/// Whether a byte makes sense in windows-1252 between two others: a letter in a word whose case fits, or a mark that
/// people type.
fn is_plausible(before: Option<u8>, byte: u8, after: Option<u8>) -> bool {
    let is_letter = |b: u8| b.is_ascii_alphabetic() || is_high_letter(b);
    let is_lower = |b: u8| of_windows_1252(b).is_lowercase();
    if is_high_letter(byte) {
        // A capital after a small letter is how UTF-8 looks in windows-1252, not how people write.
        let breaks_case = !is_lower(byte) && before.is_some_and(|b| is_letter(b) && is_lower(b));
        let in_word = before.is_some_and(is_letter) || after.is_some_and(is_letter);
        let is_word = before.is_none_or(|b| b < 0x80) && after.is_none_or(|b| b < 0x80) && is_lower(byte);
        return !breaks_case && (in_word || is_word);
    }
    matches!(
        of_windows_1252(byte),
        '€' | '…'
            | '‘'
            | '’'
            | '“'
            | '”'
            | '„'
            | '‚'
            | '•'
            | '–'
            | '—'
            | '™'
            | '‹'
            | '›'
            | '‰'
            | '\u{a0}'
            | '¡'
            | '¢'
            | '£'
            | '¥'
            | '§'
            | '©'
            | 'ª'
            | '«'
            | '®'
            | '°'
            | '±'
            | '²'
            | '³'
            | '´'
            | 'µ'
            | '¶'
            | '·'
            | '¹'
            | 'º'
            | '»'
            | '¼'
            | '½'
            | '¾'
            | '¿'
            | '×'
            | '÷'
    )
}

/// Letters of Western European languages; `ÿ` is left out: it is what binary data looks like.
fn is_high_letter(byte: u8) -> bool {
    matches!(byte, 0x8a | 0x8c | 0x8e | 0x9a | 0x9c | 0x9e | 0x9f)
        || (0xc0..=0xfe).contains(&byte) && byte != 0xd7 && byte != 0xf7
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn read(bytes: &[u8]) -> io::Result<String> {
        let mut out = String::new();
        decoded(Box::new(Cursor::new(bytes.to_vec())), of_start(bytes)).read_to_string(&mut out)?;
        Ok(out)
    }

    fn encode(text: &str, width: usize, is_big: bool) -> Vec<u8> {
        let mut out = Vec::new();
        if width == 2 {
            for u in text.encode_utf16() {
                out.extend(if is_big { u.to_be_bytes() } else { u.to_le_bytes() });
            }
        } else {
            for c in text.chars() {
                out.extend(if is_big { u32::from(c).to_be_bytes() } else { u32::from(c).to_le_bytes() });
            }
        }
        out
    }

    #[test]
    fn wide_text_with_and_without_a_mark() {
        let text = format!("name,n\nÅsa 😀,1\n{}", "long,2\n".repeat(30_000));
        for width in [2, 4] {
            for is_big in [false, true] {
                for mark in ["", "\u{feff}"] {
                    let bytes = encode(&format!("{mark}{text}"), width, is_big);
                    assert_eq!(read(&bytes).expect("sound"), text, "{width} {is_big} {mark:?}");
                }
            }
        }
        assert_eq!(read("\u{feff}a,b".as_bytes()).expect("sound"), "a,b");
        assert_eq!(read(b"a\0,b\0\nlonger text than that").expect("sound"), "a\0,b\0\nlonger text than that");
    }

    #[test]
    fn broken_wide_text_is_placed() {
        let mut bytes = encode("\u{feff}a,b\n1,", 2, false);
        bytes.extend([0x00, 0xd8, 0x20, 0x00]);
        let e = read(&bytes).expect_err("half a pair");
        let broken = e.downcast::<Broken>().expect("ours");
        assert_eq!((broken.line, broken.encoding), (2, "UTF-16LE"));
        let odd = encode("\u{feff}a,b\n1,2\n", 2, true);
        assert!(read(&odd[..odd.len() - 1]).is_err());
    }

    fn judged(bytes: &[u8]) -> Verdict {
        judge(Cursor::new(bytes.to_vec())).expect("memory can be read")
    }

    #[test]
    fn western_text_is_told_from_damage() {
        assert!(judged(b"name,city\nJos\xe9,M\xfcnchen\n\xc9mile,K\xd8BENHAVN\n").is_windows_1252());
        assert!(judged(b"price\n5 \x80\n3 \xa3\n").is_windows_1252());
        assert!(
            judged("name\nJos\u{e9}\n".as_bytes().iter().copied().chain(*b"b\xff\n").collect::<Vec<u8>>().as_slice())
                .is_damaged_utf8()
        );
        assert!(judged(b"a\nab\xff\xfecd\n").is_damaged_utf8());
        assert!(judged(b"a\nab\xc3\x28\n").is_damaged_utf8());
        let cyrillic = b"\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0\n".repeat(5);
        assert!(!judged(&cyrillic).is_damaged_utf8(), "{:?}", judged(&cyrillic));
    }

    #[test]
    fn judging_does_not_depend_on_chunks() {
        struct Slow(Cursor<Vec<u8>>);
        impl Read for Slow {
            fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
                let n = out.len().min(1);
                self.0.read(&mut out[..n])
            }
        }
        let bytes = "Jos\u{e9} 😀\n".repeat(20_000).into_bytes();
        let mut bytes: Vec<u8> = bytes;
        bytes[140_003] = 0xff;
        assert_eq!(judge(Slow(Cursor::new(bytes.clone()))).expect("read"), judged(&bytes));
    }
}
