//! Tables written to files, the form by the file's ending: whole under their name or not there.
//!
//! Not here: what a table means, snapshots.

mod delimited;
mod ipc;
mod json;
mod parquet;
mod text;

use std::io::{self, Write};
use std::path::Path;

use arrow_array::ArrayRef;
use base::Cx;
use base::files::AtomicFile;
use table::column::without_dictionary;
use table::{Column, Field, Table};

use super::detect::{self, Codec, Form};
use super::{FormatError, limits};
use crate::error::CollectError;

pub use self::parquet::ParquetSink;

/// Takes blocks of rows on their way to a file.
trait Sink {
    fn write(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> io::Result<()>;
    fn finish(self: Box<Self>) -> io::Result<Output>;
}

/// A file that is being written block by block; it appears under its name only by [`TableWriter::commit`].
pub struct TableWriter {
    path: String,
    sink: Box<dyn Sink>,
}

impl TableWriter {
    /// Starts a file. The form follows from the ending of its name: `.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet`,
    /// `.arrow`; text also with `.gz` or `.zst`.
    ///
    /// # Errors
    /// [`FormatError::UnknownEnding`], [`CollectError::Io`].
    pub fn create(path: &Path, fields: &[Field]) -> Result<Self, CollectError> {
        let shown = path.display().to_string();
        let (codec, form) = detect::of_name(&shown);
        let unknown = || FormatError::UnknownEnding { path: shown.clone() };
        let form = form.ok_or_else(unknown)?;
        if codec != Codec::Plain && matches!(form, Form::Parquet | Form::ArrowFile | Form::ArrowStream) {
            return Err(unknown().into());
        }
        let lower = shown.to_ascii_lowercase();
        let delimiter = if lower.contains(".tsv") || lower.contains(".tab") { b'\t' } else { b',' };
        let io = |source| CollectError::Io { path: shown.clone(), source };
        let output = Output::create(path, codec).map_err(io)?;
        let sink: Box<dyn Sink> = match form {
            Form::Delimited => Box::new(delimited::Delimited::start(output, fields, delimiter).map_err(io)?),
            Form::JsonLines => Box::new(json::Json::start(output, fields, false)),
            Form::JsonArray => Box::new(json::Json::start(output, fields, true)),
            Form::Parquet => Box::new(parquet::ParquetSink::start(output, fields).map_err(io)?),
            Form::ArrowFile | Form::ArrowStream => {
                Box::new(ipc::Ipc::start(output, fields, form == Form::ArrowStream).map_err(io)?)
            }
        };
        Ok(Self { path: shown, sink })
    }

    /// Adds rows: an array a field, all of one length, each of a type that its field holds.
    ///
    /// # Errors
    /// [`CollectError::Io`].
    pub fn write(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> Result<(), CollectError> {
        cx.check_cancelled()?;
        self.sink.write(cx, arrays).map_err(|source| CollectError::Io { path: self.path.clone(), source })
    }

    /// Makes the file durable and visible.
    ///
    /// # Errors
    /// [`CollectError::Io`]; what was there before stays.
    pub fn commit(self) -> Result<(), CollectError> {
        let done = self.sink.finish().and_then(Output::commit);
        done.map_err(|source| CollectError::Io { path: self.path, source })
    }
}

/// Writes a whole table; the form follows from the ending as in [`TableWriter::create`].
///
/// Text is RFC 4180 with `\n` at line ends; floats are in the shortest form that reads back as the same float, dates
/// and times as RFC 3339, a missing cell is empty (`null` in JSON).
///
/// # Errors
/// [`FormatError::UnknownEnding`], [`CollectError::Io`].
pub fn write_table(cx: &Cx, table: &Table, path: &Path) -> Result<(), CollectError> {
    let mut writer = TableWriter::create(path, table.schema().fields())?;
    for start in (0..table.n_rows()).step_by(limits::BATCH_ROWS) {
        let n_rows = limits::BATCH_ROWS.min(table.n_rows() - start);
        let arrays: Vec<ArrayRef> = table.columns().iter().map(|c| one_array(&c.slice(start, n_rows))).collect();
        writer.write(cx, &arrays)?;
    }
    writer.commit()
}

/// The values of a column as one array.
pub fn one_array(column: &Column) -> ArrayRef {
    match column.chunks() {
        [] => arrow_array::new_empty_array(&column.field().dtype.arrow()),
        [one] => one.clone(),
        many => {
            let plain: Vec<ArrayRef> = many.iter().map(without_dictionary).collect();
            let refs: Vec<&dyn arrow_array::Array> = plain.iter().map(|a| &**a).collect();
            arrow_select::concat::concat(&refs).expect("chunks of one column have one type and fit into memory")
        }
    }
}

/// A file that will be complete or absent, perhaps compressed.
pub struct Output(Encoder);

enum Encoder {
    Plain(AtomicFile),
    Gzip(flate2::write::GzEncoder<AtomicFile>),
    Zstd(zstd::stream::write::Encoder<'static, AtomicFile>),
}

impl Output {
    fn create(path: &Path, codec: Codec) -> io::Result<Self> {
        let file = AtomicFile::create(path)?;
        Ok(Self(match codec {
            Codec::Plain => Encoder::Plain(file),
            Codec::Gzip => Encoder::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::default())),
            Codec::Zstd => Encoder::Zstd(zstd::stream::write::Encoder::new(file, 3)?),
        }))
    }

    fn commit(self) -> io::Result<()> {
        match self.0 {
            Encoder::Plain(file) => file,
            Encoder::Gzip(encoder) => encoder.finish()?,
            Encoder::Zstd(encoder) => encoder.finish()?,
        }
        .commit()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Encoder::Plain(w) => w.write(bytes),
            Encoder::Gzip(w) => w.write(bytes),
            Encoder::Zstd(w) => w.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Encoder::Plain(w) => w.flush(),
            Encoder::Gzip(w) => w.flush(),
            Encoder::Zstd(w) => w.flush(),
        }
    }
}
