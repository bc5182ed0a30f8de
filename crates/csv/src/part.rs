//! One file among those that are read as one table: its encoding, its layout, and where its columns stand in the
//! table.

use std::io::{self, Read};

use base::{Finding, Findings, Place, Severity};

use crate::dialect::{self, Dialect};
use crate::encoding::{self, Broken, Encoding, Verdict};
use crate::error::{At, CsvError};
use crate::failure::ReadError;
use crate::header::{self, Names};
use crate::limits::{COLUMNS_MAX, RECORD_BYTES_MAX, SAMPLE_BYTES};
use crate::notes;
use crate::source::Source;

/// A file and how it is read.
#[derive(Debug, Clone)]
pub struct Part {
    /// Name of the file.
    pub file: String,
    /// How it writes characters.
    pub encoding: Encoding,
    /// What its bytes say, where they are not all UTF-8.
    pub verdict: Option<Verdict>,
    /// How it is laid out.
    pub dialect: Dialect,
    /// Names of its columns.
    pub names: Names,
    /// Per column of the file: its position in the table.
    pub map: Vec<usize>,
    /// What was found out so far.
    pub findings: Findings,
    /// The start of the file, from its first row on, in whole records as far as the sample reaches.
    pub sample: Vec<u8>,
}

/// An error of reading a file: ours if it carries one of ours, else the source's.
pub fn io_error(file: &str, e: io::Error) -> ReadError {
    match e.downcast::<Broken>() {
        Ok(Broken { line, encoding, what }) => {
            CsvError::BrokenUnicode { at: At::line(file, line), encoding, what }.into()
        }
        Err(source) => ReadError::Io { path: file.to_owned(), source },
    }
}

/// Opens a file as UTF-8, `skip` bytes of it left out.
pub fn open(source: &dyn Source, encoding: Encoding, skip: usize) -> Result<Box<dyn Read + Send>, ReadError> {
    let file = source.name();
    let mut reader = encoding::decoded(source.open().map_err(|e| io_error(file, e))?, encoding);
    io::copy(&mut reader.by_ref().take(skip as u64), &mut io::sink()).map_err(|e| io_error(file, e))?;
    Ok(reader)
}

/// Reads a whole file to see what its bytes are.
pub fn judge(source: &dyn Source) -> Result<Verdict, ReadError> {
    let reader = source.open().map_err(|e| io_error(source.name(), e))?;
    encoding::judge(reader).map_err(|e| io_error(source.name(), e))
}

impl Part {
    /// Looks at the start of a file. `known` is its encoding, where a first reading found it out.
    ///
    /// # Errors
    /// Those of the disk; [`CsvError::Empty`], [`CsvError::InvalidBytes`] in the header,
    /// [`CsvError::UnknownEncoding`], [`CsvError::TooManyColumns`], [`CsvError::RowTooLong`].
    pub fn look(source: &dyn Source, delimiter: Option<u8>, known: Option<Encoding>) -> Result<Self, ReadError> {
        let file = source.name();
        let mut head = Vec::new();
        let reader = source.open().map_err(|e| io_error(file, e))?;
        reader.take(4_096).read_to_end(&mut head).map_err(|e| io_error(file, e))?;
        let encoding = known.unwrap_or_else(|| encoding::of_start(&head));
        let (mut sample, dialect) = sampled(source, encoding, delimiter)?;
        let mut verdict = None;
        if encoding.is_utf8() && !is_utf8_so_far(&sample) {
            let found = judge(source)?;
            if found.is_windows_1252() {
                return Self::look(source, delimiter, Some(Encoding::Windows1252));
            }
            let (byte, line) = found.first.unwrap_or_default();
            if !found.is_damaged_utf8() {
                return Err(CsvError::UnknownEncoding { at: At::line(file, line), byte }.into());
            }
            verdict = Some(found);
        }
        let Some(dialect) = dialect else { return Err(CsvError::Empty { at: At::file(file) }.into()) };
        if dialect.names.len() > COLUMNS_MAX {
            let at = At::line(file, dialect.header_line);
            return Err(CsvError::TooManyColumns { at, found: dialect.names.len() }.into());
        }
        let mut findings = Findings::new();
        let cells = names_of(&dialect, file, verdict)?;
        let names = header::name(&cells, file, dialect.header_line, &mut findings);
        sample.drain(..dialect.data_offset.min(sample.len()));
        let mut part =
            Self { file: file.to_owned(), encoding, verdict, dialect, names, map: Vec::new(), findings, sample };
        part.note_layout();
        Ok(part)
    }

