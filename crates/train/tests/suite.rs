//! Learners seen from outside: their contract, and their numbers against independent implementations.

#[path = "suite/boost.rs"]
mod boost;
#[path = "suite/boost_lightgbm.rs"]
mod boost_lightgbm;
#[path = "suite/damage.rs"]
mod damage;
#[path = "suite/inputs.rs"]
mod inputs;
#[path = "suite/linear.rs"]
mod linear;
#[path = "suite/promises.rs"]
mod promises;
#[path = "suite/scikit_learn.rs"]
mod scikit_learn;
#[path = "suite/tables.rs"]
mod tables;

use almanac_train::{LearnerSpec, Model};
use base::Cx;
use contract::{Dataset, Fit, FitError, Predict, Predictions, Target};
use table::Matrix;
use tables::Sample;

/// Every learner there is, with parameters that keep tests short. The `match` is closed: a new learner has to be
/// entered here before anything compiles.
fn learners() -> Vec<LearnerSpec> {
    let mut all = LearnerSpec::all();
    for learner in &mut all {
        match learner {
            LearnerSpec::Dummy(_) | LearnerSpec::Linear(_) => {}
            LearnerSpec::Boost(p) => {
                (p.trees, p.min_leaf_rows, p.subsample_rows, p.subsample_columns) = (25, 8, 0.8, 0.7);
            }
        }
    }
    all
}

/// What a learner promises beyond the contract.
struct Promises {
    /// Takes category codes.
    codes: bool,
    /// Takes missing numbers.
    missing: bool,
    /// Predictions after fitting on the same rows in another order differ by at most this.
    row_order: Option<f64>,
    /// Predictions after fitting with weight 2 instead of a row twice, or weight 0 instead of no row, differ by at
    /// most this.
    weights: Option<f64>,
    /// Learns from features at all.
    looks_at_features: bool,
}

fn promises(learner: &LearnerSpec) -> Promises {
    match learner {
        LearnerSpec::Dummy(_) => Promises {
            codes: true,
            missing: true,
            row_order: Some(1e-12),
            weights: Some(1e-12),
            looks_at_features: false,
        },
        LearnerSpec::Linear(_) => Promises {
            codes: false,
            missing: false,
            row_order: Some(1e-6),
            weights: Some(1e-6),
            looks_at_features: true,
        },
        // Gains are rounded sums over rows, rows are drawn by position, and the fewest rows of a leaf are rows,
        // whatever they weigh.
        LearnerSpec::Boost(_) => {
            Promises { codes: true, missing: true, row_order: None, weights: None, looks_at_features: true }
        }
    }
}

/// Whether a learner takes a table's columns.
fn takes(learner: &LearnerSpec, sample: &Sample) -> bool {
    let p = promises(learner);
    (p.codes || !sample.has_codes()) && (p.missing || !sample.has_missing())
}

fn cx() -> Cx {
    Cx::new(7, 2)
}

fn fit(learner: &LearnerSpec, sample: &Sample) -> Model {
    fit_on(&cx(), learner, &sample.x, &sample.y, None)
        .unwrap_or_else(|e| panic!("{} on {}: {e}", learner.name(), sample.name))
}

fn fit_on(cx: &Cx, learner: &LearnerSpec, x: &Matrix, y: &Target, weights: Option<&[f64]>) -> Result<Model, FitError> {
    learner.fit(cx, Dataset { x, y, weights }, None)
}

fn predict(model: &Model, x: &Matrix) -> Predictions {
    model.predict(&cx(), x).expect("it predicts")
}

fn bits(p: &Predictions) -> Vec<u64> {
    p.values.iter().map(|v| v.to_bits()).collect()
}

/// Every learner on every table that it takes.
fn for_each(check: impl Fn(&LearnerSpec, &Sample)) {
    let samples = tables::all();
    for learner in learners() {
        let mine: Vec<&Sample> = samples.iter().filter(|s| takes(&learner, s)).collect();
        for task in contract::Task::ALL {
            assert!(mine.iter().any(|s| s.y.task() == task), "{} is not tried on task {task}", learner.name());
        }
        mine.into_iter().for_each(|sample| check(&learner, sample));
    }
}

/// Every learner on one small numeric table per task.
fn for_each_task(check: impl Fn(&LearnerSpec, Sample)) {
    for learner in learners() {
        for task in contract::Task::ALL {
            check(&learner, tables::numeric(task, 60));
        }
    }
}
