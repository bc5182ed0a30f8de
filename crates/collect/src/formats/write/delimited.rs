//! Delimited text: RFC 4180 quoting, `\n` at line ends, a header.

use std::io::{self, Write};

use arrow_array::ArrayRef;
use base::Cx;
use table::Field;

use super::text::{Cells, Value};
use super::{Output, Sink};

/// Rows that one task formats.
const ROWS_PER_TASK: usize = 8 << 10;

pub struct Delimited {
    output: Output,
    fields: Vec<Field>,
    delimiter: u8,
}

impl Delimited {
    pub fn start(mut output: Output, fields: &[Field], delimiter: u8) -> io::Result<Self> {
        let mut header = String::new();
        for (i, field) in fields.iter().enumerate() {
            if i > 0 {
                header.push(char::from(delimiter));
            }
            push_text(&mut header, &field.name, delimiter);
        }
        header.push('\n');
        output.write_all(header.as_bytes())?;
        Ok(Self { output, fields: fields.to_vec(), delimiter })
    }

    fn format(&self, arrays: &[ArrayRef], low: usize, high: usize) -> String {
        let cells: Vec<Cells<'_>> = self.fields.iter().zip(arrays).map(|(f, a)| Cells::of(f, a)).collect();
        let mut out = String::with_capacity((high - low) * cells.len() * 8);
        for row in low..high {
            for (i, column) in cells.iter().enumerate() {
                if i > 0 {
                    out.push(char::from(self.delimiter));
                }
                if let Some(word) = column.word(row) {
                    push_text(&mut out, word, self.delimiter);
                    continue;
                }
                match column.value(row, &mut out) {
                    Value::Text(text) => push_text(&mut out, text, self.delimiter),
                    // A line of its own with nothing in it would be no row.
                    Value::Missing if cells.len() == 1 => out.push_str("\"\""),
                    Value::Missing | Value::Bare(_) => {}
                }
            }
            out.push('\n');
        }
        out
    }
}

impl Sink for Delimited {
    fn write(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> io::Result<()> {
        let n_rows = arrays.first().map_or(0, |a| a.len());
        let n_tasks = n_rows.div_ceil(ROWS_PER_TASK);
        let parts = cx.map(n_tasks, |i| self.format(arrays, i * ROWS_PER_TASK, n_rows.min((i + 1) * ROWS_PER_TASK)));
        parts.iter().try_for_each(|part| self.output.write_all(part.as_bytes()))
    }

    fn finish(self: Box<Self>) -> io::Result<Output> {
        Ok(self.output)
    }
}

/// A text as it is, or in quotes where a reader would take it for something else.
fn push_text(out: &mut String, text: &str, delimiter: u8) {
    let bytes = text.as_bytes();
    let is_blank = |b: Option<&u8>| b.is_none_or(u8::is_ascii_whitespace);
    let is_plain = !bytes.iter().any(|b| matches!(b, b'"' | b'\n' | b'\r') || *b == delimiter)
        && !is_blank(bytes.first())
        && !is_blank(bytes.last())
        && !text.starts_with('\u{feff}');
    if is_plain {
        out.push_str(text);
        return;
    }
    out.push('"');
    for (i, part) in text.split('"').enumerate() {
        if i > 0 {
            out.push_str("\"\"");
        }
        out.push_str(part);
    }
    out.push('"');
}
