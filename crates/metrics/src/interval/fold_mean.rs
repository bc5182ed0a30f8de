//! The interval of the mean of a metric over the folds of a cross-validation.

use base::Cx;

use super::resampler::{Resampler, replicates};
use super::{Bootstrap, Interval};
use crate::error::MetricError;
use crate::input::{Scores, Truth};
use crate::metric::{Metric, Prepared};

/// What one fold's model said of the rows that it did not learn from.
#[derive(Debug, Clone, Copy)]
pub struct FoldScores<'a> {
    /// Truth of the fold's test rows.
    pub truth: Truth<'a>,
    /// Scores of the same rows.
    pub scores: Scores<'a>,
    /// Weights of the same rows.
    pub weights: Option<&'a [f64]>,
}

/// Mean of a metric over folds, and its interval: rows are resampled within every fold, and the folds' values averaged.
/// It says how sure the mean is given these models; that other training rows give other models is not in it.
///
/// # Errors
/// Those of [`crate::evaluate`] for any fold, [`MetricError::NoRows`] without folds, [`MetricError::Asked`],
/// [`MetricError::Cancelled`].
pub fn bootstrap_fold_mean(
    cx: &Cx,
    metric: Metric,
    folds: &[FoldScores<'_>],
    bootstrap: Bootstrap,
) -> Result<(f64, Interval), MetricError> {
    bootstrap.check()?;
    if folds.is_empty() {
        return Err(MetricError::NoRows);
    }
    let prepared: Vec<Prepared> =
        folds.iter().map(|f| Prepared::new(metric, f.truth, f.scores)).collect::<Result<_, _>>()?;
    let resamplers: Vec<Resampler<'_>> =
        folds.iter().map(|f| Resampler::new(f.truth, f.weights)).collect::<Result<_, _>>()?;
    let mean = |weights: &[Vec<f64>]| {
        let values = prepared.iter().zip(weights).map(|(p, w)| p.value_unchecked(w));
        values.sum::<Result<f64, MetricError>>().map(|sum| sum / folds.len() as f64)
    };
    let originals: Vec<Vec<f64>> = resamplers.iter().map(Resampler::original).collect();
    let value = mean(&originals)?;
    let values = replicates(cx, bootstrap.n_resamples, &resamplers, |rng, buffers| {
        for (resampler, buffer) in resamplers.iter().zip(buffers.iter_mut()) {
            resampler.draw(rng, buffer);
        }
        mean(buffers)
    })?;
    Ok((value, bootstrap.interval(values)))
}
