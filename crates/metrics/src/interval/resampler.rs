//! Draws resamples as weights of the rows.

use base::{Cx, Rng, Stream};

use crate::error::MetricError;
use crate::input::{Truth, check_weights};

/// How many resamples one task computes with one buffer. A constant, so that work is cut alike on any machine.
const BATCH: usize = 8;

/// Rows to draw from.
#[derive(Debug)]
pub(super) struct Resampler<'a> {
    /// Rows of positive weight, class by class; a single stratum of all where the truth is a number.
    strata: Vec<Vec<u32>>,
    weights: Option<&'a [f64]>,
    n_rows: usize,
}

impl<'a> Resampler<'a> {
    /// Checks weights. The truth has been checked.
    pub fn new(truth: Truth<'_>, weights: Option<&'a [f64]>) -> Result<Self, MetricError> {
        let n_rows = truth.n_rows();
        if let Some(weights) = weights {
            check_weights(weights, n_rows)?;
        }
        let counts = |row: &u32| weights.is_none_or(|w| w[*row as usize] > 0.0);
        let rows = (0..n_rows as u32).filter(counts);
        let strata = match truth {
            Truth::Real(_) => vec![rows.collect()],
            Truth::Class { codes, n_classes } => {
                let mut strata = vec![Vec::new(); n_classes];
                for row in rows {
                    strata[codes[row as usize] as usize].push(row);
                }
                strata
            }
        };
        Ok(Self { strata, weights, n_rows })
    }

    /// The weights as they are, ones where there are none.
    pub fn original(&self) -> Vec<f64> {
        self.weights.map_or_else(|| vec![1.0; self.n_rows], <[f64]>::to_vec)
    }

    /// Overwrites `out` with the weights of a resample: each row's own times how often it was drawn.
    pub fn draw(&self, rng: &mut Rng, out: &mut [f64]) {
        out.fill(0.0);
        for stratum in &self.strata {
            for _ in 0..stratum.len() {
                let row = stratum[rng.below(stratum.len())] as usize;
                out[row] += self.weights.map_or(1.0, |w| w[row]);
            }
        }
    }
}

/// `f(rng, buffers)` for every resample, in order, on as many threads as there are; `buffers` has one buffer per
/// resampler and is kept between the calls of a batch.
pub(super) fn replicates<R: Send>(
    cx: &Cx,
    n_resamples: usize,
    resamplers: &[Resampler<'_>],
    f: impl Fn(&mut Rng, &mut [Vec<f64>]) -> Result<R, MetricError> + Send + Sync,
) -> Result<Vec<R>, MetricError> {
    let batches = cx.map(n_resamples.div_ceil(BATCH), |batch| {
        let mut buffers: Vec<Vec<f64>> = resamplers.iter().map(|r| vec![0.0; r.n_rows]).collect();
        (batch * BATCH..n_resamples.min((batch + 1) * BATCH))
            .map(|resample| {
                cx.check_cancelled()?;
                let stream = Stream { stage: "metrics.bootstrap", fold: resample as u64, purpose: "rows" };
                f(&mut cx.rng(stream), &mut buffers)
            })
            .collect::<Result<Vec<R>, MetricError>>()
    });
    let mut all = Vec::with_capacity(n_resamples);
    for batch in batches {
        all.extend(batch?);
    }
    Ok(all)
}
