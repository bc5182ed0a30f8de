//! Learners and what they learn: linear, boosted trees, dummy.
//!
//! Not here: choosing among them (`tune`), averaging several (`pipeline`), metrics (handed in as a stopper), anything
//! about tables' columns.

pub mod decode;
pub mod dummy;
pub mod learner;
pub mod linear;
pub mod model;
pub mod objective;
pub mod tree;

mod weighted;

pub use decode::DecodeError;
pub use dummy::{DummyModel, DummyParams};
pub use learner::LearnerSpec;
pub use linear::{LinearModel, LinearParams};
pub use model::Model;
pub use tree::{BoostModel, BoostParams};
