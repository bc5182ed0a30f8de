//! What a file really is, told by its first bytes; what its name says it is.
//!
//! Not here: the delimiter and the encoding of delimited text (`csv`).

use super::FormatError;

/// How rows are written in a file, after decompression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Delimited text: CSV, TSV and their kin.
    Delimited,
    /// JSON objects one after the other, usually one a line.
    JsonLines,
    /// One JSON array of objects.
    JsonArray,
    /// Parquet.
    Parquet,
    /// Arrow IPC file (Feather version 2).
    ArrowFile,
    /// Arrow IPC stream.
    ArrowStream,
}

impl Form {
    /// The form as messages name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delimited => "delimited text",
            Self::JsonLines => "JSON Lines",
            Self::JsonArray => "a JSON array",
            Self::Parquet => "Parquet",
            Self::ArrowFile => "an Arrow file",
            Self::ArrowStream => "an Arrow stream",
        }
    }

    /// Whether reading needs the end of the file first.
    pub fn is_seekable(self) -> bool {
        matches!(self, Self::Parquet | Self::ArrowFile)
    }

    fn family(self) -> u8 {
        match self {
            Self::Delimited => 0,
            Self::JsonLines | Self::JsonArray => 1,
            Self::Parquet => 2,
            Self::ArrowFile | Self::ArrowStream => 3,
        }
    }

    /// Whether a file named as one may be the other without a word.
    pub fn is_kin(self, other: Form) -> bool {
        self.family() == other.family()
    }
}

/// How a file is compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// As it is.
    Plain,
    /// gzip, of one or more members.
    Gzip,
    /// Zstandard, of one or more frames.
    Zstd,
}

impl Codec {
    /// The codec as messages name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The codec of some bytes at the start of a file.
    pub fn of_bytes(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, 8, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::Plain,
        }
    }
}

/// The endings of a file name: the codec that it says, and the form.
pub fn of_name(name: &str) -> (Codec, Option<Form>) {
    let lower = name.to_ascii_lowercase();
    let file = lower.rsplit(['/', '\\']).next().unwrap_or(&lower);
    let (codec, stem) = match file.rsplit_once('.') {
        Some((stem, "gz" | "gzip")) => (Codec::Gzip, stem),
        Some((stem, "zst" | "zstd")) => (Codec::Zstd, stem),
        _ => (Codec::Plain, file),
    };
    let form = stem.rsplit_once('.').and_then(|(_, ending)| match ending {
        "csv" | "tsv" | "tab" | "psv" | "txt" => Some(Form::Delimited),
        "jsonl" | "ndjson" | "jsonlines" => Some(Form::JsonLines),
        "json" => Some(Form::JsonArray),
        "parquet" | "pq" => Some(Form::Parquet),
        "arrow" | "feather" | "ipc" => Some(Form::ArrowFile),
        "arrows" => Some(Form::ArrowStream),
        _ => None,
    });
    (codec, form)
}

/// The form of a file by its first decompressed bytes. `named` is what its name says, which decides only where the
/// bytes do not.
///
/// # Errors
/// [`FormatError::Unsupported`], naming what the file is.
pub fn of_bytes(file: &str, head: &[u8], named: Option<Form>) -> Result<Form, FormatError> {
    match head {
        [b'P', b'A', b'R', b'1', ..] => return Ok(Form::Parquet),
        [b'A', b'R', b'R', b'O', b'W', b'1', 0, 0, ..] => return Ok(Form::ArrowFile),
        [0xff, 0xff, 0xff, 0xff, len @ ..] if is_message_length(len) => return Ok(Form::ArrowStream),
        _ => {}
    }
    if let Some((what, hint)) = foreign(head) {
        return Err(FormatError::Unsupported { file: file.to_owned(), what, hint });
    }
    let is_named_json = matches!(named, Some(Form::JsonLines | Form::JsonArray));
    let is_wide = matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 0, 0xfe, 0xff, ..]);
    if is_named_json && is_wide {
        let hint = "convert the file to UTF-8, for example with `iconv -f UTF-16 -t UTF-8`";
        return Err(FormatError::Unsupported { file: file.to_owned(), what: "JSON in UTF-16 or UTF-32", hint });
    }
    Ok(json_form(head, is_named_json).unwrap_or(Form::Delimited))
}

/// Whether four bytes can be the length of an Arrow message's metadata: positive and a multiple of eight.
fn is_message_length(bytes: &[u8]) -> bool {
    let Some(length) = bytes.first_chunk::<4>().map(|b| u32::from_le_bytes(*b)) else { return false };
    length > 0 && length % 8 == 0 && length < 1 << 28
}

/// JSON, if the first value begins as a row does: a CSV header may begin with a brace, but hardly with `{"`.
fn json_form(head: &[u8], is_named_json: bool) -> Option<Form> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let (first, rest) = text.split_first()?;
    let next = rest.trim_ascii_start().first();
    match first {
        b'{' if is_named_json || matches!(next, Some(b'"' | b'}')) => Some(Form::JsonLines),
        b'[' if is_named_json || matches!(next, Some(b'{' | b']')) => Some(Form::JsonArray),
        _ => None,
    }
}

