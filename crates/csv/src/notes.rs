//! Codes of the findings of this reader.

use base::Code;

/// The file is not plain UTF-8 and was read in another encoding.
pub const ENCODING: Code = Code(2525);
/// Lines before the header were left out.
pub const PREAMBLE: Code = Code(2526);
/// There is no header; columns were named by position.
pub const NO_HEADER: Code = Code(2527);
/// The first row was taken for the header, though some of it looks like data.
pub const DOUBTFUL_HEADER: Code = Code(2528);
/// A column's name stood twice and was numbered.
pub const DUPLICATE_NAME: Code = Code(2529);
/// A column had no name and was named by position.
pub const BLANK_NAME: Code = Code(2530);
/// Columns without name and without any value were left out.
pub const EMPTY_COLUMNS: Code = Code(2531);
/// Rows of delimiters alone at the end were left out.
pub const TRAILING_ROWS: Code = Code(2532);
/// The header stood again among the rows and was left out there.
pub const REPEATED_HEADER: Code = Code(2533);
/// Spaces after delimiters were taken as part of them.
pub const SPACES: Code = Code(2534);
/// There are NUL characters; they were kept.
pub const NULS: Code = Code(2535);
/// No delimiter divides the lines alike; the file was read as one column.
pub const ONE_COLUMN: Code = Code(2536);
/// Rows were set aside.
pub const SET_ASIDE: Code = Code(2537);
/// Blank lines of a file with one column were read as missing values.
pub const BLANK_ROWS: Code = Code(2538);
