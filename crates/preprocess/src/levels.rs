//! Levels of a category: counting them while fitting, keeping the frequent ones, finding them again.
//!
//! A frame's dictionary is its own; nothing learned here depends on it, nor on levels without a row.

use contract::FitError;
use table::{Categories, Feature, FeatureData, MISSING, UNKNOWN};

use crate::limits::LEVELS_MAX;
use crate::rows::{weight, wrong_form};

/// Code of a level that was pooled with other rare ones.
pub(crate) const RARE: u32 = u32::MAX - 2;

/// The categories of a feature, with codes checked against the dictionary.
pub(crate) fn categories(feature: &Feature) -> Result<&Categories, FitError> {
    let FeatureData::Category(c) = &feature.data else { return Err(wrong_form(feature, "category")) };
    if c.codes.iter().any(|&code| code != MISSING && code as usize >= c.levels.len()) {
        return Err(FitError::Broken { what: format!("a code of `{}` lies beyond its levels", feature.name) });
    }
    Ok(c)
}

/// How often each level of a frame's dictionary occurs. Rows without weight do not count.
pub(crate) struct Tally<'a> {
    /// Level, rows, weight; ascending by level, each with a row.
    pub levels: Vec<(&'a str, u64, f64)>,
    /// Rows with weight.
    pub n_rows: u64,
    /// Weight of the rows that are missing.
    pub missing: f64,
    /// Weight of all rows.
    pub total: f64,
}

impl<'a> Tally<'a> {
    /// Counts.
    pub(crate) fn of(c: &'a Categories, weights: Option<&[f64]>) -> Self {
        let mut counts = vec![(0u64, 0.0f64); c.levels.len()];
        let (mut n_rows, mut missing, mut total) = (0, 0.0, 0.0);
        for (row_idx, &code) in c.codes.iter().enumerate() {
            let w = weight(weights, row_idx);
            total += w;
            n_rows += u64::from(w > 0.0);
            if code == MISSING {
                missing += w;
            } else if w > 0.0 {
                let count = &mut counts[code as usize];
                count.0 += 1;
                count.1 += w;
            }
        }
        let mut levels: Vec<(&str, u64, f64)> = c
            .levels
            .iter()
            .zip(counts)
            .filter(|(_, (n, _))| *n > 0)
            .map(|(level, (n, w))| (level.as_str(), n, w))
            .collect();
        levels.sort_unstable_by(|a, b| a.0.cmp(b.0));
        Self { levels, n_rows, missing, total }
    }

    /// The heaviest level, the first in order among equals.
    pub(crate) fn most_frequent(&self) -> Option<&'a str> {
        let mut best: Option<(&str, f64)> = None;
        for &(level, _, w) in &self.levels {
            if best.is_none_or(|(_, b)| w > b) {
                best = Some((level, w));
            }
        }
        best.map(|(level, _)| level)
    }

    /// Parts the levels into those that are kept and those that are pooled: at least `min_count` rows, and at most
    /// `max_levels` of them, the frequent before the rare and the earlier before the later. Both ascend.
    ///
    /// Fails with [`FitError::Limit`] beyond [`LEVELS_MAX`].
    pub(crate) fn part(
        &self,
        min_count: f64,
        max_levels: Option<usize>,
        feature: &str,
    ) -> Result<(Vec<String>, Vec<String>), FitError> {
        check_limit(self.levels.len(), feature)?;
        let mut order: Vec<usize> = (0..self.levels.len()).filter(|&i| self.levels[i].1 as f64 >= min_count).collect();
        if let Some(max) = max_levels {
            order.sort_by_key(|&i| (std::cmp::Reverse(self.levels[i].1), i));
            order.truncate(max);
        }
        let mut is_kept = vec![false; self.levels.len()];
        order.into_iter().for_each(|i| is_kept[i] = true);
        let (mut kept, mut rare) = (Vec::new(), Vec::new());
        for ((level, ..), is_kept) in self.levels.iter().zip(is_kept) {
            if is_kept { &mut kept } else { &mut rare }.push((*level).to_owned());
        }
        Ok((kept, rare))
    }
}

/// Fails if there are more levels than a step learns.
pub(crate) fn check_limit(n_levels: usize, feature: &str) -> Result<(), FitError> {
    if n_levels > LEVELS_MAX {
        return Err(FitError::Limit {
            what: format!("levels of `{feature}`"),
            max: LEVELS_MAX as u64,
            found: n_levels as u64,
        });
    }
    Ok(())
}

