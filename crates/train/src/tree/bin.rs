//! Bounds of the bins of a numeric column: about as many rows in each, a bin of its own for every frequent value.
//!
//! Not here: columns of codes (`levels`), where the binned bytes lie (`tiles`).

/// The most bins of values; one more byte value is left for missing.
pub(crate) const VALUE_BINS_MAX: usize = 255;

/// Upper bounds of the bins but the last, ascending and finite: a value `x` lies in the first bin whose bound is
/// `>= x`, in the last if none is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bounds {
    pub uppers: Vec<f64>,
    /// `uppers` filled up with infinities, for a search of eight steps without a branch.
    padded: Box<[f64; 256]>,
}

impl Bounds {
    pub(crate) fn new(uppers: Vec<f64>) -> Self {
        let mut padded = Box::new([f64::INFINITY; 256]);
        for (p, u) in padded.iter_mut().zip(&uppers) {
            *p = *u;
        }
        Self { uppers, padded }
    }

    /// Number of bins.
    pub(crate) fn n_bins(&self) -> usize {
        self.uppers.len() + 1
    }

    /// Bin of a value that is not NaN: how many bounds are below it.
    #[inline]
    pub(crate) fn bin(&self, x: f64) -> u8 {
        let mut at = 0usize;
        for step in [128, 64, 32, 16, 8, 4, 2, 1] {
            at += if self.padded[(at + step - 1) & 255] < x { step } else { 0 };
        }
        (at & 255) as u8
    }
}

/// A distinct value and how many rows have it.
type Counted = (f64, usize);

/// Distinct values of some finite values, ascending, with counts. −0 and 0 are one value.
pub(crate) fn distinct(values: impl Iterator<Item = f64>) -> Vec<Counted> {
    // Keys whose order as integers is the order of the floats; adding zero makes −0 to 0.
    let mut keys: Vec<i64> = values.map(|x| key((x + 0.0).to_bits() as i64)).collect();
    keys.sort_unstable();
    let mut out: Vec<Counted> = Vec::new();
    let mut last = None;
    for k in keys {
        match out.last_mut() {
            Some(counted) if last == Some(k) => counted.1 += 1,
            _ => out.push((f64::from_bits(key(k) as u64), 1)),
        }
        last = Some(k);
    }
    out
}

/// Between the bits of a float and an integer of the same order; its own inverse.
#[inline]
fn key(bits: i64) -> i64 {
    bits ^ (((bits >> 63) as u64) >> 1) as i64
}

/// Bounds of at most `max_bins` bins over distinct values.
///
/// If every value can have a bin it gets one. Otherwise a value that fills a bin alone ends one (of its own, unless
/// less than half a bin of rows lies before it), and the others share the rest in runs of about equal count, as
/// LightGBM does (Ke et al. 2017).
pub(crate) fn bounds(distinct: &[Counted], max_bins: usize) -> Bounds {
    let max_bins = max_bins.min(VALUE_BINS_MAX);
    if distinct.len() <= max_bins {
        return Bounds::new(distinct.windows(2).map(|w| between(w[0].0, w[1].0)).collect());
    }
    let total: usize = distinct.iter().map(|d| d.1).sum();
    let mean = total as f64 / max_bins as f64;
    let is_frequent = |count: usize| count as f64 >= mean;
    let (mut bins_left, mut rows_left) = (max_bins, total);
    for (_, count) in distinct.iter().filter(|d| is_frequent(d.1)) {
        bins_left -= 1;
        rows_left -= count;
    }
    let per_bin = |rows: usize, bins: usize| if bins == 0 { f64::INFINITY } else { rows as f64 / bins as f64 };
    let mut target = per_bin(rows_left, bins_left);
    let mut uppers = Vec::with_capacity(max_bins);
    let mut in_bin = 0;
    for (this, next) in distinct.iter().zip(&distinct[1..]) {
        let frequent = is_frequent(this.1);
        rows_left -= if frequent { 0 } else { this.1 };
        in_bin += this.1;
        let is_full = in_bin as f64 >= target || is_frequent(next.1) && in_bin as f64 >= (target * 0.5).max(1.0);
        if frequent || is_full {
            uppers.push(between(this.0, next.0));
            if uppers.len() + 1 == max_bins {
                break;
            }
            in_bin = 0;
            if !frequent {
                bins_left = bins_left.saturating_sub(1);
                target = per_bin(rows_left, bins_left);
            }
        }
    }
    Bounds::new(uppers)
}

/// A bound `t` with `low <= t < high`, in the middle where it can be.
fn between(low: f64, high: f64) -> f64 {
    let middle = low * 0.5 + high * 0.5;
    if middle >= low && middle < high { middle } else { low }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn few_values_get_a_bin_each() {
        let d = distinct([3.0, -0.0, 0.0, 1.0, 3.0].into_iter());
        assert_eq!(d, [(0.0, 2), (1.0, 1), (3.0, 2)]);
        let b = bounds(&d, 255);
        assert_eq!(b.uppers, [0.5, 2.0]);
        assert_eq!([-5.0, 0.0, 0.5, 0.6, 2.0, 9.0].map(|x| b.bin(x)), [0, 0, 0, 1, 1, 2]);
    }

    #[test]
    fn neighbours_and_extremes_are_told_apart() {
        let tiny = f64::from_bits(1);
        let next = f64::from_bits(1.0f64.to_bits() + 1);
        for (a, b) in [(0.0, tiny), (1.0, next), (-1e308, 1e308), (f64::MIN, f64::MAX), (-tiny, 0.0)] {
            let t = between(a, b);
            assert!(a <= t && t < b, "{a:e} {b:e} {t:e}");
        }
    }

    #[test]
    fn a_frequent_value_gets_a_bin_of_its_own() {
        let values = (0..1000).map(f64::from).chain(std::iter::repeat_n(500.0, 5000));
        let b = bounds(&distinct(values), 16);
        assert!(b.n_bins() <= 16);
        assert_ne!(b.bin(501.0), b.bin(500.0));
        let with_it = (0..1000).filter(|v| b.bin(f64::from(*v)) == b.bin(500.0)).count();
        assert!(with_it < 50, "{with_it}");
    }

    #[test]
    fn bins_hold_about_as_many_rows() {
        let values: Vec<f64> = (0..100_000).map(|i| base::math::sin(f64::from(i))).collect();
        let b = bounds(&distinct(values.iter().copied()), 255);
        assert_eq!(b.n_bins(), 255);
        let mut counts = [0usize; 256];
        values.iter().for_each(|x| counts[b.bin(*x) as usize] += 1);
        assert!(counts[..255].iter().all(|c| (300..500).contains(c)), "{counts:?}");
    }

    proptest! {
        #[test]
        fn bins_partition_as_their_bounds_do(
            values in proptest::collection::vec(proptest::num::f64::NORMAL | proptest::num::f64::ZERO, 1..400),
            max_bins in 1usize..300,
        ) {
            let b = bounds(&distinct(values.iter().copied()), max_bins);
            prop_assert!(b.n_bins() <= max_bins.min(VALUE_BINS_MAX));
            prop_assert!(b.uppers.windows(2).all(|w| w[0] < w[1]));
            prop_assert!(b.uppers.iter().all(|u| u.is_finite()));
            for x in values {
                let bin = b.bin(x) as usize;
                prop_assert_eq!(bin, b.uppers.partition_point(|u| *u < x));
                for (i, u) in b.uppers.iter().enumerate() {
                    prop_assert_eq!(x <= *u, bin <= i);
                }
            }
        }
    }
}
