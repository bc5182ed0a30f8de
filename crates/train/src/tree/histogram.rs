//! Histograms of a leaf: for every feature, the sums of gradients and hessians of the rows in each bin.
//!
//! Sums are integers (see `gradient`), so any division of the work gives the same bits, and the histogram of a leaf
//! less that of one child is that of the other, exactly.

use base::Cx;

use super::columns::Columns;
use super::gradient::{BLOCK_ROWS, Packed, halves};
use super::tiles::{Tile, Tiles};

/// Below so many additions a histogram is built by the calling thread.
const INLINE_MAX: usize = 200_000;
/// The fewest rows for which the rows of a tile are divided among threads.
const ROWS_PER_PART: usize = 16_384;

/// Sums of one bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Slot {
    pub gradient: i64,
    pub hessian: i64,
}

/// Where the slots of each feature lie within a histogram.
#[derive(Debug)]
pub(crate) struct Layout {
    /// First slot of each feature that trees may split; the others have none.
    starts: Vec<u32>,
    lens: Vec<u32>,
    /// Slots of each tile.
    tile_lens: Vec<usize>,
    /// Features in order of their slots.
    pub features: Vec<usize>,
}

impl Layout {
    pub(crate) fn new(columns: &Columns, tiles: &Tiles) -> Self {
        let n = columns.features.len();
        let mut layout = Self { starts: vec![0; n], lens: vec![0; n], tile_lens: Vec::new(), features: Vec::new() };
        let mut at = 0;
        for tile in &tiles.tiles {
            let from = at;
            for &f in &tile.features {
                layout.starts[f] = at as u32;
                layout.lens[f] = columns.features[f].n_slots() as u32;
                at += columns.features[f].n_slots();
                layout.features.push(f);
            }
            layout.tile_lens.push(at - from);
        }
        layout
    }

    /// Number of slots of a histogram.
    pub(crate) fn len(&self) -> usize {
        self.tile_lens.iter().sum()
    }

    /// Slots of a feature.
    #[inline]
    pub(crate) fn of(&self, feature: usize) -> std::ops::Range<usize> {
        let start = self.starts[feature] as usize;
        start..start + self.lens[feature] as usize
    }
}

/// Rows of a leaf, with their packed derivatives beside them in the same order.
#[derive(Clone, Copy)]
pub(crate) struct LeafRows<'a> {
    /// Row indices; `None` is every row from 0 on.
    pub rows: Option<&'a [u32]>,
    pub words: &'a [u64],
}

/// Fills the histogram of a leaf.
pub(crate) fn build(cx: &Cx, tiles: &Tiles, layout: &Layout, leaf: LeafRows<'_>, out: &mut [Slot]) {
    let mut rest = out;
    let mut jobs = Vec::with_capacity(tiles.tiles.len());
    for (tile, len) in tiles.tiles.iter().zip(&layout.tile_lens) {
        let (slots, after) = rest.split_at_mut(*len);
        rest = after;
        jobs.push((tile, slots));
    }
    let n_rows = leaf.words.len();
    let additions = n_rows * layout.features.len();
    if cx.threads() == 1 || additions < INLINE_MAX {
        jobs.into_iter().for_each(|(tile, slots)| build_tile(tile, layout, leaf, 0..n_rows, slots));
        return;
    }
    let n_parts = if jobs.len() >= 2 * cx.threads() || jobs.len() % cx.threads() == 0 {
        1
    } else {
        cx.threads().min(n_rows.div_ceil(ROWS_PER_PART))
    };
    if n_parts == 1 {
        cx.map_items(jobs, |_, (tile, slots)| build_tile(tile, layout, leaf, 0..n_rows, slots));
        return;
    }
    // How many parts there are depends on the threads; what they sum to does not.
    let parts = cx.map(jobs.len() * n_parts, |job| {
        let (tile, part) = (job / n_parts, job % n_parts);
        let mut slots = vec![Slot::default(); layout.tile_lens[tile]];
        let rows = part * n_rows / n_parts..(part + 1) * n_rows / n_parts;
        build_tile(&tiles.tiles[tile], layout, leaf, rows, &mut slots);
        slots
    });
    for ((_, slots), parts) in jobs.into_iter().zip(parts.chunks_exact(n_parts)) {
        slots.copy_from_slice(&parts[0]);
        for part in &parts[1..] {
            for (s, p) in slots.iter_mut().zip(part) {
                s.gradient += p.gradient;
                s.hessian += p.hessian;
            }
        }
    }
}

