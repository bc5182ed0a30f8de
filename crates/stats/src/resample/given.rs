//! Splits that a column gives.

use std::collections::BTreeSet;

use super::{Fold, Folds, check_n_rows, from_marks};
use crate::error::StatsError;

/// Values of a column that divides rows into those to learn from and those to judge by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainTest {
    /// Position of the value of rows to learn from.
    pub train: usize,
    /// Position of the value of rows to judge by.
    pub test: usize,
}

/// Which of two values means what, if they say it: `train`, `training` or `learn` against `test`, `testing`, `valid`,
/// `validation`, `eval` or `holdout`, in any case and with white space around them. Any other values are folds.
///
/// ```
/// use almanac_stats::resample::{TrainTest, train_and_test};
/// assert_eq!(train_and_test(&["Test", "train"]), Some(TrainTest { train: 1, test: 0 }));
/// assert_eq!(train_and_test(&["a", "b"]), None);
/// ```
pub fn train_and_test(values: &[&str]) -> Option<TrainTest> {
    let [first, second] = values else { return None };
    let word = |value: &str| value.trim().to_lowercase();
    let is_train = |value: &str| matches!(word(value).as_str(), "train" | "training" | "learn");
    let is_test =
        |value: &str| matches!(word(value).as_str(), "test" | "testing" | "valid" | "validation" | "eval" | "holdout");
    if is_train(first) && is_test(second) {
        Some(TrainTest { train: 0, test: 1 })
    } else if is_test(first) && is_train(second) {
        Some(TrainTest { train: 1, test: 0 })
    } else {
        None
    }
}

/// One fold for every distinct value, ascending: it is judged by the rows of that value and learns from all others.
/// For a column that says `train` and `test`, use [`given_holdout`].
///
/// # Errors
/// [`StatsError::OneSided`] if there is one value only, [`StatsError::Asked`] if there are more than
/// [`super::FOLDS_MAX`], [`StatsError::TooFewRows`] without rows.
pub fn given(codes: &[u32]) -> Result<Folds, StatsError> {
    check_n_rows("a given split", 1, codes.len())?;
    let values: BTreeSet<u32> = codes.iter().copied().collect();
    if values.len() > super::FOLDS_MAX {
        let found = values.len().to_string();
        return Err(StatsError::Asked { what: "the number of given folds", expected: "2 to 1000", found });
    }
    let folds = values.into_iter().map(|value| given_holdout(codes, value)).collect::<Result<_, _>>()?;
    Ok(Folds { folds, rare: Vec::new() })
}

/// Judges by the rows of one value and learns from all others.
///
/// # Errors
/// [`StatsError::OneSided`] if no row has the value, or every row.
pub fn given_holdout(codes: &[u32], test_code: u32) -> Result<Fold, StatsError> {
    check_n_rows("a given split", 1, codes.len())?;
    let is_test: Vec<bool> = codes.iter().map(|&code| code == test_code).collect();
    let fold = from_marks(&is_test);
    if fold.test.is_empty() || fold.train.is_empty() { Err(StatsError::OneSided) } else { Ok(fold) }
}
