//! How strongly two columns go together.

mod correlation;
mod cramers_v;
mod mutual_information;

pub use correlation::{pearson, spearman};
pub use cramers_v::cramers_v;
pub use mutual_information::mutual_information;

use std::collections::BTreeMap;

use crate::error::{StatsError, check_lengths};

/// Counts of pairs and of each side, in the order of codes.
struct Pairs {
    cells: BTreeMap<(u32, u32), f64>,
    first: BTreeMap<u32, f64>,
    second: BTreeMap<u32, f64>,
    n: f64,
}

fn pairs(what: &'static str, first: &[u32], second: &[u32]) -> Result<Pairs, StatsError> {
    check_lengths("codes", first.len(), second.len())?;
    if first.is_empty() {
        return Err(StatsError::TooFewRows { what, needed: 1, found: 0 });
    }
    let mut p =
        Pairs { cells: BTreeMap::new(), first: BTreeMap::new(), second: BTreeMap::new(), n: first.len() as f64 };
    for (&a, &b) in first.iter().zip(second) {
        *p.cells.entry((a, b)).or_default() += 1.0;
        *p.first.entry(a).or_default() += 1.0;
        *p.second.entry(b).or_default() += 1.0;
    }
    Ok(p)
}
