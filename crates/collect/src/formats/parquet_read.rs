//! Parquet files: their schema, and row groups decoded on several threads.
//!
//! Not here: mapping of types (`arrow_types`), joining of files (`arrow_rows`).

use std::fs::File;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use base::Cx;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::Encoding;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use super::foreign::guarded;
use super::spool::Spooled;
use super::{FormatError, Source, limits, parquet_footer};
use crate::error::CollectError;

const FORM: &str = "Parquet";
/// A dictionary-encoded column takes fewer bytes a value than this, or its pages are plain after all.
const DICTIONARY_BYTES_PER_VALUE_MAX: i64 = 8;

/// A Parquet file whose footer has been read.
#[derive(Debug)]
pub struct ParquetFile {
    name: String,
    file: Spooled,
    metadata: ArrowReaderMetadata,
}

impl ParquetFile {
    /// Reads the footer.
    ///
    /// # Errors
    /// [`FormatError::Damaged`], [`CollectError::Io`].
    pub fn open(source: &Source) -> Result<Self, CollectError> {
        let name = source.name().to_owned();
        let spooled = Spooled::of(source)?;
        let mut file = spooled.open().map_err(|e| source.error(e))?;
        parquet_footer::check(&mut file).map_err(|what| FormatError::Damaged {
            file: name.clone(),
            form: FORM,
            what,
        })?;
        let metadata = guarded(&name, FORM, || {
            let plain = ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())?;
            let schema = text_layout(plain.schema(), plain.metadata());
            let options = ArrowReaderOptions::new().with_schema(schema);
            ArrowReaderMetadata::try_new(plain.metadata().clone(), options)
                .or(Ok::<_, parquet::errors::ParquetError>(plain))
        })?;
        Ok(Self { name, file: spooled, metadata })
    }

    /// The file as the user named it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The columns as Arrow types.
    pub fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// About how many bytes the table takes in memory.
    pub fn needs_bytes(&self) -> u64 {
        let groups = self.metadata.metadata().row_groups();
        let columns = groups.iter().flat_map(|g| g.columns());
        columns.map(|c| u64::try_from(c.uncompressed_size().max(c.num_values().saturating_mul(8))).unwrap_or(0)).sum()
    }

    /// Decodes the row groups, works on each batch with the row that it begins at, and gives the results in order.
    ///
    /// # Errors
    /// [`FormatError::Damaged`], and those of `work` and `each`.
    pub fn for_each_batch<T: Send>(
        &self,
        cx: &Cx,
        columns: Option<&[usize]>,
        work: &(dyn Fn(u64, &RecordBatch) -> Result<T, CollectError> + Sync),
        each: &mut dyn FnMut(T) -> Result<(), CollectError>,
    ) -> Result<(), CollectError> {
        let groups = self.metadata.metadata().row_groups();
        let mut starts = Vec::with_capacity(groups.len());
        let mut n_rows = 0u64;
        for group in groups {
            starts.push(n_rows);
            n_rows += u64::try_from(group.num_rows()).unwrap_or(0);
        }
        // A few groups a thread at once, so that results wait in bounded memory.
        let window = 2 * cx.threads();
        for first in (0..groups.len()).step_by(window) {
            cx.check_cancelled()?;
            let n = window.min(groups.len() - first);
            for done in cx.map(n, |i| self.group(cx, first + i, starts[first + i], columns, work)) {
                done?.into_iter().try_for_each(&mut *each)?;
            }
        }
        Ok(())
    }

    fn group<T>(
        &self,
        cx: &Cx,
        group_idx: usize,
        start: u64,
        columns: Option<&[usize]>,
        work: &(dyn Fn(u64, &RecordBatch) -> Result<T, CollectError> + Sync),
    ) -> Result<Vec<T>, CollectError> {
        let file = self.file.open().map_err(|source| CollectError::Io { path: self.name.clone(), source })?;
        let declared = u64::try_from(self.metadata.metadata().row_group(group_idx).num_rows()).unwrap_or(0);
        let mut reader = guarded(&self.name, FORM, || self.reader(file, group_idx, columns))?;
        let (mut row, mut done) = (start, Vec::new());
        while let Some(batch) = guarded(&self.name, FORM, || reader.next().transpose())? {
            cx.check_cancelled()?;
            done.push(work(row, &batch)?);
            row += batch.num_rows() as u64;
        }
        if row - start != declared {
            let what = format!("row group {group_idx} has {} rows, its footer says {declared}", row - start);
            return Err(FormatError::Damaged { file: self.name.clone(), form: FORM, what }.into());
        }
        Ok(done)
    }

    fn reader(
        &self,
        file: File,
        group_idx: usize,
        columns: Option<&[usize]>,
    ) -> Result<parquet::arrow::arrow_reader::ParquetRecordBatchReader, parquet::errors::ParquetError> {
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_row_groups(vec![group_idx])
            .with_batch_size(limits::BATCH_ROWS);
        if let Some(columns) = columns {
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns.iter().copied());
            builder = builder.with_projection(mask);
        }
        builder.build()
    }
}

/// The schema with text as dictionaries where the file has it so, else as plain text with short offsets.
fn text_layout(schema: &SchemaRef, metadata: &ParquetMetaData) -> SchemaRef {
    let fields: Vec<Arc<Field>> = schema
        .fields()
        .iter()
        .enumerate()
        .map(|(i, field)| {
            let is_text = |t: &DataType| matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
            let is_dictionary = match field.data_type() {
                DataType::Dictionary(_, value) if is_text(value) => true,
                t if is_text(t) => is_dictionary_encoded(metadata, i, field.name()),
                _ => return field.clone(),
            };
            let layout = match is_dictionary {
                true => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
                false => DataType::Utf8,
            };
            Arc::new(field.as_ref().clone().with_data_type(layout))
        })
        .collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// Whether a top-level column is held as dictionary keys in every row group.
fn is_dictionary_encoded(metadata: &ParquetMetaData, root_idx: usize, name: &str) -> bool {
    let leaf = metadata
        .row_groups()
        .first()
        .and_then(|g| g.columns().iter().position(|c| c.column_path().parts() == [name]))
        .filter(|_| root_idx < metadata.file_metadata().schema_descr().num_columns());
    let Some(leaf) = leaf else { return false };
    metadata.row_groups().iter().all(|g| g.columns().get(leaf).is_some_and(is_dictionary_chunk))
}

fn is_dictionary_chunk(chunk: &ColumnChunkMetaData) -> bool {
    if let Some(mask) = chunk.page_encoding_stats_mask() {
        return mask.is_only(Encoding::RLE_DICTIONARY) || mask.is_only(Encoding::PLAIN_DICTIONARY);
    }
    chunk.encodings().any(|e| matches!(e, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY))
        && chunk.uncompressed_size() < chunk.num_values().saturating_mul(DICTIONARY_BYTES_PER_VALUE_MAX)
}
