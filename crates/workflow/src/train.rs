//! `train`: from files to one model file, and a report of everything that was done on the way.

use std::path::{Path, PathBuf};

use base::{Cx, Finding, Findings};
use collect::{CollectError, ReadOptions};
use contract::Task;
use evaluate::verdict::{Fitness, Verdict, verdict};
use evaluate::{Judge, Judged};
use metrics::Metric;
use pipeline::card::Tried;
use pipeline::problem::is_input;
use pipeline::profile::Profile;
use pipeline::{Ask, Bound, Bundle, Card, Fitted, LeftOut, Score, bind, frame_of, write_bundle};
use serde::Serialize;
use table::{Kind, Table};
use tune::search::Line;
use tune::{Outcome, SearchSpec, SplitWish, Wish, choose_split, portfolio, refit, search};

use crate::error::WorkflowError;
use crate::output;

/// What `train` is asked.
#[derive(Debug, Clone, Default)]
pub struct TrainAsk {
    /// Files or globs.
    pub data: Vec<String>,
    /// Column to predict.
    pub target: String,
    /// File to write.
    pub out: PathBuf,
    /// Task, if told.
    pub task: Option<Task>,
    /// Positive class, if told.
    pub positive: Option<String>,
    /// Metric, if told.
    pub metric: Option<Metric>,
    /// What to try.
    pub wish: Wish,
    /// How to split.
    pub split: SplitWish,
    /// Folds, if told.
    pub folds: Option<usize>,
    /// Columns to leave out.
    pub drop: Vec<String>,
    /// Columns that name rows.
    pub ids: Vec<String>,
    /// Column that weights rows.
    pub weight: Option<String>,
    /// How to read.
    pub reading: ReadOptions,
}

/// What was taken of one column.
#[derive(Debug, Clone, Serialize)]
pub struct ColumnReport {
    /// Name.
    pub name: String,
    /// Physical type.
    pub dtype: String,
    /// Kind.
    pub kind: Kind,
    /// Use: `feature`, `target`, `id`, …, or `left out`.
    pub role: String,
    /// Missing cells.
    pub n_missing: u64,
    /// Why it was taken for that.
    pub evidence: Vec<String>,
}

/// How rows were split.
#[derive(Debug, Clone, Serialize)]
pub struct SplitReport {
    /// `stratified`, `random`, `grouped`, `forward in time`, `given`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// Number of folds.
    pub n_folds: usize,
}

/// A member of the kept model.
#[derive(Debug, Clone, Serialize)]
pub struct MemberReport {
    /// Name of the configuration.
    pub name: String,
    /// Weight.
    pub weight: f64,
}

/// How features were prepared for a learner that was kept.
#[derive(Debug, Clone, Serialize)]
pub struct PreparationReport {
    /// The learner.
    pub learner: String,
    /// Steps in order.
    pub steps: Vec<StepReport>,
}

/// A step and why it is there.
#[derive(Debug, Clone, Serialize)]
pub struct StepReport {
    /// Its name.
    pub step: String,
    /// Why, as a sentence part.
    pub reason: String,
}

/// Everything that `train` has to say.
#[derive(Debug, Clone, Serialize)]
pub struct TrainReport {
    /// Model file.
    pub out: PathBuf,
    /// SHA-256 of the file.
    pub model_id: String,
    /// Its size.
    pub size_bytes: u64,
    /// Rows read.
    pub n_rows: u64,
    /// Rows left out because their target is missing.
    pub n_missing_target: u64,
    /// Kind of prediction.
    pub task: Task,
    /// Why.
    pub task_reason: String,
    /// The target.
    pub target: String,
    /// Classes; the positive one of a binary task is last.
    pub classes: Vec<String>,
    /// Columns.
    pub columns: Vec<ColumnReport>,
    /// What was changed while reading, one sentence each.
    pub changes: Vec<String>,
    /// Columns that are not learned from, and why.
    pub left_out: Vec<LeftOut>,
    /// How features were prepared, for each learner that was kept.
    pub preparation: Vec<PreparationReport>,
    /// Split.
    pub split: SplitReport,
    /// Metric that decided.
    pub metric: String,
    /// What was tried, best first.
    pub leaderboard: Vec<Tried>,
    /// What was kept.
    pub members: Vec<MemberReport>,
    /// Why.
    pub reason: String,
    /// Every metric of the kept model on rows that its parts did not learn from.
    pub scores: Vec<Score>,
    /// The same of the dummy baseline.
    pub baseline: Vec<Score>,
    /// Overfit, underfit, or fine.
    pub verdict: Verdict,
    /// Seed.
    pub seed: u64,
}

