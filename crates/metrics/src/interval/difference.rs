//! The interval of the difference between two sets of scores of the same rows.

use base::Cx;
use serde::{Deserialize, Serialize};

use super::resampler::{Resampler, replicates};
use super::{Bootstrap, Interval};
use crate::error::MetricError;
use crate::input::{Scores, Truth};
use crate::metric::{Metric, Prepared};

/// How far one set of scores is from another, in the metric's own unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The metric of the first less that of the second, on the rows as they are.
    pub value: f64,
    /// Interval of that difference over resamples.
    pub interval: Interval,
    /// Standard deviation of that difference over resamples: its noise.
    pub standard_error: f64,
    /// Share of the resamples in which the first is better than the second, a tie counting one half.
    pub share_better: f64,
}

/// Compares two sets of scores of the same rows: both are judged on the same resamples, so what rows have in common
/// cancels out.
///
/// # Errors
/// Those of [`crate::evaluate`] on the rows as they are, [`MetricError::Asked`], [`MetricError::Cancelled`].
pub fn bootstrap_difference(
    cx: &Cx,
    metric: Metric,
    truth: Truth<'_>,
    [first, second]: [Scores<'_>; 2],
    weights: Option<&[f64]>,
    bootstrap: Bootstrap,
) -> Result<Difference, MetricError> {
    bootstrap.check()?;
    let (first, second) = (Prepared::new(metric, truth, first)?, Prepared::new(metric, truth, second)?);
    let pair = |w: &[f64]| Ok::<_, MetricError>((first.value_unchecked(w)?, second.value_unchecked(w)?));
    let resamplers = [Resampler::new(truth, weights)?];
    let (a, b) = pair(&resamplers[0].original())?;
    let pairs = replicates(cx, bootstrap.n_resamples, &resamplers, |rng, buffers| {
        resamplers[0].draw(rng, &mut buffers[0]);
        pair(&buffers[0])
    })?;
    let better = |&(a, b): &(f64, f64)| match (metric.is_better(a, b), a == b) {
        (true, _) => 1.0,
        (_, true) => 0.5,
        _ => 0.0,
    };
    let n = pairs.len() as f64;
    let share_better = pairs.iter().map(better).sum::<f64>() / n;
    let differences: Vec<f64> = pairs.iter().map(|(a, b)| a - b).collect();
    Ok(Difference {
        value: a - b,
        standard_error: standard_deviation(&differences),
        interval: bootstrap.interval(differences),
        share_better,
    })
}

/// With n − 1 in the denominator; 0 for a single value.
fn standard_deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = base::math::sum(values) / values.len() as f64;
    let squares: Vec<f64> = values.iter().map(|v| (v - mean) * (v - mean)).collect();
    (base::math::sum(&squares) / (values.len() - 1) as f64).sqrt()
}
