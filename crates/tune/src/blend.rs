//! Weights of a blend: forward selection with replacement (Caruana and others 2004, "Ensemble selection from
//! libraries of models"), on predictions that no member made of rows it learned from.

/// Steps of the selection; weights are multiples of 1/16, exact in binary.
pub const STEPS: usize = 16;

/// Chooses how often each of `n` members is taken. `loss` judges the mean of the members taken so far, given how often
/// each was taken; lower is better. The first member in order wins ties. Returns counts that sum to [`STEPS`].
pub fn forward_selection(n: usize, loss: impl Fn(&[usize]) -> f64) -> Vec<usize> {
    let mut counts = vec![0usize; n];
    let mut best_counts = counts.clone();
    let mut best_loss = f64::INFINITY;
    for _ in 0..STEPS {
        let mut step: Option<(f64, usize)> = None;
        for i in 0..n {
            counts[i] += 1;
            let l = loss(&counts);
            counts[i] -= 1;
            if l.is_finite() && step.is_none_or(|(b, _)| l < b) {
                step = Some((l, i));
            }
        }
        let Some((l, i)) = step else { break };
        counts[i] += 1;
        if l < best_loss {
            best_loss = l;
            best_counts = counts.clone();
        }
    }
    to_sixteenths(&best_counts)
}

/// Scales counts to sum to [`STEPS`], by largest remainders.
fn to_sixteenths(counts: &[usize]) -> Vec<usize> {
    let total: usize = counts.iter().sum();
    if total == 0 {
        return counts.to_vec();
    }
    let mut out: Vec<usize> = counts.iter().map(|c| c * STEPS / total).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(counts[i] * STEPS % total), i));
    let missing = STEPS - out.iter().sum::<usize>();
    for &i in order.iter().take(missing) {
        out[i] += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_beat_either() {
        // The best mean of 0 and 1 for a target of 0.5 takes both equally.
        let values = [0.0, 1.0, 5.0];
        let loss = |counts: &[usize]| {
            let n: usize = counts.iter().sum();
            let mean: f64 = counts.iter().zip(values).map(|(c, v)| *c as f64 * v).sum::<f64>() / n as f64;
            (mean - 0.5).abs()
        };
        assert_eq!(forward_selection(3, loss), [8, 8, 0]);
    }

    #[test]
    fn weights_always_sum_to_one() {
        for counts in [vec![1, 2, 0], vec![3, 3, 3], vec![7, 1, 5], vec![1, 0, 0]] {
            assert_eq!(to_sixteenths(&counts).iter().sum::<usize>(), STEPS, "{counts:?}");
        }
    }
}
