//! Cramér's V of two coded columns. SciPy's `contingency.association` with `method="cramer"`.

use super::pairs;
use crate::error::StatsError;

/// Cramér's V, 0 to 1, without correction for bias.
///
/// # Errors
/// [`StatsError::Lengths`], [`StatsError::TooFewRows`] without rows, [`StatsError::Undefined`] if one side is constant.
pub fn cramers_v(first: &[u32], second: &[u32]) -> Result<f64, StatsError> {
    let p = pairs("Cramér's V", first, second)?;
    let smaller = p.first.len().min(p.second.len());
    if smaller < 2 {
        return Err(StatsError::Undefined { what: "Cramér's V", why: "one side is constant" });
    }
    // χ²/n = Σ n²ᵢⱼ / (nᵢ nⱼ) − 1 needs no sum over pairs that do not occur.
    let share: f64 = p.cells.iter().map(|((a, b), n)| n * n / (p.first[a] * p.second[b])).sum();
    Ok(((share - 1.0).max(0.0) / (smaller - 1) as f64).sqrt().min(1.0))
}
