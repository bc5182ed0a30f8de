//! How sure a value is: percentile intervals by bootstrap (Efron 1979; Efron and Tibshirani 1993, chapter 13).
//!
//! A resample draws as many rows as there are, with replacement; in classification within each class, so that no class
//! vanishes. Rows of weight zero take no part. Resample `b` depends on the seed, `b` and the truth only, not on the
//! scores or the metric: values of two models under it can be compared, and so can those of two metrics.
//!
//! Not here: intervals around single predictions.

mod bootstrap;
mod difference;
mod fold_mean;
mod resampler;

pub use bootstrap::{bootstrap_interval, bootstrap_intervals};
pub use difference::{Difference, bootstrap_difference};
pub use fold_mean::{FoldScores, bootstrap_fold_mean};

use serde::{Deserialize, Serialize};

use crate::error::MetricError;

/// The most resamples that may be asked for.
pub const RESAMPLES_MAX: usize = 100_000;

/// A range of values and how often such a range holds the true one.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Share of the resamples between the ends: 0.95 for a 95 % interval.
    pub level: f64,
}

/// How an interval is made.
///
/// ```
/// use almanac_metrics::Bootstrap;
/// assert_eq!(Bootstrap::for_rows(700).n_resamples, 1_000);
/// assert_eq!(Bootstrap::for_rows(1_000_000).n_resamples, 200);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bootstrap {
    /// Share of the resamples between the ends, above 0 and below 1.
    pub level: f64,
    /// How many resamples are drawn, 1 to [`RESAMPLES_MAX`].
    pub n_resamples: usize,
}

impl Default for Bootstrap {
    /// 95 %, 1,000 resamples.
    fn default() -> Self {
        Self { level: 0.95, n_resamples: 1_000 }
    }
}

impl Bootstrap {
    /// 95 %, with 1,000 resamples of a small table and no fewer than 200 of a large one: about 20 million drawn rows.
    pub fn for_rows(n_rows: usize) -> Self {
        Self { level: 0.95, n_resamples: (20_000_000 / n_rows.max(1)).clamp(200, 1_000) }
    }

    fn check(self) -> Result<(), MetricError> {
        if !(self.level > 0.0 && self.level < 1.0) {
            let found = self.level.to_string();
            return Err(MetricError::Asked { what: "the level", expected: "above 0 and below 1", found });
        }
        if !(1..=RESAMPLES_MAX).contains(&self.n_resamples) {
            let found = self.n_resamples.to_string();
            return Err(MetricError::Asked { what: "the number of resamples", expected: "1 to 100000", found });
        }
        Ok(())
    }

    /// The interval between the quantiles that leave equal shares on both sides.
    fn interval(self, mut replicates: Vec<f64>) -> Interval {
        replicates.sort_unstable_by(f64::total_cmp);
        let tail = (1.0 - self.level) / 2.0;
        Interval {
            low: quantile_sorted(&replicates, tail),
            high: quantile_sorted(&replicates, 1.0 - tail),
            level: self.level,
        }
    }
}

/// Quantile of ascending values, linear between neighbours as numpy's default (Hyndman and Fan 1996, definition 7).
/// The slice is not empty.
pub(crate) fn quantile_sorted(sorted: &[f64], share: f64) -> f64 {
    let last = sorted.len() - 1;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = (position.floor() as usize).min(last);
    let (a, b) = (sorted[below], sorted[(below + 1).min(last)]);
    let t = position - below as f64;
    // numpy's own form: exact at both ends, and monotone.
    if t >= 0.5 { b - (b - a) * (1.0 - t) } else { a + (b - a) * t }
}