/// Trains a model and writes it.
///
/// # Errors
/// Reading, binding, fitting or writing fails; the output file is then as it was before.
pub fn train(cx: &Cx, ask: &TrainAsk) -> Result<(TrainReport, Findings), WorkflowError> {
    output::check(&ask.out, ask.data.iter().map(Path::new))?;
    let (table, mut prepared) = read_for_training(cx, ask)?;
    let (bundle, mut report) = learn(cx, ask, &table, &mut prepared)?;
    cx.progress().begin("writing", None);
    let bytes = write_bundle(&bundle)?;
    base::files::write_atomic(&ask.out, &bytes).map_err(|e| WorkflowError::io(&ask.out, e))?;
    cx.progress().end();
    report.model_id = objects::Sha256::of(&bytes).to_hex();
    report.size_bytes = bytes.len() as u64;
    Ok((report, prepared.findings))
}

/// What reading said, beside the table.
struct Prepared {
    columns: Vec<ColumnReport>,
    changes: Vec<String>,
    findings: Findings,
    n_rows: u64,
}

fn read_for_training(cx: &Cx, ask: &TrainAsk) -> Result<(Table, Prepared), WorkflowError> {
    cx.progress().begin("reading", None);
    let read = collect::read_for(cx, &ask.data, &ask.reading, Some(&ask.target))?;
    output::check(&ask.out, read.sources.iter().map(|s| Path::new(&s.name)))?;
    let (table, applied) = infer::apply(cx, &read.table, &read.proposals).map_err(CollectError::from)?;
    cx.progress().end();
    let mut findings = read.findings;
    // What reading asked of a column already is not asked again in other words.
    let is_asked = |f: &Finding| {
        f.severity == base::Severity::Warning
            && findings.kept().iter().any(|g| g.severity == f.severity && g.place.column == f.place.column)
    };
    let new: Vec<Finding> = applied.kept().iter().filter(|f| !is_asked(f)).cloned().collect();
    new.into_iter().for_each(|f| findings.push(f));
    let (mut columns, mut changes) = (Vec::new(), Vec::new());
    for column in table.columns() {
        let field = column.field();
        let proposal = read.proposals.iter().find(|p| p.column == field.name);
        if let Some(p) = proposal.filter(|p| p.changes) {
            changes.push(format!("`{}`: {}", field.name, p.change()));
        }
        columns.push(ColumnReport {
            name: field.name.clone(),
            dtype: field.dtype.to_string(),
            kind: field.kind,
            role: String::new(),
            n_missing: column.n_missing() as u64,
            evidence: proposal.map(|p| p.evidence.clone()).unwrap_or_default(),
        });
    }
    let n_rows = table.n_rows() as u64;
    Ok((table, Prepared { columns, changes, findings, n_rows }))
}

fn learn(
    cx: &Cx,
    ask: &TrainAsk,
    table: &Table,
    prepared: &mut Prepared,
) -> Result<(Bundle, TrainReport), WorkflowError> {
    if matches!(ask.split, SplitWish::Column(_)) && ask.folds.is_some() {
        return Err(WorkflowError::Flag { flag: "--folds", what: "the column of `--split` gives the folds".into() });
    }
    let choice = choose_split(table, &ask.target, &ask.drop, &ask.split)?;
    let bound = bind(table, &bound_ask(ask, &choice.wish))?;
    if let Some(name) = bound.problem.ids().map(|f| &f.name).find(|n| is_output_name(n, &bound.problem.classes)) {
        return Err(WorkflowError::NameClash { name: name.clone() });
    }
    let rows_table = if bound.rows.len() == table.n_rows() { table.clone() } else { table.take(&bound.rows) };
    let frame = frame_of(&rows_table, bound.problem.fields.iter().filter(|f| is_input(f)))?;
    let judge = Judge::new(bound.problem.task, ask.metric)?;
    let splits = tune::split::split(cx, &bound, &choice.wish, ask.folds)?;
    let candidates = portfolio(&bound.problem, &bound.target, &ask.wish).map_err(tune::TuneError::from)?;
    let spec = SearchSpec { bound: &bound, frame: &frame, splits: &splits, candidates: &candidates, judge: &judge };
    let outcome = search(cx, spec)?;
    let fitted = refit(cx, &bound, &frame, &candidates, &outcome.chosen)?;
    unconverged(&fitted).into_iter().for_each(|finding| prepared.findings.push(finding));
    let split = SplitReport { kind: splits.kind.to_owned(), reason: choice.reason, n_folds: splits.folds.len() };
    let results = Results::of(cx, spec, &outcome)?;
    let preparation = preparation_of(spec, &outcome)?;
    let card = card_of(cx, &bound, &results, &split, &prepared.changes);
    let profile = Profile::of(&rows_table, &bound.problem)?;
    let report = report_of(ask, prepared, &bound, results, split, preparation, outcome.reason.clone(), cx.seed());
    Ok((Bundle { fitted, card, profile }, report))
}

