//! Intervals of metrics of scores.

use base::Cx;

use super::resampler::{Resampler, replicates};
use super::{Bootstrap, Interval};
use crate::error::MetricError;
use crate::input::{Scores, Truth};
use crate::metric::{Metric, Prepared};

/// Percentile interval of a metric over resampled rows. The same bits at any thread count; `O(n_rows)` per resample.
///
/// ```
/// use almanac_metrics::{Bootstrap, Metric, Scores, Truth, bootstrap_interval};
/// let truth = Truth::Real(&[1.0, 2.0, 3.0, 4.0]);
/// let scores = Scores::Values(&[1.5, 2.0, 2.0, 4.0]);
/// let cx = base::Cx::new(0, 1);
/// let i = bootstrap_interval(&cx, Metric::Mae, truth, scores, None, Bootstrap::default())?;
/// assert!(i.low < 0.375 && 0.375 < i.high);
/// # Ok::<(), almanac_metrics::MetricError>(())
/// ```
///
/// # Errors
/// Those of [`crate::evaluate`] on the rows as they are, [`MetricError::Asked`], [`MetricError::Cancelled`].
pub fn bootstrap_interval(
    cx: &Cx,
    metric: Metric,
    truth: Truth<'_>,
    scores: Scores<'_>,
    weights: Option<&[f64]>,
    bootstrap: Bootstrap,
) -> Result<Interval, MetricError> {
    let prepared = [Prepared::new(metric, truth, scores)?];
    Ok(bootstrap_intervals(cx, &prepared, truth, weights, bootstrap)?.remove(0))
}

/// Intervals of several metrics, or of several sets of scores, of the same rows: as [`bootstrap_interval`] gives for each
/// alone, to the bit, with every resample drawn once.
///
/// # Errors
/// As [`bootstrap_interval`], for the first of them that cannot be computed; [`MetricError::Lengths`] if one was prepared
/// on other rows.
pub fn bootstrap_intervals(
    cx: &Cx,
    prepared: &[Prepared],
    truth: Truth<'_>,
    weights: Option<&[f64]>,
    bootstrap: Bootstrap,
) -> Result<Vec<Interval>, MetricError> {
    bootstrap.check()?;
    let resamplers = [Resampler::new(truth, weights)?];
    let original = resamplers[0].original();
    for p in prepared {
        if p.n_rows() != truth.n_rows() {
            return Err(MetricError::Lengths { what: "rows", expected: truth.n_rows(), found: p.n_rows() });
        }
        p.value_unchecked(&original)?;
    }
    let drawn = replicates(cx, bootstrap.n_resamples, &resamplers, |rng, buffers| {
        resamplers[0].draw(rng, &mut buffers[0]);
        prepared.iter().map(|p| p.value_unchecked(&buffers[0])).collect::<Result<Vec<f64>, MetricError>>()
    })?;
    let of = |i: usize| bootstrap.interval(drawn.iter().map(|values| values[i]).collect());
    Ok((0..prepared.len()).map(of).collect())
}
