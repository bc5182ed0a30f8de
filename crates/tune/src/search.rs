//! The search: cross-validates every candidate on the same folds, and keeps the best one, or a blend if that is better
//! by more than its noise.

use base::Cx;
use contract::{Predictions, Target};
use evaluate::{Judge, Judged};
use pipeline::predict::combine;
use pipeline::{Bound, Candidate, Learning, PipelineError, Plan, plan};
use table::Frame;

use crate::blend::{STEPS, forward_selection};
use crate::cross_validate::{CrossValidated, cross_validate, weights_of};
use crate::error::TuneError;
use crate::split::Splits;

/// What is searched.
#[derive(Debug, Clone, Copy)]
pub struct SearchSpec<'a> {
    /// The problem and its rows.
    pub bound: &'a Bound,
    /// Features of these rows.
    pub frame: &'a Frame,
    /// Folds.
    pub splits: &'a Splits,
    /// Configurations; the first is the dummy baseline.
    pub candidates: &'a [Candidate],
    /// What decides.
    pub judge: &'a Judge,
}

/// A candidate in the final model.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// Position among the candidates.
    pub candidate: usize,
    /// Its weight; all sum to 1.
    pub weight: f64,
    /// Rounds to fit on all rows, for learners that have them.
    pub rounds: Option<usize>,
}

/// One line of the leaderboard.
#[derive(Debug, Clone)]
pub struct Line {
    /// Position among the candidates; `None` for the blend.
    pub candidate: Option<usize>,
    /// Score and interval on the tested rows, or why there is none.
    pub judged: Result<Judged, String>,
    /// Mean score on the rows that were learned from.
    pub train_value: Option<f64>,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Every candidate, best first, failures last; the blend among them if one was made.
    pub leaderboard: Vec<Line>,
    /// What is kept.
    pub chosen: Vec<Chosen>,
    /// Predictions of the kept model's parts for the tested rows, made without them.
    pub predictions: Predictions,
    /// The same of the dummy baseline.
    pub baseline: Predictions,
    /// Score of the kept model on rows that its parts learned from.
    pub train_value: f64,
    /// Why it was kept: a sentence.
    pub reason: String,
}

/// Runs a search.
///
/// # Errors
/// If every candidate beside the dummy fails, or the baseline cannot be judged.
pub fn search(cx: &Cx, spec: SearchSpec<'_>) -> Result<Outcome, TuneError> {
    let n_rows = spec.bound.rows.len();
    let learning = Learning { frame: spec.frame, target: &spec.bound.target, weights: spec.bound.weights.as_deref() };
    let total = spec.candidates.len() * spec.splits.folds.len();
    cx.progress().begin("trying configurations", Some(total as u64));
    let mut results: Vec<Result<(Plan, CrossValidated), TuneError>> = Vec::new();
    for candidate in spec.candidates {
        let planned = plan(&spec.bound.problem, candidate, n_rows).map_err(TuneError::from);
        results.push(planned.and_then(|p| {
            let cv = cross_validate(cx, &p, candidate, learning, spec.splits, spec.judge)?;
            Ok((p, cv))
        }));
        cx.check_cancelled().map_err(|e| TuneError::Pipeline(e.into()))?;
    }
    cx.progress().end();
    decide(cx, spec, results)
}

/// Results of the candidates, in their order.
type Results = [Result<(Plan, CrossValidated), TuneError>];

/// What is judged by: the tested rows.
struct Tested<'a> {
    judge: &'a Judge,
    target: Target,
    weights: Option<Vec<f64>>,
}

impl Tested<'_> {
    fn part(&self, rows: &[u32]) -> Tested<'_> {
        let weights = weights_of(self.weights.as_deref(), rows);
        Tested { judge: self.judge, target: self.target.take(rows), weights }
    }

    fn loss(&self, predictions: &Predictions) -> f64 {
        let value = self.judge.value(&self.target, predictions, self.weights.as_deref());
        value.map_or(f64::INFINITY, |v| self.judge.loss_of(v))
    }
}

