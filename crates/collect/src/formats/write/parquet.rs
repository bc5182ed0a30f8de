//! Parquet: row groups of a size that follows from the number of columns, columns encoded on several threads.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMicrosecondType;
use arrow_schema::{DataType, Field as ArrowField, Schema as ArrowSchema, SchemaRef, TimeUnit};
use base::Cx;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, ArrowWriterOptions, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use table::Field;

use super::{Output, Sink};

/// Cells of a row group; memory for what is being written is about eight bytes each.
const GROUP_CELLS: usize = 4 << 20;
const GROUP_ROWS_MAX: usize = 1 << 20;
const GROUP_ROWS_MIN: usize = 4 << 10;
/// A row group is closed early when its encoded bytes exceed this.
const GROUP_BYTES_MAX: usize = 128 << 20;

/// The Arrow schema of some fields; text is plain.
pub fn arrow_schema_of(fields: &[Field]) -> SchemaRef {
    let of = |f: &Field| ArrowField::new(&f.name, if f.is_zoned() { zoned() } else { f.dtype.arrow() }, true);
    Arc::new(ArrowSchema::new(fields.iter().map(of).collect::<Vec<_>>()))
}

/// The type of instants in UTC.
fn zoned() -> DataType {
    DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()))
}

/// An array under the type that a schema has for it: instants get their zone.
pub fn under(schema_type: &DataType, array: &ArrayRef) -> ArrayRef {
    match (schema_type, array.data_type()) {
        (DataType::Timestamp(_, Some(zone)), DataType::Timestamp(TimeUnit::Microsecond, None)) => {
            let instants = array.as_primitive::<TimestampMicrosecondType>().clone();
            Arc::new(instants.with_timezone(zone.clone()))
        }
        _ => array.clone(),
    }
}

/// A Parquet file that is being written.
pub struct ParquetSink<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    factory: ArrowRowGroupWriterFactory,
    group: Vec<ArrowColumnWriter>,
    n_group_rows: usize,
    n_groups: usize,
    n_group_rows_max: usize,
    n_rows: u64,
}

impl<W: Write + Send> ParquetSink<W> {
    /// Starts a file.
    ///
    /// # Errors
    /// Those of writing.
    pub fn start(output: W, fields: &[Field]) -> io::Result<Self> {
        let level = ZstdLevel::try_new(1).map_err(io::Error::other)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_created_by("almanac".to_owned())
            .build();
        let options = ArrowWriterOptions::new().with_properties(properties);
        let (writer, factory) = ArrowWriter::try_new_with_options(output, arrow_schema_of(fields), options)
            .and_then(ArrowWriter::into_serialized_writer)
            .map_err(io::Error::other)?;
        let n_group_rows_max = (GROUP_CELLS / fields.len().max(1)).clamp(GROUP_ROWS_MIN, GROUP_ROWS_MAX);
        Ok(Self { writer, factory, group: Vec::new(), n_group_rows: 0, n_groups: 0, n_group_rows_max, n_rows: 0 })
    }

    /// Rows that were given so far.
    pub fn n_rows(&self) -> u64 {
        self.n_rows
    }

    /// Bytes that were written so far, but for the row group at hand.
    pub fn n_bytes(&self) -> u64 {
        self.writer.bytes_written() as u64
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Those of writing.
    pub fn add(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> io::Result<()> {
        let n_rows = arrays.first().map_or(0, |a| a.len());
        let mut start = 0;
        while start < n_rows {
            let n = (n_rows - start).min(self.n_group_rows_max - self.n_group_rows);
            let slices: Vec<ArrayRef> = arrays.iter().map(|a| a.slice(start, n)).collect();
            self.add_to_group(cx, slices)?;
            start += n;
            self.n_group_rows += n;
            self.n_rows += n as u64;
            let n_bytes: usize = self.group.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum();
            if self.n_group_rows == self.n_group_rows_max || n_bytes > GROUP_BYTES_MAX {
                self.close_group(cx)?;
            }
        }
        Ok(())
    }

    fn add_to_group(&mut self, cx: &Cx, arrays: Vec<ArrayRef>) -> io::Result<()> {
        if self.group.is_empty() {
            self.group = self.factory.create_column_writers(self.n_groups).map_err(io::Error::other)?;
        }
        let pairs: Vec<_> = std::mem::take(&mut self.group).into_iter().zip(arrays).collect();
        let done = cx.map_items(pairs, |_, (mut writer, array)| {
            let field = ArrowField::new("", array.data_type().clone(), true);
            for leaf in compute_leaves(&field, &array)? {
                writer.write(&leaf)?;
            }
            Ok::<_, parquet::errors::ParquetError>(writer)
        });
        self.group = done.into_iter().collect::<Result<_, _>>().map_err(io::Error::other)?;
        Ok(())
    }

    fn close_group(&mut self, cx: &Cx) -> io::Result<()> {
        let writers = std::mem::take(&mut self.group);
        if writers.is_empty() {
            return Ok(());
        }
        let chunks = cx.map_items(writers, |_, writer| writer.close());
        let mut group = self.writer.next_row_group().map_err(io::Error::other)?;
        for chunk in chunks {
            chunk.and_then(|c| c.append_to_row_group(&mut group)).map_err(io::Error::other)?;
        }
        group.close().map_err(io::Error::other)?;
        self.n_groups += 1;
        self.n_group_rows = 0;
        Ok(())
    }

    /// Ends the file and hands the output back.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end(mut self, cx: &Cx) -> io::Result<W> {
        self.close_group(cx)?;
        self.writer.into_inner().map_err(io::Error::other)
    }
}

impl Sink for ParquetSink<Output> {
    fn write(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> io::Result<()> {
        self.add(cx, arrays)
    }

    fn finish(self: Box<Self>) -> io::Result<Output> {
        self.end(&Cx::new(0, 1))
    }
}
