//! Choosing the terms of a vocabulary from the training rows, in parallel and with the same result at any thread
//! count. Not here: the terms of one text (`terms`), weighing a row's terms (the step itself).

use std::collections::HashMap;

use base::Cx;
use contract::FitError;

use super::terms::{Analyzer, for_each_term};
use crate::limits::TERMS_SEEN_MAX;

/// Texts that are counted at once: a constant, so that nothing depends on the number of threads.
const CHUNK_TEXTS: usize = 1024;
/// Chunks whose counts are in memory beside the total.
const WAVE_CHUNKS: usize = 32;

/// Which terms are wanted.
pub(crate) struct Choice<'a> {
    /// Name of the feature, for messages.
    pub feature: &'a str,
    /// Words or characters.
    pub analyzer: Analyzer,
    /// Shortest and longest run.
    pub ngrams: [usize; 2],
    /// Fewest texts: below 1 a fraction, from 1 on a count.
    pub min_df: f64,
    /// Most texts: a fraction.
    pub max_df: f64,
    /// Most terms; those that stand most often, the first in order among equals.
    pub max_features: usize,
}

/// In how many texts a term stands, and how often in all.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    n_texts: u64,
    n_times: u64,
}

/// The chosen terms in ascending order, each with the number of texts that it stands in.
pub(crate) fn choose(cx: &Cx, texts: &[&str], choice: &Choice<'_>) -> Result<Vec<(String, u64)>, FitError> {
    // Counts are integers, so that neither the order of merging nor the map's order can show.
    let mut total: HashMap<String, Count> = HashMap::new();
    let chunks: Vec<&[&str]> = texts.chunks(CHUNK_TEXTS).collect();
    for wave in chunks.chunks(WAVE_CHUNKS) {
        cx.check_cancelled()?;
        for counts in cx.map(wave.len(), |i| count(wave[i], choice)) {
            for (term, count) in counts {
                let sum = total.entry(term).or_default();
                sum.n_texts += count.n_texts;
                sum.n_times += count.n_times;
            }
            if total.len() > TERMS_SEEN_MAX {
                return Err(FitError::Limit {
                    what: format!("terms in `{}` (hashing has no such limit)", choice.feature),
                    max: TERMS_SEEN_MAX as u64,
                    found: total.len() as u64,
                });
            }
        }
    }
    let n_texts = texts.len() as f64;
    let min = if choice.min_df < 1.0 { choice.min_df * n_texts } else { choice.min_df };
    let max = choice.max_df * n_texts;
    let mut terms: Vec<(String, Count)> =
        total.into_iter().filter(|(_, c)| c.n_texts as f64 >= min && c.n_texts as f64 <= max).collect();
    terms.sort_unstable_by(|a, b| b.1.n_times.cmp(&a.1.n_times).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(choice.max_features);
    terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(terms.into_iter().map(|(term, c)| (term, c.n_texts)).collect())
}

fn count(texts: &[&str], choice: &Choice<'_>) -> HashMap<String, Count> {
    let mut counts: HashMap<String, (Count, usize)> = HashMap::new();
    for (at, text) in texts.iter().enumerate() {
        for_each_term(text, choice.analyzer, choice.ngrams, |term| match counts.get_mut(term) {
            Some((count, last)) => {
                count.n_times += 1;
                count.n_texts += u64::from(*last != at);
                *last = at;
            }
            None => {
                counts.insert(term.to_owned(), (Count { n_texts: 1, n_times: 1 }, at));
            }
        });
    }
    counts.into_iter().map(|(term, (count, _))| (term, count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_terms_are_chosen_the_first_among_equals() {
        let texts = ["bb aa cc", "bb bb", "cc dd"];
        let mut choice = Choice {
            feature: "t",
            analyzer: Analyzer::Word,
            ngrams: [1, 1],
            min_df: 1.0,
            max_df: 1.0,
            max_features: 10,
        };
        let chosen = |choice: &Choice<'_>| choose(&Cx::new(0, 2), &texts, choice).expect("few");
        let all = [("aa", 1), ("bb", 2), ("cc", 2), ("dd", 1)].map(|(t, n)| (t.to_owned(), n));
        assert_eq!(chosen(&choice), all);
        choice.max_features = 3;
        assert_eq!(chosen(&choice), all[..3]);
        choice.min_df = 0.5;
        assert_eq!(chosen(&choice), all[1..3]);
        choice.max_df = 0.5;
        assert_eq!(chosen(&choice), []);
    }
}
