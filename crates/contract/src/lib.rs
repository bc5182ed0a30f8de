//! The contracts between what is fitted and what fits it: estimators, predictors, steps, and parameter tables.
//!
//! Not here: any estimator or step (`train`, `preprocess`), any metric.

pub mod error;
pub mod estimator;
pub mod params;
pub mod step;
pub mod target;

pub use error::FitError;
pub use estimator::{Dataset, Fit, Predict, Predictions, Stopper, Validation};
pub use params::{Bounds, ParamError, ParamInfo, ParamValue};
pub use step::{ApplyStep, FitStep, Group, GroupForm, StepData, Width};
pub use target::{Target, Task};
