//! The part of `tmp/` that one open store writes in, and the sweeping of parts whose writers are gone.
//!
//! A workspace is a folder with a file `lock` that its owner holds as long as it lives. Making one and sweeping happen
//! under `tmp/.lock`, so a folder without a held lock is always an orphan.

use std::fs;
use std::io;
use std::path::Path;

use crate::disk;
use crate::error::ObjectsError;
use crate::lock::Lock;

const GUARD: &str = ".lock";
const OWNER: &str = "lock";

/// A folder under `tmp/` that nobody else touches while this lives; removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Workspace {
    // Dropped in this order: the folder goes while the lock is still held.
    folder: tempfile::TempDir,
    _lock: Lock,
}

impl Workspace {
    pub fn create(tmp: &Path) -> Result<Self, ObjectsError> {
        disk::make_private_folder(tmp)?;
        let _guard = Lock::exclusive(&tmp.join(GUARD))?;
        let folder = tempfile::Builder::new().prefix("work-").tempdir_in(tmp);
        let folder = folder.map_err(ObjectsError::io("make folder in", tmp))?;
        let lock = Lock::exclusive(&folder.path().join(OWNER))?;
        Ok(Self { folder, _lock: lock })
    }

    /// A new file to write in.
    pub fn file(&self) -> Result<tempfile::NamedTempFile, ObjectsError> {
        let made = tempfile::Builder::new().prefix("file-").tempfile_in(self.folder.path());
        made.map_err(ObjectsError::io("make file in", self.folder.path()))
    }

    /// A new folder to write in.
    pub fn folder(&self) -> Result<tempfile::TempDir, ObjectsError> {
        let made = tempfile::Builder::new().prefix("folder-").tempdir_in(self.folder.path());
        made.map_err(ObjectsError::io("make folder in", self.folder.path()))
    }
}

/// Removes everything in `tmp/` that no living writer holds. Returns how many entries went. A writer that ends
/// meanwhile removes its own, so what is gone already is no error.
pub(crate) fn sweep(tmp: &Path) -> Result<usize, ObjectsError> {
    let _guard = Lock::exclusive(&tmp.join(GUARD))?;
    let mut n_swept = 0;
    for entry in fs::read_dir(tmp).map_err(ObjectsError::io("list", tmp))? {
        let entry = entry.map_err(ObjectsError::io("list", tmp))?;
        let path = entry.path();
        if entry.file_name() == GUARD || is_held(&path)? {
            continue;
        }
        let is_folder = fs::symlink_metadata(&path).is_ok_and(|m| m.is_dir());
        match if is_folder { fs::remove_dir_all(&path) } else { fs::remove_file(&path) } {
            Ok(()) => n_swept += 1,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(ObjectsError::io("remove", &path)(e)),
        }
    }
    Ok(n_swept)
}

fn is_held(workspace: &Path) -> Result<bool, ObjectsError> {
    let owner = workspace.join(OWNER);
    if !owner.is_file() {
        return Ok(false);
    }
    match Lock::try_exclusive(&owner) {
        Ok(lock) => Ok(lock.is_none()),
        Err(ObjectsError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(other) => Err(other),
    }
}
