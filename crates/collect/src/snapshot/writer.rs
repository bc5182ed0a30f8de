//! Writing a snapshot block by block in bounded memory: values are hashed and encoded as they come, and the folder
//! appears under its id when all is there.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use arrow_array::ArrayRef;
use base::{Cx, Digest, Findings, StableHasher};
use objects::{Published, Staging, Store};
use table::datetime::{Moment, format_rfc3339};
use table::{Field, Kind};

use super::SnapshotError;
use super::identity::ColumnHasher;
use super::manifest::{ColumnEntry, FILE, KeptFindings, Manifest, Part, VERSION};
use crate::error::CollectError;
use crate::formats::SourceInfo;
use crate::formats::write::ParquetSink;
use infer::Proposal;

/// Bytes of a part after which the next one begins.
const PART_BYTES: u64 = 1 << 30;

/// A snapshot that is being written.
pub struct SnapshotWriter {
    staging: Staging,
    fields: Vec<Field>,
    told: Vec<Option<Kind>>,
    hashers: Vec<ColumnHasher>,
    parts: PartWriter,
    n_rows: u64,
}

/// What is known only when all rows are there.
pub struct About {
    /// The files.
    pub sources: Vec<SourceInfo>,
    /// What training would change.
    pub proposals: Vec<Proposal>,
    /// What reading had to say.
    pub findings: Findings,
    /// Rows that were set aside: written with a [`PartWriter`] in [`SnapshotWriter::folder`].
    pub quarantine: Vec<Part>,
}

impl SnapshotWriter {
    /// Starts a snapshot of some columns; `told` are the kinds that a person said.
    ///
    /// # Errors
    /// Those of the store.
    pub fn start(store: &Store, fields: &[Field], told: Vec<Option<Kind>>) -> Result<Self, CollectError> {
        let staging = store.stage().map_err(SnapshotError::from)?;
        let parts = PartWriter::start(staging.path(), "part", fields)?;
        let hashers = fields.iter().map(|f| ColumnHasher::new(f.dtype)).collect();
        Ok(Self { staging, fields: fields.to_vec(), told, hashers, parts, n_rows: 0 })
    }

    /// The folder that is being written.
    pub fn folder(&self) -> &Path {
        self.staging.path()
    }

    /// Adds rows: an array a field, all of one length.
    ///
    /// # Errors
    /// Those of the disk; cancellation.
    pub fn add(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> Result<(), CollectError> {
        cx.check_cancelled()?;
        let pairs: Vec<_> = std::mem::take(&mut self.hashers).into_iter().zip(arrays).collect();
        self.hashers = cx.map_items(pairs, |_, (mut hasher, array)| {
            hasher.add(array);
            hasher
        });
        self.n_rows += arrays.first().map_or(0, |a| a.len()) as u64;
        self.parts.add(cx, arrays)
    }

    /// Ends the snapshot: it appears under its id, or is dropped if one of this id is there. Returns the manifest that
    /// is in the store then, and whether it is this one.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn publish(self, cx: &Cx, store: &Store, about: About) -> Result<(Manifest, bool), CollectError> {
        let columns: Vec<ColumnEntry> = self
            .fields
            .into_iter()
            .zip(self.told)
            .zip(self.hashers)
            .map(|((field, told), hasher)| {
                let n_missing = hasher.n_missing();
                ColumnEntry { field, told, n_missing, digest: hasher.finish() }
            })
            .collect();
        let mut manifest = Manifest {
            version: VERSION,
            id: Digest([0; 32]),
            created: format_rfc3339(Moment::Datetime(cx.now_ms().saturating_mul(1000))),
            n_rows: self.n_rows,
            sources: about.sources,
            columns,
            proposals: about.proposals,
            findings: KeptFindings::of(&about.findings),
            parts: self.parts.finish(cx)?,
            quarantine: about.quarantine,
            checksum: None,
        };
        manifest.id = manifest.identity();
        let name = super::name_of(&manifest.id.to_hex());
        if let Some(folder) = store.folder(&name).map_err(SnapshotError::from)? {
            return Ok((Manifest::read(&folder)?, false));
        }
        let path = self.staging.path().join(FILE);
        let io = |source| CollectError::Io { path: path.display().to_string(), source };
        let bytes = manifest.to_bytes().map_err(|e| io(io::Error::other(e)))?;
        std::fs::write(&path, bytes).map_err(io)?;
        match self.staging.publish(&name).map_err(SnapshotError::from)? {
            Published::New => Ok((manifest, true)),
            Published::AlreadyThere => match store.folder(&name).map_err(SnapshotError::from)? {
                Some(folder) => Ok((Manifest::read(&folder)?, false)),
                None => Ok((manifest, true)),
            },
        }
    }
}

/// Parquet files `<stem>-00000.parquet`, … of bounded size.
pub struct PartWriter {
    folder: PathBuf,
    stem: &'static str,
    fields: Vec<Field>,
    open: Option<ParquetSink<Hashed>>,
    done: Vec<Part>,
}

impl PartWriter {
    /// Starts the first file.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn start(folder: &Path, stem: &'static str, fields: &[Field]) -> Result<Self, CollectError> {
        let mut new = Self { folder: folder.to_owned(), stem, fields: fields.to_vec(), open: None, done: Vec::new() };
        new.next()?;
        Ok(new)
    }

    fn name(&self) -> String {
        format!("{}-{:05}.parquet", self.stem, self.done.len())
    }

    fn io(&self) -> impl Fn(io::Error) -> CollectError + use<> {
        let path = self.folder.join(self.name()).display().to_string();
        move |source| CollectError::Io { path: path.clone(), source }
    }

    fn next(&mut self) -> Result<(), CollectError> {
        let io = self.io();
        let file = Hashed::create(&self.folder.join(self.name())).map_err(&io)?;
        self.open = Some(ParquetSink::start(file, &self.fields).map_err(&io)?);
        Ok(())
    }

    /// Adds rows.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn add(&mut self, cx: &Cx, arrays: &[ArrayRef]) -> Result<(), CollectError> {
        if self.open.is_none() {
            self.next()?;
        }
        let io = self.io();
        if let Some(sink) = &mut self.open {
            sink.add(cx, arrays).map_err(&io)?;
            if sink.n_bytes() > PART_BYTES {
                self.close(cx)?;
            }
        }
        Ok(())
    }

    fn close(&mut self, cx: &Cx) -> Result<(), CollectError> {
        let io = self.io();
        if let Some(sink) = self.open.take() {
            let n_rows = sink.n_rows();
            let (n_bytes, blake3) = sink.end(cx).and_then(Hashed::finish).map_err(&io)?;
            let name = self.name();
            self.done.push(Part { name, n_rows, n_bytes, blake3 });
        }
        Ok(())
    }

    /// Ends the last file.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn finish(mut self, cx: &Cx) -> Result<Vec<Part>, CollectError> {
        self.close(cx)?;
        Ok(self.done)
    }
}

/// A file whose bytes are hashed as they are written.
struct Hashed {
    file: BufWriter<File>,
    hasher: StableHasher,
    n_bytes: u64,
}

impl Hashed {
    fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::with_capacity(1 << 18, File::create_new(path)?);
        Ok(Self { file, hasher: super::part_hasher(), n_bytes: 0 })
    }

    fn finish(mut self) -> io::Result<(u64, Digest)> {
        self.file.flush()?;
        Ok((self.n_bytes, self.hasher.finish()))
    }
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let n = self.file.write(bytes)?;
        self.hasher.stream(&bytes[..n]);
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
