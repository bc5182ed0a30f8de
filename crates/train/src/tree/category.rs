//! The best split of a leaf by the levels of a category: one level against the rest where there are few, otherwise
//! runs of levels sorted by their gradient over hessian (Fisher 1958; as in LightGBM, Ke et al. 2017).
//!
//! Missing takes part as a level of its own. What goes left is listed, so levels that a leaf has not seen, and at
//! scoring unknown ones where no training row was missing, go right, with the rest.

use super::histogram::Slot;
use super::split::{Candidate, Counter, LeafSums, Left, Rules, Split, threshold};

/// The best split by a category, if any gains more than it must.
pub(crate) fn best(rules: &Rules, leaf: LeafSums, c: Candidate<'_>) -> Option<Split> {
    let mut search = Search { rules, leaf, c, least: threshold(rules, leaf), found: None };
    if c.slots.len() <= rules.one_hot_levels {
        search.one_against_the_rest();
    } else {
        search.by_sorted_levels();
    }
    search.found
}

struct Search<'a> {
    rules: &'a Rules,
    leaf: LeafSums,
    c: Candidate<'a>,
    least: f64,
    found: Option<Split>,
}

impl Search<'_> {
    /// Whether a side is too small to be a leaf.
    fn is_small(&self, hessian: i64, rows: i64) -> bool {
        hessian <= 0
            || (hessian as f64) < self.rules.min_leaf_hessian
            || self.rules.min_leaf_rows > 1 && rows < self.rules.min_leaf_rows
    }

    fn one_against_the_rest(&mut self) {
        let counter = Counter::new(self.rules, self.leaf, self.c.counts);
        for (bin, slot) in self.c.slots.iter().enumerate() {
            let rows = counter.rows(bin, slot.hessian);
            let rest = self.leaf.n_rows as i64 - rows;
            if self.is_small(slot.hessian, rows) || self.is_small(self.leaf.sums.hessian - slot.hessian, rest) {
                continue;
            }
            let mut bits = [0u64; 4];
            set(&mut bits, bin);
            self.consider(*slot, bits, self.rules.l2);
        }
    }

    fn by_sorted_levels(&mut self) {
        let counter = Counter::new(self.rules, self.leaf, self.c.counts);
        let (smooth, smooth_hessian) = (self.rules.cat_smooth, self.rules.cat_smooth_hessian);
        let mut order: Vec<(f64, usize)> = self
            .c
            .slots
            .iter()
            .enumerate()
            .filter(|(bin, slot)| slot.hessian > 0 && counter.rows(*bin, slot.hessian) as f64 >= smooth)
            .map(|(bin, slot)| (slot.gradient as f64 / (slot.hessian as f64 + smooth_hessian), bin))
            .collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let n_left_max = self.rules.max_cat_left.min(order.len().div_ceil(2));
        self.runs(order.iter().map(|o| o.1).take(n_left_max), counter);
        self.runs(order.iter().rev().map(|o| o.1).take(n_left_max), counter);
    }

    /// Tries the first level, the first two, and so on.
    fn runs(&mut self, levels: impl Iterator<Item = usize>, counter: Counter<'_>) {
        let (mut left, mut bits) = (Slot::default(), [0u64; 4]);
        let (mut rows, mut in_group) = (0, 0);
        for bin in levels {
            let slot = self.c.slots[bin];
            left.gradient += slot.gradient;
            left.hessian += slot.hessian;
            set(&mut bits, bin);
            let here = counter.rows(bin, slot.hessian);
            rows += here;
            in_group += here;
            if self.is_small(left.hessian, rows) {
                continue;
            }
            let rest = self.leaf.n_rows as i64 - rows;
            let right_hessian = self.leaf.sums.hessian - left.hessian;
            if self.is_small(right_hessian, rest) || rest < self.rules.min_group_rows {
                break;
            }
            if in_group < self.rules.min_group_rows {
                continue;
            }
            in_group = 0;
            self.consider(left, bits, self.rules.l2 + self.rules.cat_l2);
        }
    }

    fn consider(&mut self, left: Slot, bits: [u64; 4], l2: f64) {
        let whole = self.leaf.sums;
        let right = Slot { gradient: whole.gradient - left.gradient, hessian: whole.hessian - left.hessian };
        let gl = self.rules.shrink(left.gradient as f64);
        let gr = self.rules.shrink(right.gradient as f64);
        let (hl, hr) = (left.hessian as f64 + l2, right.hessian as f64 + l2);
        // As for numbers, so that the same division of the rows gains the same to the last bit.
        let gain = (gl * gl * hr + gr * gr * hl) / (hl * hr);
        if gain > self.least {
            self.least = gain;
            self.found = Some(Split { gain, feature: self.c.feature_idx, left: Left::Bins(bits), sums: left });
        }
    }
}

fn set(bits: &mut [u64; 4], bin: usize) {
    bits[bin / 64] |= 1 << (bin % 64);
}
