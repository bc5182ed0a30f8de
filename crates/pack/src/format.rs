//! The layout in bytes: header, table entry, alignment. Encodes and decodes single fields, judges nothing.

use base::Digest;

use crate::codec::Codec;

/// First eight bytes of every pack.
pub const MAGIC: [u8; 8] = *b"ALMANAC\0";

/// The container version that is written, and the only one so far.
pub const CONTAINER_VERSION: u32 = 1;

/// Sections begin at multiples of this.
pub const SECTION_ALIGN: u64 = 64;

pub(crate) const HEADER_LEN: usize = 16;
pub(crate) const ENTRY_LEN: usize = 96;
pub(crate) const NAME_LEN: usize = 32;
pub(crate) const HASH_LEN: usize = 32;
pub(crate) const FLAG_REQUIRED: u8 = 1;

/// What a reader does that does not know a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// It refuses the file.
    Yes,
    /// It skips the section.
    No,
}

/// A table entry as it stands in the file, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RawEntry {
    pub name: [u8; NAME_LEN],
    pub version: u32,
    pub codec: u8,
    pub flags: u8,
    pub reserved: u16,
    pub offset: u64,
    pub stored_len: u64,
    pub raw_len: u64,
    pub digest: Digest,
}

/// A table entry that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub name: String,
    pub version: u32,
    pub codec: Codec,
    pub required: Required,
    pub offset: u64,
    pub stored_len: u64,
    pub raw_len: u64,
    pub digest: Digest,
}

impl RawEntry {
    pub fn decode(bytes: &[u8; ENTRY_LEN]) -> Self {
        Self {
            name: array(bytes, 0),
            version: u32::from_le_bytes(array(bytes, 32)),
            codec: bytes[36],
            flags: bytes[37],
            reserved: u16::from_le_bytes(array(bytes, 38)),
            offset: u64::from_le_bytes(array(bytes, 40)),
            stored_len: u64::from_le_bytes(array(bytes, 48)),
            raw_len: u64::from_le_bytes(array(bytes, 56)),
            digest: Digest(array(bytes, 64)),
        }
    }
}

impl Entry {
    pub fn encode(&self, out: &mut Vec<u8>) {
        let mut name = [0u8; NAME_LEN];
        name[..self.name.len()].copy_from_slice(self.name.as_bytes());
        out.extend_from_slice(&name);
        out.extend_from_slice(&self.version.to_le_bytes());
        out.push(self.codec.id());
        out.push(if self.required == Required::Yes { FLAG_REQUIRED } else { 0 });
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&self.offset.to_le_bytes());
        out.extend_from_slice(&self.stored_len.to_le_bytes());
        out.extend_from_slice(&self.raw_len.to_le_bytes());
        out.extend_from_slice(&self.digest.0);
    }
}

/// Whether a name may name a section.
pub(crate) fn is_name(name: &[u8]) -> bool {
    (1..=NAME_LEN).contains(&name.len())
        && name.iter().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'/' | b'-'))
}

/// The next multiple of [`SECTION_ALIGN`], if 64 bits can count it.
pub(crate) fn aligned(offset: u64) -> Option<u64> {
    offset.checked_next_multiple_of(SECTION_ALIGN)
}

/// `N` bytes of a slice whose length the caller has checked.
pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    bytes[at..at + N].try_into().expect("a slice of N bytes is an array of N bytes")
}
