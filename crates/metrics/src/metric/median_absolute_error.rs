//! Median absolute error; with weights the averaged inverted distribution function at one half (Hyndman and Fan 1996,
//! definition 2), which without weights is the plain median. scikit-learn's `median_absolute_error`.

use super::Weighted;
use crate::error::MetricError;
use crate::input::Numbers;

#[derive(Debug)]
struct MedianAbsoluteError {
    /// Errors in ascending order, with their rows.
    sorted: Vec<(f64, u32)>,
}

pub(super) fn prepare(numbers: &Numbers<'_>) -> Box<dyn Weighted> {
    let mut sorted: Vec<(f64, u32)> = numbers.pairs().map(|(y, p)| (y - p).abs()).zip(0u32..).collect();
    sorted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    Box::new(MedianAbsoluteError { sorted })
}

impl Weighted for MedianAbsoluteError {
    fn value(&self, weights: &[f64]) -> Result<f64, MetricError> {
        let weight = |row: u32| weights[row as usize];
        let half = 0.5 * self.sorted.iter().map(|&(_, row)| weight(row)).sum::<f64>();
        let mut below = 0.0;
        let mut counted = self.sorted.iter().filter(|&&(_, row)| weight(row) > 0.0);
        while let Some(&(error, row)) = counted.next() {
            below += weight(row);
            if below >= half {
                let falls_between = below - half <= f64::EPSILON;
                let next = counted.next().filter(|_| falls_between).map_or(error, |&(next, _)| next);
                return Ok((error + next) / 2.0);
            }
        }
        // Rounding cannot leave the sum below half of itself; the last error stands for the type checker.
        Ok(self.sorted.last().map_or(0.0, |&(error, _)| error))
    }
}
