//! Whole-file writes: a file is complete under its name or not there. Temporary file in the same folder, fsync,
//! rename, fsync of the folder.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file being written; it appears under its name only by [`AtomicFile::commit`], and is removed if dropped before.
pub struct AtomicFile {
    temp: BufWriter<tempfile::NamedTempFile>,
    target: PathBuf,
}

impl AtomicFile {
    /// Starts a file that will be `target`, or what it links to. The folder must exist; what is there already must be a
    /// regular file: a folder or a device is never replaced.
    ///
    /// # Errors
    /// Those of creating a file in that folder.
    pub fn create(target: &Path) -> io::Result<Self> {
        let linked = fs::symlink_metadata(target).is_ok_and(|m| m.is_symlink());
        let followed = if linked { fs::canonicalize(target)? } else { target.to_owned() };
        let target = followed.as_path();
        match fs::metadata(target) {
            Ok(m) if m.is_dir() => return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder")),
            Ok(m) if !m.is_file() => {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
            }
            _ => {}
        }
        let folder = parent(target);
        if fs::metadata(folder).is_err_and(|e| e.kind() == io::ErrorKind::NotFound) {
            return Err(io::Error::new(io::ErrorKind::NotFound, "there is no such folder"));
        }
        let temp = tempfile::Builder::new().prefix(".almanac-").suffix(".tmp").tempfile_in(folder)?;
        Ok(Self { temp: BufWriter::with_capacity(1 << 18, temp), target: target.to_owned() })
    }

    /// Makes the file durable and visible, replacing what was there.
    ///
    /// # Errors
    /// Those of writing, syncing and renaming; the target is then as it was before.
    pub fn commit(self) -> io::Result<()> {
        let temp = self.temp.into_inner().map_err(io::IntoInnerError::into_error)?;
        temp.as_file().sync_all()?;
        set_default_mode(temp.as_file())?;
        temp.persist(&self.target).map_err(|e| e.error)?;
        sync_folder(parent(&self.target))
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.temp.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.temp.flush()
    }
}

/// Writes a whole file atomically and durably.
///
/// # Errors
/// Those of [`AtomicFile`].
pub fn write_atomic(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = AtomicFile::create(target)?;
    file.write_all(bytes)?;
    file.commit()
}

/// Whether a file could be written: says so before the work that fills it. Nothing is left behind.
///
/// # Errors
/// Those of [`AtomicFile::create`].
pub fn check_target(target: &Path) -> io::Result<()> {
    AtomicFile::create(target).map(drop)
}

/// Makes a folder's entries durable.
///
/// # Errors
/// Those of opening and syncing the folder.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    Ok(())
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    }
}

/// Temporary files are made private; a file that the user asked for is readable like any other they own.
#[cfg(unix)]
fn set_default_mode(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_default_mode(_file: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_regular_files_are_replaced_and_links_are_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        let kind = |p: &Path| check_target(p).expect_err("refused").kind();
        assert_eq!(kind(dir.path()), io::ErrorKind::IsADirectory);
        assert_eq!(kind(Path::new("/dev/null")), io::ErrorKind::InvalidInput);
        assert_eq!(kind(&dir.path().join("no/such")), io::ErrorKind::NotFound);
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        fs::write(&real, b"old").expect("write");
        std::os::unix::fs::symlink(&real, &link).expect("link");
        write_atomic(&link, b"new").expect("write");
        assert_eq!(fs::read(&real).expect("read"), b"new");
        assert!(fs::symlink_metadata(&link).expect("there").is_symlink());
    }

    #[test]
    fn nothing_is_visible_before_commit() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.bin");
        let mut f = AtomicFile::create(&path).expect("create");
        f.write_all(b"half").expect("write");
        assert!(!path.exists());
        drop(f);
        assert_eq!(fs::read_dir(dir.path()).expect("list").count(), 0);
        write_atomic(&path, b"whole").expect("write");
        assert_eq!(fs::read(&path).expect("read"), b"whole");
    }
}
