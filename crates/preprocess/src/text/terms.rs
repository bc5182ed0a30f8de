//! Terms of a text: lower-cased words or characters, and runs of them. Not here: counting and weighing.

use serde::{Deserialize, Serialize};

/// What a term is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Analyzer {
    /// Runs of two or more letters, digits and underscores; several are joined by a blank.
    #[default]
    Word,
    /// Characters; two or more white-space characters count as one blank.
    Char,
}

/// Longest run that a term may be.
pub const NGRAM_MAX: usize = 10;

/// Calls `each` with every term of a text, again for each time it stands there: all runs of `shortest` to `longest`
/// words or characters, shorter before longer.
///
/// Words are those of scikit-learn's pattern `(?u)\b\w\w+\b`, except that marks which Unicode counts as alphabetic
/// (vowel signs of Indic scripts, for instance) belong to their word here.
pub(crate) fn for_each_term(text: &str, analyzer: Analyzer, ngrams: [usize; 2], mut each: impl FnMut(&str)) {
    let text = text.to_lowercase();
    match analyzer {
        Analyzer::Word => word_terms(&words(&text), ngrams, &mut each),
        Analyzer::Char => char_terms(&joined_blanks(&text), ngrams, &mut each),
    }
}

/// Whether a character belongs to a word.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The words of two or more characters.
pub(crate) fn words(text: &str) -> Vec<&str> {
    text.split(|c| !is_word(c)).filter(|w| w.chars().nth(1).is_some()).collect()
}

fn word_terms(words: &[&str], [shortest, longest]: [usize; 2], each: &mut impl FnMut(&str)) {
    let mut term = String::new();
    for n in shortest..=longest {
        for run in words.windows(n) {
            if let [word] = run {
                each(word);
                continue;
            }
            term.clear();
            for (i, word) in run.iter().enumerate() {
                if i > 0 {
                    term.push(' ');
                }
                term.push_str(word);
            }
            each(&term);
        }
    }
}

fn joined_blanks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_whitespace() && chars.peek().is_some_and(|next| next.is_whitespace()) {
            while chars.next_if(|next| next.is_whitespace()).is_some() {}
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

fn char_terms(text: &str, [shortest, longest]: [usize; 2], each: &mut impl FnMut(&str)) {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    for n in shortest..=longest {
        for ends in starts.windows(n + 1) {
            each(&text[ends[0]..ends[n]]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, analyzer: Analyzer, ngrams: [usize; 2], expected: &[&str]) {
        let mut found = Vec::new();
        for_each_term(text, analyzer, ngrams, |t| found.push(t.to_owned()));
        assert_eq!(found, expected);
    }

    #[test]
    fn words_and_runs_of_words() {
        check("I am HERE, am_I? 4u", Analyzer::Word, [1, 1], &["am", "here", "am_i", "4u"]);
        check("a bc de fg", Analyzer::Word, [1, 2], &["bc", "de", "fg", "bc de", "de fg"]);
        check("Ärger über ΣΑΣ", Analyzer::Word, [1, 1], &["ärger", "über", "σας"]);
        check("", Analyzer::Word, [1, 2], &[]);
    }

    #[test]
    fn characters_and_runs_of_characters() {
        check("aB  ü", Analyzer::Char, [1, 2], &["a", "b", " ", "ü", "ab", "b ", " ü"]);
        check("a\n\tb\nc", Analyzer::Char, [2, 2], &["a ", " b", "b\n", "\nc"]);
        check("a", Analyzer::Char, [2, 3], &[]);
    }
}
