//! Steps: what turns features into features.

use base::Cx;
use serde::{Deserialize, Serialize};
use table::Frame;

use crate::error::FitError;
use crate::target::Target;

/// Form of the features in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupForm {
    /// Numbers.
    Number,
    /// Levels, not yet learned.
    Category,
    /// Learned codes.
    Codes,
    /// Times.
    Datetime,
    /// Prose.
    Text,
    /// A sparse block.
    Sparse,
}

/// How many features a group has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Width {
    /// Known from the schema.
    Fixed(usize),
    /// Learned from the rows (levels of a one-hot, terms of a text).
    Learned,
}

/// A group of features that a plan knows before any row is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Name: the feature's own if the width is 1, otherwise the common prefix.
    pub name: String,
    /// Column of the table that it is made from.
    pub source: String,
    /// Form of its features.
    pub form: GroupForm,
    /// Number of its features.
    pub width: Width,
}

/// Rows that a step learns from.
#[derive(Clone, Copy)]
pub struct StepData<'a> {
    /// Features.
    pub frame: &'a Frame,
    /// Truth; steps that encode by target need it.
    pub target: Option<&'a Target>,
    /// Weights, one per row; `None` means all 1.
    pub weights: Option<&'a [f64]>,
}

/// A step that was asked for: learns its state from rows.
pub trait FitStep {
    /// What it learns.
    type Fitted: ApplyStep;

    /// Its name in specs: `impute`, `one_hot`, …
    fn name(&self) -> &'static str;

    /// The groups that come out when these go in; called before any row is read.
    ///
    /// # Errors
    /// [`FitError::Form`] if a selected feature has a form that the step does not take.
    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError>;

    /// Learns from some rows.
    ///
    /// # Errors
    /// Those of [`FitError`] that the step documents.
    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<Self::Fitted, FitError>;

    /// Learns from some rows and transforms these same rows for further fitting. Differs from `fit` and `apply` only
    /// for steps that look at the target: they give each row a value that was learned without it (out of fold).
    ///
    /// # Errors
    /// Those of `fit` and `apply`.
    fn fit_apply(&self, cx: &Cx, data: StepData<'_>) -> Result<(Self::Fitted, Frame), FitError> {
        let fitted = self.fit(cx, data)?;
        let frame = fitted.apply(data.frame)?;
        Ok((fitted, frame))
    }
}

/// A step that was fitted: transforms rows, each on its own.
pub trait ApplyStep: Send + Sync {
    /// Transforms every row. A row's output depends on that row alone.
    ///
    /// # Errors
    /// [`FitError::Form`] or [`FitError::Broken`] if a feature that the step was fitted on is absent or of another form.
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError>;
}
