//! The binomial distribution, exact. SciPy's `binom`.

use super::check_probability;
use super::incomplete::{beta_tails, binomial_raw};
use crate::error::StatsError;

/// Probability of exactly `k` successes in `n` trials.
///
/// # Errors
/// [`StatsError::Asked`] for a probability `p` of success outside 0 to 1.
pub fn binomial_pmf(k: u64, n: u64, p: f64) -> Result<f64, StatsError> {
    check_probability(p)?;
    Ok(match (k, p) {
        (k, _) if k > n => 0.0,
        (k, 0.0) => f64::from(u8::from(k == 0)),
        (k, 1.0) => f64::from(u8::from(k == n)),
        (k, p) => binomial_raw(k as f64, (n - k) as f64, p, 1.0 - p),
    })
}

/// Probability of at most `k` successes in `n` trials.
///
/// # Errors
/// [`StatsError::Asked`] for a probability `p` of success outside 0 to 1.
pub fn binomial_cdf(k: u64, n: u64, p: f64) -> Result<f64, StatsError> {
    tails(k, n, p).map(|(up_to, _)| up_to)
}

/// Probability of more than `k` successes in `n` trials.
///
/// # Errors
/// [`StatsError::Asked`] for a probability `p` of success outside 0 to 1.
pub fn binomial_sf(k: u64, n: u64, p: f64) -> Result<f64, StatsError> {
    tails(k, n, p).map(|(_, more)| more)
}

fn tails(k: u64, n: u64, p: f64) -> Result<(f64, f64), StatsError> {
    check_probability(p)?;
    if k >= n {
        return Ok((1.0, 0.0));
    }
    let (more, up_to) = beta_tails((k + 1) as f64, (n - k) as f64, p, 1.0 - p);
    Ok((up_to, more))
}