/// Things that people name `.csv`, and what to do about them.
fn foreign(head: &[u8]) -> Option<(&'static str, &'static str)> {
    const UNPACK: &str = "unpack it and give the files inside";
    const WRITE_PARQUET: &str = "write it as Parquet or CSV with the tool that made it";
    let is = |magic: &[u8]| head.starts_with(magic);
    let found = match head {
        _ if is(b"PK\x03\x04") || is(b"PK\x05\x06") => return Some(zip_kind(head)),
        _ if is(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") => {
            ("an Excel workbook of the old form (.xls)", "save the sheet as CSV and give that")
        }
        _ if is(b"%PDF-") => ("a PDF document", "export the table from its source as CSV"),
        _ if is(b"SQLite format 3\0") => {
            ("an SQLite database", "export the table: `sqlite3 -csv -header FILE 'select * from T'`")
        }
        _ if is(b"BZh") && head.get(4..10) == Some(b"1AY&SY") => {
            ("compressed with bzip2", "decompress it with `bunzip2`")
        }
        _ if is(b"\xfd7zXZ\0") => ("compressed with xz", "decompress it with `unxz`"),
        _ if is(b"7z\xbc\xaf\x27\x1c") => ("a 7-Zip archive", UNPACK),
        _ if is(b"Rar!\x1a\x07") => ("a RAR archive", UNPACK),
        _ if is(b"\x04\x22\x4d\x18") => ("compressed with lz4", "decompress it with `lz4 -d`"),
        _ if is(b"\xff\x06\0\0sNaPpY") => ("compressed with snappy", "decompress it first"),
        _ if is(b"ORC") && head.get(3).is_some_and(|b| !b.is_ascii_graphic() && *b != b' ') => {
            ("an ORC file", WRITE_PARQUET)
        }
        _ if is(b"Obj\x01") => ("an Avro file", WRITE_PARQUET),
        _ if is(b"\x89HDF\r\n\x1a\n") => ("an HDF5 file", WRITE_PARQUET),
        _ if is(b"FEA1") => ("a Feather file of version 1", "write it as Feather version 2 or Parquet"),
        _ if is(b"\x93NUMPY") => ("a NumPy array", "write it as CSV with a header, or as Parquet"),
        _ if is(b"RDX2\n") || is(b"RDX3\n") => ("an R workspace", "write the data frame with `write.csv`"),
        _ if is(b"<stata_dta>") => ("a Stata file", WRITE_PARQUET),
        _ if is(b"$FL2") || is(b"$FL3") => ("an SPSS file", WRITE_PARQUET),
        _ if matches!(head, [0x80, 2..=5, b'}' | b']' | b'c' | 0x95, ..]) => ("a Python pickle", WRITE_PARQUET),
        _ if is(b"\x89PNG") || is(b"\xff\xd8\xff") || is(b"GIF8") => ("a picture", "give a file with a table"),
        _ if is(b"\x7fELF") || is(b"MZ\x90") => ("a program", "give a file with a table"),
        _ if head.get(257..262) == Some(b"ustar") => ("a tar archive", UNPACK),
        _ => return markup(head),
    };
    Some(found)
}

fn zip_kind(head: &[u8]) -> (&'static str, &'static str) {
    let has = |what: &[u8]| memchr::memmem::find(head, what).is_some();
    if has(b"xl/") || has(b"[Content_Types].xml") {
        ("an Excel workbook", "save the sheet as CSV and give that")
    } else if has(b"application/vnd.oasis.opendocument") {
        ("an OpenDocument spreadsheet", "save the sheet as CSV and give that")
    } else {
        ("a ZIP archive", "unpack it and give the files inside")
    }
}

fn markup(head: &[u8]) -> Option<(&'static str, &'static str)> {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let begins = |word: &[u8]| text.len() >= word.len() && text[..word.len()].eq_ignore_ascii_case(word);
    if begins(b"<!doctype html") || begins(b"<html") || begins(b"<head>") {
        return Some(("an HTML page", "the download gave a page instead of the data: check the address"));
    }
    begins(b"<?xml").then_some(("an XML document", "write it as CSV or JSON with the tool that made it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_codec_and_form() {
        assert_eq!(of_name("a/b.CSV.gz"), (Codec::Gzip, Some(Form::Delimited)));
        assert_eq!(of_name("b.parquet"), (Codec::Plain, Some(Form::Parquet)));
        assert_eq!(of_name("b.d/rows"), (Codec::Plain, None));
        assert_eq!(of_name("x.jsonl.zst"), (Codec::Zstd, Some(Form::JsonLines)));
    }

    #[test]
    fn bytes_win_over_names() {
        let form = |head: &[u8]| of_bytes("f.csv", head, Some(Form::Delimited));
        assert_eq!(form(b"PAR1rest"), Ok(Form::Parquet));
        assert_eq!(form(b"\xef\xbb\xbf [ {\"a\":1}]"), Ok(Form::JsonArray));
        assert_eq!(form(b"{\"a\":1}\n"), Ok(Form::JsonLines));
        assert_eq!(form(b"{a},{b}\n1,2\n"), Ok(Form::Delimited));
        assert_eq!(form(b"[a],[b]\n1,2\n"), Ok(Form::Delimited));
        assert_eq!(form(b"\xff\xff\xff\xff\x78\0\0\0"), Ok(Form::ArrowStream));
        assert_eq!(form(b""), Ok(Form::Delimited));
        assert_eq!(form(b"ORC,DEF\n1,2\n"), Ok(Form::Delimited));
        assert_eq!(of_bytes("f.json", b"a,b\n1,2\n", Some(Form::JsonArray)), Ok(Form::Delimited));
    }

    #[test]
    fn foreign_files_are_named() {
        let check = |head: &[u8], expected: &str| match of_bytes("f.csv", head, Some(Form::Delimited)) {
            Err(FormatError::Unsupported { what, .. }) => assert_eq!(what, expected),
            other => panic!("{other:?}"),
        };
        check(b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", "an Excel workbook");
        check(b"PK\x03\x04other", "a ZIP archive");
        check(b"%PDF-1.7", "a PDF document");
        check(b"\n  <!DOCTYPE HTML><html>", "an HTML page");
        check(b"SQLite format 3\0", "an SQLite database");
    }
}
