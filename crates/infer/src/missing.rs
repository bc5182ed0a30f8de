//! Tokens that mean "missing": among numbers and dates, and among words.
//!
//! Among numbers, a token that is no number can hardly mean anything else. Among words, only a lone mark (`?`), a
//! blank, or what no person calls a thing (`#N/A`) is proposed: `NA` may be Namibia, `Nan` a surname, `None` a level.

use std::collections::BTreeMap;

use base::finding::{grouped, quoted};

use super::summary::TextSummary;

/// Longer tokens are not looked at.
const TOKEN_BYTES_MAX: usize = 16;

/// Marks and words that mean "missing" among numbers, lower-case.
const AMONG_NUMBERS: [&str; 30] = [
    "?",
    "??",
    "???",
    "-",
    "--",
    "---",
    ".",
    "..",
    "...",
    "*",
    "na",
    "n/a",
    "#n/a",
    "#na",
    "<na>",
    "n.a.",
    "n.a",
    "n/d",
    "nd",
    "nan",
    "null",
    "(null)",
    "nil",
    "\\n",
    "#value!",
    "#div/0!",
    "#ref!",
    "#null!",
    "#num!",
    "not available",
];

/// Words that mean "missing" among many numbers, but may be a level among few.
const AMONG_MANY_NUMBERS: [&str; 5] = ["none", "unknown", "missing", "undefined", "unk"];

/// So many distinct numbers are many.
pub const MANY_NUMBERS: u64 = 12;

/// What no person calls a thing: missing among words too.
const AMONG_WORDS: [&str; 9] = ["n/a", "#n/a", "#na", "<na>", "(null)", "\\n", "#value!", "#ref!", "#null!"];

/// Words that machines write for "missing", but people may mean otherwise.
const DOUBTFUL_AMONG_WORDS: [&str; 3] = ["null", "nan", "na"];

/// Whether a text may be a token for "missing" anywhere; all of them are counted.
pub fn is_candidate(text: &str) -> bool {
    if text.len() > TOKEN_BYTES_MAX {
        return false;
    }
    let token = text.trim();
    token.is_empty() || is_word(token) || !token.chars().any(char::is_alphanumeric)
}

fn is_word(token: &str) -> bool {
    AMONG_NUMBERS.iter().chain(&AMONG_MANY_NUMBERS).any(|w| w.eq_ignore_ascii_case(token))
}

/// Whether a token among `n_distinct` numbers or dates means "missing".
pub fn is_missing_among_numbers(text: &str, n_distinct: u64) -> bool {
    let token = text.trim().to_lowercase();
    token.is_empty()
        || AMONG_NUMBERS.contains(&token.as_str())
        || (n_distinct > MANY_NUMBERS && AMONG_MANY_NUMBERS.contains(&token.as_str()))
}

/// Tokens of a column of words.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct AmongWords {
    /// Proposed as missing, with their counts.
    pub missing: Vec<(String, u64)>,
    /// Asked about.
    pub doubtful: Option<(String, u64)>,
}

/// Looks at the tokens of a column of words. `levels` are its other values as far as they are known.
pub fn among_words(text: &TextSummary, levels: &[&str]) -> AmongWords {
    let mut found = AmongWords::default();
    let words: Vec<&str> = levels.iter().copied().filter(|l| l.chars().any(char::is_alphanumeric)).collect();
    if words.is_empty() || text.has_more_tokens {
        return found;
    }
    let is_mark = |t: &str| !t.trim().is_empty() && !t.chars().any(char::is_alphanumeric);
    let n_marks = text.tokens.keys().filter(|t| is_mark(t)).count();
    for (token, &n) in &text.tokens {
        let lower = token.trim().to_lowercase();
        let is_lone_mark = is_mark(token) && n_marks == 1 && AMONG_NUMBERS.contains(&lower.as_str());
        if lower.is_empty() || is_lone_mark || AMONG_WORDS.contains(&lower.as_str()) {
            found.missing.push((token.clone(), n));
        } else if DOUBTFUL_AMONG_WORDS.contains(&lower.as_str()) && stands_out(token, &words) {
            found.doubtful = Some((token.clone(), n));
        }
    }
    found
}

/// Whether a token is written otherwise than the words around it: `NULL` among `red` and `blue`, not `NA` among `US`
/// and `DE`, nor `Nan` among `Smith` and `Jones`.
fn stands_out(token: &str, words: &[&str]) -> bool {
    let others: Vec<&&str> = words.iter().filter(|w| **w != token).collect();
    let alike = others.iter().filter(|w| letter_case(w) == letter_case(token) && w.len() <= token.len() + 8).count();
    !others.is_empty() && alike * 10 < others.len()
}

fn letter_case(word: &str) -> (bool, bool) {
    let mut letters = word.chars().filter(|c| c.is_alphabetic());
    let first_upper = letters.next().is_some_and(char::is_uppercase);
    (first_upper, letters.any(char::is_lowercase))
}

/// `the only other value is ` ` (11)` or `the only other values are `?` (3) and `-` (2)`.
pub fn list(tokens: &BTreeMap<String, u64>) -> String {
    let shown: Vec<String> = tokens.iter().map(|(t, n)| format!("{} ({})", quoted(t), grouped(*n))).collect();
    match shown.as_slice() {
        [one] => format!("the only other value is {one}"),
        [rest @ .., last] => format!("the only other values are {} and {last}", rest.join(", ")),
        [] => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(levels: &[&str], missing: &[&str], doubtful: Option<&str>) {
        let mut text = TextSummary::default();
        for level in levels.iter().filter(|l| is_candidate(l)) {
            *text.tokens.entry((*level).to_owned()).or_default() += 1;
        }
        let found = among_words(&text, levels);
        let names: Vec<&str> = found.missing.iter().map(|(t, _)| t.as_str()).collect();
        assert_eq!(names, missing, "{levels:?}");
        assert_eq!(found.doubtful.as_ref().map(|(t, _)| t.as_str()), doubtful, "{levels:?}");
    }

    #[test]
    fn words_are_left_alone() {
        check(&["Private", "?", "State-gov"], &["?"], None);
        check(&["a", " "], &[" "], None);
        check(&["+", "-"], &[], None);
        check(&["O+", "+", "-"], &[], None);
        check(&["DE", "NA", "US", "FR"], &[], None);
        check(&["Smith", "Nan", "Jones"], &[], None);
        check(&["SMITH", "NULL", "JONES"], &[], None);
        check(&["BrkFace", "None", "Stone"], &[], None);
        check(&["unknown", "red"], &[], None);
        check(&["red", "blue", "NULL"], &[], Some("NULL"));
        check(&["red", "#N/A"], &["#N/A"], None);
    }

    #[test]
    fn numbers_have_tokens() {
        for token in ["?", " ", "NA", "n/a", "-", "NaN", "#DIV/0!", " ? "] {
            assert!(is_missing_among_numbers(token, 2), "{token}");
        }
        assert!(is_missing_among_numbers("Unknown", 13));
        assert!(!is_missing_among_numbers("none", 3));
        assert!(!is_missing_among_numbers("refused", 1000));
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped(123), "123");
    }
}
