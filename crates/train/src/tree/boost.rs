//! Gradient boosting: rounds of trees, each grown on the derivatives of the loss at the scores so far
//! (Friedman 2001, "Greedy function approximation: a gradient boosting machine").
//!
//! Numeric targets are first moved by their mean and scaled by a power of two, so that every size of target is learned
//! as well; penalties and gains keep their meaning in the target's own units.

use std::borrow::Cow;

use base::Cx;
use contract::{Dataset, Fit, FitError, Predictions, Target, Validation};
use table::Matrix;

use super::columns::Columns;
use super::early_stop::EarlyStop;
use super::gradient::Packed;
use super::grow::{Grower, Grown};
use super::leaf::{GRID_BITS, STEPS_MAX, Values};
use super::model::{BoostModel, Forest, Tree};
use super::params::BoostParams;
use super::partition::Partition;
use super::sample;
use super::tiles::Tiles;
use crate::objective::{LogLoss, Loss, Objective, Pair, Softmax, Squared, log_loss, softmax};
use crate::weighted;

/// The most classes; each has a tree a round.
const CLASSES_MAX: usize = 1_000;
/// Below so many rows, the values of leaves are summed by the calling thread.
const INLINE_ROWS: usize = 16_384;

impl Fit for BoostParams {
    type Model = BoostModel;

    fn name(&self) -> &'static str {
        Self::TABLE
    }

    /// The cost is one sort per numeric column, then per tree about `rows × columns × log(leaves)` additions.
    ///
    /// Rows of weight 0 are left out. With validation rows the model keeps the rounds up to the lowest loss on them.
    fn fit(&self, cx: &Cx, train: Dataset<'_>, validation: Option<Validation<'_>>) -> Result<BoostModel, FitError> {
        train.check()?;
        self.check()?;
        let kept = train.weights.filter(|w| w.contains(&0.0)).map(|w| {
            let rows: Vec<u32> = (0..w.len()).filter(|&i| w[i] != 0.0).map(|i| i as u32).collect();
            let weights: Vec<f64> = rows.iter().map(|&r| w[r as usize]).collect();
            (train.x.take(&rows), train.y.take(&rows), weights)
        });
        let train = match &kept {
            None => train,
            Some((x, y, weights)) => {
                let train = Dataset { x, y, weights: Some(weights) };
                train.check()?;
                train
            }
        };
        // Everything runs inside the pool, so that short pieces of work need not enter it.
        cx.join(|| fit(self, cx, train, validation), || ()).0
    }
}

/// Truth as the objective wants it, and how its scores relate to the target's units.
struct Truth {
    objective: Objective,
    values: Kind,
    /// Where scores start while fitting.
    start: Vec<f64>,
    /// What is added to scores at the end, and what leaves are multiplied by.
    init: Vec<f64>,
    unit: f64,
}

enum Kind {
    Real(Vec<f64>),
    Binary(Vec<f64>),
    Classes { codes: Vec<u32>, n_classes: usize },
}

impl Truth {
    fn learn(y: &Target, weights: Option<&[f64]>) -> Result<Self, FitError> {
        match y {
            Target::Real(values) => {
                let mean = weighted::mean(values, weights);
                // Differences of the largest targets would overflow.
                let shrink = if values.iter().any(|v| v.abs() > 1e300) { 0.25 } else { 1.0 };
                let spread = values.iter().fold(0.0f64, |m, v| m.max((v * shrink - mean * shrink).abs()));
                let scale = weighted::power_of_two(spread);
                let values = Kind::Real(values.iter().map(|v| (v * shrink - mean * shrink) / scale).collect());
                let unit = scale / shrink;
                Ok(Self { objective: Objective::Squared, values, start: vec![0.0], init: vec![mean], unit })
            }
            Target::Class { codes, n_classes: 0..=2 } => {
                let values: Vec<f64> = codes.iter().map(|&c| f64::from(c)).collect();
                let init = vec![on_grid(log_loss::init(&values, weights))];
                let values = Kind::Binary(values);
                Ok(Self { objective: Objective::LogLoss, values, start: init.clone(), init, unit: 1.0 })
            }
            Target::Class { n_classes, .. } if *n_classes > CLASSES_MAX => {
                Err(FitError::Limit { what: "classes".into(), max: CLASSES_MAX as u64, found: *n_classes as u64 })
            }
            Target::Class { codes, n_classes } => {
                let init: Vec<f64> = softmax::init(codes, weights, *n_classes).into_iter().map(on_grid).collect();
                Ok(Self {
                    objective: Objective::Softmax { n_classes: *n_classes as u32 },
                    values: Kind::Classes { codes: codes.clone(), n_classes: *n_classes },
                    start: init.clone(),
                    init,
                    unit: 1.0,
                })
            }
        }
    }

