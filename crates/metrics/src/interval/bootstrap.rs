//! The interval of one metric of one set of scores.

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
    bootstrap.check()?;
    let prepared = Prepared::new(metric, truth, scores)?;
    let resamplers = [Resampler::new(truth, weights)?];
    prepared.value_unchecked(&resamplers[0].original())?;
    let values = replicates(cx, bootstrap.n_resamples, &resamplers, |rng, buffers| {
        resamplers[0].draw(rng, &mut buffers[0]);
        prepared.value_unchecked(&buffers[0])
    })?;
    Ok(bootstrap.interval(values))
}
