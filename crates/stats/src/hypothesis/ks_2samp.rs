//! Do two samples come from one distribution? The test of Kolmogorov and Smirnov.

use super::TestResult;
use crate::distribution::kolmogorov_sf;
use crate::error::{StatsError, check_finite};
use crate::quantile::sorted;

/// The largest distance between the two empirical distributions, SciPy's `ks_2samp`; the p-value is that of Kolmogorov's
/// limit distribution at √(nm / (n + m)) · D, SciPy's `kstwobign.sf`: asymptotic, a little too large for small samples.
/// `O(n log n)`.
///
/// # Errors
/// [`StatsError::TooFewRows`] if a sample is empty, [`StatsError::NotFinite`].
pub fn ks_2samp(first: &[f64], second: &[f64]) -> Result<TestResult, StatsError> {
    for sample in [first, second] {
        check_finite("a sample", sample)?;
        if sample.is_empty() {
            return Err(StatsError::TooFewRows { what: "the test of Kolmogorov and Smirnov", needed: 1, found: 0 });
        }
    }
    let (first, second) = (sorted(first), sorted(second));
    let (n, m) = (first.len() as f64, second.len() as f64);
    let (mut i, mut j, mut statistic) = (0, 0, 0.0f64);
    while i < first.len() && j < second.len() {
        let here = first[i].min(second[j]);
        while i < first.len() && first[i] <= here {
            i += 1;
        }
        while j < second.len() && second[j] <= here {
            j += 1;
        }
        statistic = statistic.max((i as f64 / n - j as f64 / m).abs());
    }
    Ok(TestResult { statistic, p_value: kolmogorov_sf((n * m / (n + m)).sqrt() * statistic) })
}
