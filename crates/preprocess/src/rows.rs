//! Checks that rows handed to a step can be learned from, and reads weights.

use contract::{FitError, StepData};
use table::{Feature, Frame};

/// Fails unless there are rows, all parts have the same number of them, and the weights can be used. Every step calls
/// it before it learns.
pub(crate) fn check(data: &StepData<'_>) -> Result<(), FitError> {
    let n_rows = data.frame.n_rows;
    if n_rows == 0 {
        return Err(FitError::NoRows);
    }
    check_lengths(data.frame)?;
    if data.target.is_some_and(|t| t.n_rows() != n_rows) || data.weights.is_some_and(|w| w.len() != n_rows) {
        return Err(FitError::Broken { what: "features, target and weights differ in their number of rows".into() });
    }
    if let Some(w) = data.weights {
        if let Some(i) = w.iter().position(|w| !w.is_finite() || *w < 0.0) {
            return Err(FitError::Weights { what: format!("row {} has {}", i + 1, w[i]) });
        }
        if w.iter().all(|w| *w == 0.0) {
            return Err(FitError::Weights { what: "all are zero".into() });
        }
    }
    Ok(())
}

/// Fails if a feature has not as many rows as its frame.
pub(crate) fn check_lengths(frame: &Frame) -> Result<(), FitError> {
    match frame.features.iter().find(|f| f.data.n_rows() != frame.n_rows) {
        Some(f) => Err(FitError::Broken {
            what: format!("feature `{}` has {} rows, its frame has {}", f.name, f.data.n_rows(), frame.n_rows),
        }),
        None => Ok(()),
    }
}

/// Weight of a row.
#[inline]
pub(crate) fn weight(weights: Option<&[f64]>, row_idx: usize) -> f64 {
    weights.map_or(1.0, |w| w[row_idx])
}

/// The values of a number feature that are there and have weight, with their weights.
///
/// Fails with [`FitError::Infinite`] if one of them is infinite.
pub(crate) fn present(
    feature: &Feature,
    values: &[f64],
    weights: Option<&[f64]>,
) -> Result<(Vec<f64>, Option<Vec<f64>>), FitError> {
    let is_used = |i: usize| !values[i].is_nan() && weight(weights, i) > 0.0;
    if let Some(row_idx) = (0..values.len()).find(|&i| values[i].is_infinite() && is_used(i)) {
        return Err(FitError::Infinite { feature: feature.name.clone(), row_idx });
    }
    let used: Vec<usize> = (0..values.len()).filter(|&i| is_used(i)).collect();
    let kept = used.iter().map(|&i| values[i]).collect();
    Ok((kept, weights.map(|w| used.iter().map(|&i| w[i]).collect())))
}

/// A feature is not of the form that a step takes.
pub(crate) fn wrong_form(feature: &Feature, expected: &str) -> FitError {
    FitError::Form {
        feature: feature.name.clone(),
        expected: format!("a {expected}"),
        found: format!("a {}", feature.data.form()),
    }
}
