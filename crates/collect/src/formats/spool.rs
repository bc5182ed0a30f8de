//! Files that are read from their end: as they lie, or decompressed to a temporary file first.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use super::detect::Codec;
use super::{FormatError, Source, limits};
use crate::error::CollectError;
use base::finding::size;

/// A file that can be read at any place.
#[derive(Debug)]
pub struct Spooled {
    path: PathBuf,
    // Removed when the last reader is done with it.
    _temp: Option<tempfile::NamedTempFile>,
}

impl Spooled {
    /// The source as it lies, or decompressed.
    ///
    /// # Errors
    /// Those of decompressing; [`FormatError::Limit`].
    pub fn of(source: &Source) -> Result<Self, CollectError> {
        if source.codec() == Codec::Plain {
            return Ok(Self { path: source.path().to_owned(), _temp: None });
        }
        let spool = || -> io::Result<(tempfile::NamedTempFile, u64)> {
            let mut temp = tempfile::NamedTempFile::new()?;
            let n = io::copy(&mut source.open()?.take(limits::SEEKABLE_BYTES_MAX + 1), temp.as_file_mut())?;
            Ok((temp, n))
        };
        let (temp, n_bytes) = spool().map_err(|e| source.error(e))?;
        if n_bytes > limits::SEEKABLE_BYTES_MAX {
            let what = format!("it decompresses to more than {}", size(limits::SEEKABLE_BYTES_MAX));
            let file = source.name().to_owned();
            return Err(FormatError::Limit { file, line: None, what, limit: "SEEKABLE_BYTES_MAX" }.into());
        }
        Ok(Self { path: temp.path().to_owned(), _temp: Some(temp) })
    }

    /// Opens it. Each reader has a position of its own.
    ///
    /// # Errors
    /// Those of opening.
    pub fn open(&self) -> io::Result<File> {
        File::open(&self.path)
    }
}