    /// The truth of other rows in the units of this one.
    fn of_other(&self, y: &Target) -> Result<Kind, FitError> {
        match (y, &self.values) {
            (Target::Real(values), Kind::Real(_)) => {
                Ok(Kind::Real(values.iter().map(|v| v / self.unit - self.init[0] / self.unit).collect()))
            }
            (Target::Class { codes, .. }, Kind::Binary(_)) if codes.iter().all(|&c| c < 2) => {
                Ok(Kind::Binary(codes.iter().map(|&c| f64::from(c)).collect()))
            }
            (Target::Class { codes, .. }, Kind::Classes { n_classes, .. })
                if codes.iter().all(|&c| (c as usize) < *n_classes) =>
            {
                Ok(Kind::Classes { codes: codes.clone(), n_classes: *n_classes })
            }
            _ => Err(FitError::Broken { what: "training and validation rows pose different tasks".into() }),
        }
    }
}

fn on_grid(score: f64) -> f64 {
    base::math::round_to_grid(score, -GRID_BITS)
}

impl Kind {
    fn loss<'a>(&'a self, weights: Option<&'a [f64]>) -> Box<dyn Loss + 'a> {
        match self {
            Self::Real(target) => Box::new(Squared { target, weights }),
            Self::Binary(target) => Box::new(LogLoss { target, weights }),
            Self::Classes { codes, n_classes } => Box::new(Softmax { target: codes, weights, n_classes: *n_classes }),
        }
    }
}

/// Weights whose sums and products stay finite: as they are, unless they are absurdly large or small.
fn usable(weights: Option<&[f64]>) -> Option<Cow<'_, [f64]>> {
    let weights = weights?;
    let heaviest = weights.iter().fold(0.0f64, |m, w| m.max(*w));
    if (1e-100..=1e100).contains(&heaviest) {
        return Some(Cow::Borrowed(weights));
    }
    let unit = weighted::power_of_two(heaviest);
    Some(Cow::Owned(weights.iter().map(|w| w / unit).collect()))
}

/// Rows held back: their bins, scores so far, and how they are judged.
struct Watched<'a> {
    tiles: Tiles,
    partition: Partition,
    scores: Vec<f64>,
    truth: Kind,
    weights: Option<Cow<'a, [f64]>>,
    validation: Validation<'a>,
}

impl<'a> Watched<'a> {
    fn new(cx: &Cx, columns: &Columns, truth: &Truth, validation: Validation<'a>) -> Result<Self, FitError> {
        let data = validation.data;
        let n_rows = data.x.n_rows;
        columns.check(data.x)?;
        if n_rows == 0 {
            return Err(FitError::NoRows);
        }
        if data.y.n_rows() != n_rows || data.weights.is_some_and(|w| w.len() != n_rows) {
            return Err(FitError::Broken {
                what: "features, target and weights differ in their number of rows".into(),
            });
        }
        Ok(Self {
            tiles: Tiles::new(cx, columns, data.x),
            partition: Partition::default(),
            scores: truth.start.repeat(n_rows),
            truth: truth.of_other(data.y)?,
            weights: usable(data.weights),
            validation,
        })
    }

    fn loss(&self, cx: &Cx, truth: &Truth) -> f64 {
        let Some(stopper) = self.validation.stopper else {
            return self.truth.loss(self.weights.as_deref()).mean(cx, &self.scores);
        };
        let mut predictions = Predictions::zeros(self.tiles.n_rows, truth.objective.n_outputs());
        match truth.objective {
            Objective::Squared => {
                for (p, s) in predictions.values.iter_mut().zip(&self.scores) {
                    *p = truth.init[0] + s * truth.unit;
                }
            }
            _ => truth.objective.link(&self.scores, &mut predictions.values),
        }
        stopper.loss(&predictions)
    }
}

