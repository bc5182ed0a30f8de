//! The program as a user runs it: help, exit codes, the JSON document, files in and files out, and a few scores on real
//! tables.

mod accuracy;
mod almanac;
mod data;
mod demo;
mod documents;
mod errors;
mod help;
