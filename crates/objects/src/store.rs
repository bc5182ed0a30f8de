//! The store: objects by digest, folders by name, under one root.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use base::Digest;

use crate::disk::{self, CopyError};
use crate::error::ObjectsError;
use crate::limits::OBJECT_IN_MEMORY_BYTES_MAX;
use crate::lock::Lock;
use crate::name;
use crate::stage::{Published, Staging, sync_up_to};
use crate::workspace::{self, Workspace};

/// A store under a root folder. Cheap to clone; threads and processes may use one root at once.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
    workspace: Arc<Mutex<Option<Arc<Workspace>>>>,
}

/// What [`Store::verify_all`] saw.
#[derive(Debug, Default)]
pub struct Verified {
    /// Objects whose content is what their name promises.
    pub n_good: u64,
    /// Their bytes.
    pub n_bytes: u64,
    /// One error for each file that is damaged, unreadable, or no object at all; in the order of their paths.
    pub problems: Vec<ObjectsError>,
}

impl Store {
    /// Opens a store, making its folders (mode 0700) where they are missing, and sweeps what crashed writers have
    /// left. A store that may only be read opens too; writing to it is what fails.
    ///
    /// # Errors
    /// [`ObjectsError::Io`] if a folder cannot be made or swept.
    pub fn open(root: &Path) -> Result<Self, ObjectsError> {
        disk::make_private_folder(root)?;
        let root = fs::canonicalize(root).map_err(ObjectsError::io("open", root))?;
        let store = Self { root, workspace: Arc::default() };
        for folder in [store.objects(), store.tmp()] {
            match disk::make_private_folder(&folder) {
                Err(ObjectsError::Io { source, .. }) if may_only_be_read(&source) => return Ok(store),
                other => other?,
            }
        }
        match workspace::sweep(&store.tmp()) {
            Err(ObjectsError::Io { source, .. }) if may_only_be_read(&source) => {}
            other => drop(other?),
        }
        Ok(store)
    }

    /// The root folder, absolute.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Stores some bytes and returns their address. Bytes that are there already cost one verifying read; a damaged
    /// copy is replaced. After it, [`Store::get`] gives these bytes even if the machine loses power.
    ///
    /// # Errors
    /// [`ObjectsError::Io`].
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, ObjectsError> {
        let digest = Digest::of(bytes);
        if self.verify(&digest).is_ok() {
            return Ok(digest);
        }
        self.put_reader(&mut &*bytes).map(|(digest, _)| digest)
    }

    /// Stores what a reader gives, in bounded memory; returns its address and its length.
    ///
    /// # Errors
    /// [`ObjectsError::Source`] if the reader fails, [`ObjectsError::Io`].
    pub fn put_reader(&self, reader: &mut dyn Read) -> Result<(Digest, u64), ObjectsError> {
        let workspace = self.workspace()?;
        let mut temp = workspace.file()?;
        let copied = disk::copy_hashed(reader, temp.as_file_mut());
        let (digest, n_bytes) = copied.map_err(|e| match e {
            CopyError::Read(source) => ObjectsError::Source { source },
            CopyError::Write(source) => ObjectsError::Io { doing: "write", path: temp.path().to_owned(), source },
        })?;
        if self.verify(&digest).is_ok() {
            return Ok((digest, n_bytes));
        }
        disk::make_read_only(temp.as_file(), temp.path())?;
        temp.as_file().sync_all().map_err(ObjectsError::io("sync", temp.path()))?;
        let target = self.object(&digest);
        let folder = target.parent().expect("an object lies in a folder").to_owned();
        disk::make_private_folder(&folder)?;
        temp.persist(&target).map_err(|e| ObjectsError::io("rename to", &target)(e.error))?;
        sync_up_to(&folder, &self.root)?;
        Ok((digest, n_bytes))
    }

