//! Reads a pack that nobody vouches for: everything in the table is checked before anything is allocated for it.

use std::borrow::Cow;
use std::sync::Arc;

use base::Digest;
use serde_json::{Map, Value};

use crate::codec::{self, Codec};
use crate::error::{LayoutProblem, NameProblem, PackError};
use crate::format::{
    CONTAINER_VERSION, ENTRY_LEN, Entry, FLAG_REQUIRED, HASH_LEN, HEADER_LEN, MAGIC, RawEntry, Required, SECTION_ALIGN,
    aligned, array, is_name,
};
use crate::limits::{Limits, MANIFEST_BYTES_MAX, raw_allowed};

/// Name of the section that describes the file: a JSON object.
pub const MANIFEST: &str = "manifest";

/// An opened pack. Cheap to clone: the bytes are shared.
#[derive(Clone)]
pub struct Pack {
    bytes: Arc<Vec<u8>>,
    entries: Arc<Vec<Entry>>,
}

/// One section of an opened pack.
#[derive(Clone, Copy)]
pub struct Section<'a> {
    entry: &'a Entry,
    stored: &'a [u8],
}

impl std::fmt::Debug for Pack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pack").field("n_bytes", &self.bytes.len()).field("entries", &self.entries).finish()
    }
}

impl std::fmt::Debug for Section<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.entry.fmt(f)
    }
}

impl Pack {
    /// Opens a pack from the bytes of a file. Header, table, layout and padding are checked here; a section's own
    /// bytes when they are asked for, or by [`Pack::verify`].
    ///
    /// # Errors
    /// One of [`PackError`], for anything that a writer would not have written.
    pub fn open(bytes: impl Into<Arc<Vec<u8>>>, limits: &Limits) -> Result<Self, PackError> {
        let bytes = bytes.into();
        let table = Table::find(&bytes, limits)?;
        if Digest::of(table.hashed).0 != table.hash {
            return Err(table.why_hash_differs(&bytes));
        }
        let mut entries = Vec::with_capacity(table.raw.len());
        for (idx, raw) in table.raw.iter().enumerate() {
            entries.push(check_entry(idx, raw, limits)?);
        }
        check_order(&entries)?;
        check_total(&entries, limits)?;
        let end = check_layout(&entries, table.hashed.len() as u64, bytes.len() as u64)?;
        check_end(end, bytes.len() as u64)?;
        check_padding(&entries, &bytes, table.hashed.len())?;
        Ok(Self { bytes, entries: Arc::new(entries) })
    }

    /// A section by name.
    pub fn section(&self, name: &str) -> Option<Section<'_>> {
        let idx = self.entries.binary_search_by(|e| e.name.as_str().cmp(name)).ok()?;
        Some(self.at(&self.entries[idx]))
    }

    /// All sections, by name.
    pub fn sections(&self) -> impl Iterator<Item = Section<'_>> {
        self.entries.iter().map(|e| self.at(e))
    }

    /// A section that must be there, in one of the versions that the caller reads.
    ///
    /// # Errors
    /// [`PackError::MissingSection`]; [`PackError::SectionVersion`], which names the program that wrote the file.
    pub fn require(&self, name: &str, supported: &[u32]) -> Result<Section<'_>, PackError> {
        let section = self.section(name).ok_or_else(|| PackError::MissingSection { section: name.to_owned() })?;
        if !supported.contains(&section.version()) {
            return Err(PackError::SectionVersion {
                section: name.to_owned(),
                found: section.version(),
                supported: supported.to_vec(),
                written_by: self.written_by(),
            });
        }
        Ok(section)
    }

    /// Checks the file against the sections that the caller knows; `known` says so of a name. Returns the names of
    /// the optional sections that will be skipped.
    ///
    /// # Errors
    /// [`PackError::UnknownRequired`] for a section that must be understood and is not known.
    pub fn check_known(&self, known: impl Fn(&str) -> bool) -> Result<Vec<&str>, PackError> {
        let mut skipped = Vec::new();
        for entry in self.entries.iter().filter(|e| !known(&e.name)) {
            if entry.required == Required::Yes {
                return Err(PackError::UnknownRequired { section: entry.name.clone(), written_by: self.written_by() });
            }
            skipped.push(entry.name.as_str());
        }
        Ok(skipped)
    }

    /// The manifest.
    ///
    /// # Errors
    /// [`PackError::MissingSection`], those of [`Section::bytes`], [`PackError::OverLimit`], [`PackError::Manifest`].
    pub fn manifest(&self) -> Result<Map<String, Value>, PackError> {
        let section =
            self.section(MANIFEST).ok_or_else(|| PackError::MissingSection { section: MANIFEST.to_owned() })?;
        limit("the length of the manifest", section.raw_len(), MANIFEST_BYTES_MAX)?;
        serde_json::from_slice(&section.bytes()?).map_err(|e| PackError::Manifest { problem: e.to_string() })
    }

    /// The program that wrote the file, as the manifest's `written_by` says; nothing if it does not.
    pub fn written_by(&self) -> Option<String> {
        Some(self.manifest().ok()?.get("written_by")?.as_str()?.to_owned())
    }

    /// Reads every section once. After it, all bytes of the file have been checked.
    ///
    /// # Errors
    /// Those of [`Section::bytes`].
    pub fn verify(&self) -> Result<(), PackError> {
        self.sections().try_for_each(|s| s.bytes().map(drop))
    }

    /// The file's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn at<'a>(&'a self, entry: &'a Entry) -> Section<'a> {
        let range = entry.offset as usize..(entry.offset + entry.stored_len) as usize;
        Section { entry, stored: &self.bytes[range] }
    }
}

