//! Use cases from outside: the bytes of a model file at any number of threads, what scoring does with odd files, and
//! that nothing is learned from rows that judge.

mod files;
mod honesty;
mod policies;
mod threads;
