//! The language of `cases/reading/*.case`: making the files of a case, and writing what was read in the form in which
//! a case expects it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use almanac_collect::{BadRows, CollectError, ReadOptions, ReadResult};
use arrow_array::RecordBatch;
use arrow_schema::{Field as ArrowField, Schema as ArrowSchema};
use base::{Cx, Fault, Place};
use csv::{self, Bytes, CsvOptions};
use table::{Cell, Column, DType};

/// A case as it is written.
#[derive(Debug, Default)]
pub struct Case {
    /// The file it is in.
    pub path: PathBuf,
    /// Everything up to and with `----`.
    pub head: String,
    /// How it is read.
    pub options: ReadOptions,
    /// Names and bytes of its files.
    pub inputs: Vec<(String, Vec<u8>)>,
    /// Lines after `----`.
    pub expected: Vec<String>,
}

#[derive(Debug, Default)]
struct Making {
    encode: Option<String>,
    make: Option<String>,
    compress: Vec<String>,
    truncate: usize,
}

impl Case {
    /// Reads a case and makes the bytes of its files.
    pub fn load(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a case is UTF-8");
        let (head, expected) = text.split_once("\n----\n").expect("a case has a line of four dashes");
        let mut case = Self { path: path.to_owned(), head: format!("{head}\n----\n"), ..Self::default() };
        case.expected = expected.lines().map(str::to_owned).collect();
        let mut making = Making::default();
        let mut lines = head.lines().peekable();
        while let Some(line) = lines.next() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "options" => rest.split(' ').for_each(|o| set_option(&mut case.options, o)),
                "encode" => making.encode = Some(rest.to_owned()),
                "make" => making.make = Some(rest.to_owned()),
                "gzip" | "zstd" => making.compress.push(word.to_owned()),
                "truncate" => making.truncate = rest.parse().expect("a number of bytes"),
                "input" => {
                    let mut raw = Vec::new();
                    while let Some(line) = lines.next_if(|l| !l.starts_with("input ")) {
                        input_line(&mut raw, line);
                    }
                    case.inputs.push((rest.to_owned(), finished(raw, &making)));
                }
                "" | "#" => {}
                _ => panic!("{}: unknown directive {line:?}", path.display()),
            }
        }
        case
    }

    /// The case's name.
    pub fn name(&self) -> String {
        self.path.file_stem().expect("a name").to_string_lossy().into_owned()
    }
}

fn set_option(options: &mut ReadOptions, option: &str) {
    let (key, value) = option.split_once('=').expect("an option has a value");
    let (key, column) = key.split_once(':').unwrap_or((key, ""));
    let column = column.to_owned();
    match key {
        "bad_rows" if value == "quarantine" => options.bad_rows = BadRows::Quarantine,
        "delimiter" => options.delimiter = unescaped(value).first().copied(),
        "kind" => drop(options.answers.kinds.insert(column, value.parse().expect("a kind"))),
        "format" => drop(options.answers.formats.insert(column, String::from_utf8(unescaped(value)).expect("text"))),
        "missing" => options.answers.missing.entry(column).or_default().push(value.to_owned()),
        _ => panic!("unknown option {option:?}"),
    }
}

fn input_line(out: &mut Vec<u8>, line: &str) {
    if let Some(rest) = line.strip_prefix("@repeat ") {
        let (n, text) = rest.split_once(' ').expect("a count and a text");
        for i in 1..=n.parse::<usize>().expect("a count") {
            out.extend(unescaped(&text.replace("{i}", &i.to_string())));
        }
        return;
    }
    match line.strip_suffix("\\c") {
        Some(line) => out.extend(unescaped(line)),
        None => {
            out.extend(unescaped(line));
            out.push(b'\n');
        }
    }
}

fn unescaped(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.extend(rest[..at].bytes());
        let after = &rest[at + 1..];
        let used = match after.bytes().next().expect("something follows a backslash") {
            b'r' => push(&mut out, b"\r"),
            b'n' => push(&mut out, b"\n"),
            b't' => push(&mut out, b"\t"),
            b'\\' => push(&mut out, b"\\"),
            b'x' => {
                out.push(u8::from_str_radix(&after[1..3], 16).expect("two hex digits"));
                3
            }
            b'u' => {
                let end = after.find('}').expect("a closing brace");
                let c = u32::from_str_radix(&after[2..end], 16).ok().and_then(char::from_u32).expect("a character");
                out.extend(c.to_string().bytes());
                end + 1
            }
            other => panic!("unknown escape \\{}", char::from(other)),
        };
        rest = &after[used..];
    }
    out.extend(rest.bytes());
    out
}

