//! Grows a tree leaf-wise: always the leaf whose best split gains most (Shi 2007, "Best-first decision tree
//! learning").
//!
//! Of two children, the histogram of the one with fewer rows is summed and the other's is what is left of their
//! parent's.

use base::Cx;

use super::columns::Columns;
use super::gradient::Packed;
use super::histogram::{self, Layout, LeafRows, Slot};
use super::params::BoostParams;
use super::partition::Partition;
use super::split::{self, Candidate, LeafSums, Rules, Split};
use super::tiles::Tiles;

/// Below so many slots, splits are searched by the calling thread.
const INLINE_SLOTS: usize = 16_384;
/// Features per piece of work of the search.
const FEATURES_PER_TASK: usize = 32;

/// Where a branch leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Child {
    Node(usize),
    Leaf(usize),
}

/// An inner node of a tree that was grown.
#[derive(Debug, Clone)]
pub(crate) struct GrownNode {
    pub split: Split,
    pub children: [Child; 2],
    /// In units of the objective.
    pub gain: f64,
}

/// A tree whose leaves have no values yet.
#[derive(Debug, Default)]
pub(crate) struct Grown {
    /// A child comes after its parent.
    pub nodes: Vec<GrownNode>,
    /// Range of each leaf's rows in the partition.
    pub leaves: Vec<std::ops::Range<usize>>,
}

/// A leaf while a tree grows.
struct Leaf {
    range: std::ops::Range<usize>,
    sums: Slot,
    depth: usize,
    /// Its histogram, while it may be split.
    histogram: Option<Vec<Slot>>,
    best: Option<Split>,
    /// The node above and which side of it.
    parent: Option<(usize, usize)>,
}

/// What growing needs and keeps from tree to tree.
pub(crate) struct Grower<'a> {
    cx: &'a Cx,
    params: &'a BoostParams,
    columns: &'a Columns,
    tiles: &'a Tiles,
    layout: Layout,
    spare: Vec<Vec<Slot>>,
    words: Vec<u64>,
    pub partition: Partition,
}

impl<'a> Grower<'a> {
    pub(crate) fn new(cx: &'a Cx, params: &'a BoostParams, columns: &'a Columns, tiles: &'a Tiles) -> Self {
        let layout = Layout::new(columns, tiles);
        let partition = Partition::default();
        Self { cx, params, columns, tiles, layout, spare: Vec::new(), words: Vec::new(), partition }
    }

    /// Grows a tree on the rows drawn (all if `None`), by the features looked at (all if `None`).
    pub(crate) fn grow(&mut self, packed: &Packed, drawn: Option<&[u32]>, looked_at: Option<&[bool]>) -> Grown {
        let rules = Rules::new(self.params, packed.gradient_unit, packed.hessian_unit, packed.counts);
        let features: Vec<usize> =
            self.layout.features.iter().copied().filter(|&f| looked_at.is_none_or(|l| l[f])).collect();
        self.partition.reset(self.tiles.n_rows, drawn);
        let n_rows = self.partition.rows.len();
        let mut grown = Grown::default();
        let mut leaves = vec![self.root(packed, drawn, n_rows)];
        self.search(&rules, &features, &mut leaves, &[0]);
        while leaves.len() < self.params.leaves {
            let Some(at) = best_leaf(&leaves) else { break };
            let Some(right) = self.divide(&rules, &features, &mut leaves[at], &mut grown) else { continue };
            leaves.push(right);
            let new = [at, leaves.len() - 1];
            if leaves.len() < self.params.leaves {
                self.histograms(packed, &mut leaves, new);
                self.search(&rules, &features, &mut leaves, &new);
            }
        }
        for (leaf_idx, leaf) in leaves.iter_mut().enumerate() {
            if let Some((node, side)) = leaf.parent {
                grown.nodes[node].children[side] = Child::Leaf(leaf_idx);
            }
            grown.leaves.push(leaf.range.clone());
            self.spare.extend(leaf.histogram.take());
        }
        grown
    }

    fn root(&mut self, packed: &Packed, drawn: Option<&[u32]>, n_rows: usize) -> Leaf {
        let mut slots = self.take_histogram();
        let rows = match drawn {
            None => LeafRows { rows: None, words: &packed.words },
            Some(rows) => {
                histogram::gather(packed, rows, &mut self.words);
                LeafRows { rows: Some(rows), words: &self.words }
            }
        };
        histogram::build(self.cx, self.tiles, &self.layout, rows, &mut slots);
        let mut sums = Slot::default();
        for word in rows.words {
            let (gradient, hessian) = super::gradient::halves(*word);
            sums.gradient += gradient;
            sums.hessian += hessian;
        }
        Leaf { range: 0..n_rows, sums, depth: 0, histogram: Some(slots), best: None, parent: None }
    }

    fn take_histogram(&mut self) -> Vec<Slot> {
        self.spare.pop().unwrap_or_else(|| vec![Slot::default(); self.layout.len()])
    }