fn decide(
    cx: &Cx,
    spec: SearchSpec<'_>,
    results: Vec<Result<(Plan, CrossValidated), TuneError>>,
) -> Result<Outcome, TuneError> {
    let tested = Tested {
        judge: spec.judge,
        target: spec.bound.target.take(&spec.splits.tested),
        weights: weights_of(spec.bound.weights.as_deref(), &spec.splits.tested),
    };
    cx.progress().begin("judging", None);
    let judged = judge_all(cx, &tested, &results)?;
    let order = ranked(spec.judge, &judged)?;
    let blend = blended(cx, spec, &tested, &order, &results)?;
    let mut outcome = best_alone(spec, order[0], &results)?;
    if let Some(blend) = &blend {
        weigh(spec, &mut outcome, blend, order[0], &results);
    }
    outcome.leaderboard = leaderboard(spec.judge, &judged, &order, blend.as_ref(), &results);
    cx.progress().end();
    Ok(outcome)
}

/// The score of each candidate, or why there is none. A candidate whose predictions cannot be judged takes no other with
/// it.
fn judge_all(cx: &Cx, tested: &Tested<'_>, results: &Results) -> Result<Vec<Result<Judged, String>>, TuneError> {
    let value = |cv: &CrossValidated| tested.judge.value(&tested.target, &cv.predictions, tested.weights.as_deref());
    let usable: Vec<Result<&Predictions, String>> = results
        .iter()
        .map(|r| match r {
            Ok((_, cv)) => value(cv).map(|_| &cv.predictions).map_err(|e| e.to_string()),
            Err(e) => Err(e.to_string()),
        })
        .collect();
    let predictions: Vec<&Predictions> = usable.iter().flatten().copied().collect();
    let mut judged = tested.judge.judge_many(cx, &tested.target, &predictions, tested.weights.as_deref())?.into_iter();
    let mut next = || judged.next().ok_or_else(|| PipelineError::Broken { what: "one score a candidate".into() });
    let mut out = Vec::with_capacity(usable.len());
    for one in usable {
        out.push(match one {
            Ok(_) => Ok(next()?),
            Err(why) => Err(why),
        });
    }
    Ok(out)
}

