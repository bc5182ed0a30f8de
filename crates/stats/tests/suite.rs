//! The crate from outside: SciPy's numbers, and what resampling plans promise.

#[path = "suite/plans.rs"]
mod plans;
#[path = "suite/scipy.rs"]
mod scipy;
