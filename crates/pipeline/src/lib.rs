//! From a table to a model and back to predictions: problem (what is asked, bound to the data) → plan (checked before
//! a row is read) → fit → bundle → predict. One code path for training, batch, requests and embedding.
//!
//! Not here: choosing what to try (`tune`), reading files (`collect`), judging (`evaluate`).

pub mod bundle;
pub mod card;
pub mod error;
pub mod features;
pub mod fit;
pub mod plan;
pub mod predict;
pub mod problem;
pub mod profile;
pub mod roles;

pub use bundle::{Bundle, read_bundle, write_bundle};
pub use card::{Card, Score};
pub use error::PipelineError;
pub use features::frame_of;
pub use fit::{FitRows, Learning, Member, fit};
pub use plan::{Candidate, Plan, StepsSpec, plan};
pub use predict::{Fitted, Labels};
pub use problem::{Ask, Bound, LeftOut, Problem, bind};