    /// The bytes of an object, after their hash has been checked.
    ///
    /// # Errors
    /// [`ObjectsError::Missing`], [`ObjectsError::Damaged`], [`ObjectsError::TooLarge`], [`ObjectsError::Io`].
    pub fn get(&self, digest: &Digest) -> Result<Vec<u8>, ObjectsError> {
        let path = self.object(digest);
        let file = self.open_object(digest)?;
        let found = file.metadata().map_err(ObjectsError::io("look at", &path))?.len();
        if found > OBJECT_IN_MEMORY_BYTES_MAX {
            return Err(ObjectsError::TooLarge { path, found, max: OBJECT_IN_MEMORY_BYTES_MAX });
        }
        let mut bytes = Vec::new();
        file.take(OBJECT_IN_MEMORY_BYTES_MAX).read_to_end(&mut bytes).map_err(ObjectsError::io("read", &path))?;
        expect_digest(&path, *digest, Digest::of(&bytes))?;
        Ok(bytes)
    }

    /// Copies an object to a writer in bounded memory. The hash is known only at the end: on an error, what was
    /// written must not be used.
    ///
    /// # Errors
    /// As [`Store::get`]; errors of the writer come as [`ObjectsError::Io`] that names the object.
    pub fn copy_to(&self, digest: &Digest, writer: &mut dyn Write) -> Result<u64, ObjectsError> {
        let path = self.object(digest);
        let mut file = self.open_object(digest)?;
        let (found, n_bytes) = disk::copy_hashed(&mut file, writer).map_err(|e| match e {
            CopyError::Read(source) => ObjectsError::io("read", &path)(source),
            CopyError::Write(source) => ObjectsError::io("copy", &path)(source),
        })?;
        expect_digest(&path, *digest, found)?;
        Ok(n_bytes)
    }

    /// Whether there is an object of this address. Does not read it.
    pub fn contains(&self, digest: &Digest) -> bool {
        self.object(digest).is_file()
    }

