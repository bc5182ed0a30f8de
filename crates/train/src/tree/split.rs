//! The best split of a leaf by one feature: gains, and the scan over the bins of a number with missing values tried on
//! both sides. Splits of categories are in `category`.

use super::columns::{Bins, Feature};
use super::histogram::Slot;
use super::params::BoostParams;

/// What is asked of a split, in the units of a tree's integers.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    pub l1: f64,
    pub l2: f64,
    pub min_gain: f64,
    pub min_leaf_hessian: f64,
    pub min_leaf_rows: i64,
    /// As rows, which a level must have, and as hessian, which is added to a level's.
    pub cat_smooth: f64,
    pub cat_smooth_hessian: f64,
    pub cat_l2: f64,
    pub one_hot_levels: usize,
    pub max_cat_left: usize,
    pub min_group_rows: i64,
    /// A gain in these units times this is a gain in those of the objective.
    pub gain_unit: f64,
    /// Whether every unit of hessian is one row.
    pub counts: bool,
}

impl Rules {
    /// Rules for sums of which one unit of gradient and of hessian is worth so much.
    pub(crate) fn new(params: &BoostParams, gradient_unit: f64, hessian_unit: f64, counts: bool) -> Self {
        let gain_unit = gradient_unit * (gradient_unit / hessian_unit);
        Self {
            l1: params.l1 / gradient_unit,
            l2: params.l2 / hessian_unit,
            min_gain: params.min_gain / gain_unit,
            min_leaf_hessian: params.min_leaf_hessian / hessian_unit,
            min_leaf_rows: params.min_leaf_rows as i64,
            cat_smooth: params.cat_smooth,
            cat_smooth_hessian: params.cat_smooth / hessian_unit,
            cat_l2: params.cat_l2 / hessian_unit,
            one_hot_levels: params.one_hot_levels,
            max_cat_left: params.max_cat_left,
            min_group_rows: params.min_group_rows as i64,
            gain_unit,
            counts,
        }
    }

    /// The gain of a side: what its best value takes off the loss, times two.
    #[inline]
    pub(crate) fn side(&self, gradient: f64, hessian: f64, l2: f64) -> f64 {
        let g = self.shrink(gradient);
        g * g / (hessian + l2)
    }

    /// A gradient after the L1 penalty.
    #[inline]
    pub(crate) fn shrink(&self, gradient: f64) -> f64 {
        if self.l1 == 0.0 { gradient } else { gradient.signum() * (gradient.abs() - self.l1).max(0.0) }
    }
}

/// Which bins go left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Left {
    /// Bins up to this one, and missing if so.
    UpTo { bin: u8, missing: bool },
    /// The bins whose bit is set.
    Bins([u64; 4]),
}

/// A way to split a leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Split {
    /// What the loss falls by to second order, times two, in units of the tree's integers.
    pub gain: f64,
    pub feature: usize,
    pub left: Left,
    /// Sums of the left side.
    pub sums: Slot,
}

impl Split {
    /// Whether each bin goes left; `n_values` is the bin of missing.
    pub(crate) fn table(&self, n_values: usize) -> [bool; 256] {
        let mut table = [false; 256];
        match self.left {
            Left::UpTo { bin, missing } => {
                table[..=bin as usize].fill(true);
                table[n_values] = missing;
            }
            Left::Bins(bits) => {
                for (bin, t) in table.iter_mut().enumerate() {
                    *t = bits[bin / 64] >> (bin % 64) & 1 == 1;
                }
            }
        }
        table
    }
}

/// A leaf that wants to be split.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeafSums {
    pub sums: Slot,
    pub n_rows: usize,
}

/// One feature's part of a leaf's histogram.
#[derive(Clone, Copy)]
pub(crate) struct Candidate<'a> {
    pub feature_idx: usize,
    pub feature: &'a Feature,
    pub slots: &'a [Slot],
    /// Rows per slot, where they were counted; otherwise they are estimated from hessians.
    pub counts: Option<&'a [u32]>,
}

/// Rows of a slot: counted, or estimated from its share of the leaf's hessian.
#[derive(Clone, Copy)]
pub(crate) struct Counter<'a> {
    counts: Option<&'a [u32]>,
    rows_per_hessian: f64,
}

impl<'a> Counter<'a> {
    pub(crate) fn new(rules: &Rules, leaf: LeafSums, counts: Option<&'a [u32]>) -> Self {
        let rows_per_hessian = if rules.counts { 1.0 } else { leaf.n_rows as f64 / leaf.sums.hessian as f64 };
        Self { counts, rows_per_hessian }
    }

