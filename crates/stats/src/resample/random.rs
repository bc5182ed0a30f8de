//! Splits at random.

use base::Rng;

use super::{Fold, Folds, check_n_folds, from_assignment, from_marks, n_held_out};
use crate::error::StatsError;

/// Folds of sizes that differ by at most one, rows dealt in a random order.
///
/// # Errors
/// [`StatsError::Asked`] for fewer than two folds, [`StatsError::TooFewRows`] for fewer rows than folds.
pub fn k_fold(n_rows: usize, n_folds: usize, rng: &mut Rng) -> Result<Folds, StatsError> {
    check_n_folds(n_rows, n_folds)?;
    let mut assignment: Vec<u32> = (0..n_rows).map(|i| (i % n_folds) as u32).collect();
    rng.shuffle(&mut assignment);
    Ok(Folds { folds: from_assignment(&assignment, n_folds), rare: Vec::new() })
}

/// A random part of about `fraction` of the rows to judge by; both sides have a row at least.
///
/// # Errors
/// [`StatsError::Asked`] for a fraction not between 0 and 1, [`StatsError::TooFewRows`] for fewer than two rows.
pub fn holdout(n_rows: usize, fraction: f64, rng: &mut Rng) -> Result<Fold, StatsError> {
    let n_test = n_held_out(n_rows, fraction)?;
    let mut is_test: Vec<bool> = (0..n_rows).map(|i| i < n_test).collect();
    rng.shuffle(&mut is_test);
    Ok(from_marks(&is_test))
}