impl<'a> Section<'a> {
    /// Its name.
    pub fn name(&self) -> &'a str {
        &self.entry.name
    }

    /// Version of its kind.
    pub fn version(&self) -> u32 {
        self.entry.version
    }

    /// Whether a reader that does not know it must refuse the file.
    pub fn required(&self) -> Required {
        self.entry.required
    }

    /// How it is stored.
    pub fn codec(&self) -> Codec {
        self.entry.codec
    }

    /// Bytes in the file.
    pub fn stored_len(&self) -> u64 {
        self.entry.stored_len
    }

    /// Bytes that [`Section::bytes`] gives.
    pub fn raw_len(&self) -> u64 {
        self.entry.raw_len
    }

    /// BLAKE3 of the stored bytes.
    pub fn digest(&self) -> Digest {
        self.entry.digest
    }

    /// The content, after its hash has been checked: borrowed where it is stored as it is. At most
    /// [`Section::raw_len`] bytes are allocated, and one window of the decoder.
    ///
    /// # Errors
    /// [`PackError::SectionHash`] for damaged bytes, [`PackError::Decode`] for bytes that are not what they declare.
    pub fn bytes(&self) -> Result<Cow<'a, [u8]>, PackError> {
        let name = || self.entry.name.clone();
        if Digest::of(self.stored) != self.entry.digest {
            return Err(PackError::SectionHash { section: name() });
        }
        match self.entry.codec {
            Codec::Raw => Ok(Cow::Borrowed(self.stored)),
            Codec::Zstd => {
                let raw_len = usize::try_from(self.entry.raw_len).map_err(|_| PackError::OverLimit {
                    what: format!("the raw length of section `{}`", self.entry.name),
                    found: self.entry.raw_len,
                    max: usize::MAX as u64,
                })?;
                codec::decode_zstd(self.stored, raw_len)
                    .map(Cow::Owned)
                    .map_err(|problem| PackError::Decode { section: name(), problem })
            }
        }
    }
}

/// The table where the header says it is, unchecked beyond its bounds.
struct Table<'a> {
    hashed: &'a [u8],
    raw: Vec<RawEntry>,
    hash: [u8; HASH_LEN],
}

impl<'a> Table<'a> {
    fn find(bytes: &'a [u8], limits: &Limits) -> Result<Self, PackError> {
        let found = bytes.len() as u64;
        let magic_len = bytes.len().min(MAGIC.len());
        if bytes.is_empty() || bytes[..magic_len] != MAGIC[..magic_len] {
            return Err(PackError::NotAlmanac);
        }
        if bytes.len() < HEADER_LEN {
            return Err(PackError::TooShort { needed: HEADER_LEN as u64, found });
        }
        limit("the length of the file", found, limits.file_bytes_max)?;
        let version = u32::from_le_bytes(array(bytes, 8));
        if version != CONTAINER_VERSION {
            return Err(PackError::ContainerVersion { found: version });
        }
        let count = u32::from_le_bytes(array(bytes, 12));
        limit("the number of sections", u64::from(count), u64::from(limits.sections_max))?;
        let table_len = HEADER_LEN as u64 + ENTRY_LEN as u64 * u64::from(count);
        if found < table_len + HASH_LEN as u64 {
            return Err(PackError::TooShort { needed: table_len + HASH_LEN as u64, found });
        }
        let hashed = &bytes[..table_len as usize];
        let raw = hashed[HEADER_LEN..].as_chunks::<ENTRY_LEN>().0.iter().map(RawEntry::decode).collect();
        Ok(Self { hashed, raw, hash: array(bytes, bytes.len() - HASH_LEN) })
    }

    /// The last bytes are not the table's hash: because the file was cut, because something was added, or because
    /// the table is damaged? Only the message depends on it.
    fn why_hash_differs(&self, bytes: &[u8]) -> PackError {
        let mut end = Some(self.hashed.len() as u64).and_then(aligned);
        for raw in &self.raw {
            end = end.filter(|e| *e == raw.offset).and_then(|e| e.checked_add(raw.stored_len)).and_then(aligned);
        }
        let found = bytes.len() as u64;
        match end.and_then(|e| e.checked_add(HASH_LEN as u64)) {
            Some(needed) if needed > found => PackError::TooShort { needed, found },
            Some(needed)
                if needed < found
                    && Digest::of(self.hashed).0 == array::<HASH_LEN>(bytes, needed as usize - HASH_LEN) =>
            {
                PackError::TrailingBytes { n_bytes: found - needed }
            }
            _ => PackError::TableHash,
        }
    }
}

