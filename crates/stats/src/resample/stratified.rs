//! Splits with equal shares of every class.

use std::collections::BTreeMap;

use base::Rng;

use super::{Fold, Folds, check_n_folds, from_assignment, from_marks, n_held_out};
use crate::error::StatsError;

/// A class with fewer rows than there are parts, so that some part has none of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RareClass {
    /// The class.
    pub class_idx: u32,
    /// How many rows it has.
    pub n_rows: usize,
}

/// Classes that have rows, but fewer than `n_parts`, ascending.
pub fn rare_classes(codes: &[u32], n_parts: usize) -> Vec<RareClass> {
    rows_by_class(codes)
        .into_iter()
        .filter(|(_, rows)| rows.len() < n_parts)
        .map(|(class_idx, rows)| RareClass { class_idx, n_rows: rows.len() })
        .collect()
}

/// Folds in which both the number of rows and the number of rows of every class differ by at most one. Rows of rare
/// classes are spread over folds like all others, never dropped, and the classes named in [`Folds::rare`].
///
/// # Errors
/// [`StatsError::Asked`] for fewer than two folds, [`StatsError::TooFewRows`] for fewer rows than folds.
pub fn stratified_k_fold(codes: &[u32], n_folds: usize, rng: &mut Rng) -> Result<Folds, StatsError> {
    check_n_folds(codes.len(), n_folds)?;
    // Dealing on across classes keeps fold sizes even; the random start of the deal keeps fold 0 from always being
    // the one that gets the odd row.
    let mut next = rng.below(n_folds);
    let mut assignment = vec![0u32; codes.len()];
    for mut rows in rows_by_class(codes).into_values() {
        rng.shuffle(&mut rows);
        for row in rows {
            assignment[row as usize] = (next % n_folds) as u32;
            next += 1;
        }
    }
    Ok(Folds { folds: from_assignment(&assignment, n_folds), rare: rare_classes(codes, n_folds) })
}

/// A random part of about `fraction` of the rows of every class to judge by: shares by largest remainder, so that the
/// total is exact. A class with two rows or more keeps one to learn from, and a class with one row is only learned
/// from, as long as that leaves a row to judge by.
///
/// # Errors
/// [`StatsError::Asked`] for a fraction not between 0 and 1, [`StatsError::TooFewRows`] for fewer than two rows.
pub fn stratified_holdout(codes: &[u32], fraction: f64, rng: &mut Rng) -> Result<Fold, StatsError> {
    let n_test = n_held_out(codes.len(), fraction)?;
    let classes: Vec<Vec<u32>> = rows_by_class(codes).into_values().collect();
    let quotas = quotas(&classes.iter().map(Vec::len).collect::<Vec<_>>(), n_test, fraction);
    let mut is_test = vec![false; codes.len()];
    for (mut rows, quota) in classes.into_iter().zip(quotas) {
        rng.shuffle(&mut rows);
        rows.iter().take(quota).for_each(|&row| is_test[row as usize] = true);
    }
    Ok(from_marks(&is_test))
}

/// How many rows of each class are judged by: `n_test` in all.
fn quotas(sizes: &[usize], n_test: usize, fraction: f64) -> Vec<usize> {
    let most = |size: usize| size - 1;
    let mut quotas: Vec<usize> =
        sizes.iter().map(|&size| ((fraction * size as f64).floor() as usize).min(most(size))).collect();
    let mut by_remainder: Vec<usize> = (0..sizes.len()).collect();
    let remainder = |c: usize| fraction * sizes[c] as f64 - quotas[c] as f64;
    by_remainder.sort_by(|&a, &b| remainder(b).total_cmp(&remainder(a)));
    let mut missing = n_test.saturating_sub(quotas.iter().sum());
    // First one each by remainder, then as many as there is room for, and only then the last row of a class.
    for (room_kept, rounds) in [(1, 1), (1, usize::MAX), (0, usize::MAX)] {
        let mut round = 0;
        let mut gave = true;
        while missing > 0 && gave && round < rounds {
            gave = false;
            for &c in &by_remainder {
                if missing > 0 && quotas[c] + room_kept < sizes[c] {
                    quotas[c] += 1;
                    missing -= 1;
                    gave = true;
                }
            }
            round += 1;
        }
    }
    quotas
}

fn rows_by_class(codes: &[u32]) -> BTreeMap<u32, Vec<u32>> {
    let mut classes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (&code, row) in codes.iter().zip(0u32..) {
        classes.entry(code).or_default().push(row);
    }
    classes
}
