//! Snapshots in a store: listing, finding by the beginning of an id, reading with every hash checked, exporting.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use arrow_array::ArrayRef;
use base::{Cx, Finding, Findings, Place, Severity};
use objects::Store;
use table::column::holds;
use table::{Column, Field, Table};

use super::SnapshotError;
use super::error::codes;
use super::manifest::{Manifest, Part};
use crate::error::CollectError;
use crate::formats::write::TableWriter;
use crate::formats::{self, Source};

/// The snapshots of a store.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    /// Their manifests, oldest first.
    pub manifests: Vec<Manifest>,
    /// One for each that cannot be read.
    pub findings: Findings,
}

/// Lists the snapshots under a store's root, oldest first. A root that is not there holds none.
///
/// # Errors
/// Those of the store; a snapshot that cannot be read is a finding.
pub fn list(root: &Path) -> Result<Listed, CollectError> {
    let mut listed = Listed::default();
    for folder in folders(root)? {
        match Manifest::read(&folder) {
            Ok(manifest) => listed.manifests.push(manifest),
            Err(e) => {
                let place = Place::file(folder.display().to_string());
                let finding = Finding::new(codes::UNREADABLE, Severity::Error, format!("not listed: {e}"));
                listed.findings.push(finding.at(place));
            }
        }
    }
    listed.manifests.sort_by(|a, b| (&a.created, a.id).cmp(&(&b.created, b.id)));
    Ok(listed)
}

/// The manifest of one snapshot, by its id or a beginning of it that only it has.
///
/// # Errors
/// [`SnapshotError::NotFound`], [`SnapshotError::Ambiguous`], and those of [`Manifest::read`].
pub fn show(root: &Path, id: &str) -> Result<Manifest, CollectError> {
    find(root, id).map(|(manifest, _)| manifest)
}

/// Reads a snapshot into memory, after the hash of each of its files has been checked.
///
/// # Errors
/// As [`show`]; [`SnapshotError::Damaged`], naming the file.
pub fn open(cx: &Cx, root: &Path, id: &str) -> Result<(Table, Manifest), CollectError> {
    let (manifest, folder) = find(root, id)?;
    let mut chunks: Vec<Vec<ArrayRef>> = vec![Vec::new(); manifest.columns.len()];
    for_each_batch(cx, &manifest, &folder, &mut |batch| {
        chunks.iter_mut().zip(batch).for_each(|(c, array)| c.push(array));
        Ok(())
    })?;
    let fields = manifest.columns.iter().map(|c| c.field.clone());
    let columns: Result<Vec<Column>, _> = fields.zip(chunks).map(|(f, c)| Column::new(f, c)).collect();
    Ok((Table::new(columns?)?, manifest))
}

/// Writes a snapshot to a file, in bounded memory; the form follows from the ending.
///
/// # Errors
/// As [`open`], and those of [`TableWriter`].
pub fn export(cx: &Cx, root: &Path, id: &str, path: &Path) -> Result<Manifest, CollectError> {
    let (manifest, folder) = find(root, id)?;
    let fields: Vec<Field> = manifest.columns.iter().map(|c| c.field.clone()).collect();
    let mut writer = TableWriter::create(path, &fields)?;
    for_each_batch(cx, &manifest, &folder, &mut |batch| writer.write(cx, &batch))?;
    writer.commit()?;
    Ok(manifest)
}

/// Gives the rows of a snapshot block by block, each file checked before it is read.
fn for_each_batch(
    cx: &Cx,
    manifest: &Manifest,
    folder: &Path,
    each: &mut formats::rows::EachBatch<'_>,
) -> Result<(), CollectError> {
    let mut n_rows = 0u64;
    for part in &manifest.parts {
        let path = folder.join(&part.name);
        let file = path.display().to_string();
        let damaged = |what: &str| SnapshotError::Damaged { file: file.clone(), what: what.to_owned() };
        check_part(cx, &path, part)?;
        let rows = formats::survey(cx, &[Source::look(&file, &path)?])?;
        let is_right = rows.fields().len() == manifest.columns.len()
            && rows.fields().iter().zip(&manifest.columns).all(|(f, c)| f.name == c.field.name);
        if !is_right {
            return Err(damaged("its columns are not those of the manifest").into());
        }
        rows.for_each_batch(cx, &mut |batch| {
            n_rows += batch.first().map_or(0, |a| a.len()) as u64;
            if !batch.iter().zip(&manifest.columns).all(|(a, c)| holds(c.field.dtype, a.data_type())) {
                return Err(damaged("its types are not those of the manifest").into());
            }
            each(batch)
        })?;
    }
    if n_rows != manifest.n_rows && !manifest.columns.is_empty() {
        let what = format!("its parts have {n_rows} rows, the manifest says {}", manifest.n_rows);
        return Err(SnapshotError::Damaged { file: folder.display().to_string(), what }.into());
    }
    Ok(())
}

fn check_part(cx: &Cx, path: &Path, part: &Part) -> Result<(), CollectError> {
    let shown = path.display().to_string();
    let damaged = |what: String| SnapshotError::Damaged { file: shown.clone(), what };
    let io = |source| CollectError::Io { path: shown.clone(), source };
    let mut file = File::open(path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => damaged("it is not there".into()).into(),
        _ => io(e),
    })?;
    let mut hasher = super::part_hasher();
    let mut piece = vec![0u8; 1 << 20];
    let mut n_bytes = 0u64;
    loop {
        cx.check_cancelled()?;
        let n = match file.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(io(e)),
        };
        hasher.stream(&piece[..n]);
        n_bytes += n as u64;
    }
    if n_bytes != part.n_bytes {
        return Err(damaged(format!("it has {n_bytes} bytes, the manifest says {}", part.n_bytes)).into());
    }
    if hasher.finish() != part.blake3 {
        return Err(damaged("its hash is not the one in the manifest".into()).into());
    }
    Ok(())
}

fn find(root: &Path, id: &str) -> Result<(Manifest, PathBuf), CollectError> {
    let all = folders(root)?;
    let name = |path: &PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let matching: Vec<&PathBuf> = all.iter().filter(|path| !id.is_empty() && name(path).starts_with(id)).collect();
    match matching.as_slice() {
        [one] => Ok((Manifest::read(one)?, (*one).clone())),
        [] => {
            let (id, root) = (id.to_owned(), root.display().to_string());
            Err(SnapshotError::NotFound { id, n_snapshots: all.len(), root }.into())
        }
        many => {
            let matches = many.iter().take(5).map(|path| name(path).chars().take(16).collect()).collect();
            Err(SnapshotError::Ambiguous { id: id.to_owned(), matches }.into())
        }
    }
}

fn folders(root: &Path) -> Result<Vec<PathBuf>, CollectError> {
    if !root.is_dir() {
        return Ok(Vec::new());
    }
    let store = Store::open(root).map_err(SnapshotError::from)?;
    let names = store.list(super::FOLDER).map_err(SnapshotError::from)?;
    Ok(names.into_iter().map(|name| store.root().join(super::FOLDER).join(name)).collect())
}