/// Whether a column of the scored file has this name.
fn is_output_name(name: &str, classes: &[String]) -> bool {
    matches!(name, "prediction" | "prediction_low" | "prediction_high" | "finding")
        || name.strip_prefix("probability_").is_some_and(|class| classes.iter().any(|c| c == class))
}

/// What a search found, in the words of reports.
struct Results {
    metric: &'static str,
    leaderboard: Vec<Tried>,
    members: Vec<MemberReport>,
    scores: Vec<Score>,
    baseline: Vec<Score>,
    verdict: Verdict,
}

impl Results {
    fn of(cx: &Cx, spec: SearchSpec<'_>, outcome: &Outcome) -> Result<Self, WorkflowError> {
        let target = spec.bound.target.take(&spec.splits.tested);
        let weights = tune::cross_validate::weights_of(spec.bound.weights.as_deref(), &spec.splits.tested);
        let sets = [&outcome.predictions, &outcome.baseline];
        let all = Judge::all(cx, spec.bound.problem.task, &target, &sets, weights.as_deref())?;
        let mut scores = all.into_iter().map(|s| s.into_iter().map(|(metric, j)| score_of(metric, j)).collect());
        let (kept, baseline): (Vec<Score>, Vec<Score>) =
            (scores.next().unwrap_or_default(), scores.next().unwrap_or_default());
        let member =
            |c: &tune::Chosen| MemberReport { name: spec.candidates[c.candidate].name.clone(), weight: c.weight };
        Ok(Self {
            metric: spec.judge.name(),
            leaderboard: outcome.leaderboard.iter().map(|l| tried(l, spec, outcome)).collect(),
            members: outcome.chosen.iter().map(member).collect(),
            verdict: verdict_of(spec, &target, outcome, &kept, &baseline),
            scores: kept,
            baseline,
        })
    }
}

fn score_of(metric: &str, j: Judged) -> Score {
    Score { metric: metric.to_owned(), value: j.value, low: j.low, high: j.high }
}

/// The steps of the first candidate of each learner that was kept: they depend on the learner alone.
fn preparation_of(spec: SearchSpec<'_>, outcome: &Outcome) -> Result<Vec<PreparationReport>, WorkflowError> {
    let mut out: Vec<PreparationReport> = Vec::new();
    for chosen in &outcome.chosen {
        let candidate = &spec.candidates[chosen.candidate];
        let learner = candidate.learner.name();
        if out.iter().any(|p| p.learner == learner) {
            continue;
        }
        let plan = pipeline::plan(&spec.bound.problem, candidate, spec.bound.rows.len())?;
        let step = |(step, reason): (&preprocess::StepSpec, &String)| StepReport {
            step: step.name().to_owned(),
            reason: reason.clone(),
        };
        out.push(PreparationReport {
            learner: learner.to_owned(),
            steps: plan.steps.iter().zip(&plan.reasons).map(step).collect(),
        });
    }
    Ok(out)
}

fn card_of(cx: &Cx, bound: &Bound, results: &Results, split: &SplitReport, changes: &[String]) -> Card {
    Card {
        n_rows: bound.rows.len() as u64,
        metric: results.metric.to_owned(),
        split: format!("{}: {}", split.kind, split.reason),
        n_folds: split.n_folds as u64,
        scores: results.scores.clone(),
        baseline: results.baseline.clone(),
        leaderboard: results.leaderboard.clone(),
        verdict: results.verdict.sentence.clone(),
        seed: cx.seed(),
        changes: changes.to_vec(),
    }
}

