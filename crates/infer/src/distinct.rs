//! The distinct values of a column in bounded memory: the values of the smallest hashes, each with its exact count.
//!
//! A value among the k smallest hashes of a whole is among the k smallest of every part that has it, so parts merge to
//! exactly what one pass gives, whatever the parts and their order (Beyer et al. 2007, "On synopses for distinct-value
//! estimation under multiset operations"). Up to k distinct values, everything here is exact; beyond, the kept ones are
//! a uniform sample of the distinct values, still with exact counts.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// How many distinct values are kept.
pub const DISTINCT_KEPT_MAX: usize = 2_048;

/// Slots of the small table in front.
const PENDING: usize = 256;

/// Texts longer than this are kept only as a hash.
const TEXT_KEPT_BYTES_MAX: usize = 128;

/// A sample of the distinct values of a column with exact counts.
#[derive(Debug, Clone, Default)]
pub struct Distinct {
    entries: HashMap<u64, Entry, BuildHasherDefault<AsIs>>,
    /// Hashes from here on are not kept; `None` while everything is.
    limit: Option<u64>,
    /// Bits counted but not yet added: a small table in front of the large one, for columns that repeat themselves.
    pending: Vec<(u64, u64)>,
}

#[derive(Debug, Clone)]
struct Entry {
    n: u64,
    text: Option<Box<str>>,
}

/// The keys are hashes already.
#[derive(Debug, Default, Clone, Copy)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(b);
        }
    }
    fn write_u64(&mut self, n: u64) {
        // The kept hashes are all small: their high bits, which the table looks at, must differ too.
        self.0 = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Distinct {
    /// Counts a text `n` times.
    #[inline]
    pub fn add_text(&mut self, text: &str, n: u64) {
        self.add(hash_text(text.as_bytes()), n, || {
            (text.len() <= TEXT_KEPT_BYTES_MAX).then(|| text.to_owned().into_boxed_str())
        });
    }

    /// Counts a number by its bits. [`Distinct::flush`] must follow the last one.
    #[inline]
    pub fn add_bits(&mut self, bits: u64) {
        let hash = mix(bits ^ 0x9E37_79B9_7F4A_7C15);
        if self.limit.is_some_and(|limit| hash >= limit) {
            return;
        }
        if self.pending.is_empty() {
            self.pending = vec![(0, 0); PENDING];
        }
        // Low bits: the high ones of kept hashes are alike.
        let slot = &mut self.pending[hash as usize % PENDING];
        if slot.0 == hash {
            slot.1 += 1;
            return;
        }
        let (before, n) = std::mem::replace(slot, (hash, 1));
        if n > 0 {
            self.add(before, n, || None);
        }
    }

    /// Adds what is counted but not yet added.
    pub fn flush(&mut self) {
        for (hash, n) in std::mem::take(&mut self.pending) {
            if n > 0 {
                self.add(hash, n, || None);
            }
        }
    }

    #[inline]
    fn add(&mut self, hash: u64, n: u64, text: impl FnOnce() -> Option<Box<str>>) {
        if self.limit.is_some_and(|limit| hash >= limit) {
            return;
        }
        self.entries.entry(hash).or_insert_with(|| Entry { n: 0, text: text() }).n += n;
        if self.entries.len() > 2 * DISTINCT_KEPT_MAX {
            self.shrink();
        }
    }

    /// Keeps the smallest hashes only.
    fn shrink(&mut self) {
        if self.entries.len() <= DISTINCT_KEPT_MAX {
            return;
        }
        let mut hashes: Vec<u64> = self.entries.keys().copied().collect();
        let (_, &mut limit, _) = hashes.select_nth_unstable(DISTINCT_KEPT_MAX);
        self.entries.retain(|&h, _| h < limit);
        self.limit = Some(limit);
    }

    /// Ends a pass over a part: what is kept is then a function of the values alone.
    pub fn close(&mut self) {
        self.flush();
        self.shrink();
    }

    /// Adds the values of another part; both must be closed.
    pub fn merge(&mut self, other: Self) {
        self.limit = match (self.limit, other.limit) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        if let Some(limit) = self.limit {
            self.entries.retain(|&h, _| h < limit);
        }
        for (hash, entry) in other.entries {
            if self.limit.is_some_and(|limit| hash >= limit) {
                continue;
            }
            match self.entries.entry(hash) {
                std::collections::hash_map::Entry::Occupied(mut mine) => mine.get_mut().n += entry.n,
                std::collections::hash_map::Entry::Vacant(place) => {
                    place.insert(entry);
                }
            }
        }
        self.shrink();
    }

    /// Whether every distinct value is kept.
    pub fn is_complete(&self) -> bool {
        self.limit.is_none()
    }

    /// How many distinct values there are: exact while all are kept, else estimated within about 5 %.
    pub fn n_distinct(&self) -> u64 {
        match self.limit {
            None => self.entries.len() as u64,
            Some(limit) => {
                let share = limit as f64 / 18_446_744_073_709_551_616.0;
                (self.entries.len() as f64 / share) as u64
            }
        }
    }

    /// Share of the distinct values that stand once only, among those kept.
    pub fn share_of_singles(&self) -> f64 {
        if self.entries.is_empty() {
            return 0.0;
        }
        self.entries.values().filter(|e| e.n == 1).count() as f64 / self.entries.len() as f64
    }

    /// The kept texts with their counts: most frequent first, equal counts by code point. Long texts are left out.
    pub fn texts(&self) -> Vec<(&str, u64)> {
        let mut all: Vec<(&str, u64)> = self.entries.values().filter_map(|e| Some((e.text.as_deref()?, e.n))).collect();
        all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        all
    }

    /// Everything that is kept, in a fixed order: for tests of equality.
    #[cfg(test)]
    pub fn sorted(&self) -> Vec<(u64, u64, Option<&str>)> {
        let mut all: Vec<_> = self.entries.iter().map(|(h, e)| (*h, e.n, e.text.as_deref())).collect();
        all.sort_unstable();
        all
    }
}

/// Hashes text for maps that live as long as one chunk.
#[derive(Debug, Default, Clone, Copy)]
pub struct TextHasher(u64);

impl Hasher for TextHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_text(bytes).wrapping_add(self.0.rotate_left(17));
    }
    fn write_u8(&mut self, _: u8) {
        // The end mark of a text, whose length is in the hash already.
    }
}

