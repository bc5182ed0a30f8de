//! Preparation: steps that turn the features of a table into what learners take.
//!
//! Each step has one file with what is asked for (the spec), what is learned (the fitted state), and how it is
//! planned, fitted and applied. [`StepSpec`] and [`FittedStep`] list them all; [`default_steps`] chooses for people
//! who did not choose.
//!
//! Not here: which rows may be learned from (`pipeline`), learners (`train`), reading (`collect`).
//!
//! ```
//! use std::sync::Arc;
//! use almanac_preprocess::StepSpec;
//! use base::Cx;
//! use contract::{ApplyStep, StepData};
//! use table::{Feature, FeatureData, Frame};
//!
//! let age = FeatureData::Number(Arc::new(vec![30.0, f64::NAN, 50.0]));
//! let frame = Frame { n_rows: 3, features: vec![Feature { name: "age".into(), source: "age".into(), data: age }] };
//! let spec: StepSpec = serde_json::from_str(r#"{"step":"impute","columns":"age","with":"mean"}"#)?;
//! let fitted = spec.fit(&Cx::new(0, 1), StepData { frame: &frame, target: None, weights: None })?;
//! let FeatureData::Number(filled) = &fitted.apply(&frame)?.features[0].data else { panic!("a number stays one") };
//! assert_eq!(**filled, [30.0, 40.0, 50.0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod columns;
mod defaults;
mod error;
mod levels;
mod limits;
mod quantile;
mod rewrite;
mod rows;
mod spec;

pub mod date_parts;
pub mod drop;
pub mod frequency;
pub mod impute;
pub mod log;
pub mod one_hot;
pub mod ordinal;
pub mod scale;
pub mod target;
pub mod text;

pub use columns::Columns;
pub use defaults::{DefaultFor, DefaultStep, default_steps};
pub use error::PreprocessError;
pub use limits::{BLOCK_COLUMNS_MAX, LEVELS_MAX, TERMS_SEEN_MAX};
pub use spec::{FittedStep, StepSpec};
