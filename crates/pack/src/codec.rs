//! How a section's bytes are stored: as they are, or as one zstd frame. Decoding is bounded by what was declared.

use std::io::Read;

use zstd::zstd_safe;

use crate::limits::{ZSTD_WINDOW_LOG_MAX, raw_allowed};

/// Fixed, so that equal sections give equal bytes. On arrays of floats level 3 writes 100 MB a second and level 9
/// 18 MB, for a file that is 16 % smaller.
const ZSTD_LEVEL: i32 = 3;

/// Output is decoded in pieces of this length, so that memory follows what a frame really holds.
const PIECE_BYTES: usize = 128 << 10;

/// How a real frame begins; zstd's skippable frames begin otherwise.
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// How a section is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// As it is.
    Raw,
    /// As one zstd frame. A writer that is told `Zstd` stores the section raw where that is not longer, or where the
    /// frame would be so small that a reader must suspect it (see [`limits`](crate::limits::RAW_PER_STORED_MAX)).
    Zstd,
}

impl Codec {
    pub(crate) fn id(self) -> u8 {
        match self {
            Self::Raw => 0,
            Self::Zstd => 1,
        }
    }

    pub(crate) fn from_id(id: u8) -> Option<Self> {
        match id {
            0 => Some(Self::Raw),
            1 => Some(Self::Zstd),
            _ => None,
        }
    }
}

/// The bytes as they will be stored, and the codec that was taken.
pub(crate) fn encode(codec: Codec, raw: Vec<u8>) -> std::io::Result<(Codec, Vec<u8>)> {
    if codec == Codec::Zstd {
        let stored = zstd::bulk::compress(&raw, ZSTD_LEVEL)?;
        if stored.len() < raw.len() && raw.len() as u64 <= raw_allowed(stored.len() as u64) {
            return Ok((Codec::Zstd, stored));
        }
    }
    Ok((Codec::Raw, raw))
}

/// Decodes exactly one zstd frame of exactly `raw_len` bytes; never holds more than that and one window.
pub(crate) fn decode_zstd(stored: &[u8], raw_len: usize) -> Result<Vec<u8>, String> {
    check_frame(stored, raw_len)?;
    let mut decoder = zstd::stream::read::Decoder::with_buffer(stored).map_err(|e| e.to_string())?.single_frame();
    decoder.window_log_max(ZSTD_WINDOW_LOG_MAX).map_err(|e| e.to_string())?;
    let mut out = Vec::new();
    let mut piece = vec![0u8; PIECE_BYTES.min(raw_len + 1)];
    loop {
        let n = decoder.read(&mut piece).map_err(|e| e.to_string())?;
        if n == 0 {
            break;
        }
        let room = raw_len - out.len();
        if n > room {
            return Err(format!("it is longer than the {raw_len} bytes that it declares"));
        }
        if out.capacity() - out.len() < n {
            out.reserve_exact(room.min(n.max(out.len())));
        }
        out.extend_from_slice(&piece[..n]);
    }
    if out.len() == raw_len { Ok(out) } else { Err(format!("it has {} bytes and declares {raw_len}", out.len())) }
}

/// One frame, nothing after it, and its own header agrees with the table.
fn check_frame(stored: &[u8], raw_len: usize) -> Result<(), String> {
    if !stored.starts_with(&ZSTD_MAGIC) {
        return Err("it does not begin as a zstd frame".to_owned());
    }
    let frame_len = zstd_safe::find_frame_compressed_size(stored)
        .map_err(|code| format!("no zstd frame: {}", zstd_safe::get_error_name(code)))?;
    if frame_len != stored.len() {
        return Err(format!("its zstd frame ends {} bytes early", stored.len() - frame_len));
    }
    match zstd_safe::get_frame_content_size(stored) {
        Ok(Some(n)) if n == raw_len as u64 => Ok(()),
        Ok(Some(n)) => Err(format!("its zstd frame holds {n} bytes and the table declares {raw_len}")),
        Ok(None) => Err("its zstd frame does not say how long it is".to_owned()),
        Err(_) => Err("its zstd frame has no valid header".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_shrink_is_stored_raw() {
        assert_eq!(encode(Codec::Zstd, vec![]).expect("encodes"), (Codec::Raw, vec![]));
        assert_eq!(encode(Codec::Zstd, b"abc".to_vec()).expect("encodes").0, Codec::Raw);
        assert_eq!(encode(Codec::Zstd, vec![0; 4096]).expect("encodes").0, Codec::Zstd);
    }

    #[test]
    fn what_shrinks_too_well_is_stored_raw() {
        let zeros = vec![0; 64 << 20];
        assert_eq!(encode(Codec::Zstd, zeros).expect("encodes").0, Codec::Raw);
    }

    #[test]
    fn frames_that_lie_are_refused() {
        let frame = zstd::bulk::compress(&[7; 1000], 3).expect("compresses");
        assert_eq!(decode_zstd(&frame, 1000).expect("decodes"), vec![7; 1000]);
        assert!(decode_zstd(&frame, 999).is_err());
        assert!(decode_zstd(&frame, 1001).is_err());
        assert!(decode_zstd(&frame[..frame.len() - 1], 1000).is_err());
        let twice = [frame.clone(), frame].concat();
        assert!(decode_zstd(&twice, 1000).is_err());
        assert!(decode_zstd(&[], 0).is_err());
        // A skippable frame holds nothing and would hide bytes.
        assert!(decode_zstd(&[0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9], 0).is_err());
    }
}
