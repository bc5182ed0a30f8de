//! The crate from outside: scikit-learn's numbers, and what intervals promise.

#[path = "suite/intervals.rs"]
mod intervals;
#[path = "suite/sklearn.rs"]
mod sklearn;
