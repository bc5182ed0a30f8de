//! Predicting with what was fitted: the one path of evaluation, batch, requests and embedding.

use base::Cx;
use contract::{Predictions, Task};
use table::Table;

use crate::error::PipelineError;
use crate::features::frame_of;
use crate::fit::Member;
use crate::problem::Problem;

/// Everything that was learned: the problem and one member or several, weighted.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// The problem.
    pub problem: Problem,
    /// Weight and member; the weights sum to 1.
    pub members: Vec<(f64, Member)>,
}

/// What is predicted for each row, in the words of the target.
#[derive(Debug, Clone, PartialEq)]
pub enum Labels {
    /// Class codes into [`Problem::classes`].
    Class(Vec<u32>),
    /// Values.
    Real(Vec<f64>),
}

impl Fitted {
    /// Predicts every row of a table that holds the problem's fields, by name. A row's numbers depend on that row
    /// alone: the same bits in any batch and order.
    ///
    /// # Errors
    /// A column that is absent or of another form.
    pub fn predict(&self, cx: &Cx, table: &Table) -> Result<Predictions, PipelineError> {
        let frame = frame_of(table, self.problem.features())?;
        let mut parts = Vec::with_capacity(self.members.len());
        for (_, member) in &self.members {
            parts.push(member.predict(cx, &frame)?);
        }
        let weights: Vec<f64> = self.members.iter().map(|(w, _)| *w).collect();
        combine(&parts.iter().collect::<Vec<_>>(), &weights)
    }

    /// The label of each prediction: in binary tasks the positive class where its probability is at least
    /// `threshold`, otherwise the most probable class (the first in order on a tie), or the value.
    pub fn labels(&self, predictions: &Predictions, threshold: f64) -> Labels {
        if self.problem.task == Task::Regression {
            return Labels::Real(predictions.values.clone());
        }
        let pick = |row: &[f64]| -> u32 {
            if self.problem.task == Task::Binary {
                return u32::from(row[1] >= threshold);
            }
            let mut best = 0;
            for (i, p) in row.iter().enumerate() {
                if *p > row[best] {
                    best = i;
                }
            }
            best as u32
        };
        Labels::Class((0..predictions.n_rows).map(|i| pick(predictions.row(i))).collect())
    }
}

/// Weighted average of the predictions of several members, summed in their order.
///
/// # Errors
/// If the predictions differ in shape or there are none.
pub fn combine(parts: &[&Predictions], weights: &[f64]) -> Result<Predictions, PipelineError> {
    let Some(first) = parts.first() else {
        return Err(PipelineError::Broken { what: "a model has at least one member".into() });
    };
    if parts.len() == 1 {
        return Ok((*first).clone());
    }
    if parts.iter().any(|p| p.values.len() != first.values.len()) || parts.len() != weights.len() {
        return Err(PipelineError::Broken { what: "members predict the same rows and outputs".into() });
    }
    let mut out = Predictions::zeros(first.n_rows, first.n_outputs);
    for (part, &w) in parts.iter().zip(weights) {
        for (sum, v) in out.values.iter_mut().zip(&part.values) {
            *sum += w * v;
        }
    }
    Ok(out)
}
