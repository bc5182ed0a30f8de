//! The crate from outside: what scoring promises, and bundles that were damaged.

mod bundles;
mod rows;
mod tables;
