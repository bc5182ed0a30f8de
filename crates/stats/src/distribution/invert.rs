//! Finds where a falling function takes a value.

/// The number from `low` on at which `falling` comes down to `target`, by doubling and halving until no double lies
/// between the ends. `falling(low)` is at least `target`.
pub(super) fn invert(target: f64, low: f64, falling: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut step) = (low, 1.0);
    let mut high = low + step;
    while falling(high) > target {
        if high > f64::MAX / 4.0 {
            return f64::INFINITY;
        }
        low = high;
        step *= 2.0;
        high = low + step;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if falling(middle) > target {
            low = middle;
        } else {
            high = middle;
        }
    }
}
