//! Arrow IPC, file and stream: the same messages one after the other, between a magic and a footer in a file. Read as
//! a stream in both cases, so that a compressed file needs no room on disk.
//!
//! Every length that a message declares is held against the bytes that are there before the decoder allocates.
//!
//! Not here: mapping of types (`arrow_types`), joining of files (`arrow_rows`). Reference: Arrow columnar format,
//! "Serialization and Interprocess Communication".

use std::io::{self, Read};

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::{Message, MessageHeader, root_as_message};
use arrow_schema::SchemaRef;
use base::Cx;

use super::detect::Form;
use super::foreign::guarded;
use super::{FormatError, Source, limits};
use crate::error::CollectError;

const FORM: &str = "Arrow";
const CONTINUATION: [u8; 4] = [0xff; 4];
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];
const FILE_MAGIC: &[u8] = b"ARROW1";
/// Longest metadata of a message.
const METADATA_BYTES_MAX: u64 = 256 << 20;

/// An Arrow file or stream whose schema has been read.
#[derive(Debug, Clone)]
pub struct ArrowInput {
    source: Source,
    schema: SchemaRef,
    is_compressed: bool,
}

impl ArrowInput {
    /// Reads the schema.
    ///
    /// # Errors
    /// [`FormatError::Damaged`], [`CollectError::Io`].
    pub fn open(source: &Source) -> Result<Self, CollectError> {
        let mut messages = Messages::start(source)?;
        let mut decoder = StreamDecoder::new();
        let first = messages.next()?.ok_or_else(|| messages.damaged("it holds no schema"))?;
        let is_compressed = messages.is_compressed;
        for bytes in [first, END.to_vec()] {
            messages.decode(&mut decoder, bytes, &mut |_| Ok(()))?;
        }
        let schema = decoder.schema().ok_or_else(|| messages.damaged("it does not begin with a schema"))?;
        Ok(Self { source: source.clone(), schema, is_compressed })
    }

    /// The file as the user named it.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The columns as Arrow types.
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// About how many bytes the table takes in memory.
    pub fn needs_bytes(&self) -> u64 {
        let factor = if self.is_compressed || self.source.codec() != super::detect::Codec::Plain { 4 } else { 1 };
        self.source.info().n_bytes.saturating_mul(factor)
    }

    /// Decodes the batches in order, works on each with the row that it begins at, and gives on the results.
    ///
    /// # Errors
    /// [`FormatError::Damaged`], and those of `work` and `each`.
    pub fn for_each_batch<T>(
        &self,
        cx: &Cx,
        work: &dyn Fn(u64, &RecordBatch) -> Result<T, CollectError>,
        each: &mut dyn FnMut(T) -> Result<(), CollectError>,
    ) -> Result<(), CollectError> {
        let mut messages = Messages::start(&self.source)?;
        let mut decoder = StreamDecoder::new();
        let mut row = 0u64;
        loop {
            cx.check_cancelled()?;
            let message = messages.next()?;
            let is_end = message.is_none();
            messages.decode(&mut decoder, message.unwrap_or_else(|| END.to_vec()), &mut |batch| {
                let start = row;
                row += batch.num_rows() as u64;
                each(work(start, &batch)?)
            })?;
            if is_end {
                return Ok(());
            }
        }
    }
}

/// The encapsulated messages of a stream, as bytes.
struct Messages {
    source: Source,
    reader: Box<dyn Read + Send>,
    is_file: bool,
    is_first: bool,
    is_compressed: bool,
}

impl Messages {
    fn start(source: &Source) -> Result<Self, CollectError> {
        let mut reader = source.open().map_err(|e| source.error(e))?;
        let is_file = source.form() == Form::ArrowFile;
        if is_file {
            let mut magic = [0u8; 8];
            reader.read_exact(&mut magic).map_err(|e| source.error(e))?;
        }
        Ok(Self { source: source.clone(), reader, is_file, is_first: true, is_compressed: false })
    }

    fn damaged(&self, what: impl Into<String>) -> CollectError {
        FormatError::Damaged { file: self.source.name().to_owned(), form: FORM, what: what.into() }.into()
    }

    /// At most `n` bytes; fewer only at the end. Memory grows with what is there, not with what was declared.
    fn take(&mut self, n: u64, into: &mut Vec<u8>) -> Result<(), CollectError> {
        let before = into.len() as u64;
        let got = (&mut self.reader).take(n).read_to_end(into);
        got.map_err(|e| self.source.error(e))?;
        if into.len() as u64 - before < n { Err(self.damaged("it ends within a message")) } else { Ok(()) }
    }

