//! The declared handful of configurations that `train` tries, by task and size of the table.

use contract::{ParamError, Target, Task};
use pipeline::plan::TargetForm;
use pipeline::{Candidate, Problem, StepsSpec};
use train::LearnerSpec;

/// What a person said about what to try.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wish {
    /// `--learner L`; all where empty.
    pub learners: Vec<String>,
    /// `--set learner.param=value`, as (`learner.param`, `value`).
    pub set: Vec<(String, String)>,
    /// `--no-tune`: one configuration a learner.
    pub no_tune: bool,
}

/// Below this many rows, boosted models are averaged over several seeds: their variance is most of their error.
pub const BAGGED_ROWS_MAX: usize = 10_000;
/// Beyond this many rows, trees learn faster and from all rows: there is enough to average over.
const LARGE_ROWS: usize = 100_000;
/// How many seeds.
pub const BAGS: u32 = 3;
/// A regression target above zero whose largest value is this many times its median is also tried as a logarithm.
const SKEW_MIN: f64 = 3.0;

/// The configurations to try, the dummy baseline first.
///
/// # Errors
/// An unknown learner or parameter, or a value out of bounds.
pub fn portfolio(problem: &Problem, target: &Target, wish: &Wish) -> Result<Vec<Candidate>, ParamError> {
    let n_rows = target.n_rows();
    let mut out = vec![candidate("dummy", LearnerSpec::from_name("dummy")?, 1)];
    let names: Vec<String> =
        if wish.learners.is_empty() { vec!["linear".into(), "boost".into()] } else { wish.learners.clone() };
    for name in &names {
        let base = LearnerSpec::from_name(name)?;
        out.extend(match base {
            LearnerSpec::Dummy(_) => Vec::new(),
            LearnerSpec::Linear(_) => linear(problem, target, wish)?,
            LearnerSpec::Boost(_) => boost(n_rows, wish)?,
        });
    }
    for (key, value) in &wish.set {
        let learner = key.split('.').next().unwrap_or(key);
        LearnerSpec::from_name(learner)?;
        let mut mine = out.iter_mut().filter(|c| c.learner.name() == learner).peekable();
        if mine.peek().is_none() {
            return Err(ParamError::NotTried { found: key.clone(), learners: names });
        }
        mine.try_for_each(|c| c.learner.set(key, value))?;
    }
    out.dedup_by(|a, b| a.learner == b.learner && a.target_form == b.target_form && a.steps == b.steps);
    if problem.task == Task::Regression && names.iter().any(|n| n == "linear" || n == "boost") && !wish.no_tune {
        out.extend(logarithmic(target, &out));
    }
    Ok(out)
}

fn candidate(name: &str, learner: LearnerSpec, n_bags: u32) -> Candidate {
    Candidate { name: name.to_owned(), steps: StepsSpec::Auto, learner, target_form: TargetForm::AsIs, n_bags }
}

fn with(name: &str, set: &[(&str, &str)]) -> Result<LearnerSpec, ParamError> {
    let mut spec = LearnerSpec::from_name(name)?;
    for (param, value) in set {
        spec.set(&format!("{name}.{param}"), value)?;
    }
    Ok(spec)
}

fn linear(problem: &Problem, _target: &Target, wish: &Wish) -> Result<Vec<Candidate>, ParamError> {
    let strength = if problem.task == Task::Regression { "alpha" } else { "c" };
    let mut out = vec![candidate("linear", with("linear", &[])?, 1)];
    if !wish.no_tune {
        let (name, value) = if problem.task == Task::Regression {
            ("linear, strong penalty", "30")
        } else {
            ("linear, strong penalty", "0.1")
        };
        out.push(candidate(name, with("linear", &[(strength, value)])?, 1));
        if problem.task != Task::Regression {
            out.push(candidate("linear, weak penalty", with("linear", &[(strength, "10")])?, 1));
        }
    }
    Ok(out)
}

fn boost(n_rows: usize, wish: &Wish) -> Result<Vec<Candidate>, ParamError> {
    let bags = if n_rows <= BAGGED_ROWS_MAX && !wish.no_tune { BAGS } else { 1 };
    let rate = if n_rows > LARGE_ROWS { "0.1" } else { "0.05" };
    // Rows drawn anew for every tree make trees differ, which a mean of few-row models gains from; of more, all are taken.
    let rows = if n_rows > BAGGED_ROWS_MAX { "1" } else { "0.8" };
    let l2 = if n_rows > LARGE_ROWS { "0" } else { "1" };
    let common = [("learning_rate", rate), ("subsample_rows", rows), ("l2", l2)];
    let make = |name: &str, more: &[(&str, &str)]| Ok(candidate(name, with("boost", &[&common, more].concat())?, bags));
    let mut out = vec![make("boost", &[])?];
    if !wish.no_tune {
        out.push(make("boost, small trees", &[("leaves", "8"), ("subsample_columns", "0.5")])?);
        if n_rows > 10_000 {
            let large = [("leaves", "63"), ("subsample_columns", "0.7"), ("min_leaf_rows", "40")];
            out.push(make("boost, large trees", &large)?);
        }
    }
    Ok(out)
}

fn logarithmic(target: &Target, tried: &[Candidate]) -> Vec<Candidate> {
    let Target::Real(values) = target else { return Vec::new() };
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted[0], sorted[sorted.len() - 1]);
    let median = sorted[sorted.len() / 2];
    if low <= 0.0 || high < SKEW_MIN * median {
        return Vec::new();
    }
    let mut seen = std::collections::BTreeSet::new();
    tried
        .iter()
        .filter(|c| c.learner.name() != "dummy" && seen.insert(c.learner.name()))
        .map(|c| Candidate { name: format!("{}, log target", c.name), target_form: TargetForm::Log, ..c.clone() })
        .collect()
}
