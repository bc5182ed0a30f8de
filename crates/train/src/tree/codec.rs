//! The bytes of a boosting model, version 0.
//!
//! Version (1 byte), objective (1), classes (4), columns (4), their forms, init scores, trees (4); then for each tree
//! the number of its nodes (4) and its nodes and leaves.

use super::columns::{ColumnForm, FEATURES_MAX};
use super::levels::Levels;
use super::model::{Forest, LEAF, Node, Rule, Tree};
use crate::decode::{DecodeError, Reader, Writer};
use crate::objective::Objective;

const VERSION: u8 = 0;
const COLUMNS_MAX: usize = 1 << 24;
const CLASSES_MAX: usize = 1 << 20;
const TREES_MAX: usize = 1 << 28;
const NODES_MAX: usize = 1 << 20;
const LEVELS_MAX: usize = 1 << 30;

pub(crate) fn encode(forest: &Forest) -> Vec<u8> {
    let mut w = Writer::new();
    w.u8(VERSION);
    let (tag, classes) = match forest.objective {
        Objective::Squared => (0, 1),
        Objective::LogLoss => (1, 2),
        Objective::Softmax { n_classes } => (2, n_classes),
    };
    w.u8(tag);
    w.u32(classes);
    w.count(forest.forms.len());
    for form in &forest.forms {
        match form {
            ColumnForm::Number => w.u8(0),
            ColumnForm::Codes(levels) => {
                w.u8(1);
                w.u8(levels.n_bins as u8);
                w.count(levels.bins.len());
                w.raw(&levels.bins);
            }
            ColumnForm::Sparse { n_cols } => {
                w.u8(2);
                w.u32(*n_cols);
            }
        }
    }
    w.f64s(&forest.init);
    w.count(forest.trees.len());
    for tree in &forest.trees {
        w.count(tree.nodes.len());
        for node in &tree.nodes {
            w.u32(node.feature);
            w.u32s(&node.children);
            w.f64(node.gain);
            match node.rule {
                Rule::Number { threshold, missing_left } => {
                    w.u8(u8::from(missing_left));
                    w.f64(threshold);
                }
                Rule::Levels(set) => {
                    w.u8(2);
                    set.iter().for_each(|&word| w.u64(word));
                }
            }
        }
        w.f64s(&tree.leaves);
    }
    w.finish()
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Forest, DecodeError> {
    let mut r = Reader::new(bytes);
    let version = r.u8()?;
    if version != VERSION {
        return Err(DecodeError::bad(format!("version {version} of boosted trees is not known")));
    }
    let tag = r.u8()?;
    let n_classes = r.count("classes", CLASSES_MAX)?;
    let objective = match (tag, n_classes) {
        (0, 1) => Objective::Squared,
        (1, 2) => Objective::LogLoss,
        (2, 3..) => Objective::Softmax { n_classes: n_classes as u32 },
        _ => return Err(DecodeError::bad("there is no such objective")),
    };
    let n_columns = r.count("columns", COLUMNS_MAX)?;
    let mut forms = Vec::new();
    // First feature of each column, and behind the last.
    let mut starts = vec![0usize];
    for _ in 0..n_columns {
        let form = form(&mut r)?;
        let end = starts[starts.len() - 1] + form.width();
        if end > FEATURES_MAX {
            return Err(DecodeError::TooMany { what: "features", found: end as u64, max: FEATURES_MAX as u64 });
        }
        starts.push(end);
        forms.push(form);
    }
    let init = r.vec_finite_f64(objective.n_scores(), "an initial score")?;
    let n_trees = r.count("trees", TREES_MAX)?;
    if n_trees % objective.n_scores() != 0 {
        return Err(DecodeError::bad("a round lacks trees"));
    }
    let mut trees = Vec::new();
    for _ in 0..n_trees {
        trees.push(tree(&mut r, &forms, &starts)?);
    }
    r.finish()?;
    let forest = Forest { objective, forms, init, trees };
    if forest.trees.iter().map(|t| t.leaves.len()).sum::<usize>() >= LEAF as usize {
        return Err(DecodeError::bad("there are too many leaves"));
    }
    Ok(forest)
}

fn form(r: &mut Reader<'_>) -> Result<ColumnForm, DecodeError> {
    Ok(match r.u8()? {
        0 => ColumnForm::Number,
        1 => {
            let n_bins = usize::from(r.u8()?);
            let n_levels = r.count("levels", LEVELS_MAX)?;
            let bins = r.bytes(n_levels)?.to_vec();
            if n_bins == 255 || bins.iter().any(|&b| usize::from(b) > n_bins) {
                return Err(DecodeError::bad("a level has no bin"));
            }
            ColumnForm::Codes(Levels { bins, n_bins })
        }
        2 => ColumnForm::Sparse { n_cols: r.count("sparse columns", FEATURES_MAX)? as u32 },
        other => return Err(DecodeError::bad(format!("{other} is not a form of column"))),
    })
}

fn tree(r: &mut Reader<'_>, forms: &[ColumnForm], starts: &[usize]) -> Result<Tree, DecodeError> {
    let n_nodes = r.count("nodes", NODES_MAX)?;
    let mut nodes = Vec::new();
    for _ in 0..n_nodes {
        let feature = r.u32()?;
        let children = [r.u32()?, r.u32()?];
        let gain = r.finite_f64("a gain")?;
        let column = starts.partition_point(|&s| s <= feature as usize);
        let form = forms.get(column.wrapping_sub(1)).ok_or_else(|| DecodeError::bad("a node has no feature"))?;
        let is_levels = matches!(form, ColumnForm::Codes(_));
        let rule = match (r.u8()?, is_levels) {
            (flag @ (0 | 1), false) => {
                Rule::Number { threshold: r.finite_f64("a threshold")?, missing_left: flag == 1 }
            }
            (2, true) => Rule::Levels([r.u64()?, r.u64()?, r.u64()?, r.u64()?]),
            _ => return Err(DecodeError::bad("a node does not fit its feature")),
        };
        nodes.push(Node { feature, rule, children, gain });
    }
    check_shape(&nodes)?;
    let leaves = r.vec_finite_f64(n_nodes + 1, "the value of a leaf")?;
    Ok(Tree { nodes, leaves })
}

/// Checks that every node but the first and every leaf is the child of exactly one node, which comes before it.
fn check_shape(nodes: &[Node]) -> Result<(), DecodeError> {
    let mut seen = vec![[false; 2]; nodes.len() + 1];
    for (at, node) in nodes.iter().enumerate() {
        for child in node.children {
            let (is_leaf, place) = (child & LEAF != 0, (child & !LEAF) as usize);
            let is_there = if is_leaf { place <= nodes.len() } else { place > at && place < nodes.len() };
            if !is_there || std::mem::replace(&mut seen[place][usize::from(is_leaf)], true) {
                return Err(DecodeError::bad("the nodes are not a tree"));
            }
        }
    }
    Ok(())
}