    /// The next message with its prefix and body; none at the end.
    fn next(&mut self) -> Result<Option<Vec<u8>>, CollectError> {
        let mut bytes = Vec::with_capacity(4096);
        let n = (&mut self.reader).take(4).read_to_end(&mut bytes).map_err(|e| self.source.error(e))?;
        if n == 0 && !self.is_file {
            return Ok(None);
        }
        if n < 4 {
            return Err(self.damaged("it ends early"));
        }
        // Writers pad the magic of a file to eight bytes or more.
        while self.is_file && self.is_first && bytes == [0; 4] {
            bytes.clear();
            self.take(4, &mut bytes)?;
        }
        self.is_first = false;
        if bytes == CONTINUATION {
            self.take(4, &mut bytes)?;
        }
        let length = bytes.last_chunk::<4>().map_or(0, |b| u32::from_le_bytes(*b));
        if length == 0 {
            self.check_end()?;
            return Ok(None);
        }
        if u64::from(length) > METADATA_BYTES_MAX {
            return Err(self.damaged(format!("a message declares {length} bytes of metadata")));
        }
        let start = bytes.len();
        self.take(u64::from(length), &mut bytes)?;
        let body = self.look(&bytes[start..])?;
        let body_start = bytes.len();
        self.take(body, &mut bytes)?;
        self.check_buffers(&bytes[start..body_start], &bytes[body_start..])?;
        Ok(Some(bytes))
    }

    fn parse<'a>(&self, metadata: &'a [u8]) -> Result<Message<'a>, CollectError> {
        root_as_message(metadata).map_err(|e| self.damaged(format!("a message's metadata is wrong: {e}")))
    }

    /// Length of the body that some metadata declares.
    fn look(&self, metadata: &[u8]) -> Result<u64, CollectError> {
        let message = self.parse(metadata)?;
        u64::try_from(message.bodyLength()).map_err(|_| self.damaged("a message declares a negative length"))
    }

    /// Compressed buffers declare their length in their first eight bytes: it must be one that they can honestly have.
    fn check_buffers(&mut self, metadata: &[u8], body: &[u8]) -> Result<(), CollectError> {
        let message = self.parse(metadata)?;
        let batch = match message.header_type() {
            MessageHeader::RecordBatch => message.header_as_record_batch(),
            MessageHeader::DictionaryBatch => message.header_as_dictionary_batch().and_then(|d| d.data()),
            _ => None,
        };
        let Some(batch) = batch else { return Ok(()) };
        if batch.compression().is_none() {
            return Ok(());
        }
        self.is_compressed = true;
        for buffer in batch.buffers().iter().flatten() {
            let range = usize::try_from(buffer.offset()).ok().zip(usize::try_from(buffer.length()).ok());
            let bytes = range.and_then(|(o, n)| body.get(o..o.checked_add(n)?));
            let bytes = bytes.ok_or_else(|| self.damaged("a buffer lies outside its message"))?;
            let declared = bytes.first_chunk::<8>().map_or(0, |b| i64::from_le_bytes(*b));
            let honest = (bytes.len() as u64).saturating_mul(limits::DECOMPRESSION_RATIO_MAX);
            if declared > 0 && declared as u64 > honest.max(limits::RATIO_FREE_BYTES) {
                let what = format!("a buffer of {} bytes declares {declared} decompressed bytes", bytes.len());
                let file = self.source.name().to_owned();
                let limit = "DECOMPRESSION_RATIO_MAX";
                return Err(FormatError::Limit { file, line: None, what, limit }.into());
            }
        }
        Ok(())
    }

    /// Behind the last message of a file there is a footer and the magic; a stream may just end.
    fn check_end(&mut self) -> Result<(), CollectError> {
        if !self.is_file {
            let more = (&mut self.reader).take(1).read_to_end(&mut Vec::new()).map_err(|e| self.source.error(e))?;
            return if more == 0 {
                Ok(())
            } else {
                Err(self.damaged("there is more after its end; write one stream a file"))
            };
        }
        let mut tail = Vec::new();
        let all = (&mut self.reader).take(METADATA_BYTES_MAX).read_to_end(&mut tail);
        all.map_err(|e: io::Error| self.source.error(e))?;
        if tail.ends_with(FILE_MAGIC) { Ok(()) } else { Err(self.damaged("its footer is not there; it was cut off")) }
    }

    fn decode(
        &self,
        decoder: &mut StreamDecoder,
        bytes: Vec<u8>,
        each: &mut dyn FnMut(RecordBatch) -> Result<(), CollectError>,
    ) -> Result<(), CollectError> {
        let mut buffer = Buffer::from_vec(bytes);
        while !buffer.is_empty() {
            if let Some(batch) = guarded(self.source.name(), FORM, || decoder.decode(&mut buffer))? {
                each(batch)?;
            }
        }
        Ok(())
    }
}
