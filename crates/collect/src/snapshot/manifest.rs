//! What a snapshot says of itself: canonical JSON beside its parts.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base::{Code, Digest, Finding, Findings, StableHasher};
use infer::Proposal;
use serde::{Deserialize, Serialize};
use table::{Field, Kind};

use super::SnapshotError;
use super::identity::{Identified, identity};
use crate::error::CollectError;
use crate::formats::SourceInfo;

/// Version of the manifest that is written, and the only one that is read.
pub const VERSION: u64 = 1;
/// Name of the file.
pub const FILE: &str = "manifest.json";
/// Longest manifest that is read.
const BYTES_MAX: u64 = 1 << 30;

/// A snapshot's manifest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`VERSION`].
    pub version: u64,
    /// Identity of the values: names, types and cells, nothing else.
    pub id: Digest,
    /// When it was made, RFC 3339 in UTC. Not part of the identity.
    pub created: String,
    /// Number of rows.
    pub n_rows: u64,
    /// The files that it was made from, as they were.
    pub sources: Vec<SourceInfo>,
    /// The columns in order.
    pub columns: Vec<ColumnEntry>,
    /// What training would change, with evidence; nothing of it has been applied.
    pub proposals: Vec<Proposal>,
    /// What reading had to say.
    pub findings: KeptFindings,
    /// The Parquet files, in order of rows.
    pub parts: Vec<Part>,
    /// Parquet files of the rows that were set aside, if any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quarantine: Vec<Part>,
    /// BLAKE3 of the manifest without this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<Digest>,
}

/// A column of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ColumnEntry {
    /// The field under which the cells were read.
    pub field: Field,
    /// The kind, if a person said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Kind>,
    /// Cells without a value.
    pub n_missing: u64,
    /// Digest of the values.
    pub digest: Digest,
}

/// Findings as a manifest keeps them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct KeptFindings {
    /// Exact numbers by code.
    pub counts: BTreeMap<Code, u64>,
    /// The first ones, whole.
    pub kept: Vec<Finding>,
}

/// A file of a snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Name in the snapshot's folder.
    pub name: String,
    /// Rows in it.
    pub n_rows: u64,
    /// Its length.
    pub n_bytes: u64,
    /// BLAKE3 of its bytes.
    pub blake3: Digest,
}

impl KeptFindings {
    /// What a manifest keeps of some findings.
    pub fn of(findings: &Findings) -> Self {
        Self { counts: findings.counts().clone(), kept: findings.kept().to_vec() }
    }
}

impl Manifest {
    /// The identity that follows from the columns.
    pub fn identity(&self) -> Digest {
        let columns: Vec<Identified<'_>> = self
            .columns
            .iter()
            .map(|c| Identified {
                name: &c.field.name,
                dtype: c.field.dtype,
                is_zoned: c.field.is_zoned(),
                told: c.told,
                digest: c.digest,
            })
            .collect();
        identity(self.n_rows, &columns)
    }

    /// The canonical bytes, checksum included.
    ///
    /// # Errors
    /// None in practice: a manifest has no float and no odd key.
    pub fn to_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        let checksum = Some(self.checksum_of()?);
        base::json::canonical(&Self { checksum, ..self.clone() })
    }

    fn checksum_of(&self) -> Result<Digest, serde_json::Error> {
        let bytes = base::json::canonical(&Self { checksum: None, ..self.clone() })?;
        Ok(StableHasher::new("almanac.snapshot.manifest").part(&bytes).finish())
    }

    /// Reads and checks a manifest in a snapshot's folder.
    ///
    /// # Errors
    /// [`SnapshotError::Damaged`], [`SnapshotError::Version`], [`CollectError::Io`].
    pub fn read(folder: &Path) -> Result<Self, CollectError> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u64,
        }
        let path = folder.join(FILE);
        let file = path.display().to_string();
        let damaged = |what: String| SnapshotError::Damaged { file: file.clone(), what };
        let io = |source| CollectError::Io { path: file.clone(), source };
        let n_bytes = fs::metadata(&path).map_err(io)?.len();
        if n_bytes > BYTES_MAX {
            return Err(damaged(format!("it has {n_bytes} bytes")).into());
        }
        let bytes = fs::read(&path).map_err(io)?;
        let versioned: Versioned = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
        if versioned.version != VERSION {
            return Err(SnapshotError::Version { file: file.clone(), found: versioned.version }.into());
        }
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
        // Bytes that parse to the same manifest but are not the ones that were written are damage too.
        if manifest.to_bytes().map_err(|e| damaged(e.to_string()))? != bytes {
            return Err(damaged("its checksum is wrong".into()).into());
        }
        if manifest.identity() != manifest.id {
            return Err(damaged("its id does not follow from its columns".into()).into());
        }
        Ok(manifest)
    }
}
