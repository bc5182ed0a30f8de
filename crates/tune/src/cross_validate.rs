//! Cross-validation of one candidate: each fold's steps, learner and early stopping see that fold's training rows and
//! nothing else; every row is predicted by a model that did not see it.

use base::{Cx, StableHasher};
use contract::Predictions;
use evaluate::Judge;
use pipeline::predict::combine;
use pipeline::{Candidate, FitRows, Learning, Member, PipelineError, Plan, fit};
use train::LearnerSpec;

use crate::error::TuneError;
use crate::split::{Fold, Splits, watch_part};

/// What cross-validation found of one candidate.
#[derive(Debug, Clone)]
pub struct CrossValidated {
    /// Predictions of the test rows of all folds, in the order of [`Splits::tested`].
    pub predictions: Predictions,
    /// Mean score on the rows that each fold learned from.
    pub train_value: f64,
    /// Rounds at which each fold stopped; empty for learners without rounds.
    pub rounds: Vec<usize>,
}

/// One fold's part of the result.
struct FoldResult {
    predictions: Predictions,
    train_value: f64,
    rounds: Vec<usize>,
}

/// Cross-validates a candidate.
///
/// # Errors
/// Those of the fits, and of the metric on the training rows.
pub fn cross_validate(
    cx: &Cx,
    plan: &Plan,
    candidate: &Candidate,
    learning: Learning<'_>,
    splits: &Splits,
    judge: &Judge,
) -> Result<CrossValidated, TuneError> {
    let results = cx.map(splits.folds.len(), |i| {
        let result = one_fold(cx, plan, candidate, learning, &splits.folds[i], i, splits, judge);
        cx.progress().advance(1);
        result
    });
    let n_outputs = learning.target.n_outputs();
    let mut predictions = Predictions::zeros(splits.tested.len(), n_outputs);
    let (mut train_sum, mut rounds) = (0.0, Vec::new());
    for (fold, result) in splits.folds.iter().zip(results) {
        let result = result?;
        for (i, row) in fold.test.iter().enumerate() {
            let at = splits
                .tested
                .binary_search(row)
                .map_err(|_| PipelineError::Broken { what: "every test row is listed".into() })?;
            predictions.values[at * n_outputs..(at + 1) * n_outputs].copy_from_slice(result.predictions.row(i));
        }
        train_sum += result.train_value;
        rounds.extend(result.rounds);
    }
    Ok(CrossValidated { predictions, train_value: train_sum / splits.folds.len() as f64, rounds })
}

#[allow(clippy::too_many_arguments)] // one call site; each is a different thing
fn one_fold(
    cx: &Cx,
    plan: &Plan,
    candidate: &Candidate,
    learning: Learning<'_>,
    fold: &Fold,
    fold_idx: usize,
    splits: &Splits,
    judge: &Judge,
) -> Result<FoldResult, TuneError> {
    let stops = stops_early(&plan.learner);
    let fold_cx = reseeded(cx, fold_idx as u64, 0);
    let watch = if stops { watch_part(&fold_cx, splits, learning.target, &fold.train) } else { None };
    let (train, watch) = match &watch {
        Some(parted) => (parted.train.as_slice(), Some(parted.test.as_slice())),
        None => (fold.train.as_slice(), None),
    };
    let test_frame = learning.frame.take(&fold.test);
    let train_frame = learning.frame.take(train);
    let (mut parts, mut train_parts, mut rounds) = (Vec::new(), Vec::new(), Vec::new());
    for bag in 0..candidate.n_bags.max(1) {
        let bag_cx = reseeded(cx, fold_idx as u64, u64::from(bag));
        let member = fit(&bag_cx, plan, learning, FitRows { train, watch }, None)?;
        rounds.extend(rounds_of(&member).filter(|_| watch.is_some()));
        parts.push(member.predict(cx, &test_frame)?);
        train_parts.push(member.predict(cx, &train_frame)?);
    }
    let weights = vec![1.0 / parts.len() as f64; parts.len()];
    let mean = |parts: &[Predictions]| combine(&parts.iter().collect::<Vec<_>>(), &weights);
    let train_predictions = mean(&train_parts)?;
    let train_target = learning.target.take(train);
    let train_weights = weights_of(learning.weights, train);
    Ok(FoldResult {
        predictions: mean(&parts)?,
        train_value: judge.value(&train_target, &train_predictions, train_weights.as_deref())?,
        rounds,
    })
}

/// Weights of some rows.
pub fn weights_of(weights: Option<&[f64]>, rows: &[u32]) -> Option<Vec<f64>> {
    weights.map(|w| rows.iter().map(|&r| w[r as usize]).collect())
}

/// The same context under a seed of its own for a fold (or repetition) and a bag.
pub fn reseeded(cx: &Cx, fold: u64, bag: u64) -> Cx {
    if fold == 0 && bag == 0 {
        return cx.clone();
    }
    let digest = StableHasher::new("almanac.tune.seed").number(cx.seed()).number(fold).number(bag).finish();
    let mut eight = [0u8; 8];
    eight.copy_from_slice(&digest.0[..8]);
    cx.clone().with_seed(u64::from_le_bytes(eight))
}

/// Whether a learner watches rows to know when to stop.
pub fn stops_early(learner: &LearnerSpec) -> bool {
    matches!(learner, LearnerSpec::Boost(p) if p.early_stopping_rounds > 0)
}

fn rounds_of(member: &Member) -> Option<usize> {
    match &member.model {
        train::Model::Boost(m) => Some(m.best_rounds()),
        _ => None,
    }
}