/// Candidates that could be judged, the best first, the earlier one on a tie.
fn ranked(judge: &Judge, judged: &[Result<Judged, String>]) -> Result<Vec<usize>, TuneError> {
    let mut order: Vec<(f64, usize)> =
        judged.iter().enumerate().filter_map(|(i, j)| j.as_ref().ok().map(|j| (judge.loss_of(j.value), i))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let only_dummy = order.iter().all(|&(_, i)| i == 0) && judged.len() > 1;
    if only_dummy || judged.first().is_none_or(Result::is_err) {
        let mut reasons: Vec<String> = judged.iter().filter_map(|j| j.as_ref().err().cloned()).collect();
        reasons.sort();
        reasons.dedup();
        return Err(TuneError::NothingFitted { reasons });
    }
    Ok(order.into_iter().map(|(_, i)| i).collect())
}

fn validated(results: &Results, i: usize) -> Option<&CrossValidated> {
    results[i].as_ref().ok().map(|(_, cv)| cv)
}

fn take(results: &Results, candidate: usize, weight: f64) -> Chosen {
    Chosen { candidate, weight, rounds: validated(results, candidate).and_then(|c| rounds_for_all(&c.rounds)) }
}

fn best_alone(spec: SearchSpec<'_>, best: usize, results: &Results) -> Result<Outcome, TuneError> {
    let (Some(baseline), Some(cv)) = (validated(results, 0), validated(results, best)) else {
        return Err(TuneError::NothingFitted { reasons: vec!["the baseline could not be fitted".into()] });
    };
    let (name, metric) = (&spec.candidates[best].name, spec.judge.name());
    Ok(Outcome {
        leaderboard: Vec::new(),
        chosen: vec![take(results, best, 1.0)],
        predictions: cv.predictions.clone(),
        baseline: baseline.predictions.clone(),
        train_value: cv.train_value,
        reason: format!("`{name}` has the best {metric} on rows that it did not learn from"),
    })
}

/// Keeps a blend instead of the best candidate, if it is better by more than the noise of the difference.
fn weigh(spec: SearchSpec<'_>, outcome: &mut Outcome, blend: &Blended, best: usize, results: &Results) {
    let (name, metric) = (&spec.candidates[best].name, spec.judge.name());
    if blend.gain > blend.gain_error {
        let weight = |n: usize| n as f64 / STEPS as f64;
        outcome.chosen = blend.counts.iter().map(|&(i, n)| take(results, i, weight(n))).collect();
        outcome.train_value =
            blend.counts.iter().filter_map(|&(i, n)| Some(weight(n) * validated(results, i)?.train_value)).sum();
        outcome.predictions = blend.predictions.clone();
        outcome.reason = format!(
            "a blend is better than `{name}` by {:.5} {metric}, more than the noise of that difference ({:.5})",
            blend.gain, blend.gain_error
        );
    } else if blend.gain > 0.0 {
        outcome.reason.push_str(&format!(
            "; a blend gains {:.5}, not more than the noise of that difference ({:.5})",
            blend.gain, blend.gain_error
        ));
    }
}

fn leaderboard(
    judge: &Judge,
    judged: &[Result<Judged, String>],
    order: &[usize],
    blend: Option<&Blended>,
    results: &Results,
) -> Vec<Line> {
    let line = |i: usize| Line {
        candidate: Some(i),
        judged: judged[i].clone(),
        train_value: validated(results, i).map(|c| c.train_value),
    };
    let mut lines: Vec<Line> = order.iter().map(|&i| line(i)).collect();
    if let Some(blend) = blend {
        let loss = |l: &Line| l.judged.as_ref().map_or(f64::INFINITY, |j| judge.loss_of(j.value));
        let at = lines.partition_point(|l| loss(l) <= judge.loss_of(blend.judged.value));
        lines.insert(at, Line { candidate: None, judged: Ok(blend.judged), train_value: None });
    }
    lines.extend((0..results.len()).filter(|&i| judged[i].is_err()).map(line));
    lines
}

struct Blended {
    /// Candidate and how many sixteenths of it, none zero.
    counts: Vec<(usize, usize)>,
    predictions: Predictions,
    judged: Judged,
    gain: f64,
    gain_error: f64,
}

/// The better of two blends of the candidates beside the dummy: one whose weights are chosen on the tested rows, and the
/// plain mean of the best candidate of each learner, which chooses nothing and so holds where rows change over time.
/// `None` if there is nothing to blend.
fn blended(
    cx: &Cx,
    spec: SearchSpec<'_>,
    tested: &Tested<'_>,
    order: &[usize],
    results: &Results,
) -> Result<Option<Blended>, TuneError> {
    let members: Vec<usize> = order.iter().copied().filter(|&i| i != 0).collect();
    let predictions: Vec<&Predictions> =
        members.iter().filter_map(|&i| validated(results, i).map(|c| &c.predictions)).collect();
    if predictions.len() < 2 {
        return Ok(None);
    }
    let mut options: Vec<(Vec<usize>, Predictions)> = Vec::new();
    let chosen = select(tested, &predictions);
    if chosen.iter().filter(|n| **n > 0).count() > 1 {
        options.push((chosen, judged_apart(cx, tested, &spec.splits.tested_by_fold(), &predictions)?));
    }
    let learners: Vec<&str> = members.iter().map(|&i| spec.candidates[i].learner.name()).collect();
    if let Some(even) = even_counts(&learners) {
        let mean = mix(&even, &predictions)?;
        options.push((even, mean));
    }
    // The first one on a tie.
    let best = options
        .into_iter()
        .map(|(counts, p)| (tested.loss(&p), counts, p))
        .reduce(|a, b| if b.0 < a.0 { b } else { a });
    let Some((_, counts, honest)) = best else { return Ok(None) };
    let weights = tested.weights.as_deref();
    let judged = tested.judge.judge(cx, &tested.target, &honest, weights)?;
    let difference = tested.judge.difference(cx, &tested.target, &honest, predictions[0], weights)?;
    Ok(Some(Blended {
        counts: members.into_iter().zip(counts).filter(|(_, n)| *n > 0).collect(),
        predictions: honest,
        judged,
        gain: difference.gain,
        gain_error: difference.standard_error,
    }))
}

/// Predictions of a blend whose weights were chosen, for every fold, without the rows of that fold: choosing on the rows
/// that judge would promise too much.
fn judged_apart(
    cx: &Cx,
    tested: &Tested<'_>,
    parts: &[Vec<u32>],
    predictions: &[&Predictions],
) -> Result<Predictions, TuneError> {
    let apart = cx.map(parts.len(), |i| {
        let others: Vec<u32> = sorted(parts.iter().enumerate().filter(|(k, _)| *k != i).flat_map(|(_, p)| p));
        let learned: Vec<Predictions> = predictions.iter().map(|p| p.take(&others)).collect();
        let counts = select(&tested.part(&others), &learned.iter().collect::<Vec<_>>());
        let held: Vec<Predictions> = predictions.iter().map(|p| p.take(&parts[i])).collect();
        mix(&counts, &held.iter().collect::<Vec<_>>())
    });
    let mut honest = Predictions::zeros(tested.target.n_rows(), predictions[0].n_outputs);
    for (part, mixed) in parts.iter().zip(apart) {
        let mixed = mixed?;
        part.iter().enumerate().for_each(|(k, &row)| honest.row_mut(row as usize).copy_from_slice(mixed.row(k)));
    }
    Ok(honest)
}

/// Equal sixteenths of the first candidate of each learner, what is left over going to the first; `None` for fewer than
/// two learners.
fn even_counts(learners: &[&str]) -> Option<Vec<usize>> {
    let mut first: Vec<usize> = Vec::new();
    for (i, learner) in learners.iter().enumerate() {
        if first.iter().all(|&f| learners[f] != *learner) {
            first.push(i);
        }
    }
    if first.len() < 2 {
        return None;
    }
    let mut counts = vec![0; learners.len()];
    first.iter().for_each(|&i| counts[i] = STEPS / first.len());
    counts[first[0]] += STEPS - first.len() * (STEPS / first.len());
    Some(counts)
}

fn select(tested: &Tested<'_>, predictions: &[&Predictions]) -> Vec<usize> {
    forward_selection(predictions.len(), |counts| mix(counts, predictions).map_or(f64::INFINITY, |p| tested.loss(&p)))
}

fn mix(counts: &[usize], predictions: &[&Predictions]) -> Result<Predictions, PipelineError> {
    let total: usize = counts.iter().sum();
    let taken = counts.iter().zip(predictions).filter(|(n, _)| **n > 0);
    let (parts, weights): (Vec<&Predictions>, Vec<f64>) = taken.map(|(&n, p)| (*p, n as f64 / total as f64)).unzip();
    combine(&parts, &weights)
}

fn sorted<'a>(rows: impl Iterator<Item = &'a u32>) -> Vec<u32> {
    let mut rows: Vec<u32> = rows.copied().collect();
    rows.sort_unstable();
    rows
}

/// Rounds for a fit on all rows: the mean over folds, a tenth more because there are more rows to learn from. `None` if
/// the folds did not stop by themselves. Never more than the candidate allows: `refit` sees to that.
fn rounds_for_all(rounds: &[usize]) -> Option<usize> {
    if rounds.is_empty() {
        return None;
    }
    let total: usize = rounds.iter().sum();
    Some((total * 11).div_ceil(rounds.len() * 10).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_even_blend_takes_the_best_of_each_learner() {
        assert_eq!(even_counts(&["boost", "boost", "linear", "boost"]), Some(vec![8, 0, 8, 0]));
        assert_eq!(even_counts(&["a", "b", "c"]), Some(vec![6, 5, 5]));
        assert_eq!(even_counts(&["boost", "boost"]), None);
    }
}
