//! The profile of a column of categories.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::top_k::top_k;

/// A level and how many rows have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LevelCount {
    /// The level as it is spelt.
    pub level: String,
    /// Rows.
    pub count: u64,
}

/// Counts of the most frequent levels and of what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryProfile {
    /// Rows, missing ones included.
    pub n_rows: u64,
    /// Rows without a level.
    pub n_missing: u64,
    /// Distinct levels.
    pub n_levels: u64,
    /// The most frequent levels, the most frequent first, equal ones in code-point order.
    pub top: Vec<LevelCount>,
    /// Rows of all other levels.
    pub n_other: u64,
}

impl CategoryProfile {
    /// Profile of a column that keeps at most `top` levels.
    ///
    /// ```
    /// use almanac_stats::CategoryProfile;
    /// let p = CategoryProfile::of([Some("b"), Some("a"), None, Some("b")], 1);
    /// assert_eq!((p.top[0].level.as_str(), p.n_other, p.n_missing, p.n_levels), ("b", 1, 1, 2));
    /// ```
    pub fn of<'a>(values: impl IntoIterator<Item = Option<&'a str>>, top: usize) -> Self {
        let (mut counts, mut n_missing) = (BTreeMap::new(), 0);
        for value in values {
            match value {
                Some(level) => *counts.entry(level).or_insert(0u64) += 1,
                None => n_missing += 1,
            }
        }
        Self::from_counts(counts, n_missing, top)
    }

    /// Profile of levels that are counted already; a level with no row is not a level. The levels are distinct.
    pub fn from_counts<'a>(counts: impl IntoIterator<Item = (&'a str, u64)>, n_missing: u64, top: usize) -> Self {
        let counts: Vec<(&str, u64)> = counts.into_iter().filter(|(_, n)| *n > 0).collect();
        let n_levels = counts.len() as u64;
        let n_present: u64 = counts.iter().map(|(_, n)| n).sum();
        let top: Vec<LevelCount> = top_k(counts, top)
            .into_iter()
            .map(|(level, count)| LevelCount { level: level.to_owned(), count })
            .collect();
        let n_other = n_present - top.iter().map(|l| l.count).sum::<u64>();
        Self { n_rows: n_present + n_missing, n_missing, n_levels, top, n_other }
    }

    /// How other rows fall on the same levels: counts in the order of `top`, then those of all other levels, then the
    /// missing ones.
    pub fn level_counts<'a>(&self, values: impl IntoIterator<Item = Option<&'a str>>) -> Vec<u64> {
        let place: BTreeMap<&str, usize> = self.top.iter().zip(0..).map(|(l, i)| (l.level.as_str(), i)).collect();
        let mut counts = vec![0; self.top.len() + 2];
        for value in values {
            let i = match value {
                Some(level) => place.get(level).copied().unwrap_or(self.top.len()),
                None => self.top.len() + 1,
            };
            counts[i] += 1;
        }
        counts
    }

    /// The profile's own counts in the form of [`CategoryProfile::level_counts`].
    pub fn own_counts(&self) -> Vec<u64> {
        self.top.iter().map(|l| l.count).chain([self.n_other, self.n_missing]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_counts_its_own_rows_as_it_says() {
        let rows = [Some("a"), Some("c"), None, Some("b"), Some("a"), Some("d"), Some("d")];
        let p = CategoryProfile::of(rows, 2);
        assert_eq!(p.level_counts(rows), p.own_counts());
        assert_eq!(p.own_counts(), [2, 2, 2, 1]);
        assert_eq!(p.level_counts([Some("new"), Some("a")]), [1, 0, 1, 0]);
        assert_eq!(CategoryProfile::of([], 5).n_rows, 0);
    }
}
