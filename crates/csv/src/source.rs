//! Where delimited text comes from: bytes that can be read from the start more than once.

use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Bytes that can be read from the start more than once (types come from the whole input, so a conflict found late
/// is settled by reading again).
pub trait Source: Send + Sync {
    /// The name as the user gave it; errors and findings show it.
    fn name(&self) -> &str;

    /// Opens the bytes, decompressed, from the start.
    ///
    /// # Errors
    /// Those of opening. An error may carry one of the source's own inside; it is handed on as it is.
    fn open(&self) -> io::Result<Box<dyn Read + Send>>;
}

/// Bytes in memory under a name.
#[derive(Debug, Clone)]
pub struct Bytes {
    name: String,
    bytes: Arc<[u8]>,
}

impl Bytes {
    /// A source of the bytes given.
    pub fn new(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self { name: name.into(), bytes: bytes.into() }
    }
}

impl Source for Bytes {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.bytes.clone())))
    }
}
