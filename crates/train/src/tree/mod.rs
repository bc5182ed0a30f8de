//! Gradient boosting of trees on binned columns, one idea a file.
//!
//! From data to model: `bin` and `levels` find the bins of a column, `columns` those of a matrix, `tiles` hold the
//! binned bytes; `boost` runs rounds over an objective, whose derivatives `gradient` packs into words; `grow` grows a
//! tree from `histogram`s, the best `split` of a number or a `category`, and the `partition` of rows; `leaf` gives
//! leaves their values; `sample` draws rows and columns; `early_stop` ends it. `model` holds the trees, `score` uses
//! them, `codec` stores them.
//!
//! The same data, parameters and seed give the same model at any number of threads.
//!
//! Not here: what is minimised (`objective`), which parameters to try (`tune`).

mod bin;
mod boost;
mod category;
mod codec;
mod columns;
mod early_stop;
mod gradient;
mod grow;
mod histogram;
mod leaf;
mod levels;
mod model;
mod params;
mod partition;
mod sample;
mod score;
mod split;
mod tiles;

pub use model::BoostModel;
pub use params::BoostParams;
