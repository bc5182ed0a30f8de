//! JSON Lines, and one JSON array with an object a line.

use std::fmt::Write as _;
use std::io::{self, Write};

use arrow_array::ArrayRef;
use base::Cx;
use table::Field;

use super::text::{Cells, Value};
use super::{Output, Sink};

/// Rows that one task formats.
const ROWS_PER_TASK: usize = 8 << 10;

pub struct Json {
    output: Output,
    fields: Vec<Field>,
    is_array: bool,
    n_rows: u64,
}

impl Json {
    pub fn start(output: Output, fields: &[Field], is_array: bool) -> Self {
        Self { output, fields: fields.to_vec(), is_array, n_rows: 0 }
    }

    fn format(&self, arrays: &[ArrayRef], low: usize, high: usize) -> String {
        let cells: Vec<Cells<'_>> = self.fields.iter().zip(arrays).map(|(f, a)| Cells::of(f, a)).collect();
        let mut out = String::new();
        let mut bare = String::new();
        for row in low..high {
            if self.is_array {
                out.push_str(if self.n_rows == 0 && row == 0 { "[\n" } else { ",\n" });
            }
            out.push('{');
            for (i, (field, column)) in self.fields.iter().zip(&cells).enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push_string(&mut out, &field.name);
                out.push(':');
                bare.clear();
                match column.value(row, &mut bare) {
                    Value::Missing => out.push_str("null"),
                    Value::Text(text) => push_string(&mut out, text),
                    Value::Bare(true) => push_string(&mut out, &bare),
                    Value::Bare(false) => out.push_str(&bare),
                }
            }
            out.push('}');
            if !self.is_array {
                out.push('\n');
            }
        }
        out
    }
}

impl Sink for Json {
    fn write(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> io::Result<()> {
        let n_rows = arrays.first().map_or(0, |a| a.len());
        let n_tasks = n_rows.div_ceil(ROWS_PER_TASK);
        let parts = cx.map(n_tasks, |i| self.format(arrays, i * ROWS_PER_TASK, n_rows.min((i + 1) * ROWS_PER_TASK)));
        self.n_rows += n_rows as u64;
        parts.iter().try_for_each(|part| self.output.write_all(part.as_bytes()))
    }

    fn finish(mut self: Box<Self>) -> io::Result<Output> {
        if self.is_array {
            self.output.write_all(if self.n_rows == 0 { b"[]\n" } else { b"\n]\n" })?;
        }
        Ok(self.output)
    }
}

fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => {
                let _infallible = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
