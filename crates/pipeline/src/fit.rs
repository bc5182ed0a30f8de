//! Fitting a plan. The only place that decides which rows may be learned from: steps and learner see the training
//! rows, early stopping sees the watched rows, nothing sees any other.

use base::Cx;
use contract::{ApplyStep, Dataset, Fit, Predict, Predictions, StepData, Stopper, Target, Validation};
use preprocess::FittedStep;
use serde::{Deserialize, Serialize};
use table::{Frame, Matrix};
use train::Model;

use crate::error::PipelineError;
use crate::plan::{Plan, TargetForm};

/// What there is to learn from: features, truth and weights, row by row.
#[derive(Debug, Clone, Copy)]
pub struct Learning<'a> {
    /// Features of every row.
    pub frame: &'a Frame,
    /// Truth of every row.
    pub target: &'a Target,
    /// Weights of every row, if they differ.
    pub weights: Option<&'a [f64]>,
}

/// Which of these rows are used, and for what.
#[derive(Debug, Clone, Copy)]
pub struct FitRows<'a> {
    /// Rows that steps and learner learn from, ascending.
    pub train: &'a [u32],
    /// Rows that early stopping watches; disjoint from `train`.
    pub watch: Option<&'a [u32]>,
}

/// Fitted steps and the model on top of them.
#[derive(Debug, Clone)]
pub struct Member {
    /// Steps in order.
    pub steps: Vec<FittedStep>,
    /// What was learned.
    pub model: Model,
    /// How the target was shown to the learner.
    pub target_form: MemberForm,
}

/// How a member's output becomes a value of the target.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberForm {
    /// It is the value.
    AsIs,
    /// It is the value's logarithm; predictions are exp(output), never beyond the largest target times `cap`.
    Log {
        /// Largest value that is predicted: guards against one wild logarithm.
        cap: f64,
    },
}

impl Member {
    /// Predicts every row of a frame.
    ///
    /// # Errors
    /// A feature that the member was fitted on is absent or of another form.
    pub fn predict(&self, cx: &Cx, frame: &Frame) -> Result<Predictions, PipelineError> {
        let matrix = prepare(&self.steps, frame)?;
        let mut predictions = self.model.predict(cx, &matrix)?;
        if let MemberForm::Log { cap } = self.target_form {
            for v in &mut predictions.values {
                *v = base::math::exp(*v).min(cap);
            }
        }
        Ok(predictions)
    }
}

/// Takes a frame through fitted steps.
///
/// # Errors
/// Those of the steps.
pub fn prepare(steps: &[FittedStep], frame: &Frame) -> Result<Matrix, PipelineError> {
    let mut current = frame.clone();
    for step in steps {
        current = step.apply(&current)?;
    }
    matrix_of(&current)
}

fn matrix_of(frame: &Frame) -> Result<Matrix, PipelineError> {
    Matrix::from_frame(frame)
        .map_err(|feature| PipelineError::Broken { what: format!("feature `{feature}` is not a number") })
}

/// Fits a plan on some rows.
///
/// # Errors
/// Those of the steps and the learner.
pub fn fit(
    cx: &Cx,
    plan: &Plan,
    learning: Learning<'_>,
    rows: FitRows<'_>,
    stopper: Option<&dyn Stopper>,
) -> Result<Member, PipelineError> {
    let part = |rows: &[u32]| {
        let weights: Option<Vec<f64>> = learning.weights.map(|w| rows.iter().map(|&r| w[r as usize]).collect());
        (learning.frame.take(rows), learning.target.take(rows), weights)
    };
    let (frame, target, weights) = part(rows.train);
    let mut steps = Vec::with_capacity(plan.steps.len());
    let mut current = frame;
    for spec in &plan.steps {
        cx.check_cancelled()?;
        let data = StepData { frame: &current, target: Some(&target), weights: weights.as_deref() };
        let (fitted, next) = spec.fit_apply(cx, data)?;
        steps.push(fitted);
        current = next;
    }
    let x = matrix_of(&current)?;
    let (y, target_form) = shown(plan.target_form, &target)?;
    let watched = match rows.watch {
        None => None,
        Some(watch) => {
            let (frame, target, weights) = part(watch);
            let (y, _) = shown(plan.target_form, &target)?;
            Some((prepare(&steps, &frame)?, y, weights))
        }
    };
    let validation =
        watched.as_ref().map(|(x, y, w)| Validation { data: Dataset { x, y, weights: w.as_deref() }, stopper });
    let model = plan.learner.fit(cx, Dataset { x: &x, y: &y, weights: weights.as_deref() }, validation)?;
    Ok(Member { steps, model, target_form })
}

fn shown(form: TargetForm, target: &Target) -> Result<(Target, MemberForm), PipelineError> {
    match (form, target) {
        (TargetForm::AsIs, _) => Ok((target.clone(), MemberForm::AsIs)),
        (TargetForm::Log, Target::Real(values)) => {
            if values.iter().any(|v| *v <= 0.0) {
                return Err(PipelineError::Broken { what: "a logarithm needs values above zero".into() });
            }
            let cap = values.iter().copied().fold(0.0, f64::max) * 2.0;
            let logs = values.iter().map(|&v| base::math::ln(v)).collect();
            Ok((Target::Real(logs), MemberForm::Log { cap }))
        }
        (TargetForm::Log, Target::Class { .. }) => {
            Err(PipelineError::Broken { what: "only a regression target has a logarithm".into() })
        }
    }
}
