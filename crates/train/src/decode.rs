//! Reading and writing the bytes of learned models: little-endian, bounded by what is there, never panicking.
//!
//! Not here: the layout of any model (each stands beside its model) and the container (`pack`).

use std::fmt;

use base::finding::{nearest, quoted};
use base::{Code, Family, Fault};

/// Bytes that are not the model they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// The bytes end before the model does.
    Truncated,
    /// A value that no model of ours has.
    BadValue {
        /// Which value, and what is wrong with it: `a coefficient is not finite`.
        what: String,
    },
    /// A count beyond its limit.
    TooMany {
        /// Of what: `trees`.
        what: &'static str,
        /// How many the bytes declare.
        found: u64,
        /// How many are allowed.
        max: u64,
    },
    /// A kind of model that this release does not know.
    UnknownKind {
        /// The kind that was named.
        kind: String,
        /// The kinds there are.
        kinds: Vec<&'static str>,
    },
}

impl DecodeError {
    /// A value that no model of ours has.
    pub fn bad(what: impl Into<String>) -> Self {
        Self::BadValue { what: what.into() }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => f.write_str("the model's bytes end before the model does"),
            Self::BadValue { what } => write!(f, "the model's bytes are damaged: {what}"),
            Self::TooMany { what, found, max } => {
                write!(f, "the model's bytes declare {found} {what}, at most {max} are allowed")
            }
            Self::UnknownKind { kind, kinds } => {
                write!(f, "{} is not a kind of model", quoted(kind))?;
                match nearest(kind, kinds.iter().copied()) {
                    Some(near) => write!(f, "; the nearest is `{near}`"),
                    None => Ok(()),
                }
            }
        }
    }
}

impl std::error::Error for DecodeError {}

impl Fault for DecodeError {
    fn code(&self) -> Code {
        match self {
            Self::Truncated => Code(1201),
            Self::BadValue { .. } => Code(1202),
            Self::TooMany { .. } => Code(1203),
            Self::UnknownKind { .. } => Code(1204),
        }
    }

    fn family(&self) -> Family {
        Family::Yours
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::UnknownKind { kinds, .. } => {
                format!("a newer almanac may have written it; this one knows {}", kinds.join(", "))
            }
            _ => "take the file from its source again, or train the model again".into(),
        })
    }
}

/// Reads little-endian values from a slice, each only if its bytes are there.
///
/// ```
/// use almanac_train::decode::{Reader, Writer};
/// let mut w = Writer::new();
/// w.u32(7);
/// w.f64s(&[0.5, -1.0]);
/// let bytes = w.finish();
/// let mut r = Reader::new(&bytes);
/// assert_eq!(r.u32(), Ok(7));
/// assert_eq!(r.vec_f64(2), Ok(vec![0.5, -1.0]));
/// assert!(r.u8().is_err());
/// assert_eq!(r.finish(), Ok(()));
/// ```
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Starts at the front.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next `n` bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`] if there are fewer.
    pub fn bytes(&mut self, n: usize) -> Result<&'a [u8], DecodeError> {
        let (front, back) = self.rest.split_at_checked(n).ok_or(DecodeError::Truncated)?;
        self.rest = back;
        Ok(front)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (front, back) = self.rest.split_first_chunk::<N>().ok_or(DecodeError::Truncated)?;
        self.rest = back;
        Ok(*front)
    }

    /// One byte.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn u8(&mut self) -> Result<u8, DecodeError> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    /// A byte that is 0 or 1.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`]; [`DecodeError::BadValue`] for any other byte.
    pub fn bool(&mut self) -> Result<bool, DecodeError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(DecodeError::bad(format!("{other} stands where 0 or 1 should"))),
        }
    }

    /// Two bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn u16(&mut self) -> Result<u16, DecodeError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// Four bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn u32(&mut self) -> Result<u32, DecodeError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Eight bytes.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn u64(&mut self) -> Result<u64, DecodeError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A float, whatever its bits.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn f64(&mut self) -> Result<f64, DecodeError> {
        Ok(f64::from_le_bytes(self.array()?))
    }

    /// A float that is finite.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`]; [`DecodeError::BadValue`] for NaN and infinities.
    pub fn finite_f64(&mut self, what: &'static str) -> Result<f64, DecodeError> {
        Some(self.f64()?)
            .filter(|x| x.is_finite())
            .ok_or_else(|| DecodeError::bad(format!("{what} is not a finite number")))
    }

    /// A count (four bytes) of at most `max`.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`]; [`DecodeError::TooMany`].
    pub fn count(&mut self, what: &'static str, max: usize) -> Result<usize, DecodeError> {
        let found = self.u32()? as usize;
        if found > max {
            return Err(DecodeError::TooMany { what, found: found as u64, max: max as u64 });
        }
        Ok(found)
    }

    fn many<const N: usize, T>(&mut self, n: usize, read: impl Fn([u8; N]) -> T) -> Result<Vec<T>, DecodeError> {
        let front = self.bytes(n.checked_mul(N).ok_or(DecodeError::Truncated)?)?;
        let (chunks, _) = front.as_chunks::<N>();
        Ok(chunks.iter().map(|c| read(*c)).collect())
    }

    /// `n` floats, whatever their bits. Allocates only if their bytes are there.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn vec_f64(&mut self, n: usize) -> Result<Vec<f64>, DecodeError> {
        self.many(n, f64::from_le_bytes)
    }

    /// `n` finite floats. Allocates only if their bytes are there.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`]; [`DecodeError::BadValue`] for NaN and infinities.
    pub fn vec_finite_f64(&mut self, n: usize, what: &'static str) -> Result<Vec<f64>, DecodeError> {
        let all = self.vec_f64(n)?;
        if all.iter().all(|x| x.is_finite()) {
            Ok(all)
        } else {
            Err(DecodeError::bad(format!("{what} is not a finite number")))
        }
    }

    /// `n` integers of four bytes. Allocates only if their bytes are there.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn vec_u32(&mut self, n: usize) -> Result<Vec<u32>, DecodeError> {
        self.many(n, u32::from_le_bytes)
    }

    /// `n` integers of two bytes. Allocates only if their bytes are there.
    ///
    /// # Errors
    /// [`DecodeError::Truncated`].
    pub fn vec_u16(&mut self, n: usize) -> Result<Vec<u16>, DecodeError> {
        self.many(n, u16::from_le_bytes)
    }

    /// Checks that nothing is left.
    ///
    /// # Errors
    /// [`DecodeError::BadValue`] if there are bytes after the model.
    pub fn finish(&self) -> Result<(), DecodeError> {
        match self.rest.len() {
            0 => Ok(()),
            n => Err(DecodeError::bad(format!("{n} bytes follow the model"))),
        }
    }
}