    #[inline]
    pub(crate) fn rows(&self, slot_idx: usize, hessian: i64) -> i64 {
        match self.counts {
            Some(c) => i64::from(c[slot_idx]),
            None => (hessian as f64 * self.rows_per_hessian + 0.5) as i64,
        }
    }
}

/// The best split of a leaf by one feature, if any gains more than it must.
pub(crate) fn best(rules: &Rules, leaf: LeafSums, c: Candidate<'_>) -> Option<Split> {
    let found = match c.feature.bins {
        Bins::Number(_) => number(rules, leaf, c),
        Bins::Levels(_) => super::category::best(rules, leaf, c),
    };
    let whole = rules.side(leaf.sums.gradient as f64, leaf.sums.hessian as f64, rules.l2);
    found.map(|split| Split { gain: split.gain - whole, ..split })
}

/// The gain that a split has to exceed: that of not splitting and the least gain, with room for rounding.
pub(crate) fn threshold(rules: &Rules, leaf: LeafSums) -> f64 {
    let whole = rules.side(leaf.sums.gradient as f64, leaf.sums.hessian as f64, rules.l2);
    whole * (1.0 + 1e-12) + rules.min_gain
}

fn number(rules: &Rules, leaf: LeafSums, c: Candidate<'_>) -> Option<Split> {
    let n_values = c.feature.n_values();
    let missing = c.slots.get(n_values).copied().unwrap_or_default();
    let mut found = None;
    let mut least = threshold(rules, leaf);
    if missing.hessian == 0 {
        scan(rules, leaf, c, Slot::default(), n_values, false, &mut least, &mut found);
        // No row says where missing values belong: they go with the heavier side.
        if let Some(Split { sums, left: Left::UpTo { missing, .. }, .. }) = &mut found {
            *missing = 2 * sums.hessian >= leaf.sums.hessian;
        }
    } else {
        // On the right, missing may also be split off alone.
        scan(rules, leaf, c, Slot::default(), n_values + 1, false, &mut least, &mut found);
        scan(rules, leaf, c, missing, n_values, true, &mut least, &mut found);
    }
    found
}

