//! Hash of a term: FNV-1a over its UTF-8 bytes (Fowler, Noll, Vo), then the mixing of SplitMix64 (Steele, Lea, Flood
//! 2014), since FNV alone leaves its high bits poor. Part of what a bundle means: it never changes.

/// Column of a term among `n_features`, and its sign.
pub(crate) fn place(term: &str, n_features: usize) -> (u32, f64) {
    let mut h = 0xcbf2_9ce4_8422_2325u64;
    for byte in term.as_bytes() {
        h = (h ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^= h >> 31;
    let column = (u128::from(h) * n_features as u128) >> 64;
    (column as u32, if h & 1 == 0 { 1.0 } else { -1.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_frozen_and_spread() {
        let places: Vec<(u32, f64)> = ["", "spam", "ham", "ärger"].iter().map(|t| place(t, 1 << 18)).collect();
        // Written down once; a bundle depends on them.
        assert_eq!(places, [(251_048, -1.0), (79_031, -1.0), (133_813, -1.0), (179_718, -1.0)]);
        let mut used = vec![0u32; 64];
        let mut signs = 0.0;
        for i in 0..6400 {
            let (column, sign) = place(&format!("term {i}"), 64);
            used[column as usize] += 1;
            signs += sign;
        }
        assert!(used.iter().all(|n| (50..160).contains(n)), "{used:?}");
        assert!(signs.abs() < 300.0, "{signs}");
    }
}
