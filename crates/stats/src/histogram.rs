//! Counts of numbers between edges, as numpy's `histogram`.

use crate::error::{StatsError, check_finite};

/// The most bins that may be asked for.
pub const BINS_MAX: usize = 1_000_000;

/// `n_bins + 1` edges of equal distance from `low` to `high`.
///
/// # Errors
/// [`StatsError::Asked`] for no bins, more than [`BINS_MAX`], or ends that are not finite and ascending.
pub fn uniform_edges(low: f64, high: f64, n_bins: usize) -> Result<Vec<f64>, StatsError> {
    if !(1..=BINS_MAX).contains(&n_bins) {
        let found = n_bins.to_string();
        return Err(StatsError::Asked { what: "the number of bins", expected: "1 to 1000000", found });
    }
    if !(low < high && (high - low).is_finite()) {
        let found = format!("{low} to {high}");
        return Err(StatsError::Asked { what: "the range", expected: "two ascending numbers", found });
    }
    let step = (high - low) / n_bins as f64;
    Ok((0..n_bins).map(|i| i as f64 * step + low).chain([high]).collect())
}

/// How many numbers lie in each bin. A bin holds its lower edge, the last one its upper edge too; NaN and numbers
/// outside the edges are not counted.
///
/// # Errors
/// [`StatsError::Asked`] for fewer than two edges or edges that do not ascend, [`StatsError::NotFinite`].
pub fn histogram(values: &[f64], edges: &[f64]) -> Result<Vec<u64>, StatsError> {
    check_finite("the edges", edges)?;
    let (&[first, .., last], true) = (edges, edges.is_sorted()) else {
        let found = format!("{} of them", edges.len());
        return Err(StatsError::Asked { what: "the list of edges", expected: "two or more, ascending", found });
    };
    let mut counts = vec![0; edges.len() - 1];
    for &v in values {
        if v >= first && v <= last {
            let bin = edges.partition_point(|edge| *edge <= v).saturating_sub(1);
            counts[bin.min(edges.len() - 2)] += 1;
        }
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bin_is_closed_and_nan_is_nowhere() {
        let edges = uniform_edges(0.0, 1.0, 2).expect("edges");
        let counts = histogram(&[0.0, 0.5, 1.0, f64::NAN, 1.1, -0.1, f64::INFINITY], &edges);
        assert_eq!(counts, Ok(vec![1, 2]));
        assert!(histogram(&[], &[1.0]).is_err());
        assert!(histogram(&[], &[1.0, 0.0]).is_err());
        assert!(uniform_edges(1.0, 1.0, 2).is_err() && uniform_edges(0.0, f64::INFINITY, 2).is_err());
    }
}
