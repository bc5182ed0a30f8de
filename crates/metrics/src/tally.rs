//! Weighted counts of right and wrong labels per class, which every metric of labels is made of.

use crate::input::{Classes, predicted_class};

/// True and predicted classes, row by row.
#[derive(Debug)]
pub(crate) struct Labels {
    rows: Vec<(u32, u32)>,
    n_classes: usize,
}

/// Weighted counts per class.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Of the class and predicted as such.
    pub hits: Vec<f64>,
    /// Of the class.
    pub of_class: Vec<f64>,
    /// Predicted as the class.
    pub predicted: Vec<f64>,
}

impl Labels {
    pub fn new(classes: &Classes<'_>) -> Self {
        let rows = classes.rows().map(|(code, row)| (code, predicted_class(row))).collect();
        Self { rows, n_classes: classes.n_classes }
    }

    pub fn tally(&self, weights: &[f64]) -> Tally {
        let zeros = vec![0.0; self.n_classes];
        let mut t = Tally { hits: zeros.clone(), of_class: zeros.clone(), predicted: zeros };
        for (&(code, label), &w) in self.rows.iter().zip(weights) {
            t.of_class[code as usize] += w;
            t.predicted[label as usize] += w;
            if code == label {
                t.hits[code as usize] += w;
            }
        }
        t
    }
}

impl Tally {
    /// Weight of all rows.
    pub fn total(&self) -> f64 {
        self.of_class.iter().sum()
    }

    /// With two classes `f` of the second; with more the plain mean of `f` over the classes that occur with positive
    /// weight in the truth or in the predictions. `f` takes (hits, of class, predicted).
    pub fn positive_or_macro(&self, f: impl Fn(f64, f64, f64) -> f64) -> f64 {
        let of = |c: usize| f(self.hits[c], self.of_class[c], self.predicted[c]);
        if self.hits.len() == 2 {
            return of(1);
        }
        let (mut sum, mut n_seen) = (0.0, 0usize);
        for c in 0..self.hits.len() {
            if self.of_class[c] > 0.0 || self.predicted[c] > 0.0 {
                sum += of(c);
                n_seen += 1;
            }
        }
        sum / n_seen.max(1) as f64
    }
}

/// `a / b`, and 0 where `b` is 0: scikit-learn's `zero_division=0`.
pub(crate) fn ratio(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}
