//! Folders that appear whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::disk;
use crate::error::ObjectsError;
use crate::name;
use crate::workspace::Workspace;

/// What became of a folder that was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// It is there now.
    New,
    /// A folder of this name was there already and stays; what was staged is dropped.
    AlreadyThere,
}

/// A folder that is being written. Nobody else sees it until [`Staging::publish`]; dropped before, it is gone.
#[derive(Debug)]
pub struct Staging {
    // Dropped in this order: the folder goes before the workspace that it lies in.
    folder: tempfile::TempDir,
    _workspace: Arc<Workspace>,
    root: PathBuf,
}

impl Staging {
    pub(crate) fn new(workspace: Arc<Workspace>, root: &Path) -> Result<Self, ObjectsError> {
        Ok(Self { folder: workspace.folder()?, _workspace: workspace, root: root.to_owned() })
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Makes the folder durable and visible under a name such as `snapshots/<id>`: one to four parts of
    /// `a-z 0-9 . _ -`. A name that exists is left as it is; names are meant to follow from the content.
    ///
    /// # Errors
    /// [`ObjectsError::Name`], [`ObjectsError::Staged`] for a link or a device inside, [`ObjectsError::Io`].
    pub fn publish(self, name: &str) -> Result<Published, ObjectsError> {
        let target = self.root.join(name::folder(name)?);
        if target.is_dir() {
            return Ok(Published::AlreadyThere);
        }
        disk::sync_tree(self.folder.path(), 0)?;
        let parent = target.parent().expect("a name under the root has a folder above it").to_owned();
        disk::make_private_folder(&parent)?;
        match fs::rename(self.folder.path(), &target) {
            Ok(()) => {
                // The folder has moved: there is nothing left to remove at its old path.
                let _ = self.folder.keep();
                sync_up_to(&parent, &self.root)?;
                Ok(Published::New)
            }
            Err(e) if is_taken(&e) && target.is_dir() => Ok(Published::AlreadyThere),
            Err(e) => Err(ObjectsError::io("rename to", &target)(e)),
        }
    }
}

/// Another writer published the name between our look and our rename.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists)
}

/// Syncs a folder and those above it up to the root: they may have been made just now.
pub(crate) fn sync_up_to(folder: &Path, root: &Path) -> Result<(), ObjectsError> {
    for above in folder.ancestors() {
        disk::sync_folder(above)?;
        if above == root {
            break;
        }
    }
    Ok(())
}
