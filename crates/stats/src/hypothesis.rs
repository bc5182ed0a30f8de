//! Hypothesis tests: a statistic and how often chance alone gives one as extreme. Two-sided throughout.
//!
//! Not here: what to do about it, corrections for asking often.

mod chi2_contingency;
mod ks_2samp;
mod ttest_rel;
mod wilcoxon;

pub use chi2_contingency::{Contingency, chi2_contingency};
pub use ks_2samp::ks_2samp;
pub use ttest_rel::ttest_rel;
pub use wilcoxon::{EXACT_PAIRS_MAX, wilcoxon};

use serde::{Deserialize, Serialize};

/// What a test found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// The test's statistic.
    pub statistic: f64,
    /// Probability of a statistic as extreme, if there is no effect.
    pub p_value: f64,
}
