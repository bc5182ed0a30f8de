//! Stable content hashing: BLAKE3 over length-prefixed parts, so that no two inputs run together.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A BLAKE3 digest of 32 bytes, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// The 64 hexadecimal digits.
    pub fn to_hex(&self) -> String {
        let mut s = String::with_capacity(64);
        for b in self.0 {
            s.push(char::from_digit(u32::from(b >> 4), 16).expect("a nibble is below 16"));
            s.push(char::from_digit(u32::from(b & 15), 16).expect("a nibble is below 16"));
        }
        s
    }

    /// Reads 64 lower-case hexadecimal digits; anything else is `None`.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 64 {
            return None;
        }
        let nibble = |b: u8| match b {
            b'0'..=b'9' => Some(b - b'0'),
            b'a'..=b'f' => Some(b - b'a' + 10),
            _ => None,
        };
        let mut out = [0u8; 32];
        for (o, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
            *o = nibble(pair[0])? << 4 | nibble(pair[1])?;
        }
        Some(Self(out))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_hex())
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.to_hex())
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::from_hex(&text).ok_or_else(|| serde::de::Error::custom("expected 64 lower-case hexadecimal digits"))
    }
}

/// Hashes a sequence of parts; each part is preceded by its length, so `("ab","c")` differs from `("a","bc")`.
///
/// ```
/// use almanac_base::StableHasher;
/// let a = StableHasher::new("example").part(b"ab").part(b"c").finish();
/// let b = StableHasher::new("example").part(b"a").part(b"bc").finish();
/// assert_ne!(a, b);
/// ```
#[derive(Clone)]
pub struct StableHasher(blake3::Hasher);

impl StableHasher {
    /// Starts a hash of one domain: equal parts in different domains give different digests.
    pub fn new(domain: &str) -> Self {
        let mut h = Self(blake3::Hasher::new());
        h.add(domain.as_bytes());
        h
    }

    /// Adds a part.
    pub fn add(&mut self, part: &[u8]) {
        self.0.update(&(part.len() as u64).to_le_bytes());
        self.0.update(part);
    }

    /// Adds bytes without a length: for streams whose total length is added by the caller.
    pub fn stream(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Adds a part and hands the hasher on.
    #[must_use]
    pub fn part(mut self, part: &[u8]) -> Self {
        self.add(part);
        self
    }

    /// Adds a number and hands the hasher on.
    #[must_use]
    pub fn number(self, n: u64) -> Self {
        self.part(&n.to_le_bytes())
    }

    /// The digest.
    pub fn finish(self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_goes_round() {
        let d = Digest::of(b"almanac");
        assert_eq!(Digest::from_hex(&d.to_hex()), Some(d));
        assert_eq!(Digest::from_hex("zz"), None);
        assert_eq!(Digest::from_hex(&d.to_hex().to_uppercase()), None);
    }
}
