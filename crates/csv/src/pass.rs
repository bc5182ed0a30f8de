//! One pass over files: blocks are cut in order, parsed on all threads, and handed on in order. A few blocks are in
//! memory at a time; the next ones are read while these are parsed.

use base::Cx;

use crate::blocks::{Block, Blocks};
use crate::failure::ReadError;
use crate::parse::{Parsed, Task, parse};
use crate::part::{Part, io_error, open};
use crate::source::Source;

/// Where a block stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// Position of the file.
    pub part_idx: usize,
    /// Position of the block among those of all files.
    pub block_idx: usize,
    /// Line of its first record, from 1.
    pub first_line: u64,
}

/// Who wants the blocks.
pub trait Taker {
    /// What is to be done with the next blocks of a file.
    fn task(&mut self, part_idx: usize) -> Task;

    /// Whether a block is wanted.
    fn wants(&self, block_idx: usize) -> bool {
        let _ = block_idx;
        true
    }

    /// Takes a block that was wanted.
    ///
    /// # Errors
    /// Whatever ends the pass.
    fn take(&mut self, spot: Spot, parsed: Parsed) -> Result<(), ReadError>;
}

/// Runs a pass.
///
/// # Errors
/// Those of reading and of the taker, the first one in the order of the files; [`ReadError::Cancelled`].
pub fn run(
    cx: &Cx,
    sources: &[&dyn Source],
    parts: &[Part],
    block_bytes: usize,
    taker: &mut dyn Taker,
) -> Result<(), ReadError> {
    let mut block_idx = 0;
    for (part_idx, part) in parts.iter().enumerate() {
        cx.progress().begin(&format!("reading {}", part.file), None);
        let done = run_part(cx, sources[part_idx], part, part_idx, block_bytes, &mut block_idx, taker);
        cx.progress().end();
        done?;
    }
    Ok(())
}

fn run_part(
    cx: &Cx,
    source: &dyn Source,
    part: &Part,
    part_idx: usize,
    block_bytes: usize,
    block_idx: &mut usize,
    taker: &mut dyn Taker,
) -> Result<(), ReadError> {
    let reader = open(source, part.encoding, part.dialect.data_offset)?;
    let mut blocks = Blocks::new(reader, part.dialect.grammar, block_bytes);
    let wave_len = cx.threads() * 2;
    let mut spare: Vec<Vec<u8>> = Vec::new();
    let mut first_line = part.dialect.data_line;
    let mut wave = fill(&mut blocks, wave_len, &mut spare);
    loop {
        cx.check_cancelled()?;
        let (current, error) = wave;
        if current.is_empty() {
            return error.map_or(Ok(()), |e| Err(io_error(&part.file, e)));
        }
        let task = taker.task(part_idx);
        let first_idx = *block_idx;
        let wanted: Vec<bool> = (0..current.len()).map(|i| taker.wants(first_idx + i)).collect();
        let parse_one = |i: usize, block: Block| {
            let parsed = wanted[i].then(|| parse(&block, &task));
            (block.bytes, block.len, parsed)
        };
        let (next, parsed) = cx.join(|| fill(&mut blocks, wave_len, &mut spare), || cx.map_items(current, parse_one));
        wave = match error {
            None => next,
            Some(e) => (Vec::new(), Some(e)),
        };
        for (bytes, len, parsed) in parsed {
            if let Some(parsed) = parsed {
                let n_lines = parsed.n_lines;
                taker.take(Spot { part_idx, block_idx: *block_idx, first_line }, parsed)?;
                first_line += n_lines;
            }
            *block_idx += 1;
            cx.progress().advance(len as u64);
            spare.push(bytes);
        }
    }
}

/// The next blocks, and the error that ended them.
fn fill(blocks: &mut Blocks, n: usize, spare: &mut Vec<Vec<u8>>) -> (Vec<Block>, Option<std::io::Error>) {
    let mut out = Vec::with_capacity(n);
    while out.len() < n {
        match blocks.next(spare.pop().unwrap_or_default()) {
            Ok(Some(block)) => out.push(block),
            Ok(None) => break,
            Err(e) => return (out, Some(e)),
        }
    }
    (out, None)
}