/// The histogram of a leaf less that of one of its children: in place, the other child's.
pub(crate) fn subtract(from: &mut [Slot], child: &[Slot]) {
    for (f, c) in from.iter_mut().zip(child) {
        f.gradient -= c.gradient;
        f.hessian -= c.hessian;
    }
}

/// Fills the slots of one tile from the entries `range` of a leaf.
fn build_tile(tile: &Tile, layout: &Layout, leaf: LeafRows<'_>, range: std::ops::Range<usize>, out: &mut [Slot]) {
    let mut sums = vec![[0u64; 256]; tile.width()];
    let (mut at, mut is_first) = (range.start, true);
    while at < range.end || is_first {
        let to = range.end.min(at + BLOCK_ROWS);
        add(tile, leaf, at..to, &mut sums);
        let mut slots = &mut *out;
        for (&f, sums) in tile.features.iter().zip(&mut sums) {
            let (mine, after) = slots.split_at_mut(layout.of(f).len());
            slots = after;
            for (slot, word) in mine.iter_mut().zip(sums.iter_mut()) {
                let (gradient, hessian) = halves(*word);
                *word = 0;
                if is_first {
                    *slot = Slot { gradient, hessian };
                } else {
                    slot.gradient += gradient;
                    slot.hessian += hessian;
                }
            }
        }
        at = to;
        is_first = false;
    }
}

/// Adds some rows to the words of a tile; at most [`BLOCK_ROWS`] of them.
fn add(tile: &Tile, leaf: LeafRows<'_>, range: std::ops::Range<usize>, sums: &mut [[u64; 256]]) {
    macro_rules! by_width {
        ($($w:literal)+) => {
            match tile.width() {
                $($w => add_of_width::<$w>(&tile.bytes, leaf, range, sums),)+
                _ => {}
            }
        };
    }
    by_width!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16);
}

fn add_of_width<const W: usize>(
    bytes: &[u8],
    leaf: LeafRows<'_>,
    range: std::ops::Range<usize>,
    sums: &mut [[u64; 256]],
) {
    let (bytes, _) = bytes.as_chunks::<W>();
    let Some(sums) = sums.first_chunk_mut::<W>() else { return };
    let words = &leaf.words[range.clone()];
    match leaf.rows {
        None => {
            for (bins, word) in bytes[range].iter().zip(words) {
                add_row(bins, *word, sums);
            }
        }
        Some(rows) => {
            for (row_idx, word) in rows[range].iter().zip(words) {
                add_row(&bytes[*row_idx as usize], *word, sums);
            }
        }
    }
}

#[inline(always)]
fn add_row<const W: usize>(bins: &[u8; W], word: u64, sums: &mut [[u64; 256]; W]) {
    for (bin, sums) in bins.iter().zip(sums.iter_mut()) {
        let sum = &mut sums[*bin as usize];
        *sum = sum.wrapping_add(word);
    }
}

/// How many of some rows lie in each slot: for the few leaves where an estimate does not do.
pub(crate) fn count(tiles: &Tiles, layout: &Layout, rows: &[u32]) -> Vec<u32> {
    let mut counts = vec![0u32; layout.len()];
    for tile in &tiles.tiles {
        for &row_idx in rows {
            let from = row_idx as usize * tile.width();
            for (&f, &bin) in tile.features.iter().zip(&tile.bytes[from..from + tile.width()]) {
                counts[layout.of(f).start + bin as usize] += 1;
            }
        }
    }
    counts
}