/// Per row: position in `levels`, [`RARE`] if the level is in `rare` or is unknown while anything was pooled at all
/// (a level never seen is a rare one), [`UNKNOWN`], or [`MISSING`]. Both lists ascend.
pub(crate) fn look_up(c: &Categories, levels: &[String], rare: &[String]) -> Vec<u32> {
    let unseen = if rare.is_empty() { UNKNOWN } else { RARE };
    let find = |level: &String| levels.binary_search(level).map_or(unseen, |i| i as u32);
    per_row(c, find)
}

/// How many rows have a level that was never seen.
pub(crate) fn count_unseen(c: &Categories, levels: &[String], rare: &[String]) -> u64 {
    let is_seen = |level: &String| levels.binary_search(level).is_ok() || rare.binary_search(level).is_ok();
    per_row(c, |level| if is_seen(level) { 0 } else { UNKNOWN }).iter().filter(|&&c| c == UNKNOWN).count() as u64
}

fn per_row(c: &Categories, find: impl Fn(&String) -> u32) -> Vec<u32> {
    if c.levels.len() <= c.codes.len() {
        let found: Vec<u32> = c.levels.iter().map(find).collect();
        return c.codes.iter().map(|&code| if code == MISSING { MISSING } else { found[code as usize] }).collect();
    }
    c.codes.iter().map(|&code| if code == MISSING { MISSING } else { find(&c.levels[code as usize]) }).collect()
}

/// What must hold of learned levels: ascending without repetition, and not too many.
pub(crate) fn check_levels(feature: &str, levels: &[String]) -> Result<(), String> {
    if levels.len() > LEVELS_MAX {
        return Err(format!("`{feature}` has {} levels, at most {LEVELS_MAX} are allowed", levels.len()));
    }
    if levels.windows(2).any(|w| w[0] >= w[1]) {
        return Err(format!("the levels of `{feature}` are not in ascending order"));
    }
    Ok(())
}

/// What must hold of kept and pooled levels: each ascends, and no level is in both.
pub(crate) fn check_parted(feature: &str, levels: &[String], rare: &[String]) -> Result<(), String> {
    check_levels(feature, levels)?;
    check_levels(feature, rare)?;
    match rare.iter().find(|r| levels.binary_search(r).is_ok()) {
        Some(both) => Err(format!("level {} of `{feature}` is both kept and pooled", base::finding::quoted(both))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn categories(levels: &[&str], codes: &[u32]) -> Categories {
        Categories { levels: levels.iter().map(|s| (*s).to_owned()).collect(), codes: codes.to_vec() }
    }

    #[test]
    fn levels_without_a_row_are_not_learned() {
        let c = categories(&["a", "b", "c"], &[2, 0, 2, MISSING]);
        let t = Tally::of(&c, None);
        assert_eq!(t.levels, [("a", 1, 1.0), ("c", 2, 2.0)]);
        assert_eq!((t.missing, t.total, t.most_frequent()), (1.0, 4.0, Some("c")));
        let t = Tally::of(&c, Some(&[1.0, 5.0, 0.0, 2.0]));
        assert_eq!(t.levels, [("a", 1, 5.0), ("c", 1, 1.0)]);
        assert_eq!(t.most_frequent(), Some("a"));
    }

    #[test]
    fn the_frequent_are_kept_and_ties_go_to_the_first() {
        let c = categories(&["a", "b", "c", "d"], &[0, 1, 1, 2, 2, 3, 3, 3]);
        let t = Tally::of(&c, None);
        let (kept, rare) = t.part(2.0, Some(2), "x").expect("few");
        assert_eq!((kept, rare), (vec!["b".to_owned(), "d".into()], vec!["a".to_owned(), "c".into()]));
    }

    #[test]
    fn a_level_is_found_by_its_text_whatever_the_dictionary() {
        let (levels, rare) = (["b".to_owned(), "d".into()], ["c".to_owned()]);
        let long = categories(&["a", "b", "c", "d"], &[3, MISSING]);
        assert_eq!(look_up(&long, &levels, &rare), [1, MISSING]);
        let c = categories(&["a", "b", "c", "d"], &[0, 1, 2, 3, MISSING]);
        assert_eq!(look_up(&c, &levels, &rare), [RARE, 0, RARE, 1, MISSING]);
        assert_eq!(look_up(&c, &levels, &[]), [UNKNOWN, 0, UNKNOWN, 1, MISSING]);
        assert_eq!((count_unseen(&c, &levels, &rare), count_unseen(&c, &levels, &[])), (1, 2));
    }
}
