//! What is judged: truth, scores and weights, and the checks that make them safe to compute with.
//!
//! Not here: what is computed of them.

use crate::error::{MetricError, WeightProblem};

/// How far the probabilities of a row may be from adding up to one.
pub const PROBABILITY_SUM_TOLERANCE: f64 = 1e-6;

/// What was observed, one entry per row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Truth<'a> {
    /// Class indices `0..n_classes`; with two classes the second is the positive one.
    Class {
        /// Per row.
        codes: &'a [u32],
        /// How many classes there are, also those without a row here; at least two.
        n_classes: usize,
    },
    /// Finite numbers.
    Real(&'a [f64]),
}

impl Truth<'_> {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Class { codes, .. } => codes.len(),
            Self::Real(values) => values.len(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Class { .. } => "classes",
            Self::Real(_) => "numbers",
        }
    }
}

/// What was predicted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scores<'a> {
    /// Probabilities of every class, row after row: `n_rows × n_classes`, also with two classes. Each row adds up to 1.
    Probabilities {
        /// Row-major.
        values: &'a [f64],
        /// Length of a row.
        n_classes: usize,
    },
    /// Numbers, one per row.
    Values(&'a [f64]),
}

impl Scores<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Probabilities { .. } => "probabilities of classes",
            Self::Values(_) => "numbers",
        }
    }
}

/// Classes and their probabilities, checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Classes<'a> {
    pub codes: &'a [u32],
    pub probabilities: &'a [f64],
    pub n_classes: usize,
}

impl<'a> Classes<'a> {
    /// Checks forms, lengths, ranges and that the probabilities are such.
    pub fn check(metric: &'static str, truth: Truth<'a>, scores: Scores<'a>) -> Result<Self, MetricError> {
        let Truth::Class { codes, n_classes } = truth else {
            return Err(MetricError::Kind { metric, expected: "classes", found: truth.kind() });
        };
        let Scores::Probabilities { values, n_classes: width } = scores else {
            return Err(MetricError::Kind { metric, expected: "probabilities of classes", found: scores.kind() });
        };
        check_n_rows(codes.len())?;
        if n_classes < 2 {
            return Err(MetricError::Lengths { what: "classes", expected: 2, found: n_classes });
        }
        if width != n_classes {
            return Err(MetricError::Lengths { what: "probabilities per row", expected: n_classes, found: width });
        }
        if codes.len().checked_mul(n_classes) != Some(values.len()) {
            let expected = codes.len().saturating_mul(n_classes);
            return Err(MetricError::Lengths { what: "probabilities", expected, found: values.len() });
        }
        for (row_idx, (&code, row)) in codes.iter().zip(values.chunks_exact(n_classes)).enumerate() {
            if code as usize >= n_classes {
                return Err(MetricError::ClassRange { row_idx: Some(row_idx), class_idx: code, n_classes });
            }
            check_probabilities(row_idx, row)?;
        }
        Ok(Self { codes, probabilities: values, n_classes })
    }

    pub fn n_rows(&self) -> usize {
        self.codes.len()
    }

    /// The row's probability of one class.
    pub fn probability(&self, row_idx: usize, class_idx: usize) -> f64 {
        self.probabilities[row_idx * self.n_classes + class_idx]
    }

    pub fn rows(&self) -> impl Iterator<Item = (u32, &'a [f64])> {
        self.codes.iter().copied().zip(self.probabilities.chunks_exact(self.n_classes))
    }
}

fn check_probabilities(row_idx: usize, row: &[f64]) -> Result<(), MetricError> {
    let mut sum = 0.0;
    for &p in row {
        if !p.is_finite() {
            return Err(MetricError::NotFinite { what: "score", row_idx });
        }
        if !(0.0..=1.0).contains(&p) {
            return Err(MetricError::NotProbabilities { row_idx });
        }
        sum += p;
    }
    if (sum - 1.0).abs() > PROBABILITY_SUM_TOLERANCE {
        return Err(MetricError::NotProbabilities { row_idx });
    }
    Ok(())
}

/// Numbers and their predictions, checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Numbers<'a> {
    pub truth: &'a [f64],
    pub predicted: &'a [f64],
}

impl<'a> Numbers<'a> {
    /// Checks forms and lengths, and that every number is finite.
    pub fn check(metric: &'static str, truth: Truth<'a>, scores: Scores<'a>) -> Result<Self, MetricError> {
        let Truth::Real(observed) = truth else {
            return Err(MetricError::Kind { metric, expected: "numbers", found: truth.kind() });
        };
        let Scores::Values(predicted) = scores else {
            return Err(MetricError::Kind { metric, expected: "numbers", found: scores.kind() });
        };
        check_n_rows(observed.len())?;
        if predicted.len() != observed.len() {
            let (expected, found) = (observed.len(), predicted.len());
            return Err(MetricError::Lengths { what: "predictions", expected, found });
        }
        for (what, values) in [("truth", observed), ("score", predicted)] {
            if let Some(row_idx) = values.iter().position(|v| !v.is_finite()) {
                return Err(MetricError::NotFinite { what, row_idx });
            }
        }
        Ok(Self { truth: observed, predicted })
    }

    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> + 'a {
        self.truth.iter().copied().zip(self.predicted.iter().copied())
    }
}

