//! Bins of a column of category codes: frequent levels have their own, rarer ones share the last.

/// What bin each level has.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Levels {
    /// Bin of each code `0..n_levels`.
    pub bins: Vec<u8>,
    /// Number of bins, without that of missing.
    pub n_bins: usize,
}

impl Levels {
    /// Bins by count, most frequent first (ties by code); levels without a row share the bin of the rare ones, or are
    /// as missing if there is none.
    pub(crate) fn new(counts: &[usize], max_levels: usize) -> Self {
        let mut order: Vec<usize> = (0..counts.len()).filter(|&c| counts[c] > 0).collect();
        order.sort_by_key(|&code| (std::cmp::Reverse(counts[code]), code));
        let own = order.len().min(max_levels);
        let n_bins = own + usize::from(order.len() > own);
        let mut bins = vec![own.min(255) as u8; counts.len()];
        for (bin, &code) in order.iter().enumerate().take(own) {
            bins[code] = bin as u8;
        }
        Self { bins, n_bins }
    }

    /// Bin of a code; missing, unknown and untrained levels have the bin after the last.
    #[inline]
    pub(crate) fn bin(&self, code: u32) -> u8 {
        self.bins.get(code as usize).copied().unwrap_or(self.n_bins as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_levels_come_first_and_rare_ones_share() {
        let l = Levels::new(&[1, 7, 0, 7, 2], 2);
        assert_eq!(l.n_bins, 3);
        assert_eq!([0, 1, 2, 3, 4, 5, table::MISSING, table::UNKNOWN].map(|c| l.bin(c)), [2, 0, 2, 1, 2, 3, 3, 3]);
        let l = Levels::new(&[1, 0], 253);
        assert_eq!(l.n_bins, 1);
        assert_eq!([0, 1].map(|c| l.bin(c)), [0, 1]);
    }
}
