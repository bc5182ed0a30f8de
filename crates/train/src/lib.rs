//! Learners and what they learn: linear, boosted trees, dummy, blends.
//!
//! Not here: choosing among them (`tune`), metrics (handed in as a stopper), anything about tables' columns.

pub mod linear;
pub mod objective;
pub mod tree;
