//! Losses of linear scores: value, slope and curvature per row. Each loss is one row of the enum's `match`es; the
//! solver knows none of them.

use base::{Cx, math};

/// Rows per piece of work.
const ROWS_PER_TASK: usize = 4_096;

/// What the scores of a row are judged by.
pub(crate) enum Loss {
    /// Half the squared distance to a value.
    Squared {
        /// Values.
        y: Vec<f64>,
    },
    /// Log loss of two classes under one score.
    Logistic {
        /// 1 for the second class, 0 for the first.
        y: Vec<f64>,
    },
    /// Log loss of several classes under one score each.
    Softmax {
        /// Class of each row.
        codes: Vec<u32>,
        /// Number of classes.
        n_classes: usize,
    },
}

/// Loss and its slopes at some scores.
pub(crate) struct Evaluation {
    /// Mean loss under the rows' shares.
    pub loss: f64,
    /// Slope by each score, times the row's share: `n_rows × n_scores`.
    pub slopes: Vec<f64>,
    /// What the scores mean (values or probabilities): `n_rows × n_scores`.
    pub means: Vec<f64>,
}

impl Loss {
    /// Half the squared distance to some values.
    pub(crate) fn squared(y: Vec<f64>) -> Self {
        Self::Squared { y }
    }

    /// Log loss of class codes 0 and 1.
    pub(crate) fn logistic(codes: &[u32]) -> Self {
        Self::Logistic { y: codes.iter().map(|&c| f64::from(c)).collect() }
    }

    /// Log loss of class codes below `n_classes`.
    pub(crate) fn softmax(codes: Vec<u32>, n_classes: usize) -> Self {
        Self::Softmax { codes, n_classes }
    }

    /// Scores per row.
    pub(crate) fn n_scores(&self) -> usize {
        match self {
            Self::Squared { .. } | Self::Logistic { .. } => 1,
            Self::Softmax { n_classes, .. } => *n_classes,
        }
    }

    /// Whether adding one number to all scores of a row changes nothing.
    pub(crate) fn ignores_a_common_shift(&self) -> bool {
        matches!(self, Self::Softmax { .. })
    }

    /// Whether the curvature is the same at any score.
    pub(crate) fn is_quadratic(&self) -> bool {
        matches!(self, Self::Squared { .. })
    }

    /// Loss of one row, and what its scores mean.
    fn row(&self, row_idx: usize, scores: &[f64], means: &mut [f64]) -> f64 {
        match self {
            Self::Squared { y } => {
                means[0] = scores[0];
                let distance = scores[0] - y[row_idx];
                0.5 * distance * distance
            }
            Self::Logistic { y } => {
                means[0] = math::sigmoid(scores[0]);
                softplus(if y[row_idx] == 0.0 { scores[0] } else { -scores[0] })
            }
            Self::Softmax { codes, .. } => {
                let log_total = softmax(scores, means);
                log_total - scores[codes[row_idx] as usize]
            }
        }
    }

    /// Loss, slopes and meaning of `n_rows × n_scores` scores.
    pub(crate) fn evaluate(&self, cx: &Cx, scores: &[f64], shares: &[f64]) -> Evaluation {
        let k = self.n_scores();
        let pieces = cx.map(shares.len().div_ceil(ROWS_PER_TASK), |task| {
            let rows = task * ROWS_PER_TASK..((task + 1) * ROWS_PER_TASK).min(shares.len());
            let mut losses = Vec::with_capacity(rows.len());
            let mut means = vec![0.0; rows.len() * k];
            let mut slopes = vec![0.0; rows.len() * k];
            for (i, (mean, slope)) in rows.zip(means.chunks_exact_mut(k).zip(slopes.chunks_exact_mut(k))) {
                losses.push(shares[i] * self.row(i, &scores[i * k..(i + 1) * k], mean));
                slope.iter_mut().zip(&*mean).for_each(|(s, m)| *s = shares[i] * m);
                match self {
                    Self::Squared { y } | Self::Logistic { y } => slope[0] = shares[i] * (mean[0] - y[i]),
                    Self::Softmax { codes, .. } => {
                        let own = codes[i] as usize;
                        slope[own] = shares[i] * (mean[own] - 1.0);
                    }
                }
            }
            (math::sum(&losses), means, slopes)
        });
        let mut out =
            Evaluation { loss: 0.0, slopes: Vec::with_capacity(scores.len()), means: Vec::with_capacity(scores.len()) };
        for (loss, means, slopes) in pieces {
            out.loss += loss;
            out.means.extend(means);
            out.slopes.extend(slopes);
        }
        out
    }

    /// The loss alone, at `scores + step · direction`.
    pub(crate) fn loss_along(&self, cx: &Cx, scores: &[f64], direction: &[f64], step: f64, shares: &[f64]) -> f64 {
        let k = self.n_scores();
        let pieces = cx.map(shares.len().div_ceil(ROWS_PER_TASK), |task| {
            let rows = task * ROWS_PER_TASK..((task + 1) * ROWS_PER_TASK).min(shares.len());
            let (mut at, mut mean) = (vec![0.0; k], vec![0.0; k]);
            let losses: Vec<f64> = rows
                .map(|i| {
                    let (s, d) = (&scores[i * k..(i + 1) * k], &direction[i * k..(i + 1) * k]);
                    at.iter_mut().zip(s.iter().zip(d)).for_each(|(a, (s, d))| *a = s + step * d);
                    shares[i] * self.row(i, &at, &mut mean)
                })
                .collect();
            math::sum(&losses)
        });
        pieces.iter().sum()
    }