fn check_n_rows(n_rows: usize) -> Result<(), MetricError> {
    match n_rows {
        0 => Err(MetricError::NoRows),
        n if u32::try_from(n).is_err() => Err(MetricError::TooManyRows { found: n }),
        _ => Ok(()),
    }
}

/// Checks weights: one per row, finite, none negative, one above zero at least.
pub(crate) fn check_weights(weights: &[f64], n_rows: usize) -> Result<(), MetricError> {
    if weights.len() != n_rows {
        return Err(MetricError::Lengths { what: "weights", expected: n_rows, found: weights.len() });
    }
    for (row_idx, &w) in weights.iter().enumerate() {
        if !w.is_finite() {
            return Err(MetricError::Weights(WeightProblem::NotFinite { row_idx }));
        }
        if w < 0.0 {
            return Err(MetricError::Weights(WeightProblem::Negative { row_idx }));
        }
    }
    if weights.iter().any(|&w| w > 0.0) { Ok(()) } else { Err(MetricError::Weights(WeightProblem::AllZero)) }
}

/// The class that a row of probabilities stands for: with two classes the second from one half on, with more the
/// most probable one, the first of them on a tie.
pub(crate) fn predicted_class(row: &[f64]) -> u32 {
    if let [_, positive] = row {
        return u32::from(*positive >= 0.5);
    }
    let mut best = 0;
    for (class_idx, p) in row.iter().enumerate() {
        if *p > row[best] {
            best = class_idx;
        }
    }
    best as u32
}

/// Labels as every metric of labels takes them: with two classes the second if its probability is at least 0.5, with
/// more the most probable one, the lowest index on a tie.
///
/// `values` is row-major, `n_rows × n_classes`; an incomplete last row is left out.
///
/// ```
/// let p = [0.5, 0.5, 0.51, 0.49];
/// assert_eq!(almanac_metrics::predicted_classes(&p, 2), [1, 0]);
/// ```
pub fn predicted_classes(values: &[f64], n_classes: usize) -> Vec<u32> {
    if n_classes == 0 { Vec::new() } else { values.chunks_exact(n_classes).map(predicted_class).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &[u32] = &[0, 1];

    fn classes(codes: &[u32], values: &[f64]) -> Result<(), MetricError> {
        let truth = Truth::Class { codes, n_classes: 2 };
        Classes::check("f1", truth, Scores::Probabilities { values, n_classes: 2 }).map(|_| ())
    }

    #[test]
    fn broken_inputs_are_refused_by_name() {
        assert_eq!(classes(&[], &[]), Err(MetricError::NoRows));
        assert!(matches!(classes(CODES, &[1.0, 0.0, 0.5]), Err(MetricError::Lengths { found: 3, .. })));
        assert_eq!(classes(CODES, &[1.0, 0.0, 0.5, 0.6]), Err(MetricError::NotProbabilities { row_idx: 1 }));
        assert_eq!(classes(CODES, &[1.5, -0.5, 0.5, 0.5]), Err(MetricError::NotProbabilities { row_idx: 0 }));
        let nan = MetricError::NotFinite { what: "score", row_idx: 1 };
        assert_eq!(classes(CODES, &[1.0, 0.0, 0.5, f64::NAN]), Err(nan));
        assert!(matches!(classes(&[0, 2], &[1.0, 0.0, 0.5, 0.5]), Err(MetricError::ClassRange { class_idx: 2, .. })));
        let truth = Truth::Real(&[1.0, f64::INFINITY]);
        let error = Numbers::check("mae", truth, Scores::Values(&[1.0, 2.0])).map(|_| ());
        assert_eq!(error, Err(MetricError::NotFinite { what: "truth", row_idx: 1 }));
    }

    #[test]
    fn weights_are_checked() {
        let problem = |w: &[f64]| check_weights(w, 2);
        assert_eq!(problem(&[0.0, 0.0]), Err(MetricError::Weights(WeightProblem::AllZero)));
        assert_eq!(problem(&[1.0, -1.0]), Err(MetricError::Weights(WeightProblem::Negative { row_idx: 1 })));
        assert_eq!(problem(&[f64::NAN, 1.0]), Err(MetricError::Weights(WeightProblem::NotFinite { row_idx: 0 })));
        assert!(matches!(problem(&[1.0]), Err(MetricError::Lengths { .. })));
        assert_eq!(problem(&[0.0, 2.0]), Ok(()));
    }

    #[test]
    fn ties_between_classes_go_to_the_first_of_them() {
        assert_eq!(predicted_classes(&[0.4, 0.4, 0.2, 0.2, 0.4, 0.4], 3), [0, 1]);
        assert_eq!(predicted_classes(&[], 0), Vec::<u32>::new());
    }
}
