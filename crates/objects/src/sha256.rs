//! SHA-256, where the outside world must be able to check: sources and model ids.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::Digest as _;

use crate::error::ObjectsError;
use crate::limits::PIECE_BYTES;

/// A SHA-256 digest, written as 64 lower-case hexadecimal digits, as `sha256sum` does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

/// What is known of a file's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHash {
    /// Its digest.
    pub sha256: Sha256,
    /// Its length.
    pub size_bytes: u64,
}

impl Sha256 {
    /// Digest of some bytes.
    ///
    /// ```
    /// let empty = almanac_objects::Sha256::of(b"").to_hex();
    /// assert_eq!(empty, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }

    /// The 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        base::Digest(self.0).to_hex()
    }

    /// Reads 64 lower-case hexadecimal digits; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        base::Digest::from_hex(text).map(|d| Self(d.0))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("expected 64 lower-case hexadecimal digits"))
    }
}

/// Digest and length of a file, read once in pieces.
///
/// # Errors
/// [`ObjectsError::Io`] if the file cannot be read.
pub fn sha256_file(path: &Path) -> Result<FileHash, ObjectsError> {
    let mut file = File::open(path).map_err(ObjectsError::io("open", path))?;
    let mut hasher = sha2::Sha256::new();
    let mut piece = vec![0u8; PIECE_BYTES];
    let mut size_bytes = 0u64;
    loop {
        match file.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => {
                hasher.update(&piece[..n]);
                size_bytes += n as u64;
            }
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(ObjectsError::io("read", path)(e)),
        }
    }
    Ok(FileHash { sha256: Sha256(hasher.finalize().into()), size_bytes })
}