    /// Curvature between two scores, per row, times the row's share.
    pub(crate) fn curvature(&self, means: &[f64], shares: &[f64], a: usize, b: usize) -> Vec<f64> {
        let k = self.n_scores();
        let of_row = |m: &[f64], s: f64| match self {
            Self::Squared { .. } => s,
            Self::Logistic { .. } => s * (m[0] * (1.0 - m[0])),
            Self::Softmax { .. } if a == b => s * (m[a] * (1.0 - m[a])),
            Self::Softmax { .. } => -s * (m[a] * m[b]),
        };
        means.chunks_exact(k).zip(shares).map(|(m, &s)| of_row(m, s)).collect()
    }

    /// Curvature of each score by itself: `n_rows × n_scores`.
    pub(crate) fn own_curvature(&self, means: &[f64], shares: &[f64]) -> Vec<f64> {
        let k = self.n_scores();
        let of = |m: f64, s: f64| if self.is_quadratic() { s } else { s * (m * (1.0 - m)) };
        means.chunks_exact(k).zip(shares).flat_map(|(m, &s)| m.iter().map(move |&m| of(m, s))).collect()
    }

    /// Turns a change of the scores into the change of the slopes that curvature predicts, in place.
    pub(crate) fn curve(&self, cx: &Cx, change: &mut [f64], means: &[f64], shares: &[f64]) {
        let k = self.n_scores();
        cx.for_chunks(change, ROWS_PER_TASK * k, |task, chunk| {
            for (i, change) in chunk.chunks_exact_mut(k).enumerate() {
                let row = task * ROWS_PER_TASK + i;
                let (m, s) = (&means[row * k..(row + 1) * k], shares[row]);
                match self {
                    Self::Squared { .. } => change[0] *= s,
                    Self::Logistic { .. } => change[0] *= s * (m[0] * (1.0 - m[0])),
                    Self::Softmax { .. } => {
                        let mean: f64 = change.iter().zip(m).map(|(c, m)| c * m).sum();
                        change.iter_mut().zip(m).for_each(|(c, m)| *c = s * (m * (*c - mean)));
                    }
                }
            }
        });
    }
}

/// ln(1 + eˣ).
fn softplus(x: f64) -> f64 {
    x.max(0.0) + math::ln_1p(math::exp(-x.abs()))
}

/// Writes the probabilities of some scores and returns the logarithm of the sum of the scores' exponentials.
pub(crate) fn softmax(scores: &[f64], probabilities: &mut [f64]) -> f64 {
    let largest = scores.iter().fold(f64::MIN, |m, s| m.max(*s));
    let mut total = 0.0;
    for (p, s) in probabilities.iter_mut().zip(scores) {
        *p = math::exp(s - largest);
        total += *p;
    }
    probabilities.iter_mut().for_each(|p| *p /= total);
    largest + math::ln(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses() -> [Loss; 3] {
        [Loss::squared(vec![0.5, -2.0]), Loss::logistic(&[1, 0]), Loss::softmax(vec![2, 0], 3)]
    }

    #[test]
    fn slopes_and_curvatures_are_the_differences() {
        let cx = Cx::new(0, 1);
        let shares = [0.25, 0.75];
        for loss in losses() {
            let k = loss.n_scores();
            let scores: Vec<f64> = (0..2 * k).map(|i| i as f64 * 0.7 - 1.0).collect();
            let at = loss.evaluate(&cx, &scores, &shares);
            for a in 0..2 * k {
                let mut unit = vec![0.0; 2 * k];
                unit[a] = 1.0;
                let h = 1e-5;
                let up = loss.loss_along(&cx, &scores, &unit, h, &shares);
                let down = loss.loss_along(&cx, &scores, &unit, -h, &shares);
                assert!(((up - down) / (2.0 * h) - at.slopes[a]).abs() < 1e-9);
                let moved: Vec<f64> = scores.iter().zip(&unit).map(|(s, u)| s + h * u).collect();
                let then = loss.evaluate(&cx, &moved, &shares);
                let mut predicted = unit.clone();
                loss.curve(&cx, &mut predicted, &at.means, &shares);
                for (b, predicted) in predicted.iter().enumerate() {
                    assert!(((then.slopes[b] - at.slopes[b]) / h - predicted).abs() < 1e-5);
                    if a / k == b / k {
                        let c = loss.curvature(&at.means, &shares, a % k, b % k)[a / k];
                        assert!((c - predicted).abs() < 1e-15);
                    }
                }
                assert!((loss.own_curvature(&at.means, &shares)[a] - predicted[a]).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn far_scores_stay_finite() {
        let cx = Cx::new(0, 1);
        for loss in losses() {
            let scores: Vec<f64> = (0..2 * loss.n_scores()).map(|i| if i % 2 == 0 { 1e6 } else { -1e6 }).collect();
            let at = loss.evaluate(&cx, &scores, &[0.5, 0.5]);
            assert!(at.loss.is_finite() && at.slopes.iter().chain(&at.means).all(|x| x.is_finite()));
        }
    }
}
