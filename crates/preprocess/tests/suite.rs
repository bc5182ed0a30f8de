//! What holds of every step, what other implementations say, and what damaged state may not do.

mod suite {
    pub mod contract;
    pub mod defaults;
    pub mod examples;
    pub mod hostile;
    pub mod reference;
}
