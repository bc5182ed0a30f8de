//! Whether text is prose or levels.

use base::finding::grouped;
use table::Kind;

use super::summary::ColumnSummary;

/// Prose has so many words on average, and so large a share of distinct values.
const PROSE_WORDS: f64 = 3.0;
const PROSE_DISTINCT: f64 = 0.5;
/// Long prose may repeat itself more.
const LONG_PROSE_WORDS: f64 = 8.0;
const LONG_PROSE_DISTINCT: f64 = 0.1;

/// Kind of a column of text, identifiers aside, with its evidence.
pub fn of_text(s: &ColumnSummary) -> (Kind, String) {
    let n = s.n_present();
    let n_distinct = s.distinct.n_distinct().min(n);
    let words = s.text.n_words as f64 / n.max(1) as f64;
    let distinct = n_distinct as f64 / n.max(1) as f64;
    let about = if s.distinct.is_complete() { "" } else { "about " };
    let is_prose = (words >= PROSE_WORDS && distinct >= PROSE_DISTINCT)
        || (words >= LONG_PROSE_WORDS && distinct >= LONG_PROSE_DISTINCT);
    if is_prose {
        let evidence = format!(
            "{about}{} of {} cells are different and have {words:.1} words each",
            grouped(n_distinct),
            grouped(n)
        );
        return (Kind::Text, evidence);
    }
    let evidence = match n_distinct {
        1 => format!("one level in all {} cells", grouped(n)),
        _ => format!("{about}{} levels in {} cells", grouped(n_distinct), grouped(n)),
    };
    (Kind::Category, evidence)
}

/// The evidence of a column of numbers.
pub fn of_numbers(s: &ColumnSummary) -> String {
    let n_distinct = s.distinct.n_distinct().min(s.n_present());
    let about = if s.distinct.is_complete() { "" } else { "about " };
    let whole = if s.numbers.n_whole == s.n_present() { "whole numbers" } else { "numbers" };
    match s.numbers.range() {
        Some((low, high)) if low == high => format!("one value in all {} cells: {low}", grouped(s.n_present())),
        Some((low, high)) => format!("{about}{} {whole} from {low} to {high}", grouped(n_distinct)),
        None => "no value".to_owned(),
    }
}
