//! Splits that never learn from what came later.

use super::{Fold, Folds, check_fraction, check_n_folds, check_n_rows};
use crate::error::StatsError;

/// Folds forward in time: rows in the order of time are cut into `n_folds + 1` blocks of about equal size; fold `i`
/// learns from blocks `0..=i` and is judged by block `i + 1`. Rows of one time are never on both sides of a cut, so
/// every row to judge by is later than every row learned from. Rows of the first block are never judged by.
///
/// # Errors
/// [`StatsError::Asked`] for fewer than two folds, [`StatsError::TooFewRows`], and [`StatsError::TooFewTimes`] for
/// fewer distinct times than blocks.
pub fn forward(times: &[i64], n_folds: usize) -> Result<Folds, StatsError> {
    check_n_folds(times.len(), n_folds)?;
    let n_blocks = n_folds + 1;
    let n_rows = times.len();
    blocks(times, (1..n_blocks).map(|block| (n_rows * block + n_blocks / 2) / n_blocks).collect())
}

/// As [`forward`], with about `first_share` of the rows in the first block and the rest cut into `n_folds` equal ones:
/// every fold learns from at least that share, as the model that is fitted on all rows will.
///
/// # Errors
/// As [`forward`], and [`StatsError::Asked`] for a share not between 0 and 1.
pub fn forward_from(times: &[i64], n_folds: usize, first_share: f64) -> Result<Folds, StatsError> {
    check_n_folds(times.len(), n_folds)?;
    check_fraction(first_share)?;
    let n_rows = times.len() as f64;
    let cut = |block: usize| first_share + (1.0 - first_share) * block as f64 / n_folds as f64;
    blocks(times, (0..n_folds).map(|block| (n_rows * cut(block)).round() as usize).collect())
}

fn blocks(times: &[i64], targets: Vec<usize>) -> Result<Folds, StatsError> {
    let order = rows_in_time(times);
    let mut cuts = cuts(times, &order, &targets)?;
    cuts.push(order.len());
    let folds = cuts.windows(2).map(|w| fold(&order[..w[0]], &order[w[0]..w[1]])).collect();
    Ok(Folds { folds, rare: Vec::new() })
}

/// The latest rows, about `fraction` of them, to judge by.
///
/// # Errors
/// [`StatsError::Asked`] for a fraction not between 0 and 1, [`StatsError::TooFewRows`], and
/// [`StatsError::TooFewTimes`] if all rows have one time.
pub fn forward_holdout(times: &[i64], fraction: f64) -> Result<Fold, StatsError> {
    check_fraction(fraction)?;
    check_n_rows("a holdout", 2, times.len())?;
    let order = rows_in_time(times);
    let target = ((1.0 - fraction) * order.len() as f64).round() as usize;
    let cut = cuts(times, &order, &[target])?[0];
    Ok(fold(&order[..cut], &order[cut..]))
}

/// Rows by time; rows of one time in their own order.
fn rows_in_time(times: &[i64]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..times.len() as u32).collect();
    order.sort_by_key(|&row| times[row as usize]);
    order
}

/// For every target the nearest position at which the time changes, each behind the one before.
fn cuts(times: &[i64], order: &[u32], targets: &[usize]) -> Result<Vec<usize>, StatsError> {
    let time = |position: usize| times[order[position] as usize];
    let changes: Vec<usize> = (1..order.len()).filter(|&p| time(p - 1) != time(p)).collect();
    if changes.len() < targets.len() {
        return Err(StatsError::TooFewTimes { needed: targets.len() + 1, found: changes.len() + 1 });
    }
    let mut found = Vec::with_capacity(targets.len());
    let mut first = 0;
    for (i, &target) in targets.iter().enumerate() {
        // One change must be left for every target that follows.
        let last = changes.len() - (targets.len() - i);
        let above = changes[first..=last].partition_point(|&p| p < target) + first;
        let nearest = if above > last || (above > first && target - changes[above - 1] <= changes[above] - target) {
            above - 1
        } else {
            above
        };
        found.push(changes[nearest]);
        first = nearest + 1;
    }
    Ok(found)
}

fn fold(earlier: &[u32], later: &[u32]) -> Fold {
    let ascending = |rows: &[u32]| {
        let mut rows = rows.to_vec();
        rows.sort_unstable();
        rows
    };
    Fold { train: ascending(earlier), test: ascending(later) }
}
