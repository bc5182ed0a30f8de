//! What a model's predictions say: scores with intervals, comparisons on the same rows, and a plain verdict.
//!
//! Not here: the metrics themselves (`metrics`), models, choosing among them (`tune`).

pub mod error;
pub mod judge;
pub mod permutation;
pub mod verdict;

pub use error::EvaluateError;
pub use judge::{Difference, Judge, Judged};
pub use permutation::{Importance, permutation_importance};
pub use verdict::{Verdict, VerdictKind, verdict};