fn limit(what: &str, found: u64, max: u64) -> Result<(), PackError> {
    if found > max { Err(PackError::OverLimit { what: what.to_owned(), found, max }) } else { Ok(()) }
}

fn check_entry(section_idx: usize, raw: &RawEntry, limits: &Limits) -> Result<Entry, PackError> {
    let name_len = raw.name.iter().position(|b| *b == 0).unwrap_or(raw.name.len());
    let name = String::from_utf8_lossy(&raw.name[..name_len]).into_owned();
    if !is_name(&raw.name[..name_len]) || raw.name[name_len..].iter().any(|b| *b != 0) {
        return Err(PackError::Name { section_idx, name, problem: NameProblem::Spelling });
    }
    let encoding = |field, found| PackError::Encoding { section: name.clone(), field, found };
    let codec = Codec::from_id(raw.codec).ok_or_else(|| encoding("codec", u16::from(raw.codec)))?;
    let required = match raw.flags {
        0 => Required::No,
        FLAG_REQUIRED => Required::Yes,
        other => return Err(encoding("flags", u16::from(other))),
    };
    if raw.reserved != 0 {
        return Err(encoding("reserved", raw.reserved));
    }
    limit(&format!("the raw length of section `{name}`"), raw.raw_len, limits.section_raw_bytes_max)?;
    match codec {
        Codec::Raw if raw.raw_len != raw.stored_len => {
            return Err(PackError::Layout { section: name, problem: LayoutProblem::LengthsDiffer });
        }
        Codec::Zstd => {
            limit(&format!("the growth of section `{name}`"), raw.raw_len, raw_allowed(raw.stored_len))?;
        }
        Codec::Raw => {}
    }
    let (version, offset, stored_len, raw_len) = (raw.version, raw.offset, raw.stored_len, raw.raw_len);
    Ok(Entry { name, version, codec, required, offset, stored_len, raw_len, digest: raw.digest })
}

fn check_order(entries: &[Entry]) -> Result<(), PackError> {
    for (idx, pair) in entries.windows(2).enumerate() {
        let problem = match pair[0].name.cmp(&pair[1].name) {
            std::cmp::Ordering::Less => continue,
            std::cmp::Ordering::Equal => NameProblem::Duplicate,
            std::cmp::Ordering::Greater => NameProblem::Order,
        };
        return Err(PackError::Name { section_idx: idx + 1, name: pair[1].name.clone(), problem });
    }
    Ok(())
}

fn check_total(entries: &[Entry], limits: &Limits) -> Result<(), PackError> {
    let total = entries.iter().fold(0u64, |sum, e| sum.saturating_add(e.raw_len));
    limit("the raw length of all sections", total, limits.total_raw_bytes_max)
}

/// Sections stand in the order of the table, each at the first multiple of 64 after the one before. Returns where
/// the table's hash begins.
fn check_layout(entries: &[Entry], table_len: u64, file_len: u64) -> Result<u64, PackError> {
    let mut cursor = aligned(table_len).expect("the table is in memory");
    for entry in entries {
        let wrong = |problem| PackError::Layout { section: entry.name.clone(), problem };
        if !entry.offset.is_multiple_of(SECTION_ALIGN) {
            return Err(wrong(LayoutProblem::Misaligned));
        }
        if entry.offset < cursor {
            return Err(wrong(LayoutProblem::Overlaps));
        }
        let end = entry.offset.checked_add(entry.stored_len).ok_or_else(|| wrong(LayoutProblem::OutOfBounds))?;
        if end > file_len - HASH_LEN as u64 {
            return Err(wrong(LayoutProblem::OutOfBounds));
        }
        if entry.offset > cursor {
            return Err(wrong(LayoutProblem::Gap));
        }
        cursor = aligned(end).ok_or_else(|| wrong(LayoutProblem::OutOfBounds))?;
    }
    Ok(cursor)
}

fn check_end(end: u64, file_len: u64) -> Result<(), PackError> {
    let needed = end + HASH_LEN as u64;
    match needed.cmp(&file_len) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Less => Err(PackError::TrailingBytes { n_bytes: file_len - needed }),
        std::cmp::Ordering::Greater => Err(PackError::TooShort { needed, found: file_len }),
    }
}

fn check_padding(entries: &[Entry], bytes: &[u8], table_len: usize) -> Result<(), PackError> {
    let ends = entries.iter().map(|e| (e.offset + e.stored_len) as usize);
    for end in std::iter::once(table_len).chain(ends) {
        let padding = &bytes[end..end.next_multiple_of(SECTION_ALIGN as usize)];
        if let Some(i) = padding.iter().position(|b| *b != 0) {
            return Err(PackError::Padding { offset: (end + i) as u64 });
        }
    }
    Ok(())
}