/// The last step of MurmurHash3's 64-bit finaliser as tuned by Stafford ("Mix13"); a bijection.
#[inline]
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// A stable 64-bit hash of some bytes, eight at a time. Not safe against an adversary, who can only spoil his own
/// evidence with it.
#[inline]
fn hash_text(bytes: &[u8]) -> u64 {
    let mut h = (bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut chunks = bytes.chunks_exact(8);
    for c in &mut chunks {
        let word = u64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]);
        h = mix(h ^ word).wrapping_add(0x9E37_79B9_7F4A_7C15);
    }
    let tail = chunks.remainder().iter().rev().fold(0u64, |t, &b| t << 8 | u64::from(b));
    mix(h ^ tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl Iterator<Item = u64>) -> Distinct {
        let mut d = Distinct::default();
        values.for_each(|v| d.add_text(&v.to_string(), 1));
        d.close();
        d
    }

    #[test]
    fn few_values_are_counted_exactly() {
        let d = of((0..1000).map(|i| i % 7));
        assert!(d.is_complete());
        assert_eq!(d.n_distinct(), 7);
        assert_eq!(d.texts()[0], ("0", 143));
    }

    #[test]
    fn many_values_are_sampled_and_parts_merge_to_the_whole() {
        let whole = of((0..50_000).map(|i| i % 20_000));
        let mut parts = of((30_000..50_000).map(|i| i % 20_000));
        parts.merge(of((0..7).map(|i| i % 20_000)));
        parts.merge(of((7..30_000).map(|i| i % 20_000)));
        assert_eq!(whole.sorted(), parts.sorted());
        assert_eq!(whole.sorted().len(), DISTINCT_KEPT_MAX);
        assert!(!whole.is_complete());
        assert!((19_000..21_000).contains(&whole.n_distinct()), "{}", whole.n_distinct());
        assert_eq!(whole.share_of_singles(), 0.0);
    }
}
