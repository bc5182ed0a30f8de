//! What a column looked like when a model learned from it: small, serialisable, and enough to see drift by.
//!
//! Not here: the judgement whether something has drifted.

mod category;
mod numeric;

pub use category::{CategoryProfile, LevelCount};
pub use numeric::{BinCounts, NumericProfile, PROFILE_BINS};
