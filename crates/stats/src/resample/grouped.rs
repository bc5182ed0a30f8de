//! Splits that never tear a group apart.

use std::collections::BTreeMap;

use base::Rng;

use super::stratified::rare_classes;
use super::{Fold, Folds, check_n_folds, from_assignment, from_marks, n_held_out};
use crate::error::{StatsError, check_lengths};

/// Folds of about equal size: groups from the largest down, each into the fold that has the fewest rows (Graham 1969),
/// equal ones in random order.
///
/// # Errors
/// [`StatsError::Asked`], [`StatsError::TooFewRows`], and [`StatsError::TooFewGroups`] for fewer groups than folds.
pub fn group_k_fold(groups: &[u32], n_folds: usize, rng: &mut Rng) -> Result<Folds, StatsError> {
    stratified_group_k_fold(&vec![0; groups.len()], groups, n_folds, rng)
}

/// As [`group_k_fold`], with shares of classes as equal as a greedy choice makes them: a group goes into the fold that
/// has the least of the classes that it holds (weighed by how rare they are), and among equals into the smallest.
///
/// The squared deviations of shares from equal ones are least where Σ over classes of (in fold · in group) / total² is.
///
/// # Errors
/// As [`group_k_fold`]; [`StatsError::Lengths`] for keys of different lengths.
pub fn stratified_group_k_fold(
    codes: &[u32],
    groups: &[u32],
    n_folds: usize,
    rng: &mut Rng,
) -> Result<Folds, StatsError> {
    check_lengths("groups", codes.len(), groups.len())?;
    check_n_folds(groups.len(), n_folds)?;
    let ordered = groups_by_size(groups, rng);
    if ordered.len() < n_folds {
        return Err(StatsError::TooFewGroups { needed: n_folds, found: ordered.len() });
    }
    let mut totals: BTreeMap<u32, f64> = BTreeMap::new();
    for &code in codes {
        *totals.entry(code).or_default() += 1.0;
    }
    let mut in_fold: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); n_folds];
    let mut sizes = vec![0usize; n_folds];
    let mut assignment = vec![0u32; groups.len()];
    for rows in ordered {
        let mut in_group: BTreeMap<u32, f64> = BTreeMap::new();
        for &row in &rows {
            *in_group.entry(codes[row as usize]).or_default() += 1.0;
        }
        let crowding = |fold: usize| -> f64 {
            let of = |(code, n): (&u32, &f64)| {
                in_fold[fold].get(code).map_or(0.0, |m| m * n / (totals[code] * totals[code]))
            };
            in_group.iter().map(of).sum()
        };
        let crowded: Vec<f64> = (0..n_folds).map(crowding).collect();
        let mut best = 0;
        for fold in 1..n_folds {
            if (crowded[fold], sizes[fold]) < (crowded[best], sizes[best]) {
                best = fold;
            }
        }
        sizes[best] += rows.len();
        in_group.into_iter().for_each(|(code, n)| *in_fold[best].entry(code).or_default() += n);
        rows.iter().for_each(|&row| assignment[row as usize] = best as u32);
    }
    let rare = if totals.len() > 1 { rare_classes(codes, n_folds) } else { Vec::new() };
    Ok(Folds { folds: from_assignment(&assignment, n_folds), rare })
}

/// Whole groups, in random order, as long as each brings the part to judge by nearer to `fraction` of the rows; the
/// smallest group alone if none does. Both sides have a group at least.
///
/// # Errors
/// [`StatsError::Asked`], [`StatsError::TooFewRows`], and [`StatsError::TooFewGroups`] for fewer than two groups.
pub fn group_holdout(groups: &[u32], fraction: f64, rng: &mut Rng) -> Result<Fold, StatsError> {
    let n_test = n_held_out(groups.len(), fraction)?;
    let by_size = groups_by_size(groups, rng);
    let n_groups = by_size.len();
    if n_groups < 2 {
        return Err(StatsError::TooFewGroups { needed: 2, found: n_groups });
    }
    let mut order: Vec<usize> = (0..n_groups).collect();
    rng.shuffle(&mut order);
    let (mut chosen, mut size) = (Vec::new(), 0usize);
    for g in order {
        let with = size + by_size[g].len();
        if with.abs_diff(n_test) < size.abs_diff(n_test) && chosen.len() + 1 < n_groups {
            chosen.push(g);
            size = with;
        }
    }
    if chosen.is_empty() {
        chosen.push(n_groups - 1);
    }
    let mut is_test = vec![false; groups.len()];
    chosen.iter().flat_map(|&g| &by_size[g]).for_each(|&row| is_test[row as usize] = true);
    Ok(from_marks(&is_test))
}

/// Rows of each group, the largest group first, equal ones in random order.
fn groups_by_size(groups: &[u32], rng: &mut Rng) -> Vec<Vec<u32>> {
    let mut by_code: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (&group, row) in groups.iter().zip(0u32..) {
        by_code.entry(group).or_default().push(row);
    }
    let mut all: Vec<Vec<u32>> = by_code.into_values().collect();
    rng.shuffle(&mut all);
    all.sort_by_key(|rows| std::cmp::Reverse(rows.len()));
    all
}
