//! What every other crate stands on: errors and findings, the context of a computation, seeds,
//! ordered parallelism, stable hashing, whole-file writes, canonical JSON.
//!
//! Not here: any word of the domain (tables, models, metrics), any terminal or network.

pub mod clock;
pub mod cx;
pub mod fault;
pub mod files;
pub mod finding;
pub mod hash;
pub mod json;
pub mod limits;
pub mod math;
pub mod progress;
pub mod rng;

pub use clock::{Clock, FixedClock, SystemClock};
pub use cx::{Cancelled, Cx};
pub use fault::{Family, Fault, Internal};
pub use finding::{Code, Finding, Findings, Place, Severity};
pub use hash::{Digest, StableHasher};
pub use progress::{NoProgress, Progress};
pub use rng::{Rng, Stream};
