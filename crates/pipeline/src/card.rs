//! The model card: what a person reads about a model, kept inside the bundle. Holds no time, host or thread count.

use serde::{Deserialize, Serialize};

/// A metric's value with its interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The metric's name, as scikit-learn has it.
    pub metric: String,
    /// Its value.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end of the 95 % interval.
    pub high: f64,
}

/// One line of the leaderboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// Name of the candidate.
    pub name: String,
    /// Learner: `dummy`, `linear`, `boost`, `blend`.
    pub learner: String,
    /// Its score on rows that it did not learn from; `None` if it failed.
    pub score: Option<Score>,
    /// Its mean score on the rows that it learned from; `None` for blends.
    pub train_value: Option<f64>,
    /// Weight in the model that was kept; 0 if it was not.
    pub weight: f64,
    /// Why it has no score, if it failed.
    pub failed: Option<String>,
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Card {
    /// Rows that were learned from.
    pub n_rows: u64,
    /// Metric that decided.
    pub metric: String,
    /// How rows were split: `stratified`, …, and why.
    pub split: String,
    /// Folds.
    pub n_folds: u64,
    /// Every metric of the kept model on rows that its parts did not learn from.
    pub scores: Vec<Score>,
    /// The same of the dummy baseline.
    pub baseline: Vec<Score>,
    /// What was tried, best first.
    pub leaderboard: Vec<Tried>,
    /// One sentence: overfit, underfit, or fine.
    pub verdict: String,
    /// Seed.
    pub seed: u64,
    /// What was changed in the data while reading, one sentence each.
    pub changes: Vec<String>,
}
