//! Which rows a round and which columns a tree look at.

use base::{Cx, Rng, Stream};

/// Rows of one round, ascending; `None` is all of them. At least one.
pub(crate) fn rows(cx: &Cx, round: usize, n_rows: usize, share: f64) -> Option<Vec<u32>> {
    if share >= 1.0 {
        return None;
    }
    let mut rng = cx.rng(Stream { stage: "train.boost", fold: round as u64, purpose: "rows" });
    Some(choose(&mut rng, n_rows, count(n_rows, share)))
}

/// Whether one tree looks at each of `n` columns: at least one of them.
pub(crate) fn columns(cx: &Cx, tree: usize, n: usize, share: f64) -> Option<Vec<bool>> {
    if share >= 1.0 || n == 0 {
        return None;
    }
    let mut rng = cx.rng(Stream { stage: "train.boost", fold: tree as u64, purpose: "columns" });
    let mut looked_at = vec![false; n];
    choose(&mut rng, n, count(n, share)).into_iter().for_each(|c| looked_at[c as usize] = true);
    Some(looked_at)
}

fn count(n: usize, share: f64) -> usize {
    ((n as f64 * share).round() as usize).clamp(1, n)
}

/// `k` of `0..n`, ascending, every subset as likely (Knuth, "Seminumerical algorithms", algorithm S).
pub(crate) fn choose(rng: &mut Rng, n: usize, k: usize) -> Vec<u32> {
    let mut chosen = Vec::with_capacity(k);
    for i in 0..n {
        if rng.uniform() * ((n - i) as f64) < (k - chosen.len()) as f64 {
            chosen.push(i as u32);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_drawn_without_replacement() {
        let cx = Cx::new(3, 1);
        let a = rows(&cx, 0, 1000, 0.25).expect("a share");
        assert_eq!(a.len(), 250);
        assert!(a.windows(2).all(|w| w[0] < w[1]));
        assert_ne!(a, rows(&cx, 1, 1000, 0.25).expect("a share"));
        assert_eq!(rows(&cx, 0, 1000, 1.0), None);
        assert_eq!(rows(&cx, 0, 1, 0.1), Some(vec![0]));
        assert_eq!(columns(&cx, 0, 10, 0.001).map(|c| c.iter().filter(|c| **c).count()), Some(1));
    }
}
