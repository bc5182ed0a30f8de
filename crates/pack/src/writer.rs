//! Writes a pack. Equal sections give equal bytes, in whatever order they were added.

use std::collections::BTreeMap;

use base::Digest;
use serde::Serialize;

use crate::codec::{self, Codec};
use crate::error::PackError;
use crate::format::{CONTAINER_VERSION, ENTRY_LEN, Entry, HASH_LEN, HEADER_LEN, MAGIC, Required, aligned, is_name};
use crate::limits::{Limits, MANIFEST_BYTES_MAX};
use crate::reader::MANIFEST;

/// Collects sections and lays them out. It keeps to the default [`Limits`], so what it writes can be read.
#[derive(Debug, Default)]
pub struct PackWriter {
    sections: BTreeMap<String, Pending>,
    raw_total: u64,
    stored_total: u64,
}

#[derive(Debug)]
struct Pending {
    version: u32,
    required: Required,
    codec: Codec,
    raw_len: u64,
    stored: Vec<u8>,
}

impl PackWriter {
    /// A pack without sections.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a section: a name of 1 to 32 characters of `a-z 0-9 . _ / -`, the version of its kind, whether a reader
    /// that does not know it must refuse the file, how it should be stored, its bytes.
    ///
    /// # Errors
    /// [`PackError::Unwritable`] for a name that is wrong or taken, or sizes beyond the default limits.
    pub fn section(
        &mut self,
        name: &str,
        version: u32,
        required: Required,
        codec: Codec,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<(), PackError> {
        let refuse = |problem: &str| PackError::Unwritable { section: name.to_owned(), problem: problem.to_owned() };
        if !is_name(name.as_bytes()) {
            return Err(refuse("its name is not 1 to 32 characters of `a-z 0-9 . _ / -`"));
        }
        if self.sections.contains_key(name) {
            return Err(refuse("there is one of this name already"));
        }
        let limits = Limits::default();
        let raw: Vec<u8> = bytes.into();
        let raw_len = raw.len() as u64;
        let (codec, stored) = codec::encode(codec, raw).map_err(|e| refuse(&format!("zstd failed: {e}")))?;
        let raw_total = self.raw_total.saturating_add(raw_len);
        // An upper bound of what the section adds to the file: its bytes, its entry, its padding.
        let stored_total = self.stored_total.saturating_add(stored.len() as u64 + ENTRY_LEN as u64 + 64);
        if raw_len > limits.section_raw_bytes_max
            || raw_total > limits.total_raw_bytes_max
            || stored_total > limits.file_bytes_max - 256
            || self.sections.len() >= limits.sections_max as usize
        {
            return Err(refuse("it makes the file larger than may be read"));
        }
        (self.raw_total, self.stored_total) = (raw_total, stored_total);
        self.sections.insert(name.to_owned(), Pending { version, required, codec, raw_len, stored });
        Ok(())
    }

    /// Adds the manifest: a required section of canonical JSON, stored as it is so that other tools can find it. Its
    /// key `written_by` (such as `almanac 0.1.0`) is what a reader that cannot read the file tells the user.
    ///
    /// # Errors
    /// [`PackError::Unwritable`] if the value is not a JSON object, is too long, or the manifest is there already.
    pub fn manifest<T: Serialize + ?Sized>(&mut self, version: u32, value: &T) -> Result<(), PackError> {
        let refuse = |problem: String| PackError::Unwritable { section: MANIFEST.to_owned(), problem };
        let bytes = base::json::canonical(value).map_err(|e| refuse(e.to_string()))?;
        if bytes.first() != Some(&b'{') {
            return Err(refuse("it is not a JSON object".to_owned()));
        }
        if bytes.len() as u64 > MANIFEST_BYTES_MAX {
            return Err(refuse(format!("it has {} bytes; at most {MANIFEST_BYTES_MAX} are read", bytes.len())));
        }
        self.section(MANIFEST, version, Required::Yes, Codec::Raw, bytes)
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        let count = u32::try_from(self.sections.len()).expect("`section` counts them");
        let table_len = HEADER_LEN + ENTRY_LEN * self.sections.len();
        let entries = self.entries(table_len as u64);
        let end = entries.last().map_or(table_len as u64, |e| e.offset + e.stored_len);
        let capacity = usize::try_from(align(end)).expect("the bytes are in memory") + HASH_LEN;
        let mut out = Vec::with_capacity(capacity);
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&CONTAINER_VERSION.to_le_bytes());
        out.extend_from_slice(&count.to_le_bytes());
        entries.iter().for_each(|e| e.encode(&mut out));
        let table_hash = Digest::of(&out);
        pad(&mut out);
        for pending in self.sections.into_values() {
            out.extend_from_slice(&pending.stored);
            pad(&mut out);
        }
        out.extend_from_slice(&table_hash.0);
        out
    }

    fn entries(&self, table_len: u64) -> Vec<Entry> {
        let mut offset = align(table_len);
        let mut entries = Vec::with_capacity(self.sections.len());
        for (name, pending) in &self.sections {
            let stored_len = pending.stored.len() as u64;
            entries.push(Entry {
                name: name.clone(),
                version: pending.version,
                codec: pending.codec,
                required: pending.required,
                offset,
                stored_len,
                raw_len: pending.raw_len,
                digest: Digest::of(&pending.stored),
            });
            offset = align(offset + stored_len);
        }
        entries
    }
}

fn align(offset: u64) -> u64 {
    aligned(offset).expect("`section` keeps the file under its limit")
}

fn pad(out: &mut Vec<u8>) {
    let end = usize::try_from(align(out.len() as u64)).expect("the bytes are in memory");
    out.resize(end, 0);
}
