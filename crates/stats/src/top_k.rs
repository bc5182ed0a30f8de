//! The most frequent of some counted things.

/// The `k` largest counts, the largest first, equal ones in the order of their keys.
///
/// ```
/// use almanac_stats::top_k::top_k;
/// assert_eq!(top_k([("b", 1), ("c", 5), ("a", 1)], 2), [("c", 5), ("a", 1)]);
/// ```
pub fn top_k<K: Ord>(counts: impl IntoIterator<Item = (K, u64)>, k: usize) -> Vec<(K, u64)> {
    let mut all: Vec<(K, u64)> = counts.into_iter().collect();
    all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    all.truncate(k);
    all
}
