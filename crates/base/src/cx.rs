//! The context of a computation: seed, threads, clock, cancellation, progress. Handed to everything that computes;
//! the only way to time, randomness and more than one thread.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::clock::{Clock, FixedClock};
use crate::limits::THREADS_MAX;
use crate::progress::{NoProgress, Progress};
use crate::rng::{Rng, Stream};

/// The work was asked to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("interrupted")
    }
}

impl std::error::Error for Cancelled {}

/// Context of a computation. Cheap to clone.
///
/// Results never depend on the number of threads: maps keep their order, reductions have a shape that follows from
/// the number of items alone.
#[derive(Clone)]
pub struct Cx {
    seed: u64,
    threads: usize,
    pool: Option<Arc<rayon::ThreadPool>>,
    clock: Arc<dyn Clock>,
    cancel: Arc<AtomicBool>,
    progress: Arc<dyn Progress>,
}

impl fmt::Debug for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cx").field("seed", &self.seed).field("threads", &self.threads).finish_non_exhaustive()
    }
}

impl Cx {
    /// A context with a seed and a number of threads (at least 1, at most [`THREADS_MAX`]); its clock stands at
    /// 1970 and nobody watches its progress.
    ///
    /// # Panics
    /// If the machine refuses to start the threads.
    pub fn new(seed: u64, threads: usize) -> Self {
        let threads = threads.clamp(1, THREADS_MAX);
        let pool = (threads > 1).then(|| {
            Arc::new(
                rayon::ThreadPoolBuilder::new()
                    .num_threads(threads)
                    .thread_name(|i| format!("almanac-{i}"))
                    .build()
                    .expect("the machine starts the threads that were asked for"),
            )
        });
        Self {
            seed,
            threads,
            pool,
            clock: Arc::new(FixedClock(0)),
            cancel: Arc::new(AtomicBool::new(false)),
            progress: Arc::new(NoProgress),
        }
    }

    /// The same context with a clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same context with a watcher of progress.
    #[must_use]
    pub fn with_progress(mut self, progress: Arc<dyn Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// The same context, told to stop when `flag` becomes true.
    #[must_use]
    pub fn with_cancel(mut self, flag: Arc<AtomicBool>) -> Self {
        self.cancel = flag;
        self
    }

    /// The same context under another seed.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The number of threads that may be used.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Milliseconds since the Unix epoch. Never part of a result.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// Who is told about long work.
    pub fn progress(&self) -> &dyn Progress {
        &*self.progress
    }

    /// Opens a named stream of random numbers under this context's seed.
    pub fn rng(&self, stream: Stream<'_>) -> Rng {
        Rng::new(self.seed, stream)
    }

    /// Fails if the work was asked to stop. Long loops call it.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn check_cancelled(&self) -> Result<(), Cancelled> {
        if self.cancel.load(Ordering::Relaxed) { Err(Cancelled) } else { Ok(()) }
    }

    /// `f(0), f(1), …, f(n-1)` in order, computed on as many threads as there are. One item is one task, so items
    /// should be worth a few microseconds.
    pub fn map<R: Send>(&self, n: usize, f: impl Fn(usize) -> R + Send + Sync) -> Vec<R> {
        match &self.pool {
            Some(pool) if n > 1 => pool.install(|| (0..n).into_par_iter().with_max_len(1).map(&f).collect()),
            _ => (0..n).map(f).collect(),
        }
    }

    /// Like [`Cx::map`] over owned items.
    pub fn map_items<T: Send, R: Send>(&self, items: Vec<T>, f: impl Fn(usize, T) -> R + Send + Sync) -> Vec<R> {
        match &self.pool {
            Some(pool) if items.len() > 1 => {
                pool.install(|| items.into_par_iter().enumerate().with_max_len(1).map(|(i, t)| f(i, t)).collect())
            }
            _ => items.into_iter().enumerate().map(|(i, t)| f(i, t)).collect(),
        }
    }

    /// Works on disjoint chunks of a slice: `f(chunk_idx, chunk)`. The chunk length is the caller's, never a
    /// function of the thread count.
    pub fn for_chunks<T: Send>(&self, items: &mut [T], chunk_len: usize, f: impl Fn(usize, &mut [T]) + Send + Sync) {
        match &self.pool {
            Some(pool) if items.len() > chunk_len => {
                pool.install(|| items.par_chunks_mut(chunk_len).enumerate().for_each(|(i, c)| f(i, c)));
            }
            _ => items.chunks_mut(chunk_len).enumerate().for_each(|(i, c)| f(i, c)),
        }
    }

    /// Runs two closures, at once where there are threads.
    pub fn join<A: Send, B: Send>(&self, a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
        match &self.pool {
            Some(pool) => pool.join(a, b),
            None => (a(), b()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_depend_on_threads() {
        let one = Cx::new(0, 1).map(1000, |i| i * 3);
        let eight = Cx::new(0, 8).map(1000, |i| i * 3);
        assert_eq!(one, eight);
    }

    #[test]
    fn cancellation_is_seen() {
        let flag = Arc::new(AtomicBool::new(false));
        let cx = Cx::new(0, 1).with_cancel(flag.clone());
        assert!(cx.check_cancelled().is_ok());
        flag.store(true, Ordering::Relaxed);
        assert_eq!(cx.check_cancelled(), Err(Cancelled));
    }
}
