//! Advisory locks between processes, and between handles of one process. The system releases them when their holder
//! dies, so none is ever stale.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use crate::error::ObjectsError;

/// A held lock; dropping it releases it. The file stays, because removing it would let two holders lock two files of
/// one name.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Waits until nobody else holds the lock.
    ///
    /// # Errors
    /// [`ObjectsError::Io`] if the file cannot be made or locked.
    pub fn exclusive(path: &Path) -> Result<Self, ObjectsError> {
        let file = open(path)?;
        file.lock().map_err(ObjectsError::io("lock", path))?;
        Ok(Self { file })
    }

    /// Waits until nobody holds the lock exclusively; others may share it.
    ///
    /// # Errors
    /// [`ObjectsError::Io`] if the file cannot be made or locked.
    pub fn shared(path: &Path) -> Result<Self, ObjectsError> {
        let file = open(path)?;
        file.lock_shared().map_err(ObjectsError::io("lock", path))?;
        Ok(Self { file })
    }

    /// Like [`Lock::exclusive`], but gives nothing where it would wait.
    ///
    /// # Errors
    /// [`ObjectsError::Io`] if the file cannot be made or locked.
    pub fn try_exclusive(path: &Path) -> Result<Option<Self>, ObjectsError> {
        let file = open(path)?;
        let result = file.try_lock();
        Self::tried(file, result, path)
    }

    /// Like [`Lock::shared`], but gives nothing where it would wait.
    ///
    /// # Errors
    /// [`ObjectsError::Io`] if the file cannot be made or locked.
    pub fn try_shared(path: &Path) -> Result<Option<Self>, ObjectsError> {
        let file = open(path)?;
        let result = file.try_lock_shared();
        Self::tried(file, result, path)
    }

    fn tried(file: File, result: Result<(), TryLockError>, path: &Path) -> Result<Option<Self>, ObjectsError> {
        match result {
            Ok(()) => Ok(Some(Self { file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(ObjectsError::io("lock", path)(e)),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing the file releases it as well; this is only sooner where a child process inherited the handle.
        let _ = self.file.unlock();
    }
}

fn open(path: &Path) -> Result<File, ObjectsError> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(ObjectsError::io("open lock", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holder_or_many_readers() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("lock");
        let reader = Lock::shared(&path).expect("a lock");
        let other = Lock::try_shared(&path).expect("it can be tried").expect("readers share");
        assert!(Lock::try_exclusive(&path).expect("it can be tried").is_none());
        drop((reader, other));
        let writer = Lock::try_exclusive(&path).expect("it can be tried").expect("it is free");
        assert!(Lock::try_shared(&path).expect("it can be tried").is_none());
        drop(writer);
        drop(Lock::exclusive(&path).expect("it is free again"));
        assert!(path.exists());
    }
}
