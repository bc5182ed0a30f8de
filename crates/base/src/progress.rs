//! How long work says how far it is. The terminal's bars live in the surfaces.

/// Told about long work; must be cheap and must never block.
pub trait Progress: Send + Sync {
    /// A named piece of work begins. `total` is its number of units where that is known.
    fn begin(&self, task: &str, total: Option<u64>);
    /// `units` more of the current work are done.
    fn advance(&self, units: u64);
    /// The current work is over.
    fn end(&self);
}

/// Says nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _task: &str, _total: Option<u64>) {}
    fn advance(&self, _units: u64) {}
    fn end(&self) {}
}