#[allow(clippy::too_many_arguments)] // one call site; each is a different thing
fn report_of(
    ask: &TrainAsk,
    prepared: &Prepared,
    bound: &Bound,
    results: Results,
    split: SplitReport,
    preparation: Vec<PreparationReport>,
    reason: String,
    seed: u64,
) -> TrainReport {
    TrainReport {
        out: ask.out.clone(),
        model_id: String::new(),
        size_bytes: 0,
        n_rows: prepared.n_rows,
        n_missing_target: bound.n_missing_target as u64,
        task: bound.problem.task,
        task_reason: bound.task_reason.clone(),
        target: ask.target.clone(),
        classes: bound.problem.classes.clone(),
        columns: column_roles(&prepared.columns, ask, bound),
        changes: prepared.changes.clone(),
        left_out: bound.problem.left_out.clone(),
        preparation,
        split,
        metric: results.metric.to_owned(),
        leaderboard: results.leaderboard,
        members: results.members,
        reason,
        scores: results.scores,
        baseline: results.baseline,
        verdict: results.verdict,
        seed,
    }
}

fn bound_ask(ask: &TrainAsk, split: &SplitWish) -> Ask {
    let (mut group, mut time, mut split_column) = (None, Vec::new(), None);
    match split {
        SplitWish::Group(c) => group = Some(c.clone()),
        SplitWish::Time(columns) => time = columns.clone(),
        SplitWish::Column(c) => split_column = Some(c.clone()),
        SplitWish::Auto | SplitWish::Random => {}
    }
    Ask {
        target: ask.target.clone(),
        task: ask.task,
        positive: ask.positive.clone(),
        drop: ask.drop.clone(),
        ids: ask.ids.clone(),
        weight: ask.weight.clone(),
        group,
        time,
        split_column,
    }
}

fn column_roles(columns: &[ColumnReport], ask: &TrainAsk, bound: &Bound) -> Vec<ColumnReport> {
    let role = |name: &str| -> String {
        if name == ask.target {
            return "target".into();
        }
        match bound.problem.fields.iter().find(|f| f.name == name) {
            Some(f) => format!("{:?}", f.role).to_lowercase(),
            None => "left out".into(),
        }
    };
    columns.iter().map(|c| ColumnReport { role: role(&c.name), ..c.clone() }).collect()
}

fn verdict_of(
    spec: SearchSpec<'_>,
    target: &contract::Target,
    outcome: &Outcome,
    scores: &[Score],
    baseline: &[Score],
) -> Verdict {
    let judge = spec.judge;
    let of = |list: &[Score]| list.iter().find(|s| s.metric == judge.name()).cloned();
    let (held_out, baseline) = (of(scores), of(baseline));
    let worst = |s: &Score| if judge.greater_is_better() { s.low } else { s.high };
    verdict(Fitness {
        metric: judge.name(),
        greater_is_better: judge.greater_is_better(),
        train: outcome.train_value,
        held_out: held_out.as_ref().map_or(f64::NAN, |s| s.value),
        held_out_worst: held_out.as_ref().map_or(f64::NAN, worst),
        // Folds predict shares of classes that differ a little, so that a pooled ROC-AUC of the dummy is below one half.
        baseline: if judge.name() == "roc_auc" { 0.5 } else { baseline.map_or(f64::NAN, |s| s.value) },
        n_tried: spec.candidates.len().saturating_sub(1),
        n_rows: match target {
            contract::Target::Class { codes, n_classes } => {
                let mut counts = vec![0; *n_classes];
                codes.iter().for_each(|&c| counts[c as usize] += 1);
                counts.into_iter().min().unwrap_or(0)
            }
            contract::Target::Real(values) => values.len(),
        },
    })
}

fn tried(line: &Line, spec: SearchSpec<'_>, outcome: &Outcome) -> Tried {
    let (name, learner) = match line.candidate {
        Some(i) => (spec.candidates[i].name.clone(), spec.candidates[i].learner.name().to_owned()),
        None => ("blend".to_owned(), "blend".to_owned()),
    };
    let weight = match line.candidate {
        Some(i) => outcome.chosen.iter().filter(|c| c.candidate == i).map(|c| c.weight).sum(),
        None => f64::from(u8::from(outcome.chosen.len() > 1)),
    };
    let score = line.judged.as_ref().ok().map(|j| score_of(spec.judge.name(), *j));
    Tried { name, learner, score, train_value: line.train_value, weight, failed: line.judged.as_ref().err().cloned() }
}

/// Models that stopped before their end.
fn unconverged(fitted: &Fitted) -> Option<Finding> {
    let n = fitted.members.iter().filter(|(_, m)| !m.model.converged()).count();
    if n == 0 {
        return None;
    }
    let message = format!("{n} of {} fitted models stopped before converging", fitted.members.len());
    let hint = "raise `linear.max_iterations`, or look for columns of very different size";
    Some(Finding::new(base::Code(2010), base::Severity::Warning, message).hint(hint))
}
