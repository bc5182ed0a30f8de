//! The profile of a column of numbers.

use serde::{Deserialize, Serialize};

use crate::moments::Moments;
use crate::quantile::sorted;

/// Bins of a profile, about equally full where numbers do not repeat.
pub const PROFILE_BINS: usize = 20;

/// Counts, moments and the distribution over quantile bins.
///
/// Bin `i` holds numbers above edge `i - 1` and up to edge `i`; the first and the last bin are open. Edges are
/// numbers of the column, equal ones only once: no bin is empty, and a column of few distinct numbers has fewer bins, one
/// for a constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumericProfile {
    /// Rows, missing ones included.
    pub n_rows: u64,
    /// Rows without a number (NaN).
    pub n_missing: u64,
    /// Smallest finite number; `None` without one. So are the next three.
    pub min: Option<f64>,
    /// Largest finite number.
    pub max: Option<f64>,
    /// Mean of the finite numbers.
    pub mean: Option<f64>,
    /// Standard deviation of the finite numbers, with `n` in the denominator.
    pub std: Option<f64>,
    /// Edges between bins, strictly ascending, finite.
    pub edges: Vec<f64>,
    /// Rows per bin: one more than there are edges. Infinities are in the outer bins.
    pub counts: Vec<u64>,
}

/// How rows fall into the bins of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinCounts {
    /// Rows per bin.
    pub counts: Vec<u64>,
    /// Rows without a number.
    pub n_missing: u64,
}

impl NumericProfile {
    /// Profile of a column; NaN is missing. `O(n log n)`.
    ///
    /// ```
    /// use almanac_stats::NumericProfile;
    /// let p = NumericProfile::of(&[0.0, 0.0, 0.0, 5.0, f64::NAN]);
    /// assert_eq!((p.n_missing, p.max, p.counts), (1, Some(5.0), vec![3, 1]));
    /// ```
    pub fn of(values: &[f64]) -> Self {
        let mut finite = sorted(values);
        finite.retain(|v| v.is_finite());
        let (min, max) = (finite.first().copied(), finite.last().copied());
        // The smallest number with at least i twentieths of the rows at or below it: a number that occurs, so that no
        // bin is empty.
        let mut edges: Vec<f64> = (1..PROFILE_BINS)
            .filter_map(|i| finite.get((i * finite.len()).div_ceil(PROFILE_BINS).saturating_sub(1)).copied())
            .filter(|edge| Some(*edge) < max)
            .collect();
        edges.dedup();
        let moments = Moments::of(&finite);
        let mut profile = Self {
            n_rows: values.len() as u64,
            n_missing: 0,
            min,
            max,
            mean: min.and(Some(moments.mean)).filter(|v| v.is_finite()),
            std: moments.std(0).filter(|v| v.is_finite()),
            edges,
            counts: Vec::new(),
        };
        let BinCounts { counts, n_missing } = profile.bin_counts(values);
        (profile.counts, profile.n_missing) = (counts, n_missing);
        profile
    }

    /// How other rows fall into the same bins.
    pub fn bin_counts(&self, values: &[f64]) -> BinCounts {
        let mut out = BinCounts { counts: vec![0; self.edges.len() + 1], n_missing: 0 };
        for &v in values {
            if v.is_nan() {
                out.n_missing += 1;
            } else {
                out.counts[self.edges.partition_point(|edge| *edge < v)] += 1;
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_even_where_numbers_differ() {
        let v: Vec<f64> = (0..1000).map(|i| f64::from((i * 7919) % 1000)).collect();
        let p = NumericProfile::of(&v);
        assert_eq!((p.edges.len(), p.counts), (19, vec![50; 20]));
    }

    #[test]
    fn few_numbers_have_a_bin_each() {
        let v: Vec<f64> = (0..100).map(|i| f64::from([0, 0, 1, 7][i % 4])).collect();
        let p = NumericProfile::of(&v);
        assert_eq!((p.edges.clone(), p.counts.clone()), (vec![0.0, 1.0], vec![50, 25, 25]));
        let drifted = p.bin_counts(&[-3.0, 0.5, 100.0, f64::NAN]);
        assert_eq!(drifted, BinCounts { counts: vec![1, 1, 1], n_missing: 1 });
    }

    #[test]
    fn odd_columns_have_profiles_and_go_through_json() {
        for values in [
            vec![],
            vec![f64::NAN],
            vec![3.0; 7],
            vec![f64::INFINITY, f64::NEG_INFINITY, 1.0],
            vec![f64::MAX, f64::MIN],
        ] {
            let p = NumericProfile::of(&values);
            assert_eq!(p.counts.iter().sum::<u64>() + p.n_missing, values.len() as u64, "{values:?}");
            assert_eq!(p.counts.len(), p.edges.len() + 1);
            let json = serde_json::to_string(&p).expect("a profile is JSON");
            assert_eq!(serde_json::from_str::<NumericProfile>(&json).expect("it reads back"), p);
        }
    }
}