/// Tries every bound but the last of `n_bins` bins, with `start` on the left from the beginning.
#[expect(clippy::too_many_arguments, reason = "the inner loop of fitting")]
fn scan(
    rules: &Rules,
    leaf: LeafSums,
    c: Candidate<'_>,
    start: Slot,
    n_bins: usize,
    missing: bool,
    least: &mut f64,
    found: &mut Option<Split>,
) {
    let must_count = rules.min_leaf_rows > 1;
    let counter = Counter::new(rules, leaf, c.counts);
    let mut left = start;
    let mut rows = if missing { counter.rows(n_bins, start.hessian) } else { 0 };
    let (total_hessian, total_rows) = (leaf.sums.hessian, leaf.n_rows as i64);
    for (bin, slot) in c.slots[..n_bins - 1].iter().enumerate() {
        if slot.hessian == 0 {
            continue;
        }
        left.gradient += slot.gradient;
        left.hessian += slot.hessian;
        let left_hessian = left.hessian as f64;
        if must_count {
            rows += counter.rows(bin, slot.hessian);
            if rows < rules.min_leaf_rows {
                continue;
            }
            if total_rows - rows < rules.min_leaf_rows {
                break;
            }
        }
        let right_hessian = (total_hessian - left.hessian) as f64;
        if left_hessian < rules.min_leaf_hessian {
            continue;
        }
        if right_hessian < rules.min_leaf_hessian || right_hessian <= 0.0 {
            break;
        }
        let right_gradient = (leaf.sums.gradient - left.gradient) as f64;
        let gl = rules.shrink(left.gradient as f64);
        let gr = rules.shrink(right_gradient);
        let (hl, hr) = (left_hessian + rules.l2, right_hessian + rules.l2);
        // gl² / hl + gr² / hr, whose division is spared where it would not be the best.
        let (above, below) = (gl * gl * hr + gr * gr * hl, hl * hr);
        if above > *least * below {
            let gain = above / below;
            *least = gain.max(*least);
            *found =
                Some(Split { gain, feature: c.feature_idx, left: Left::UpTo { bin: bin as u8, missing }, sums: left });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::bin::Bounds;
    use crate::tree::levels::Levels;

    fn sum(slots: &[Slot], left: impl Fn(usize) -> bool) -> Slot {
        slots.iter().enumerate().filter(|(bin, _)| left(*bin)).fold(Slot::default(), |s, (_, slot)| Slot {
            gradient: s.gradient + slot.gradient,
            hessian: s.hessian + slot.hessian,
        })
    }

    fn gain(rules: &Rules, slots: &[Slot], left: impl Fn(usize) -> bool, l2: f64) -> Option<f64> {
        let (l, r) = (sum(slots, &left), sum(slots, |bin| !left(bin)));
        let fits = |s: Slot| s.hessian >= rules.min_leaf_rows && s.hessian > 0;
        let side = |s: Slot, l2: f64| rules.side(s.gradient as f64, s.hessian as f64, l2);
        let whole = sum(slots, |_| true);
        (fits(l) && fits(r)).then(|| side(l, l2) + side(r, l2) - side(whole, rules.l2))
    }

    fn rules(l2: f64, l1: f64, rows: usize) -> Rules {
        let params = BoostParams { l2, l1, min_leaf_rows: rows, min_leaf_hessian: 0.0, ..BoostParams::default() };
        Rules::new(&params, 1.0, 1.0, true)
    }

    fn leaf(slots: &[Slot]) -> LeafSums {
        let sums = sum(slots, |_| true);
        LeafSums { sums, n_rows: sums.hessian as usize }
    }

    fn slots() -> impl Strategy<Value = Vec<Slot>> {
        let slot = (-50i64..50, 0i64..6).prop_map(|(g, h)| Slot { gradient: if h == 0 { 0 } else { g }, hessian: h });
        proptest::collection::vec(slot, 3..12)
    }

    proptest! {
        #[test]
        fn no_split_of_a_number_is_better(slots in slots(), l2 in 0.0..3.0f64, l1 in 0.0..9.0f64, rows in 1usize..5, gaps: bool) {
            let n_values = slots.len() - usize::from(gaps);
            let bounds = Bounds::new((1..n_values).map(|b| b as f64).collect());
            let feature = Feature { column: 0, within: 0, bins: Bins::Number(bounds), has_missing: gaps };
            let rules = rules(l2, l1, rows);
            let found = best(&rules, leaf(&slots), Candidate { feature_idx: 0, feature: &feature, slots: &slots, counts: None });
            let all = (0..n_values).flat_map(|b| [(b, false), (b, true)]);
            let best_of_all = all
                .filter_map(|(b, missing)| gain(&rules, &slots, |bin| if bin == n_values { missing } else { bin <= b }, l2))
                .fold(0.0, f64::max);
            match found {
                Some(split) => {
                    let table = split.table(n_values);
                    let its = gain(&rules, &slots, |bin| table[bin], l2).expect("both sides are large enough");
                    prop_assert!((its - split.gain).abs() <= 1e-9 * (1.0 + its));
                    prop_assert!(its >= best_of_all - 1e-9 * (1.0 + best_of_all), "{} {}", its, best_of_all);
                    prop_assert_eq!(split.sums, sum(&slots, |bin| table[bin]));
                }
                None => prop_assert!(best_of_all <= 1e-9 * (1.0 + rules.side(leaf(&slots).sums.gradient as f64, leaf(&slots).sums.hessian as f64, l2)), "{}", best_of_all),
            }
        }

        /// Without penalties, the best of all subsets of levels is a run of the sorted ones (Fisher 1958).
        #[test]
        fn no_subset_of_levels_is_better(slots in slots()) {
            let levels = Levels { bins: (0..slots.len() as u8).collect(), n_bins: slots.len() };
            let feature = Feature { column: 0, within: 0, bins: Bins::Levels(levels), has_missing: false };
            let params = BoostParams {
                min_leaf_rows: 1, min_leaf_hessian: 0.0, cat_smooth: 0.0, cat_l2: 0.0, min_group_rows: 1,
                one_hot_levels: 0, max_cat_left: 253, ..BoostParams::default()
            };
            let rules = Rules::new(&params, 1.0, 1.0, true);
            let found = best(&rules, leaf(&slots), Candidate { feature_idx: 0, feature: &feature, slots: &slots, counts: None });
            let best_of_all = (1u32..1 << slots.len())
                .filter_map(|subset| gain(&rules, &slots, |bin| subset >> bin & 1 == 1, 0.0))
                .fold(0.0, f64::max);
            let its = found.map_or(0.0, |s| s.gain);
            prop_assert!((its - best_of_all).abs() <= 1e-9 * (1.0 + best_of_all) || found.is_none() && best_of_all < 1e-6, "{} {}", its, best_of_all);
        }
    }
}
