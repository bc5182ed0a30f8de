//! Arrow IPC, file and stream.

use std::io;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::SchemaRef;
use base::Cx;
use table::Field;
use table::column::without_dictionary;

use super::parquet::{arrow_schema_of, under};
use super::{Output, Sink};

pub struct Ipc {
    schema: SchemaRef,
    writer: Writer,
}

enum Writer {
    File(FileWriter<Output>),
    Stream(StreamWriter<Output>),
}

impl Ipc {
    pub fn start(output: Output, fields: &[Field], is_stream: bool) -> io::Result<Self> {
        let schema = arrow_schema_of(fields);
        let writer = match is_stream {
            true => Writer::Stream(StreamWriter::try_new(output, &schema).map_err(io::Error::other)?),
            false => Writer::File(FileWriter::try_new(output, &schema).map_err(io::Error::other)?),
        };
        Ok(Self { schema, writer })
    }
}

impl Sink for Ipc {
    fn write(&mut self, _cx: &Cx, arrays: &[ArrayRef]) -> io::Result<()> {
        // Text goes plain: dictionaries of one column differ from block to block.
        let typed = arrays.iter().zip(self.schema.fields()).map(|(a, f)| under(f.data_type(), &without_dictionary(a)));
        let plain: Vec<ArrayRef> = typed.collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), plain).map_err(io::Error::other)?;
        match &mut self.writer {
            Writer::File(w) => w.write(&batch),
            Writer::Stream(w) => w.write(&batch),
        }
        .map_err(io::Error::other)
    }

    fn finish(self: Box<Self>) -> io::Result<Output> {
        match self.writer {
            Writer::File(mut w) => {
                w.finish().map_err(io::Error::other)?;
                w.into_inner().map_err(io::Error::other)
            }
            Writer::Stream(mut w) => {
                w.finish().map_err(io::Error::other)?;
                w.into_inner().map_err(io::Error::other)
            }
        }
    }
}
