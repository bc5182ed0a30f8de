//! Choosing: a portfolio of configurations, cross-validation that shows each fold nothing but its training rows, and
//! the best of them or a blend.
//!
//! Not here: metrics, learners, reading; the search over spaces comes with its own budget.

pub mod blend;
pub mod cross_validate;
pub mod error;
pub mod portfolio;
pub mod refit;
pub mod search;
pub mod split;

pub use cross_validate::{CrossValidated, cross_validate};
pub use error::TuneError;
pub use portfolio::{Wish, portfolio};
pub use refit::refit;
pub use search::{Chosen, Outcome, SearchSpec, search};
pub use split::{SplitChoice, SplitWish, choose_split};
