//! Rows ranked by the score of one class, ties kept together: what ROC and precision-recall curves walk along.

use crate::input::Classes;

#[derive(Debug, Clone, Copy)]
struct Ranked {
    row: u32,
    is_positive: bool,
    ends_tie: bool,
}

/// Rows by falling score of one class.
#[derive(Debug)]
pub(crate) struct Ranking(Vec<Ranked>);

/// Weights of the rows with a score at or above a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Above {
    /// Of rows of the class.
    pub positives: f64,
    /// Of other rows.
    pub negatives: f64,
    /// A row whose score is the threshold.
    pub row: u32,
}

impl Ranking {
    pub fn new(classes: &Classes<'_>, class_idx: u32) -> Self {
        let score = |row: u32| classes.probability(row as usize, class_idx as usize);
        let mut keyed: Vec<(f64, u32)> = (0..classes.n_rows() as u32).map(|row| (score(row), row)).collect();
        keyed.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let ranked = (0..keyed.len())
            .map(|i| Ranked {
                row: keyed[i].1,
                is_positive: classes.codes[keyed[i].1 as usize] == class_idx,
                ends_tie: keyed.get(i + 1).is_none_or(|next| next.0 != keyed[i].0),
            })
            .collect();
        Self(ranked)
    }

    /// Calls `f` at every distinct score from the highest on that has a row of positive weight, and returns the
    /// weights of all rows.
    #[inline]
    pub fn walk(&self, weights: &[f64], mut f: impl FnMut(Above)) -> Above {
        let mut above = Above { positives: 0.0, negatives: 0.0, row: 0 };
        let mut has_weight = false;
        for r in &self.0 {
            let w = weights[r.row as usize];
            let (p, n) = if r.is_positive { (w, 0.0) } else { (0.0, w) };
            above.positives += p;
            above.negatives += n;
            has_weight |= w > 0.0;
            if r.ends_tie && has_weight {
                above.row = r.row;
                f(above);
                has_weight = false;
            }
        }
        above
    }
}