    /// Number of cells of each record.
    pub fn width(&self) -> usize {
        self.names.names.len()
    }

    fn at_line(&self, line: u64) -> Place {
        At::line(&self.file, line).place()
    }

    fn note_layout(&mut self) {
        let d = self.dialect.clone();
        let mut notes = Vec::new();
        let mut note = |code, severity, line, message: String| {
            notes.push(Finding::new(code, severity, message).at(self.at_line(line)));
        };
        match self.encoding {
            Encoding::Utf8 | Encoding::Utf8Marked => {}
            Encoding::Windows1252 => note(
                notes::ENCODING,
                Severity::Warning,
                1,
                "the file is not UTF-8; it was read as windows-1252 (Latin-1), in which all of it makes sense".into(),
            ),
            other => {
                note(
                    notes::ENCODING,
                    Severity::Info,
                    1,
                    format!("the file is {}; it was read as that", other.as_str()),
                );
            }
        }
        if d.n_preamble_lines > 0 {
            let n = d.n_preamble_lines;
            let what = if n == 1 { "line".to_owned() } else { format!("{n} lines") };
            note(notes::PREAMBLE, Severity::Warning, 1, format!("the {what} before the header left out"));
        }
        if !d.has_header {
            let message = "the first row is data like the rows below it, so there is no header; the columns are named \
                           by position";
            note(notes::NO_HEADER, Severity::Warning, d.header_line, message.into());
        } else if !d.doubtful.is_empty() {
            let cells: Vec<&str> = d.doubtful.iter().take(3).map(|&i| self.names.names[i].as_str()).collect();
            let message = format!(
                "the first row was taken for the header, though {} of its cells look like the data below ({})",
                d.doubtful.len(),
                cells.join(", ")
            );
            note(notes::DOUBTFUL_HEADER, Severity::Warning, d.header_line, message);
        }
        if d.is_undivided {
            let message = "no delimiter divides the lines alike; the file was read as one column";
            note(notes::ONE_COLUMN, Severity::Warning, d.header_line, message.into());
        }
        if d.grammar.skip_spaces {
            let message = "every cell after a delimiter begins with a space; such spaces were left out";
            note(notes::SPACES, Severity::Info, d.header_line, message.into());
        }
        notes.into_iter().for_each(|n| self.findings.push(n));
    }
}

/// The start of a file and its layout; longer and longer until it tells.
fn sampled(
    source: &dyn Source,
    encoding: Encoding,
    delimiter: Option<u8>,
) -> Result<(Vec<u8>, Option<Dialect>), ReadError> {
    let mut n_bytes = SAMPLE_BYTES;
    loop {
        let mut sample = Vec::new();
        let reader = open(source, encoding, 0)?;
        reader.take(n_bytes as u64).read_to_end(&mut sample).map_err(|e| io_error(source.name(), e))?;
        let at_end = sample.len() < n_bytes;
        let dialect = dialect::decide(&sample, at_end, delimiter);
        if dialect.is_some() || at_end {
            return Ok((sample, dialect));
        }
        if n_bytes > RECORD_BYTES_MAX {
            return Err(CsvError::RowTooLong { at: At::line(source.name(), 1) }.into());
        }
        n_bytes *= 4;
    }
}

/// Whether bytes are UTF-8, but for a character that may go on after their end.
fn is_utf8_so_far(bytes: &[u8]) -> bool {
    match std::str::from_utf8(bytes) {
        Ok(_) => true,
        Err(e) => e.error_len().is_none() && bytes.len() - e.valid_up_to() < 4,
    }
}

fn names_of(dialect: &Dialect, file: &str, verdict: Option<Verdict>) -> Result<Vec<String>, ReadError> {
    let name = |(i, name): (usize, &Vec<u8>)| {
        String::from_utf8(name.clone()).map_err(|e| {
            let byte = e.as_bytes()[e.utf8_error().valid_up_to()];
            let at = At {
                file: file.to_owned(),
                line: Some(dialect.header_line),
                column: Some(format!("column_{}", i + 1)),
            };
            CsvError::InvalidBytes { at, byte, n_places: verdict.map_or(1, |v| v.n_wrong) }.into()
        })
    };
    dialect.names.iter().enumerate().map(name).collect()
}
