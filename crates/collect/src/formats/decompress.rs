//! gzip and zstd as streams with a bound: a file that decompresses to much more than it could honestly hold is
//! refused while it is read.
//!
//! Not here: compression inside Parquet and Arrow (their decoders), archives.

use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::detect::Codec;
use super::{FormatError, limits};
use base::finding::size;

const BUFFER_BYTES: usize = 256 << 10;

/// Opens the plain bytes of a compressed stream. `file` names it in errors, which travel inside [`io::Error`].
///
/// # Errors
/// Those of starting the decoder.
pub fn decompress<'a>(file: &str, codec: Codec, raw: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let n_in = Arc::new(AtomicU64::new(0));
    let counted = BufReader::with_capacity(BUFFER_BYTES, Counted { inner: raw, n_bytes: n_in.clone() });
    let inner: Box<dyn Read + Send + 'a> = match codec {
        Codec::Plain => return Ok(Box::new(counted)),
        Codec::Gzip => Box::new(flate2::bufread::MultiGzDecoder::new(counted)),
        Codec::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(counted)?;
            decoder.window_log_max(limits::ZSTD_WINDOW_LOG_MAX)?;
            Box::new(decoder)
        }
    };
    Ok(Box::new(Bounded { inner, codec, file: file.to_owned(), n_in, n_out: 0 }))
}

/// Counts what passes.
struct Counted<R> {
    inner: R,
    n_bytes: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.n_bytes.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

struct Bounded<R> {
    inner: R,
    codec: Codec,
    file: String,
    n_in: Arc<AtomicU64>,
    n_out: u64,
}

impl<R> Bounded<R> {
    fn excess(&self) -> Option<FormatError> {
        let refuse =
            |what: String, limit| Some(FormatError::Limit { file: self.file.clone(), line: None, what, limit });
        if self.n_out > limits::DECOMPRESSED_BYTES_MAX {
            return refuse(format!("it decompresses to more than {}", size(self.n_out)), "DECOMPRESSED_BYTES_MAX");
        }
        let n_in = self.n_in.load(Ordering::Relaxed).max(1);
        if self.n_out > limits::RATIO_FREE_BYTES && self.n_out / n_in > limits::DECOMPRESSION_RATIO_MAX {
            let what = format!("{} of compressed data give more than {}", size(n_in), size(self.n_out));
            return refuse(what, "DECOMPRESSION_RATIO_MAX");
        }
        None
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out).map_err(|e| self.explain(e))?;
        self.n_out += n as u64;
        match self.excess() {
            Some(error) => Err(io::Error::other(error)),
            None => Ok(n),
        }
    }
}

impl<R> Bounded<R> {
    /// The decoder's complaint as ours. Errors of the disk carry a number of the system; the decoder's do not.
    fn explain(&self, e: io::Error) -> io::Error {
        if e.raw_os_error().is_some() || e.kind() == io::ErrorKind::Interrupted {
            return e;
        }
        let what = match e.kind() {
            io::ErrorKind::UnexpectedEof => "it ends early".to_owned(),
            _ => e.to_string(),
        };
        io::Error::other(FormatError::BadCompression { file: self.file.clone(), codec: self.codec.as_str(), what })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        e.write_all(bytes).expect("memory");
        e.finish().expect("memory")
    }

    fn read(codec: Codec, bytes: &[u8]) -> Result<Vec<u8>, FormatError> {
        let mut out = Vec::new();
        match decompress("f", codec, bytes).and_then(|mut r| r.read_to_end(&mut out)) {
            Ok(_) => Ok(out),
            Err(e) => Err(*e.into_inner().expect("ours").downcast::<FormatError>().expect("ours")),
        }
    }

    #[test]
    fn members_and_frames_follow_each_other() {
        let both = [gzip(b"a,b\n"), gzip(b""), gzip(b"1,2\n")].concat();
        assert_eq!(read(Codec::Gzip, &both).expect("whole"), b"a,b\n1,2\n");
        let frame = |b: &[u8]| zstd::encode_all(b, 1).expect("memory");
        let both = [frame(b"a,b\n"), frame(b"1,2\n")].concat();
        assert_eq!(read(Codec::Zstd, &both).expect("whole"), b"a,b\n1,2\n");
    }

    #[test]
    fn every_truncation_is_an_error() {
        let text = b"a,b\n1,2\n3,4\n".repeat(50);
        for (codec, whole) in
            [(Codec::Gzip, gzip(&text)), (Codec::Zstd, zstd::encode_all(&text[..], 1).expect("memory"))]
        {
            for n in 1..whole.len() {
                assert!(matches!(read(codec, &whole[..n]), Err(FormatError::BadCompression { .. })), "{codec:?} {n}");
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_by_name() {
        let bomb = zstd::encode_all(&vec![b'0'; 200 << 20][..], 1).expect("memory");
        match read(Codec::Zstd, &bomb) {
            Err(FormatError::Limit { limit, .. }) => assert_eq!(limit, "DECOMPRESSION_RATIO_MAX"),
            other => panic!("{:?}", other.map(|b| b.len())),
        }
    }
}
