//! What boosting learns: trees as arrays. How they score is in `score`, their bytes in `codec`.

use base::Cx;
use contract::{FitError, Predict, Predictions};
use table::Matrix;

use super::columns::{ColumnForm, Columns};
use super::grow::{Child, Grown};
use super::score::Scorer;
use super::split::Left;
use crate::objective::Objective;

/// A child that is a leaf has this bit; the rest is the leaf's place in its tree. Otherwise it is the node's.
pub(crate) const LEAF: u32 = 1 << 31;

/// The rule of an inner node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rule {
    /// Left if `x <= threshold`, or if missing and `missing_left`.
    Number { threshold: f64, missing_left: bool },
    /// Left if the bit of the level's bin is set.
    Levels([u64; 4]),
}

/// An inner node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Node {
    /// Features are counted through matrix columns, those of a sparse block one by one.
    pub feature: u32,
    pub rule: Rule,
    /// Left and right, within the tree; a node comes after its parent.
    pub children: [u32; 2],
    /// What the loss fell by to second order, times two.
    pub gain: f64,
}

/// A tree: one leaf more than nodes; without nodes, the leaf is all of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tree {
    pub nodes: Vec<Node>,
    pub leaves: Vec<f64>,
}

impl Tree {
    /// A grown tree with the values of its leaves.
    pub(crate) fn new(grown: &Grown, leaves: Vec<f64>, columns: &Columns) -> Self {
        let nodes = grown.nodes.iter().map(|node| {
            let feature = &columns.features[node.split.feature];
            let rule = match node.split.left {
                Left::Bins(bits) => Rule::Levels(bits),
                Left::UpTo { bin, missing } => {
                    let threshold = match &feature.bins {
                        super::columns::Bins::Number(b) => b.uppers.get(bin as usize).copied().unwrap_or(f64::MAX),
                        super::columns::Bins::Levels(_) => f64::MAX,
                    };
                    Rule::Number { threshold, missing_left: missing }
                }
            };
            let child = |c: Child| match c {
                Child::Node(n) => n as u32,
                Child::Leaf(l) => l as u32 | LEAF,
            };
            let children = node.children.map(child);
            Node { feature: node.split.feature as u32, rule, children, gain: node.gain }
        });
        Self { nodes: nodes.collect(), leaves }
    }
}

/// Trees as they are stored: everything that predictions follow from.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Forest {
    pub objective: Objective,
    pub forms: Vec<ColumnForm>,
    /// Where each score starts.
    pub init: Vec<f64>,
    /// Round after round, one tree per score in each.
    pub trees: Vec<Tree>,
}

/// A fitted boosting model. A row's score is a constant plus the values of the leaves that it falls into.
///
/// Missing numbers go to the side that gained more in training (the heavier one where no row was missing). Categories
/// that are missing, unknown, or without a training row go where missing ones went; to the right, with the levels that
/// are not listed, where there were none.
#[derive(Debug, Clone)]
pub struct BoostModel {
    forest: Forest,
    scorer: Scorer,
}

impl PartialEq for BoostModel {
    fn eq(&self, other: &Self) -> bool {
        self.forest == other.forest
    }
}

impl BoostModel {
    pub(crate) fn new(forest: Forest) -> Self {
        let scorer = Scorer::new(&forest);
        Self { forest, scorer }
    }

    /// What was minimised.
    pub fn objective(&self) -> Objective {
        self.forest.objective
    }

    /// How many rounds the model has: those up to the best validation loss where fitting stopped early.
    pub fn best_rounds(&self) -> usize {
        self.forest.trees.len() / self.forest.objective.n_scores()
    }

    /// How many trees the model has: one per round, or one per round and class.
    pub fn n_trees(&self) -> usize {
        self.forest.trees.len()
    }

    /// Sum of the gains of all splits by each matrix column; a sparse block counts as one.
    pub fn importance_gain(&self) -> Vec<f64> {
        let mut ends = Vec::with_capacity(self.forest.forms.len());
        let mut at = 0u64;
        for form in &self.forest.forms {
            at += form.width() as u64;
            ends.push(at);
        }
        let mut gains = vec![0.0; ends.len()];
        for node in self.forest.trees.iter().flat_map(|t| &t.nodes) {
            gains[ends.partition_point(|&end| end <= u64::from(node.feature))] += node.gain;
        }
        gains
    }

    /// The model of the first `n_rounds` rounds.
    #[must_use]
    pub fn truncated(&self, n_rounds: usize) -> Self {
        let n_trees = self.forest.trees.len().min(n_rounds.saturating_mul(self.forest.objective.n_scores()));
        Self::new(Forest { trees: self.forest.trees[..n_trees].to_vec(), ..self.forest.clone() })
    }

    /// The bytes of the model, version 0: equal models give equal bytes.
    pub fn encode(&self) -> Vec<u8> {
        super::codec::encode(&self.forest)
    }

    /// Reads a model. Checks everything that scoring relies on, and allocates no more than a small multiple of the
    /// bytes.
    ///
    /// # Errors
    /// [`crate::DecodeError`] for anything that [`BoostModel::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, crate::DecodeError> {
        super::codec::decode(bytes).map(Self::new)
    }
}

impl Predict for BoostModel {
    fn n_columns(&self) -> usize {
        self.forest.forms.len()
    }

    fn n_outputs(&self) -> usize {
        self.forest.objective.n_outputs()
    }

    fn predict(&self, cx: &Cx, x: &Matrix) -> Result<Predictions, FitError> {
        crate::model::check_n_columns(self.forest.forms.len(), x)?;
        self.forest.forms.iter().zip(&x.columns).try_for_each(|(form, column)| form.check(column))?;
        let mut out = Predictions::zeros(x.n_rows, self.n_outputs());
        self.scorer.score(cx, &self.forest, x, &mut out.values);
        Ok(out)
    }
}
