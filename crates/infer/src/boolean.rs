//! Two levels, one the negation of the other.

use table::BoolWords;

/// Words for yes and no, lower-case.
const PAIRS: [(&str, &str); 12] = [
    ("yes", "no"),
    ("y", "n"),
    ("true", "false"),
    ("t", "f"),
    ("on", "off"),
    ("ja", "nein"),
    ("oui", "non"),
    ("si", "no"),
    ("sí", "no"),
    ("sim", "não"),
    ("wahr", "falsch"),
    ("1", "0"),
];

/// The words of a boolean column, if its levels are exactly two and negate each other.
pub fn words_of(levels: &[&str]) -> Option<BoolWords> {
    let &[a, b] = levels else { return None };
    let (la, lb) = (a.to_lowercase(), b.to_lowercase());
    PAIRS.iter().find_map(|(yes, no)| {
        if la == *yes && lb == *no {
            Some(BoolWords { yes: a.to_owned(), no: b.to_owned() })
        } else if lb == *yes && la == *no {
            Some(BoolWords { yes: b.to_owned(), no: a.to_owned() })
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_spelling() {
        let words = words_of(&["No", "Yes"]).expect("yes and no");
        assert_eq!((words.yes.as_str(), words.no.as_str()), ("Yes", "No"));
        assert!(words_of(&["male", "female"]).is_none());
        assert!(words_of(&["yes", "no", "maybe"]).is_none());
        assert!(words_of(&["yes", "yes "]).is_none());
    }
}
