//! Scores rows: a block of rows at a time against all trees, from compact arrays. One row takes the same path, and a
//! row's score does not depend on the block that it is in.

use base::Cx;
use table::{Matrix, MatrixData};

use super::columns::ColumnForm;
use super::model::{Forest, LEAF, Rule};

/// Rows that go through a tree before the next tree is looked at.
const BLOCK_ROWS: usize = 64;
/// Rows per piece of work.
const ROWS_PER_TASK: usize = 2_048;

/// Flag of a node that looks at levels.
const IS_LEVELS: u32 = 1 << 31;
/// Flag of a node that missing values leave to the left.
const MISSING_LEFT: u32 = 1 << 30;

/// An inner node; children are places in the arrays of all trees.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// The threshold, or the place of the set of levels.
    threshold: f64,
    /// Place of the value in a row of the buffer, and flags.
    slot: u32,
    children: [u32; 2],
}

/// Compact arrays of a forest.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    /// Features that some node looks at, ascending: a row of the buffer.
    features: Vec<u32>,
    nodes: Vec<Node>,
    sets: Vec<[u64; 4]>,
    leaves: Vec<f64>,
    /// Node (or leaf) that each tree starts at.
    roots: Vec<u32>,
}

impl Scorer {
    pub(crate) fn new(forest: &Forest) -> Self {
        let mut features: Vec<u32> = forest.trees.iter().flat_map(|t| t.nodes.iter().map(|n| n.feature)).collect();
        features.sort_unstable();
        features.dedup();
        let mut out = Self { features, nodes: Vec::new(), sets: Vec::new(), leaves: Vec::new(), roots: Vec::new() };
        for tree in &forest.trees {
            let (first_node, first_leaf) = (out.nodes.len() as u32, out.leaves.len() as u32);
            out.roots.push(if tree.nodes.is_empty() { first_leaf | LEAF } else { first_node });
            for node in &tree.nodes {
                let slot = out.features.partition_point(|&f| f < node.feature) as u32;
                let children = node.children.map(|c| if c & LEAF == 0 { c + first_node } else { c + first_leaf });
                let (threshold, flags) = match node.rule {
                    Rule::Number { threshold, missing_left } => (threshold, u32::from(missing_left) * MISSING_LEFT),
                    Rule::Levels(set) => {
                        out.sets.push(set);
                        (f64::from_bits(out.sets.len() as u64 - 1), IS_LEVELS)
                    }
                };
                out.nodes.push(Node { threshold, slot: slot | flags, children });
            }
            out.leaves.extend_from_slice(&tree.leaves);
        }
        out
    }

    /// Outputs of every row, row-major. The matrix has the forms of the forest.
    pub(crate) fn score(&self, cx: &Cx, forest: &Forest, x: &Matrix, outputs: &mut [f64]) {
        let (n_scores, n_outputs) = (forest.objective.n_scores(), forest.objective.n_outputs());
        cx.for_chunks(outputs, ROWS_PER_TASK * n_outputs, |task, outputs| {
            let n_rows = BLOCK_ROWS.min(outputs.len() / n_outputs);
            let mut values = vec![0.0; n_rows * self.features.len()];
            let mut scores = vec![0.0; n_rows * n_scores];
            for (block, outputs) in outputs.chunks_mut(BLOCK_ROWS * n_outputs).enumerate() {
                let n_rows = outputs.len() / n_outputs;
                let values = &mut values[..n_rows * self.features.len()];
                let scores = &mut scores[..n_rows * n_scores];
                self.gather(&forest.forms, x, task * ROWS_PER_TASK + block * BLOCK_ROWS, n_rows, values);
                self.add_trees(values, n_rows, n_scores, scores);
                for row in scores.chunks_exact_mut(n_scores) {
                    row.iter_mut().zip(&forest.init).for_each(|(score, init)| *score += init);
                }
                forest.objective.link(scores, outputs);
            }
        });
    }

    /// Values of the features that are looked at, row-major; of categories their bins.
    fn gather(&self, forms: &[ColumnForm], x: &Matrix, from: usize, n_rows: usize, values: &mut [f64]) {
        let width = self.features.len();
        let (mut slot, mut first_feature) = (0, 0u32);
        for (form, column) in forms.iter().zip(&x.columns) {
            let end = first_feature.saturating_add(form.width() as u32);
            let n_used = self.features[slot..].partition_point(|&f| f < end);
            if n_used > 0 {
                let lane = values[slot..].iter_mut().step_by(width);
                match (form, &column.data) {
                    (ColumnForm::Number, MatrixData::Dense(v)) => {
                        lane.zip(&v[from..from + n_rows]).for_each(|(value, v)| *value = *v);
                    }
                    (ColumnForm::Codes(levels), MatrixData::Codes { codes, .. }) => {
                        lane.zip(&codes[from..from + n_rows])
                            .for_each(|(value, code)| *value = f64::from(levels.bin(*code)));
                    }
                    (ColumnForm::Sparse { .. }, MatrixData::Sparse(s)) => {
                        let used = &self.features[slot..slot + n_used];
                        for (i, row) in values.chunks_exact_mut(width).enumerate() {
                            scatter(s.row(from + i), used, first_feature, &mut row[slot..slot + n_used]);
                        }
                    }
                    _ => {}
                }
            }
            slot += n_used;
            first_feature = end;
        }
    }

    /// Sums of leaves per row and score, tree after tree.
    fn add_trees(&self, values: &[f64], n_rows: usize, n_scores: usize, scores: &mut [f64]) {
        scores.fill(0.0);
        let width = self.features.len();
        for (tree, &root) in self.roots.iter().enumerate() {
            let k = tree % n_scores;
            for row_idx in 0..n_rows {
                let row = &values[row_idx * width..(row_idx + 1) * width];
                scores[row_idx * n_scores + k] += self.leaf(root, row);
            }
        }
    }

    #[inline]
    fn leaf(&self, root: u32, row: &[f64]) -> f64 {
        let mut at = root;
        while at & LEAF == 0 {
            let node = &self.nodes[at as usize];
            let x = row[(node.slot & !(IS_LEVELS | MISSING_LEFT)) as usize];
            let goes_left = if node.slot & IS_LEVELS == 0 {
                (x <= node.threshold) | (x.is_nan() & (node.slot & MISSING_LEFT != 0))
            } else {
                let (set, bin) = (&self.sets[node.threshold.to_bits() as usize], x as u8);
                set[(bin / 64) as usize] >> (bin % 64) & 1 == 1
            };
            at = node.children[usize::from(!goes_left)];
        }
        self.leaves[(at & !LEAF) as usize]
    }
}

/// Values of the used columns of a row of a sparse block; both are ascending.
fn scatter((columns, entries): (&[u32], &[f64]), used: &[u32], first_feature: u32, out: &mut [f64]) {
    out.fill(0.0);
    let mut at = 0;
    for (column, value) in columns.iter().zip(entries) {
        let feature = first_feature.saturating_add(*column);
        at += used[at..].partition_point(|&u| u < feature);
        match used.get(at) {
            Some(&u) if u == feature => out[at] = *value,
            Some(_) => {}
            None => break,
        }
    }
}
