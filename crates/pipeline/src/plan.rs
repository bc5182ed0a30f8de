//! A plan: a candidate bound to the columns of a problem and checked before a row is read.

use serde::{Deserialize, Serialize};

use contract::{Group, GroupForm, Task};
use preprocess::{DefaultFor, StepSpec, default_steps};
use train::LearnerSpec;

use crate::error::PipelineError;
use crate::features::groups_of;
use crate::problem::{Problem, is_input};

/// Which steps prepare the features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepsSpec {
    /// The defaults for the kinds of the columns and the learner.
    Auto,
    /// These.
    Given(Vec<StepSpec>),
}

/// What the learner is shown of a regression target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TargetForm {
    /// The value.
    #[default]
    AsIs,
    /// Its natural logarithm; only where every value is above zero.
    Log,
}

/// One configuration that may be tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Name on the leaderboard, unique among the candidates of a search.
    pub name: String,
    /// Preparation.
    pub steps: StepsSpec,
    /// Learner and its parameters.
    pub learner: LearnerSpec,
    /// Form of a regression target.
    #[serde(default)]
    pub target_form: TargetForm,
    /// How many copies, each under its own random numbers, are averaged. At least 1.
    pub n_bags: u32,
}

/// A candidate bound to a problem.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Steps in order.
    pub steps: Vec<StepSpec>,
    /// Learner.
    pub learner: LearnerSpec,
    /// Form of a regression target.
    pub target_form: TargetForm,
    /// Groups before the first step and after each.
    pub groups: Vec<Vec<Group>>,
    /// Why these steps, one sentence a step; empty if they were given.
    pub reasons: Vec<String>,
}

/// Binds a candidate to a problem with about `n_rows` rows.
///
/// # Errors
/// A step that selects a column which is not there or has another form; features that the learner cannot take.
pub fn plan(problem: &Problem, candidate: &Candidate, n_rows: usize) -> Result<Plan, PipelineError> {
    let mut current = groups_of(problem.fields.iter().filter(|f| is_input(f)));
    let (steps, reasons) = match &candidate.steps {
        StepsSpec::Given(steps) => (steps.clone(), Vec::new()),
        StepsSpec::Auto => {
            let wanted = match candidate.learner {
                LearnerSpec::Linear(_) => DefaultFor::Linear,
                LearnerSpec::Boost(_) | LearnerSpec::Dummy(_) => DefaultFor::Trees,
            };
            default_steps(&current, wanted, problem.task, n_rows).into_iter().map(|d| (d.step, d.reason)).unzip()
        }
    };
    let mut groups = vec![current.clone()];
    for step in &steps {
        current = step.plan(&current)?;
        groups.push(current.clone());
    }
    if let Some(raw) =
        current.iter().find(|g| matches!(g.form, GroupForm::Category | GroupForm::Datetime | GroupForm::Text))
    {
        return Err(contract::FitError::Form {
            feature: raw.name.clone(),
            expected: "a number after the last step".into(),
            found: format!("still a {:?}", raw.form).to_lowercase(),
        }
        .into());
    }
    if candidate.target_form == TargetForm::Log && problem.task != Task::Regression {
        return Err(PipelineError::Broken { what: "only a regression target has a logarithm".into() });
    }
    Ok(Plan { steps, learner: candidate.learner.clone(), target_form: candidate.target_form, groups, reasons })
}