fn fit(
    params: &BoostParams,
    cx: &Cx,
    train: Dataset<'_>,
    validation: Option<Validation<'_>>,
) -> Result<BoostModel, FitError> {
    let weights = usable(train.weights);
    let truth = Truth::learn(train.y, weights.as_deref())?;
    let columns = Columns::fit(cx, train.x, params)?;
    let tiles = Tiles::new(cx, &columns, train.x);
    let mut watched = validation.map(|v| Watched::new(cx, &columns, &truth, v)).transpose()?;
    // Penalties on sums of gradients are given in the target's units.
    let scaled = BoostParams {
        l1: params.l1 / truth.unit,
        min_gain: params.min_gain / truth.unit / truth.unit,
        ..params.clone()
    };
    let mut rounds = Rounds::new(cx, &scaled, &columns, &tiles, &truth, train.x);
    let loss = truth.values.loss(weights.as_deref());
    let patience = if watched.is_some() { params.early_stopping_rounds } else { 0 };
    let mut stop = EarlyStop::new(patience, watched.as_ref().map_or(0.0, |w| w.loss(cx, &truth)));
    let mut n_rounds = 0;
    while n_rounds < params.trees {
        cx.check_cancelled()?;
        if !rounds.add(n_rounds, &*loss, watched.as_mut())? {
            break;
        }
        n_rounds += 1;
        if watched.as_ref().is_some_and(|w| patience > 0 && stop.hear(n_rounds, w.loss(cx, &truth))) {
            break;
        }
    }
    let mut trees = rounds.trees;
    trees.truncate(stop.keep(n_rounds) * truth.objective.n_scores());
    for tree in &mut trees {
        tree.leaves.iter_mut().for_each(|leaf| *leaf *= truth.unit);
        tree.nodes.iter_mut().for_each(|node| node.gain = (node.gain * truth.unit * truth.unit).min(f64::MAX));
        if tree.leaves.iter().any(|leaf| !leaf.is_finite()) {
            return Err(FitError::Diverged { learner: BoostParams::TABLE });
        }
    }
    Ok(BoostModel::new(Forest { objective: truth.objective, forms: columns.forms.clone(), init: truth.init, trees }))
}

/// The state of fitting from round to round.
struct Rounds<'a> {
    cx: &'a Cx,
    params: &'a BoostParams,
    columns: &'a Columns,
    tiles: &'a Tiles,
    grower: Grower<'a>,
    /// For the rows that a round did not draw.
    others: Partition,
    n_scores: usize,
    scores: Vec<f64>,
    pairs: Vec<Pair>,
    packed: Packed,
    shared: Vec<f64>,
    trees: Vec<Tree>,
    /// Sum over trees of the largest value of a leaf, per score.
    reach: Vec<f64>,
}

impl<'a> Rounds<'a> {
    fn new(
        cx: &'a Cx,
        params: &'a BoostParams,
        columns: &'a Columns,
        tiles: &'a Tiles,
        truth: &Truth,
        x: &Matrix,
    ) -> Self {
        let n_scores = truth.objective.n_scores();
        Self {
            cx,
            params,
            columns,
            tiles,
            grower: Grower::new(cx, params, columns, tiles),
            others: Partition::default(),
            n_scores,
            scores: truth.start.repeat(x.n_rows),
            pairs: vec![Pair::default(); x.n_rows],
            packed: Packed::default(),
            shared: Vec::new(),
            trees: Vec::new(),
            reach: truth.start.iter().map(|s| s.abs()).collect(),
        }
    }