/// Packed derivatives of some rows, in their order.
pub(crate) fn gather(packed: &Packed, rows: &[u32], out: &mut Vec<u64>) {
    out.clear();
    out.extend(rows.iter().map(|&r| packed.words[r as usize]));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use base::math::sin;
    use table::{Matrix, MatrixColumn, MatrixData};

    use super::*;
    use crate::objective::Pair;
    use crate::tree::params::BoostParams;

    /// 20,000 rows (more than two blocks) of 19 features (two tiles), packed derivatives, and where all of it lies.
    fn setting() -> (Columns, Tiles, Layout, Packed) {
        let n_rows = 20_000;
        let cx = Cx::new(0, 1);
        let columns = (1..20).map(|c| {
            let v = (0..n_rows).map(|i| (sin(f64::from(i) * f64::from(c)) * 10.0 * f64::from(c)).round()).collect();
            MatrixColumn { name: c.to_string(), data: MatrixData::Dense(Arc::new(v)) }
        });
        let x = Matrix { n_rows: n_rows as usize, columns: columns.collect() };
        let columns = Columns::fit(&cx, &x, &BoostParams::default()).expect("few features");
        let tiles = Tiles::new(&cx, &columns, &x);
        let layout = Layout::new(&columns, &tiles);
        let pairs: Vec<Pair> = (0..n_rows)
            .map(|i| Pair { gradient: sin(f64::from(i)), hessian: 0.3 + 0.2 * sin(f64::from(i) * 7.0) })
            .collect();
        let mut packed = Packed::default();
        packed.pack(&cx, &pairs, false);
        (columns, tiles, layout, packed)
    }

    fn of_rows(threads: usize, rows: Option<&[u32]>, tiles: &Tiles, layout: &Layout, packed: &Packed) -> Vec<Slot> {
        let mut words = packed.words.clone();
        if let Some(rows) = rows {
            gather(packed, rows, &mut words);
        }
        // What was there before does not matter.
        let mut out = vec![Slot { gradient: 7, hessian: 7 }; layout.len()];
        build(&Cx::new(0, threads), tiles, layout, LeafRows { rows, words: &words }, &mut out);
        out
    }

    #[test]
    fn sums_are_those_of_a_plain_loop_at_any_number_of_threads() {
        let (_, tiles, layout, packed) = setting();
        let third: Vec<u32> = (0..20_000).filter(|i| i % 3 == 0).collect();
        for rows in [None, Some(third.as_slice()), Some(&[] as &[u32])] {
            let mut expected = vec![Slot::default(); layout.len()];
            for tile in &tiles.tiles {
                for row_idx in rows.map_or_else(|| (0..20_000).collect(), <[u32]>::to_vec) {
                    let (gradient, hessian) = halves(packed.words[row_idx as usize]);
                    for (lane, &f) in tile.features.iter().enumerate() {
                        let bin = tile.bytes[row_idx as usize * tile.width() + lane];
                        let slot = &mut expected[layout.of(f).start + usize::from(bin)];
                        slot.gradient += gradient;
                        slot.hessian += hessian;
                    }
                }
            }
            for threads in [1, 2, 3, 8] {
                assert!(of_rows(threads, rows, &tiles, &layout, &packed) == expected, "{threads} threads");
            }
        }
    }

    #[test]
    fn what_is_left_of_the_parent_is_the_sibling() {
        let (_, tiles, layout, packed) = setting();
        let (left, right): (Vec<u32>, Vec<u32>) = (0..20_000).partition(|i| i % 7 < 2);
        let mut parent = of_rows(1, None, &tiles, &layout, &packed);
        subtract(&mut parent, &of_rows(1, Some(&left), &tiles, &layout, &packed));
        assert!(parent == of_rows(1, Some(&right), &tiles, &layout, &packed));
        let counts = count(&tiles, &layout, &right);
        assert_eq!(counts.iter().map(|c| *c as usize).sum::<usize>(), right.len() * 19);
    }
}
