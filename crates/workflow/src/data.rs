//! `data`: immutable versions of data in a project's store.
//!
//! Not here: how a snapshot is made and checked (`collect`).

use std::path::{Path, PathBuf};

use base::{Cx, Findings};
use collect::ReadOptions;
use collect::snapshot::{self, Manifest};
use serde::Serialize;

use crate::error::WorkflowError;

/// A snapshot in one line.
#[derive(Debug, Clone, Serialize)]
pub struct SnapshotLine {
    /// Identity of its values.
    pub id: String,
    /// When it was made, RFC 3339 in UTC.
    pub created: String,
    /// Rows.
    pub n_rows: u64,
    /// Columns.
    pub n_columns: usize,
    /// Rows that were set aside.
    pub n_quarantined: u64,
    /// Bytes of its files.
    pub n_bytes: u64,
    /// Names of the files that it was made from.
    pub sources: Vec<String>,
}

impl SnapshotLine {
    fn of(manifest: &Manifest) -> Self {
        Self {
            id: manifest.id.to_hex(),
            created: manifest.created.clone(),
            n_rows: manifest.n_rows,
            n_columns: manifest.columns.len(),
            n_quarantined: manifest.quarantine.iter().map(|p| p.n_rows).sum(),
            n_bytes: manifest.parts.iter().chain(&manifest.quarantine).map(|p| p.n_bytes).sum(),
            sources: manifest.sources.iter().map(|s| s.name.clone()).collect(),
        }
    }
}

/// What `data add` has to say.
#[derive(Debug, Clone, Serialize)]
pub struct AddReport {
    /// The snapshot.
    pub snapshot: SnapshotLine,
    /// Whether it was made just now, or the same values were there already.
    pub is_new: bool,
    /// Its folder.
    pub folder: PathBuf,
}

/// What `data list` has to say.
#[derive(Debug, Clone, Serialize)]
pub struct ListReport {
    /// The snapshots, oldest first.
    pub snapshots: Vec<SnapshotLine>,
}

/// What `data show` has to say.
#[derive(Debug, Clone, Serialize)]
pub struct ShowReport {
    /// The snapshot.
    pub snapshot: SnapshotLine,
    /// Everything that is written of it.
    pub manifest: Manifest,
}

/// What `data export` has to say.
#[derive(Debug, Clone, Serialize)]
pub struct ExportReport {
    /// The snapshot.
    pub snapshot: SnapshotLine,
    /// File written.
    pub out: PathBuf,
}

/// Makes a snapshot of files.
///
/// # Errors
/// Those of reading, of the disk and of the store.
pub fn add(
    cx: &Cx,
    store: &Path,
    data: &[String],
    options: &ReadOptions,
) -> Result<(AddReport, Findings), WorkflowError> {
    cx.progress().begin("making a snapshot", None);
    let added = snapshot::add(cx, store, data, options)?;
    cx.progress().end();
    let snapshot = SnapshotLine::of(&added.manifest);
    Ok((AddReport { snapshot, is_new: added.is_new, folder: added.folder }, added.findings))
}

/// Lists the snapshots of a store; none where there is no store.
///
/// # Errors
/// Those of the store.
pub fn list(store: &Path) -> Result<(ListReport, Findings), WorkflowError> {
    let listed = snapshot::list(store)?;
    let snapshots = listed.manifests.iter().map(SnapshotLine::of).collect();
    Ok((ListReport { snapshots }, listed.findings))
}

/// Shows one snapshot, by its id or the beginning of it.
///
/// # Errors
/// Those of the store; no snapshot, or several, of that beginning.
pub fn show(store: &Path, id: &str) -> Result<ShowReport, WorkflowError> {
    let manifest = snapshot::show(store, id)?;
    Ok(ShowReport { snapshot: SnapshotLine::of(&manifest), manifest })
}

/// Writes a snapshot to a file, in the form of its ending, after every byte has been checked.
///
/// # Errors
/// As [`show`]; damage; the file cannot be written.
pub fn export(cx: &Cx, store: &Path, id: &str, out: &Path) -> Result<ExportReport, WorkflowError> {
    cx.progress().begin("exporting", None);
    let manifest = snapshot::export(cx, store, id, out)?;
    cx.progress().end();
    Ok(ExportReport { snapshot: SnapshotLine::of(&manifest), out: out.to_owned() })
}
