//! Numbers about numbers: resampling plans, moments and quantiles, profiles of columns, distributions, hypothesis
//! tests, divergences, associations. Equal to NumPy's and SciPy's where they have the same thing.
//!
//! Not here: metrics of predictions, any opinion on what a number means, tables and their columns: inputs are slices.

pub mod association;
pub mod distribution;
pub mod divergence;
pub mod error;
pub mod histogram;
pub mod hypothesis;
pub mod moments;
pub mod profile;
pub mod quantile;
pub mod ranks;
pub mod resample;
pub mod top_k;

pub use error::StatsError;
pub use moments::Moments;
pub use profile::{CategoryProfile, NumericProfile};
pub use resample::{Fold, Folds, RareClass, SplitSpec};