/// Writes little-endian values: the counterpart of [`Reader`].
#[derive(Debug, Clone, Default)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Writer {
    /// Starts with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// One byte.
    pub fn u8(&mut self, x: u8) {
        self.bytes.push(x);
    }

    /// One byte, 0 or 1.
    pub fn bool(&mut self, x: bool) {
        self.bytes.push(u8::from(x));
    }

    /// Two bytes.
    pub fn u16(&mut self, x: u16) {
        self.bytes.extend_from_slice(&x.to_le_bytes());
    }

    /// Four bytes.
    pub fn u32(&mut self, x: u32) {
        self.bytes.extend_from_slice(&x.to_le_bytes());
    }

    /// Eight bytes.
    pub fn u64(&mut self, x: u64) {
        self.bytes.extend_from_slice(&x.to_le_bytes());
    }

    /// A float.
    pub fn f64(&mut self, x: f64) {
        self.bytes.extend_from_slice(&x.to_le_bytes());
    }

    /// A count, as [`Reader::count`] reads it.
    ///
    /// # Panics
    /// If it does not fit into four bytes; fitting keeps every count below its limit.
    pub fn count(&mut self, n: usize) {
        self.u32(u32::try_from(n).expect("counts in a model fit into four bytes"));
    }

    /// Floats, without their count.
    pub fn f64s(&mut self, all: &[f64]) {
        all.iter().for_each(|&x| self.f64(x));
    }

    /// Integers, without their count.
    pub fn u32s(&mut self, all: &[u32]) {
        all.iter().for_each(|&x| self.u32(x));
    }

    /// Integers, without their count.
    pub fn u16s(&mut self, all: &[u16]) {
        all.iter().for_each(|&x| self.u16(x));
    }

    /// Bytes as they are, without their count.
    pub fn raw(&mut self, all: &[u8]) {
        self.bytes.extend_from_slice(all);
    }

    /// What was written.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back_and_every_cut_is_seen() {
        let mut w = Writer::new();
        w.u8(3);
        w.bool(true);
        w.u16(500);
        w.count(2);
        w.u64(1 << 40);
        w.f64s(&[1.5, f64::NAN]);
        w.u32s(&[9]);
        w.u16s(&[1, 2]);
        let bytes = w.finish();
        let read = |bytes: &[u8]| -> Result<f64, DecodeError> {
            let mut r = Reader::new(bytes);
            r.u8()?;
            r.bool()?;
            r.u16()?;
            let n = r.count("floats", 2)?;
            r.u64()?;
            let x = r.vec_f64(n)?;
            assert_eq!(r.vec_u32(1)?, [9]);
            assert_eq!(r.vec_u16(2)?, [1, 2]);
            r.finish()?;
            Ok(x[0])
        };
        assert_eq!(read(&bytes), Ok(1.5));
        for n in 0..bytes.len() {
            assert_eq!(read(&bytes[..n]), Err(DecodeError::Truncated), "cut at {n}");
        }
        assert!(matches!(read(&[bytes.as_slice(), &[0]].concat()), Err(DecodeError::BadValue { .. })));
    }

    #[test]
    fn a_length_that_lies_allocates_nothing() {
        let mut r = Reader::new(&[0; 64]);
        assert_eq!(r.vec_f64(usize::MAX), Err(DecodeError::Truncated));
        assert_eq!(r.vec_f64(9), Err(DecodeError::Truncated));
        assert_eq!(r.remaining(), 64);
        let mut r = Reader::new(&[255; 64]);
        assert_eq!(
            r.count("trees", 10),
            Err(DecodeError::TooMany { what: "trees", found: u64::from(u32::MAX), max: 10 })
        );
        assert!(matches!(r.finite_f64("a bias"), Err(DecodeError::BadValue { .. })));
        assert!(matches!(r.bool(), Err(DecodeError::BadValue { .. })));
    }
}