    /// Reads an object and checks its hash; returns its length.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn verify(&self, digest: &Digest) -> Result<u64, ObjectsError> {
        self.copy_to(digest, &mut io::sink())
    }

    /// Reads every object and checks its hash. Damage does not stop it: each damaged file is a problem in the result.
    ///
    /// # Errors
    /// [`ObjectsError::Io`] if the folder of objects cannot be listed.
    pub fn verify_all(&self) -> Result<Verified, ObjectsError> {
        let mut seen = Verified::default();
        for folder in list(&self.objects())? {
            if !folder.is_dir() {
                seen.problems.push(not_an_object(&folder));
                continue;
            }
            for path in list(&folder)? {
                let Some(digest) = digest_of(&path) else {
                    seen.problems.push(not_an_object(&path));
                    continue;
                };
                match self.verify(&digest) {
                    Ok(n) => (seen.n_good, seen.n_bytes) = (seen.n_good + 1, seen.n_bytes + n),
                    Err(problem) => seen.problems.push(problem),
                }
            }
        }
        Ok(seen)
    }

    /// Starts a folder that will be published under a name.
    ///
    /// # Errors
    /// [`ObjectsError::Io`].
    pub fn stage(&self) -> Result<Staging, ObjectsError> {
        Staging::new(self.workspace()?, &self.root)
    }

    /// Writes a folder and publishes it, or does nothing if its name is there: [`Store::stage`] in one call.
    ///
    /// # Errors
    /// Those of [`Staging::publish`]; an error of `build` comes as [`ObjectsError::Io`].
    pub fn publish_folder(
        &self,
        name: &str,
        build: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<Published, ObjectsError> {
        if self.folder(name)?.is_some() {
            return Ok(Published::AlreadyThere);
        }
        let staging = self.stage()?;
        build(staging.path()).map_err(ObjectsError::io("write in", staging.path()))?;
        staging.publish(name)
    }

    /// The path of a published folder, if there is one of this name.
    ///
    /// # Errors
    /// [`ObjectsError::Name`].
    pub fn folder(&self, name: &str) -> Result<Option<PathBuf>, ObjectsError> {
        let path = self.root.join(name::folder(name)?);
        Ok(path.is_dir().then_some(path))
    }

    /// The names of the folders published under a name (such as the ids under `snapshots`), ascending; none if there
    /// is no such name.
    ///
    /// # Errors
    /// [`ObjectsError::Name`], [`ObjectsError::Io`].
    pub fn list(&self, name: &str) -> Result<Vec<String>, ObjectsError> {
        let Some(folder) = self.folder(name)? else { return Ok(Vec::new()) };
        let names = list(&folder)?.into_iter().filter(|p| p.is_dir());
        Ok(names.filter_map(|p| p.file_name()?.to_str().map(str::to_owned)).collect())
    }

    /// The file of a lock of this store, for [`Lock`].
    ///
    /// # Errors
    /// [`ObjectsError::Name`], [`ObjectsError::Io`].
    pub fn lock_path(&self, name: &str) -> Result<PathBuf, ObjectsError> {
        let locks = self.root.join("locks");
        let path = locks.join(name::part(name)?);
        disk::make_private_folder(&locks)?;
        Ok(path)
    }

    /// Takes a lock of this store, waiting for it.
    ///
    /// # Errors
    /// [`ObjectsError::Name`], [`ObjectsError::Io`].
    pub fn lock(&self, name: &str) -> Result<Lock, ObjectsError> {
        Lock::exclusive(&self.lock_path(name)?)
    }

    fn objects(&self) -> PathBuf {
        self.root.join("objects").join("b3")
    }

    fn tmp(&self) -> PathBuf {
        self.root.join("tmp")
    }

    fn object(&self, digest: &Digest) -> PathBuf {
        let hex = digest.to_hex();
        self.objects().join(&hex[..2]).join(&hex[2..])
    }

    fn open_object(&self, digest: &Digest) -> Result<File, ObjectsError> {
        let path = self.object(digest);
        File::open(&path).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => ObjectsError::Missing { digest: *digest },
            _ => ObjectsError::io("open", &path)(e),
        })
    }

    /// Made by the first write, so that reading needs no right to write.
    fn workspace(&self) -> Result<Arc<Workspace>, ObjectsError> {
        let mut held = self.workspace.lock().unwrap_or_else(PoisonError::into_inner);
        match &*held {
            Some(workspace) => Ok(workspace.clone()),
            None => {
                let made = Arc::new(Workspace::create(&self.tmp())?);
                *held = Some(made.clone());
                Ok(made)
            }
        }
    }
}

fn expect_digest(path: &Path, expected: Digest, found: Digest) -> Result<(), ObjectsError> {
    if found == expected { Ok(()) } else { Err(ObjectsError::Damaged { path: path.to_owned(), expected, found }) }
}

fn may_only_be_read(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// The entries of a folder in the order of their names; none if there is no such folder.
fn list(folder: &Path) -> Result<Vec<PathBuf>, ObjectsError> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(ObjectsError::io("list", folder))?,
    };
    let paths: io::Result<Vec<PathBuf>> = entries.map(|e| e.map(|e| e.path())).collect();
    let mut paths = paths.map_err(ObjectsError::io("list", folder))?;
    paths.sort();
    Ok(paths)
}

fn digest_of(path: &Path) -> Option<Digest> {
    let first = path.parent()?.file_name()?.to_str()?;
    let rest = path.file_name()?.to_str()?;
    if first.len() != 2 || !path.is_file() {
        return None;
    }
    Digest::from_hex(&format!("{first}{rest}"))
}

fn not_an_object(path: &Path) -> ObjectsError {
    let source = io::Error::new(io::ErrorKind::InvalidData, "its name is not the address of an object");
    ObjectsError::Io { doing: "verify", path: path.to_owned(), source }
}
