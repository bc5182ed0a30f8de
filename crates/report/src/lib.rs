//! Values in; text for people out. Terminal first; HTML and SVG come with the reports of a project.
//!
//! Not here: computing any value, printing.

pub mod terminal;
