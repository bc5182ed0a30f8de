//! Which rows are learned from and which are judged: folds of cross-validation and single holdouts.
//!
//! Every plan is a pure function of its keys and of the random stream handed in; row indices are positions from 0,
//! ascending in every part. Not here: the choice of a plan, columns, weights.

mod forward;
mod given;
mod grouped;
mod random;
mod stratified;

pub use forward::{forward, forward_from, forward_holdout};
pub use given::{TrainTest, given, given_holdout, train_and_test};
pub use grouped::{group_holdout, group_k_fold, stratified_group_k_fold};
pub use random::{holdout, k_fold};
pub use stratified::{RareClass, rare_classes, stratified_holdout, stratified_k_fold};

use base::Rng;

use crate::error::{StatsError, check_lengths};

/// The most folds that may be asked for.
pub const FOLDS_MAX: usize = 1_000;

/// Rows to learn from and rows to judge by. They have no row in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Learned from, ascending.
    pub train: Vec<u32>,
    /// Judged by, ascending, at least one.
    pub test: Vec<u32>,
}

/// The folds of a cross-validation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// One or more.
    pub folds: Vec<Fold>,
    /// Classes with fewer rows than folds, which some folds therefore do not hold.
    pub rare: Vec<RareClass>,
}

/// How rows are split, with the keys that it goes by: one per row.
///
/// ```
/// use almanac_stats::SplitSpec;
/// use base::{Cx, Stream};
/// let mut rng = Cx::new(0, 1).rng(Stream { stage: "split", fold: 0, purpose: "folds" });
/// let codes = [0, 0, 0, 0, 1, 1];
/// let folds = SplitSpec::Stratified { codes: &codes }.folds(6, 2, &mut rng)?;
/// assert!(folds.folds.iter().all(|f| f.test.len() == 3 && f.test[2] >= 4));
/// # Ok::<(), almanac_stats::StatsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SplitSpec<'a> {
    /// At random.
    Random,
    /// At random, with equal shares of every class.
    Stratified {
        /// Classes.
        codes: &'a [u32],
    },
    /// A group is never on both sides.
    Grouped {
        /// Groups.
        groups: &'a [u32],
    },
    /// A group is never on both sides, and shares of classes are as equal as that allows.
    StratifiedGrouped {
        /// Classes.
        codes: &'a [u32],
        /// Groups.
        groups: &'a [u32],
    },
    /// Learn from what was earlier, judge by what came later.
    Forward {
        /// Points in time, in any unit.
        times: &'a [i64],
    },
    /// The rows say which fold tests them.
    Given {
        /// Values of the column that says it.
        codes: &'a [u32],
    },
}

impl SplitSpec<'_> {
    /// Folds. `n_folds` is not asked where the rows give them; only plans with randomness draw from `rng`.
    ///
    /// # Errors
    /// Those of the plan's own function, and [`StatsError::Lengths`] for keys that are not one per row.
    pub fn folds(&self, n_rows: usize, n_folds: usize, rng: &mut Rng) -> Result<Folds, StatsError> {
        self.check_keys(n_rows)?;
        match *self {
            Self::Random => k_fold(n_rows, n_folds, rng),
            Self::Stratified { codes } => stratified_k_fold(codes, n_folds, rng),
            Self::Grouped { groups } => group_k_fold(groups, n_folds, rng),
            Self::StratifiedGrouped { codes, groups } => stratified_group_k_fold(codes, groups, n_folds, rng),
            Self::Forward { times } => forward(times, n_folds),
            Self::Given { codes } => given(codes),
        }
    }

    /// A single split with about `fraction` of the rows to judge by. Where the rows give the folds, the fold nearest to
    /// it in size is taken.
    ///
    /// # Errors
    /// As [`SplitSpec::folds`].
    pub fn holdout(&self, n_rows: usize, fraction: f64, rng: &mut Rng) -> Result<Fold, StatsError> {
        self.check_keys(n_rows)?;
        match *self {
            Self::Random => holdout(n_rows, fraction, rng),
            Self::Stratified { codes } => stratified_holdout(codes, fraction, rng),
            Self::Grouped { groups } | Self::StratifiedGrouped { groups, .. } => group_holdout(groups, fraction, rng),
            Self::Forward { times } => forward_holdout(times, fraction),
            Self::Given { codes } => {
                check_fraction(fraction)?;
                let target = fraction * n_rows as f64;
                let gap = |f: &Fold| (f.test.len() as f64 - target).abs();
                given(codes)?.folds.into_iter().min_by(|a, b| gap(a).total_cmp(&gap(b))).ok_or(StatsError::OneSided)
            }
        }
    }

    fn check_keys(&self, n_rows: usize) -> Result<(), StatsError> {
        match self {
            Self::Random => Ok(()),
            Self::Stratified { codes } | Self::Given { codes } => check_lengths("keys", n_rows, codes.len()),
            Self::Grouped { groups } => check_lengths("keys", n_rows, groups.len()),
            Self::StratifiedGrouped { codes, groups } => {
                check_lengths("keys", n_rows, codes.len()).and_then(|()| check_lengths("keys", n_rows, groups.len()))
            }
            Self::Forward { times } => check_lengths("keys", n_rows, times.len()),
        }
    }
}

/// Folds from the number of the fold that tests each row.
fn from_assignment(assignment: &[u32], n_folds: usize) -> Vec<Fold> {
    let rows = || assignment.iter().zip(0u32..);
    (0..n_folds as u32)
        .map(|fold| Fold {
            train: rows().filter(|(f, _)| **f != fold).map(|(_, row)| row).collect(),
            test: rows().filter(|(f, _)| **f == fold).map(|(_, row)| row).collect(),
        })
        .collect()
}

/// A fold from a mark on every row that is judged by.
fn from_marks(is_test: &[bool]) -> Fold {
    let rows = |wanted: bool| is_test.iter().zip(0u32..).filter(move |(t, _)| **t == wanted).map(|(_, row)| row);
    Fold { train: rows(false).collect(), test: rows(true).collect() }
}

fn check_n_folds(n_rows: usize, n_folds: usize) -> Result<(), StatsError> {
    if !(2..=FOLDS_MAX).contains(&n_folds) {
        let found = n_folds.to_string();
        return Err(StatsError::Asked { what: "the number of folds", expected: "2 to 1000", found });
    }
    check_n_rows("a cross-validation", n_folds, n_rows)
}

fn check_n_rows(what: &'static str, needed: usize, found: usize) -> Result<(), StatsError> {
    if found < needed {
        Err(StatsError::TooFewRows { what, needed, found })
    } else if u32::try_from(found).is_err() {
        Err(StatsError::TooManyRows { found })
    } else {
        Ok(())
    }
}

fn check_fraction(fraction: f64) -> Result<(), StatsError> {
    if fraction > 0.0 && fraction < 1.0 {
        Ok(())
    } else {
        let found = fraction.to_string();
        Err(StatsError::Asked { what: "the held-out fraction", expected: "above 0 and below 1", found })
    }
}

/// Checks a holdout and returns how many rows it tests: the nearest whole number that leaves both sides a row.
fn n_held_out(n_rows: usize, fraction: f64) -> Result<usize, StatsError> {
    check_fraction(fraction)?;
    check_n_rows("a holdout", 2, n_rows)?;
    Ok(((fraction * n_rows as f64).round() as usize).clamp(1, n_rows - 1))
}
