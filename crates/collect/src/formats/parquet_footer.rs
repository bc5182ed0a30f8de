//! A look at a Parquet file's footer before the decoder sees it: every list that it declares must fit into the bytes
//! that are there, so that no declared length makes the decoder allocate more.
//!
//! Not here: the meaning of the footer. Reference: Thrift compact protocol.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

/// Longest footer that is read.
const FOOTER_BYTES_MAX: u64 = 512 << 20;
const NESTING_MAX: usize = 16;

/// Checks the footer's frame and its lists.
///
/// # Errors
/// What is wrong, in words.
pub fn check(file: &mut File) -> Result<(), String> {
    let io = |e: std::io::Error| e.to_string();
    let n_bytes = file.metadata().map_err(io)?.len();
    if n_bytes < 12 {
        return Err(format!("it has only {n_bytes} bytes"));
    }
    file.seek(SeekFrom::End(-8)).map_err(io)?;
    let mut tail = [0u8; 8];
    file.read_exact(&mut tail).map_err(io)?;
    let [a, b, c, d, magic @ ..] = tail;
    match &magic {
        b"PAR1" => {}
        b"PARE" => return Err("its footer is encrypted".into()),
        _ => return Err("it does not end as a Parquet file does; it was cut off".into()),
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if length > n_bytes - 12 || length > FOOTER_BYTES_MAX {
        return Err(format!("its footer claims {length} bytes of {n_bytes}"));
    }
    file.seek(SeekFrom::End(-8 - length as i64)).map_err(io)?;
    let mut footer = Vec::new();
    file.take(length).read_to_end(&mut footer).map_err(io)?;
    check_struct(&footer).map_err(|()| "its footer does not hold what it declares".to_owned())
}

fn check_struct(bytes: &[u8]) -> Result<(), ()> {
    let mut walk = Walk { rest: bytes };
    walk.fields(0)
}

struct Walk<'a> {
    rest: &'a [u8],
}

impl Walk<'_> {
    fn byte(&mut self) -> Result<u8, ()> {
        let (first, rest) = self.rest.split_first().ok_or(())?;
        self.rest = rest;
        Ok(*first)
    }

    fn skip(&mut self, n: u64) -> Result<(), ()> {
        let n = usize::try_from(n).map_err(|_| ())?;
        self.rest = self.rest.get(n..).ok_or(())?;
        Ok(())
    }

    fn number(&mut self) -> Result<u64, ()> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(())
    }

    fn fields(&mut self, depth: usize) -> Result<(), ()> {
        if depth > NESTING_MAX {
            return Err(());
        }
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Ok(());
            }
            if head >> 4 == 0 {
                self.number()?;
            }
            // A boolean field has its value in its type.
            if !matches!(head & 15, 1 | 2) {
                self.value(head & 15, depth)?;
            }
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Result<(), ()> {
        match kind {
            1..=3 => self.skip(1),
            4..=6 => self.number().map(drop),
            7 => self.skip(8),
            8 => {
                let n = self.number()?;
                self.skip(n)
            }
            9 | 10 => {
                let head = self.byte()?;
                let n = if head >> 4 == 15 { self.number()? } else { u64::from(head >> 4) };
                self.items(n, &[head & 15], depth)
            }
            11 => match self.number()? {
                0 => Ok(()),
                n => {
                    let kinds = self.byte()?;
                    self.items(n, &[kinds >> 4, kinds & 15], depth)
                }
            },
            12 => self.fields(depth + 1),
            13 => self.skip(16),
            _ => Err(()),
        }
    }

    fn items(&mut self, n: u64, kinds: &[u8], depth: usize) -> Result<(), ()> {
        // Each item takes at least one byte.
        if n > self.rest.len() as u64 || depth > NESTING_MAX {
            return Err(());
        }
        for _ in 0..n {
            for kind in kinds {
                self.value(*kind, depth + 1)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_longer_than_the_bytes_is_refused() {
        // Field 4, a list of structs that claims 2^31 - 1 items.
        let claim = [0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0x00];
        assert_eq!(check_struct(&claim), Err(()));
        assert_eq!(check_struct(&[0x15, 0x02, 0x00]), Ok(()));
        assert_eq!(check_struct(&[]), Err(()));
        // Structs inside structs without end.
        assert_eq!(check_struct(&[0x1c; 100]), Err(()));
    }
}