    /// Splits a leaf by its best split: it becomes the left child, the right one is returned. `None` if counting
    /// shows that a side has too few rows; then the leaf has another best split or none.
    fn divide(&mut self, rules: &Rules, features: &[usize], leaf: &mut Leaf, grown: &mut Grown) -> Option<Leaf> {
        let split = leaf.best.take()?;
        let (tile, lane) = self.tiles.place(split.feature)?;
        let table = split.table(self.columns.features[split.feature].n_values());
        let n_left = self.partition.split(leaf.range.clone(), tile, lane, &table);
        let n_right = leaf.range.len() - n_left;
        if n_left.min(n_right) < self.params.min_leaf_rows {
            self.partition.restore(leaf.range.clone());
            self.search_counted(rules, features, leaf);
            return None;
        }
        let node = grown.nodes.len();
        if let Some((above, side)) = leaf.parent {
            grown.nodes[above].children[side] = Child::Node(node);
        }
        grown.nodes.push(GrownNode { split, children: [Child::Leaf(0); 2], gain: split.gain * rules.gain_unit });
        let middle = leaf.range.start + n_left;
        let right = Leaf {
            range: middle..leaf.range.end,
            sums: Slot {
                gradient: leaf.sums.gradient - split.sums.gradient,
                hessian: leaf.sums.hessian - split.sums.hessian,
            },
            depth: leaf.depth + 1,
            histogram: None,
            best: None,
            parent: Some((node, 1)),
        };
        leaf.range.end = middle;
        leaf.sums = split.sums;
        leaf.depth += 1;
        leaf.parent = Some((node, 0));
        Some(right)
    }

    /// Whether a leaf is large enough and not too deep to be split.
    fn may_split(&self, leaf: &Leaf) -> bool {
        leaf.range.len() >= 2 * self.params.min_leaf_rows
            && leaf.range.len() > 1
            && (self.params.depth == 0 || leaf.depth < self.params.depth)
    }

    /// Makes the histograms of two new leaves that may be split; the first holds their parent's.
    fn histograms(&mut self, packed: &Packed, leaves: &mut [Leaf], [left, right]: [usize; 2]) {
        let Some(mut parent) = leaves[left].histogram.take() else { return };
        let may = [self.may_split(&leaves[left]), self.may_split(&leaves[right])];
        if may == [false, false] {
            self.spare.push(parent);
            return;
        }
        let left_is_small = leaves[left].range.len() <= leaves[right].range.len();
        let (small, large) = if left_is_small { (left, right) } else { (right, left) };
        let mut slots = self.take_histogram();
        let rows = &self.partition.rows[leaves[small].range.clone()];
        histogram::gather(packed, rows, &mut self.words);
        let rows = LeafRows { rows: Some(rows), words: &self.words };
        histogram::build(self.cx, self.tiles, &self.layout, rows, &mut slots);
        histogram::subtract(&mut parent, &slots);
        leaves[small].histogram = Some(slots);
        leaves[large].histogram = Some(parent);
        for (leaf, may) in [left, right].into_iter().zip(may) {
            if !may {
                self.spare.extend(leaves[leaf].histogram.take());
            }
        }
    }

    /// Finds the best splits of some leaves that have a histogram.
    fn search(&self, rules: &Rules, features: &[usize], leaves: &mut [Leaf], which: &[usize]) {
        let tasks_per_leaf = features.len().div_ceil(FEATURES_PER_TASK);
        let one = |leaf: &Leaf, features: &[usize]| -> Option<Split> {
            let slots = leaf.histogram.as_ref()?;
            self.best_of(rules, leaf, slots, None, features)
        };
        if self.cx.threads() == 1 || self.layout.len() < INLINE_SLOTS || tasks_per_leaf == 0 {
            for &leaf in which {
                leaves[leaf].best = one(&leaves[leaf], features);
            }
            return;
        }
        let shared = &*leaves;
        let found = self.cx.map(which.len() * tasks_per_leaf, |task| {
            let from = task % tasks_per_leaf * FEATURES_PER_TASK;
            one(&shared[which[task / tasks_per_leaf]], &features[from..features.len().min(from + FEATURES_PER_TASK)])
        });
        for (&leaf, found) in which.iter().zip(found.chunks(tasks_per_leaf)) {
            leaves[leaf].best = found.iter().flatten().copied().fold(None, better);
        }
    }

    /// Finds the best split of a leaf with its rows counted rather than estimated.
    fn search_counted(&self, rules: &Rules, features: &[usize], leaf: &mut Leaf) {
        let Some(slots) = &leaf.histogram else { return };
        let counts = histogram::count(self.tiles, &self.layout, &self.partition.rows[leaf.range.clone()]);
        leaf.best = self.best_of(rules, leaf, slots, Some(&counts), features);
    }

    fn best_of(
        &self,
        rules: &Rules,
        leaf: &Leaf,
        slots: &[Slot],
        counts: Option<&[u32]>,
        features: &[usize],
    ) -> Option<Split> {
        let sums = LeafSums { sums: leaf.sums, n_rows: leaf.range.len() };
        let mut best = None;
        for &feature_idx in features {
            let range = self.layout.of(feature_idx);
            let candidate = Candidate {
                feature_idx,
                feature: &self.columns.features[feature_idx],
                slots: &slots[range.clone()],
                counts: counts.map(|c| &c[range]),
            };
            if let Some(split) = split::best(rules, sums, candidate) {
                best = better(best, split);
            }
        }
        best
    }
}

/// The split that gains more; of equals the first.
fn better(best: Option<Split>, other: Split) -> Option<Split> {
    match best {
        Some(b) if b.gain >= other.gain => Some(b),
        _ => Some(other),
    }
}

/// The leaf whose best split gains most; of equals the first.
fn best_leaf(leaves: &[Leaf]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (leaf_idx, leaf) in leaves.iter().enumerate() {
        if let Some(split) = &leaf.best
            && best.is_none_or(|(_, gain)| split.gain > gain)
        {
            best = Some((leaf_idx, split.gain));
        }
    }
    best.map(|b| b.0)
}
