//! The crate from outside: the corpus of hostile files in `cases/reading`, and that no result depends on how the
//! bytes are cut or how many threads read them.

mod case;
mod cutting;
mod reading;
