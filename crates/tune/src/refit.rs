//! The kept configurations fitted once more, on every row.

use base::Cx;
use pipeline::{Bound, Candidate, FitRows, Fitted, Learning, fit, plan};
use table::Frame;
use train::LearnerSpec;

use crate::cross_validate::reseeded;
use crate::error::TuneError;
use crate::search::Chosen;

/// Fits what was chosen on all rows; rounds are those that cross-validation found.
///
/// # Errors
/// Those of the fits.
pub fn refit(
    cx: &Cx,
    bound: &Bound,
    frame: &Frame,
    candidates: &[Candidate],
    chosen: &[Chosen],
) -> Result<Fitted, TuneError> {
    let rows: Vec<u32> = (0..frame.n_rows as u32).collect();
    let learning = Learning { frame, target: &bound.target, weights: bound.weights.as_deref() };
    let mut work = Vec::new();
    for c in chosen {
        let candidate = &candidates[c.candidate];
        let mut plan = plan(&bound.problem, candidate, frame.n_rows)?;
        if let (LearnerSpec::Boost(p), Some(rounds)) = (&mut plan.learner, c.rounds) {
            p.trees = p.trees.min(rounds);
            p.early_stopping_rounds = 0;
        }
        let n_bags = candidate.n_bags.max(1);
        for bag in 0..n_bags {
            work.push((plan.clone(), c.weight / f64::from(n_bags), u64::from(bag)));
        }
    }
    cx.progress().begin("fitting on all rows", Some(work.len() as u64));
    let mut members = Vec::with_capacity(work.len());
    for (plan, weight, bag) in work {
        // Fold numbers of the search begin at 0; this fit has a number of its own.
        let member_cx = reseeded(cx, u64::MAX, bag);
        let member = fit(&member_cx, &plan, learning, FitRows { train: &rows, watch: None }, None)?;
        members.push((weight, member));
        cx.progress().advance(1);
    }
    cx.progress().end();
    Ok(Fitted { problem: bound.problem.clone(), members })
}