fn push(out: &mut Vec<u8>, bytes: &[u8]) -> usize {
    out.extend(bytes);
    1
}

fn finished(raw: Vec<u8>, making: &Making) -> Vec<u8> {
    let mut bytes = match &making.encode {
        None => raw,
        Some(encoding) => encoded(&String::from_utf8(raw).expect("what is to be encoded is UTF-8"), encoding),
    };
    if let Some(form) = &making.make {
        bytes = made(bytes, form);
    }
    if let Some(codec) = making.compress.first() {
        // Two members: each holds a half.
        let parts = making.compress.len();
        let chunk = bytes.len().div_ceil(parts).max(1);
        bytes = bytes.chunks(chunk).flat_map(|part| compressed(part, codec)).collect();
    }
    bytes.truncate(bytes.len() - making.truncate);
    bytes
}

fn encoded(text: &str, encoding: &str) -> Vec<u8> {
    let (encoding, mark) = match encoding.strip_suffix("-marked") {
        Some(encoding) => (encoding, "\u{feff}"),
        None => (encoding, ""),
    };
    let text = format!("{mark}{text}");
    match encoding {
        "utf8" => text.into_bytes(),
        "utf16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf32le" => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        "utf32be" => text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect(),
        "latin1" => text.chars().map(|c| u8::try_from(u32::from(c)).expect("a Latin-1 character")).collect(),
        _ => panic!("unknown encoding {encoding:?}"),
    }
}

fn compressed(bytes: &[u8], codec: &str) -> Vec<u8> {
    if codec == "zstd" {
        return zstd::encode_all(bytes, 3).expect("memory can be written");
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).expect("memory can be written");
    encoder.finish().expect("memory can be written")
}

fn made(bytes: Vec<u8>, form: &str) -> Vec<u8> {
    let read = csv::read(&Cx::new(0, 1), &[&Bytes::new("made.csv", bytes)], &CsvOptions::default()).expect("plain CSV");
    let fields: Vec<ArrowField> =
        read.columns.iter().map(|c| ArrowField::new(&c.field().name, c.field().dtype.arrow(), true)).collect();
    let arrays = read.columns.iter().map(|c| table::column::without_dictionary(&c.chunks()[0])).collect();
    let schema = Arc::new(ArrowSchema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), arrays).expect("arrays fit their schema");
    let mut out = Vec::new();
    match form {
        "parquet" => {
            let mut writer = parquet::arrow::ArrowWriter::try_new(&mut out, schema, None).expect("a schema");
            writer.write(&batch).expect("memory can be written");
            writer.close().expect("memory can be written");
        }
        "arrow" => {
            let mut writer = arrow_ipc::writer::FileWriter::try_new(&mut out, &schema).expect("a schema");
            writer.write(&batch).expect("memory can be written");
            writer.finish().expect("memory can be written");
        }
        _ => panic!("unknown form {form:?}"),
    }
    out
}

/// Runs the read of a case in a folder of its own and says what came of it, as a case would.
pub fn outcome(case: &Case, threads: usize) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut patterns = Vec::new();
    for (name, bytes) in &case.inputs {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file");
        patterns.push(path.to_string_lossy().into_owned());
    }
    match almanac_collect::read(&Cx::new(0, threads), &patterns, &case.options) {
        Ok(result) => described(case, &result),
        Err(e) => vec![described_error(case, &e)],
    }
}

fn described_error(case: &Case, e: &CollectError) -> String {
    let place = e.place();
    assert!(e.hint().is_some_and(|h| !h.is_empty()), "{}: {e} has no hint", case.name());
    assert!(place.file.is_some(), "{}: {e} names no file", case.name());
    let mut message = e.to_string();
    if let Some(folder) = place.file.as_deref().and_then(|f| Path::new(f).parent()) {
        message = message.replace(&format!("{}/", folder.display()), "");
    }
    format!("error {}{}: {message}", e.code(), described_place(&place))
}

fn described_place(place: &Place) -> String {
    let mut out = String::new();
    place.line.iter().for_each(|l| write!(out, " line={l}").expect("memory"));
    place.column.iter().for_each(|c| write!(out, " column={}", name(c)).expect("memory"));
    out
}

