//! When to stop adding trees: after so many rounds in a row without a better validation loss.

/// Watches a loss.
#[derive(Debug)]
pub(crate) struct EarlyStop {
    patience: usize,
    best_loss: f64,
    best_rounds: usize,
}

impl EarlyStop {
    /// Starts with the loss of the model without trees. A `patience` of 0 never stops and keeps every round.
    pub(crate) fn new(patience: usize, loss: f64) -> Self {
        Self { patience, best_loss: loss, best_rounds: 0 }
    }

    /// Hears the loss after `rounds` rounds; whether to stop. A loss that is NaN is no better than any.
    pub(crate) fn hear(&mut self, rounds: usize, loss: f64) -> bool {
        if loss < self.best_loss || self.best_loss.is_nan() {
            self.best_loss = loss;
            self.best_rounds = rounds;
        }
        self.patience > 0 && rounds - self.best_rounds >= self.patience
    }

    /// How many of `rounds` rounds to keep.
    pub(crate) fn keep(&self, rounds: usize) -> usize {
        if self.patience == 0 { rounds } else { self.best_rounds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(patience: usize, losses: &[f64]) -> (usize, usize) {
        let mut e = EarlyStop::new(patience, 10.0);
        for (i, loss) in losses.iter().enumerate() {
            if e.hear(i + 1, *loss) {
                return (i + 1, e.keep(i + 1));
            }
        }
        (losses.len(), e.keep(losses.len()))
    }

    #[test]
    fn the_first_of_the_best_rounds_is_kept() {
        assert_eq!(after(2, &[3.0, 2.0, 2.0, 2.5, 1.0]), (4, 2));
        assert_eq!(after(3, &[3.0, 2.0, 2.0, 2.5, 1.0]), (5, 5));
        assert_eq!(after(0, &[3.0, 2.0, 4.0]), (3, 3));
        assert_eq!(after(2, &[11.0, 12.0, 1.0]), (2, 0));
        assert_eq!(after(2, &[f64::NAN, f64::NAN, 1.0]), (2, 0));
    }
}
