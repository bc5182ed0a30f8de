//! Which rows lie in which leaf: one array, each leaf a range of it, its rows ascending.

use std::ops::Range;

use super::columns::Columns;
use super::grow::{Child, Grown};
use super::tiles::{Tile, Tiles};

/// The rows of a tree's leaves.
#[derive(Debug, Default)]
pub(crate) struct Partition {
    pub rows: Vec<u32>,
    scratch: Vec<u32>,
}

impl Partition {
    /// All rows in one leaf: those drawn, or `0..n_rows`.
    pub(crate) fn reset(&mut self, n_rows: usize, drawn: Option<&[u32]>) {
        self.rows.clear();
        match drawn {
            Some(rows) => self.rows.extend_from_slice(rows),
            None => self.rows.extend(0..n_rows as u32),
        }
        self.scratch.resize(self.rows.len(), 0);
    }

    /// Divides a leaf's range by the bins of one feature; both sides keep their order. How many rows went left.
    pub(crate) fn split(&mut self, range: Range<usize>, tile: &Tile, lane: usize, left: &[bool; 256]) -> usize {
        let rows = &mut self.rows[range];
        let scratch = &mut self.scratch[..rows.len()];
        let width = tile.width();
        let bytes = &tile.bytes[lane..];
        let (mut n_left, mut n_right) = (0, 0);
        for i in 0..rows.len() {
            let row_idx = rows[i];
            let goes_left = left[bytes[row_idx as usize * width] as usize];
            // Both are written and one is kept, so that nothing has to be guessed.
            rows[n_left] = row_idx;
            scratch[n_right] = row_idx;
            n_left += usize::from(goes_left);
            n_right += usize::from(!goes_left);
        }
        rows[n_left..].copy_from_slice(&scratch[..n_right]);
        n_left
    }

    /// Takes back the last split of a range.
    pub(crate) fn restore(&mut self, range: Range<usize>) {
        self.rows[range].sort_unstable();
    }

    /// Sends rows that a tree was not grown on through it: the range of each leaf.
    pub(crate) fn route(
        &mut self,
        n_rows: usize,
        drawn: Option<&[u32]>,
        columns: &Columns,
        tiles: &Tiles,
        grown: &Grown,
    ) -> Vec<Range<usize>> {
        self.reset(n_rows, drawn);
        let whole = 0..self.rows.len();
        let mut leaves = vec![0..0; grown.leaves.len()];
        if grown.nodes.is_empty() {
            return vec![whole; leaves.len().min(1)];
        }
        let mut ranges = vec![0..0; grown.nodes.len()];
        ranges[0] = whole;
        for (at, node) in grown.nodes.iter().enumerate() {
            let range = ranges[at].clone();
            let Some((tile, lane)) = tiles.place(node.split.feature) else { continue };
            let table = node.split.table(columns.features[node.split.feature].n_values());
            let middle = range.start + self.split(range.clone(), tile, lane, &table);
            for (child, part) in node.children.into_iter().zip([range.start..middle, middle..range.end]) {
                match child {
                    Child::Node(n) => ranges[n] = part,
                    Child::Leaf(l) => leaves[l] = part,
                }
            }
        }
        leaves
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_keep_their_order_and_can_be_taken_back() {
        let tile = Tile { features: vec![0, 1], bytes: (0..20u8).flat_map(|i| [9, i % 3]).collect() };
        let mut p = Partition::default();
        p.reset(20, None);
        let mut left = [false; 256];
        left[1] = true;
        assert_eq!(p.split(4..16, &tile, 1, &left), 4);
        assert_eq!(p.rows[..4], [0, 1, 2, 3]);
        assert_eq!(p.rows[4..16], [4, 7, 10, 13, 5, 6, 8, 9, 11, 12, 14, 15]);
        p.restore(4..16);
        assert!(p.rows.iter().copied().eq(0..20));
        p.reset(20, Some(&[3, 5, 8]));
        assert_eq!(p.split(0..3, &tile, 0, &left), 0);
        assert_eq!(p.rows, [3, 5, 8]);
    }
}
