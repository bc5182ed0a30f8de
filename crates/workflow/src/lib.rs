//! Use cases, one a file: what a command does, from its request to its report. Values in, values out.
//!
//! Not here: the command line and the terminal (`cli`), any algorithm (the crates below).

pub mod bench;
pub mod data;
pub mod demo;
pub mod error;
mod output;
pub mod predict;
pub mod train;

pub use collect::{BadRows, ReadOptions};
pub use error::WorkflowError;
pub use infer::Answers;
pub use metrics::Metric;
pub use tune::{SplitWish, Wish};