fn described(case: &Case, result: &ReadResult) -> Vec<String> {
    let columns = result.table.columns();
    let fields = columns.iter().map(|c| format!("{}:{}", name(&c.field().name), c.field().dtype));
    let mut out = vec![fields.take(MAX).collect::<Vec<_>>().join(" | ")];
    if columns.len() > MAX {
        out.push(format!("columns {}", columns.len()));
    }
    let n_rows = result.table.n_rows();
    let is_long = n_rows > MAX;
    if is_long || n_rows == 0 {
        out.push(format!("rows {n_rows}"));
    }
    let shown: Vec<usize> = if is_long { shown_rows(case, n_rows) } else { (0..n_rows).collect() };
    for row_idx in shown {
        let cells: Vec<String> = columns.iter().take(MAX).map(|c| written(c, row_idx)).collect();
        let number = if is_long { format!("row {}: ", row_idx + 1) } else { String::new() };
        out.push(format!("{number}{}", cells.join(" | ")));
    }
    if case.expected.iter().any(|l| l.starts_with("lines ")) {
        let lines = (0..n_rows).map(|r| result.line_of(r).map_or("-".to_owned(), |(_, l)| l.to_string()));
        out.push(format!("lines {}", lines.collect::<Vec<_>>().join(" ")));
    }
    for finding in result.findings.kept().iter().take(MAX) {
        out.push(format!("finding {}{}", finding.code, described_place(&finding.place)));
    }
    if let Some(rows) = &result.quarantine {
        for row_idx in 0..rows.n_rows() {
            let cell = |n: usize| rows.columns()[n].cell(row_idx);
            if let (Cell::Int(line), Cell::Text(raw)) = (cell(1), cell(4)) {
                out.push(format!("quarantine {line}: {}", raw.escape_debug()));
            }
        }
    }
    for line in case.expected.iter().filter(|l| l.starts_with("propose ")) {
        out.push(proposed(result, line));
    }
    out
}

/// Most rows and columns that a case shows.
const MAX: usize = 24;

/// Of a long table: the rows that the case names, else the first and the last.
fn shown_rows(case: &Case, n_rows: usize) -> Vec<usize> {
    let named = case.expected.iter().filter_map(|l| l.strip_prefix("row ")?.split_once(':')?.0.parse::<usize>().ok());
    let mut rows: Vec<usize> = named.filter(|r| (1..=n_rows).contains(r)).map(|r| r - 1).collect();
    if rows.is_empty() {
        rows = vec![0, n_rows - 1];
    }
    rows
}

fn proposed(result: &ReadResult, line: &str) -> String {
    let wanted = line["propose ".len()..].split(':').next().unwrap_or_default();
    let Some(p) = result.proposals.iter().find(|p| name(&p.column) == wanted) else {
        return format!("propose {wanted}: nothing");
    };
    let mut out = format!("propose {wanted}: dtype={} kind={}", p.field.dtype, p.field.kind);
    if !p.field.missing.is_empty() {
        write!(out, " missing={:?}", p.field.missing).expect("memory");
    }
    if let Some(format) = &p.field.datetime {
        write!(out, " format={}", format.0).expect("memory");
    }
    if p.question.is_some() {
        out.push_str(" question");
    }
    let (applied, _) =
        infer::apply(&Cx::new(0, 1), &result.table, &result.proposals).expect("proposals can be applied");
    let column = applied.columns().iter().find(|c| name(&c.field().name) == wanted).expect("the column is there");
    let cells: Vec<String> = (0..column.n_rows().min(MAX)).map(|r| written(column, r)).collect();
    out + " -> " + &cells.join(", ")
}

fn name(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "_.()#%-".contains(c);
    if !name.is_empty() && name.chars().all(is_plain) { name.to_owned() } else { format!("{name:?}") }
}

fn written(column: &Column, row_idx: usize) -> String {
    match column.cell(row_idx) {
        Cell::Missing => "-".into(),
        Cell::Bool(b) => b.to_string(),
        Cell::Int(n) => n.to_string(),
        Cell::Float(x) => format!("{x:?}"),
        Cell::Text(t) if t.chars().count() > 100 => {
            let end: String = t.chars().skip(t.chars().count() - 5).collect();
            format!("text of {} bytes that ends with {end:?}", t.len())
        }
        Cell::Text(t) => format!("{t:?}"),
        Cell::Date(d) => table::datetime::format_rfc3339(table::datetime::Moment::Date(d)),
        Cell::Datetime(t) if column.field().dtype == DType::Datetime => {
            table::datetime::format_rfc3339(table::datetime::Moment::Datetime(t))
        }
        Cell::Datetime(t) | Cell::Time(t) => table::datetime::format_rfc3339(table::datetime::Moment::Time(t)),
    }
}
