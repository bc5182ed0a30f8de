//! The few things that are done with files and folders here, each with an error that says what and where.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use base::Digest;

use crate::error::ObjectsError;
use crate::limits::{PIECE_BYTES, STAGED_DEPTH_MAX};

/// Makes a folder that only its owner may enter, and those above it; one that is there stays as it is.
pub(crate) fn make_private_folder(path: &Path) -> Result<(), ObjectsError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(ObjectsError::io("make folder", path))
}

/// Makes a folder's entries durable.
pub(crate) fn sync_folder(path: &Path) -> Result<(), ObjectsError> {
    base::files::sync_folder(path).map_err(ObjectsError::io("sync folder", path))
}

/// Makes a file that may only be read from now on: content-addressed bytes are never edited.
pub(crate) fn make_read_only(file: &File, path: &Path) -> Result<(), ObjectsError> {
    let mut permissions = file.metadata().map_err(ObjectsError::io("look at", path))?.permissions();
    permissions.set_readonly(true);
    file.set_permissions(permissions).map_err(ObjectsError::io("protect", path))
}

/// Copies a reader to a writer through a hash. Errors of the reader and of the writer are told apart.
pub(crate) fn copy_hashed(from: &mut dyn Read, to: &mut dyn Write) -> Result<(Digest, u64), CopyError> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0u8; PIECE_BYTES];
    let mut n_bytes = 0u64;
    loop {
        let n = match from.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
            Err(e) => return Err(CopyError::Read(e)),
        };
        hasher.update(&piece[..n]);
        to.write_all(&piece[..n]).map_err(CopyError::Write)?;
        n_bytes += n as u64;
    }
    Ok((Digest(*hasher.finalize().as_bytes()), n_bytes))
}

/// Which side of a copy failed.
pub(crate) enum CopyError {
    Read(io::Error),
    Write(io::Error),
}

/// Makes everything in a folder durable, the folder itself last. Refuses what is neither file nor folder.
pub(crate) fn sync_tree(folder: &Path, depth: usize) -> Result<(), ObjectsError> {
    let staged = |path: &Path, problem| ObjectsError::Staged { path: path.to_owned(), problem };
    if depth > STAGED_DEPTH_MAX {
        return Err(staged(folder, "its folders are nested too deep"));
    }
    for entry in fs::read_dir(folder).map_err(ObjectsError::io("list", folder))? {
        let entry = entry.map_err(ObjectsError::io("list", folder))?;
        let path = entry.path();
        let kind = entry.file_type().map_err(ObjectsError::io("look at", &path))?;
        if kind.is_dir() {
            sync_tree(&path, depth + 1)?;
        } else if kind.is_file() {
            let file = File::open(&path).map_err(ObjectsError::io("open", &path))?;
            file.sync_all().map_err(ObjectsError::io("sync", &path))?;
        } else {
            return Err(staged(&path, "it is neither a file nor a folder"));
        }
    }
    sync_folder(folder)
}
