//! Tables: a schema, columns over Arrow, and the two views that learning takes of them (frames of features,
//! matrices of numbers).
//!
//! Not here: reading files (`collect`), statistics (`stats`), anything learned (`preprocess`, `train`).

pub mod calendar;
pub mod cell;
pub mod column;
pub mod datetime;
pub mod error;
pub mod frame;
pub mod matrix;
pub mod number;
pub mod schema;
mod tabular;

pub use cell::{Cell, CellReader, ColumnBuilder, parse_cell};
pub use column::Column;
pub use error::TableError;
pub use frame::{Categories, Feature, FeatureData, Frame, MISSING, UNKNOWN};
pub use matrix::{Matrix, MatrixColumn, MatrixData, Sparse};
pub use schema::{BoolWords, DType, Field, Kind, Role, Schema};
pub use tabular::Table;