    /// Adds a round of trees. False, with nothing added, if there is nothing left to split.
    fn add(&mut self, round: usize, loss: &dyn Loss, mut watched: Option<&mut Watched<'_>>) -> Result<bool, FitError> {
        let n_rows = self.tiles.n_rows;
        let drawn = sample::rows(self.cx, round, n_rows, self.params.subsample_rows);
        let rest = drawn.as_deref().map(|d| complement(d, n_rows));
        let n_trees = self.trees.len();
        loss.share(self.cx, &self.scores, &mut self.shared);
        for k in 0..self.n_scores {
            loss.pairs(self.cx, k, &self.scores, &self.shared, &mut self.pairs);
            self.packed.pack(self.cx, &self.pairs, loss.is_hessian_one());
            if !self.packed.gradient_unit.is_finite() || !self.packed.hessian_unit.is_finite() {
                return Err(FitError::Diverged { learner: BoostParams::TABLE });
            }
            let looked_at = self.looked_at(round * self.n_scores + k);
            let grown = self.grower.grow(&self.packed, drawn.as_deref(), looked_at.as_deref());
            let values = self.values(&grown, k)?;
            let rows = &self.grower.partition.rows;
            add_values(&grown.leaves, rows, &values, self.n_scores, k, &mut self.scores);
            if let Some(rest) = &rest {
                let leaves = self.others.route(n_rows, Some(rest), self.columns, self.tiles, &grown);
                add_values(&leaves, &self.others.rows, &values, self.n_scores, k, &mut self.scores);
            }
            if let Some(w) = watched.as_deref_mut() {
                let leaves = w.partition.route(w.tiles.n_rows, None, self.columns, &w.tiles, &grown);
                add_values(&leaves, &w.partition.rows, &values, self.n_scores, k, &mut w.scores);
            }
            self.trees.push(Tree::new(&grown, values, self.columns));
        }
        let is_whole = self.params.subsample_rows >= 1.0 && self.params.subsample_columns >= 1.0;
        if is_whole && self.trees[n_trees..].iter().all(|t| t.nodes.is_empty()) {
            self.trees.truncate(n_trees);
            return Ok(false);
        }
        Ok(true)
    }

    /// Features that a tree looks at; `None` is all of them.
    fn looked_at(&self, tree: usize) -> Option<Vec<bool>> {
        sample::columns(self.cx, tree, self.columns.features.len(), self.params.subsample_columns)
    }

    /// Values of the leaves of a tree; a tree that could not be split adds nothing.
    fn values(&mut self, grown: &Grown, k: usize) -> Result<Vec<f64>, FitError> {
        if grown.nodes.is_empty() {
            return Ok(vec![0.0]);
        }
        let rule = Values { learning_rate: self.params.learning_rate, l1: self.params.l1, l2: self.params.l2 };
        let (rows, pairs) = (&self.grower.partition.rows, &self.pairs);
        let value = |leaf: usize| rule.of(pairs, &rows[grown.leaves[leaf].clone()]);
        let n_leaves = grown.leaves.len();
        let values: Vec<f64> =
            if rows.len() < INLINE_ROWS { (0..n_leaves).map(value).collect() } else { self.cx.map(n_leaves, value) };
        self.reach[k] += values.iter().fold(0.0f64, |m, v| if v.abs() <= m { m } else { v.abs() });
        let steps = (1u64 << GRID_BITS) as f64;
        if self.reach[k] * steps < STEPS_MAX {
            Ok(values)
        } else {
            Err(FitError::Diverged { learner: BoostParams::TABLE })
        }
    }
}

/// Adds the value of each leaf to score `k` of its rows.
fn add_values(
    leaves: &[std::ops::Range<usize>],
    rows: &[u32],
    values: &[f64],
    n_scores: usize,
    k: usize,
    scores: &mut [f64],
) {
    for (range, value) in leaves.iter().zip(values) {
        for &row_idx in &rows[range.clone()] {
            scores[row_idx as usize * n_scores + k] += value;
        }
    }
}

/// `0..n` without the rows drawn, ascending.
fn complement(drawn: &[u32], n: usize) -> Vec<u32> {
    let mut rest = Vec::with_capacity(n - drawn.len());
    let mut next = drawn.iter().peekable();
    for row_idx in 0..n as u32 {
        if next.next_if(|&&d| d == row_idx).is_none() {
            rest.push(row_idx);
        }
    }
    rest
}
