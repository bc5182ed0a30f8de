//! Sources of every form but delimited text: what a file really is, its plain bytes, and its rows as typed columns;
//! and tables written to files.
//!
//! Not here: delimited text (`csv`), proposals (`infer`).

mod arrow_read;
mod arrow_rows;
mod arrow_types;
mod decompress;
pub mod detect;
mod error;
mod foreign;
mod json_parse;
mod json_rows;
mod json_split;
pub mod limits;
mod parquet_footer;
mod parquet_read;
pub mod rows;
pub mod source;
mod spool;
pub mod write;

pub use detect::Form;
pub use error::{FormatError, codes};
pub use rows::Rows;
pub use source::{Source, SourceInfo};

use base::Cx;

use crate::error::CollectError;

/// The rows of JSON, Parquet or Arrow sources, which are of one kin.
///
/// # Errors
/// Those of opening and of finding out the types.
///
/// # Panics
/// If there is no source.
pub fn survey(cx: &Cx, sources: &[Source]) -> Result<Box<dyn Rows>, CollectError> {
    survey_with(cx, sources, false)
}

/// As [`survey`]; with `takes_infinite`, infinite numbers of Parquet and Arrow come through as they are.
///
/// # Errors
/// As [`survey`].
pub(crate) fn survey_with(cx: &Cx, sources: &[Source], takes_infinite: bool) -> Result<Box<dyn Rows>, CollectError> {
    Ok(match sources[0].form() {
        Form::JsonLines | Form::JsonArray => Box::new(json_rows::JsonRows::survey(cx, sources)?),
        _ => Box::new(arrow_rows::ArrowRows::survey(cx, sources, takes_infinite)?),
    })
}

#[cfg(test)]
mod tests;
