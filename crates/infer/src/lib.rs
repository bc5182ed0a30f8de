//! Typing cells from the whole input, proposing kinds and missing values with evidence, and making tables conform to
//! fields that were settled before.
//!
//! Three steps, which a reader of streams takes on summaries and chunks, and everyone else on whole tables:
//!
//! 1. [`type_columns`] ([`decide`] on [`ColumnSummary`]s, then [`convert_chunk`]): what the cells prove, and what
//!    flags say. A snapshot holds this.
//! 2. [`propose`] ([`propose_from`]): what is likely, as the fields that training would read under, each with its
//!    evidence. A snapshot's manifest holds this.
//! 3. [`apply`]: training reads by the proposals. [`conform`]: scoring reads by the same fields and infers nothing.
//!
//! Not here: reading files.

mod affix;
mod answers;
mod boolean;
mod conform;
mod convert;
mod distinct;
mod error;
mod identifier;
mod kind;
mod marks;
mod missing;
mod patterns;
mod propose;
mod rules;
mod sentinel;
mod styles;
mod summary;
mod typing;

pub use answers::Answers;
pub use conform::{Conformed, conform};
pub use convert::convert_chunk;
pub use distinct::Distinct;
pub use error::{InferError, codes};
pub use propose::{Proposal, propose, propose_from};
pub use rules::{apply, type_columns};
pub use summary::ColumnSummary;
pub use typing::{Typing, decide};

#[cfg(test)]
mod data_sets;
#[cfg(test)]
mod samples;
