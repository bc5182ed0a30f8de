//! How often a class came where it was given a probability. scikit-learn's `calibration_curve`.

use serde::{Deserialize, Serialize};

use super::check_class;
use crate::error::MetricError;
use crate::input::{Classes, Scores, Truth};
use crate::interval::quantile_sorted;

/// The most bins that a curve may be asked for.
pub const BINS_MAX: usize = 10_000;

/// How probabilities are put into bins. A probability on an edge belongs to the lower bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binning {
    /// So many bins of equal width from 0 to 1.
    Uniform(usize),
    /// So many bins of about equally many rows.
    Quantile(usize),
}

/// One point per bin that has a row, at rising probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationCurve {
    /// Share of the bin's rows that are of the class.
    pub prob_true: Vec<f64>,
    /// Mean probability in the bin.
    pub prob_pred: Vec<f64>,
    /// Rows in the bin.
    pub n_rows: Vec<u64>,
}

/// The calibration curve of the class with index `class_idx`; 1 is the positive one of two. Rows are not weighted.
///
/// # Errors
/// Those of the input, and [`MetricError::Asked`] for no bins or more than [`BINS_MAX`].
pub fn calibration_curve(
    truth: Truth<'_>,
    scores: Scores<'_>,
    class_idx: u32,
    binning: Binning,
) -> Result<CalibrationCurve, MetricError> {
    let classes = Classes::check("calibration_curve", truth, scores)?;
    check_class(&classes, class_idx)?;
    let probabilities: Vec<f64> =
        (0..classes.n_rows()).map(|row_idx| classes.probability(row_idx, class_idx as usize)).collect();
    let inner_edges = inner_edges(&probabilities, binning)?;
    let n_bins = inner_edges.len() + 1;
    let (mut sums, mut hits, mut n_rows) = (vec![0.0; n_bins], vec![0u64; n_bins], vec![0u64; n_bins]);
    for (&p, &code) in probabilities.iter().zip(classes.codes) {
        let bin = inner_edges.partition_point(|edge| *edge < p);
        sums[bin] += p;
        hits[bin] += u64::from(code == class_idx);
        n_rows[bin] += 1;
    }
    let filled = || (0..n_bins).filter(|&bin| n_rows[bin] > 0);
    Ok(CalibrationCurve {
        prob_true: filled().map(|bin| hits[bin] as f64 / n_rows[bin] as f64).collect(),
        prob_pred: filled().map(|bin| sums[bin] / n_rows[bin] as f64).collect(),
        n_rows: filled().map(|bin| n_rows[bin]).collect(),
    })
}

/// Edges between bins, ascending; equal ones leave empty bins.
fn inner_edges(probabilities: &[f64], binning: Binning) -> Result<Vec<f64>, MetricError> {
    let (Binning::Uniform(n_bins) | Binning::Quantile(n_bins)) = binning;
    if !(1..=BINS_MAX).contains(&n_bins) {
        let found = n_bins.to_string();
        return Err(MetricError::Asked { what: "the number of bins", expected: "1 to 10000", found });
    }
    // As numpy's `linspace` spells it: the index times the step.
    let step = 1.0 / n_bins as f64;
    let shares = (1..n_bins).map(|i| i as f64 * step);
    Ok(match binning {
        Binning::Uniform(_) => shares.collect(),
        Binning::Quantile(_) => {
            let mut sorted = probabilities.to_vec();
            sorted.sort_unstable_by(f64::total_cmp);
            // By way of per cent as numpy's `percentile`: one rounding more can move an edge past a probability.
            shares.map(|share| quantile_sorted(&sorted, share * 100.0 / 100.0)).collect()
        }
    })
}
