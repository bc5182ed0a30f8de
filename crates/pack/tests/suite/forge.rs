//! Writes packs that our writer refuses to write, with every hash right. Written from the layout's description and
//! not from the writer, so it is also the oracle of what the writer does.

use base::Digest;

/// One entry and the bytes at its offset, every field free.
#[derive(Clone)]
pub struct Forged {
    pub name: [u8; 32],
    pub version: u32,
    pub codec: u8,
    pub flags: u8,
    pub reserved: u16,
    pub offset: u64,
    pub stored_len: u64,
    pub raw_len: u64,
    pub stored: Vec<u8>,
}

pub fn name(text: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out[..text.len()].copy_from_slice(text.as_bytes());
    out
}

/// A raw required section; offset and lengths are filled in by [`lay_out`].
pub fn raw(section: &str, bytes: &[u8]) -> Forged {
    Forged {
        name: name(section),
        version: 0,
        codec: 0,
        flags: 1,
        reserved: 0,
        offset: 0,
        stored_len: bytes.len() as u64,
        raw_len: bytes.len() as u64,
        stored: bytes.to_vec(),
    }
}

/// A zstd section that declares `raw_len`.
pub fn zstd(section: &str, stored: &[u8], raw_len: u64) -> Forged {
    Forged { codec: 1, raw_len, ..raw(section, stored) }
}

/// Gives every section the offset that the layout asks for.
pub fn lay_out(mut sections: Vec<Forged>) -> Vec<Forged> {
    let mut at = (16 + 96 * sections.len() as u64).div_ceil(64) * 64;
    for s in &mut sections {
        s.offset = at;
        at = (at + s.stored.len() as u64).div_ceil(64) * 64;
    }
    sections
}

/// The file: the sections' bytes one after another as an honest writer would place them, whatever their entries say.
pub fn file(sections: &[Forged]) -> Vec<u8> {
    file_with(sections, 1, u32::try_from(sections.len()).expect("few"))
}

pub fn file_with(sections: &[Forged], version: u32, count: u32) -> Vec<u8> {
    let mut out = b"ALMANAC\0".to_vec();
    out.extend(version.to_le_bytes());
    out.extend(count.to_le_bytes());
    for s in sections {
        out.extend(s.name);
        out.extend(s.version.to_le_bytes());
        out.extend([s.codec, s.flags]);
        out.extend(s.reserved.to_le_bytes());
        out.extend(s.offset.to_le_bytes());
        out.extend(s.stored_len.to_le_bytes());
        out.extend(s.raw_len.to_le_bytes());
        out.extend(Digest::of(&s.stored).0);
    }
    let hash = Digest::of(&out).0;
    for s in sections {
        out.resize(out.len().div_ceil(64) * 64, 0);
        out.extend(&s.stored);
    }
    out.resize(out.len().div_ceil(64) * 64, 0);
    out.extend(hash);
    out
}

/// Writes the table's hash anew, as someone does who changes a file on purpose.
pub fn rehash(bytes: &mut [u8]) {
    if bytes.len() < 48 {
        return;
    }
    let count = u32::from_le_bytes(bytes[12..16].try_into().expect("four bytes")) as usize;
    let table_len = 16usize.saturating_add(count.saturating_mul(96));
    let at = bytes.len() - 32;
    if table_len <= at {
        let hash = Digest::of(&bytes[..table_len]).0;
        bytes[at..].copy_from_slice(&hash);
    }
}
