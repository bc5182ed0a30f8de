//! Columns that name rows: counters, keys, codes. Nothing can be learned from their values.

use base::finding::grouped;

use super::summary::ColumnSummary;

/// Fewer rows prove nothing.
const ROWS_MIN: u64 = 20;
/// A counter shows itself sooner.
const COUNTER_ROWS_MIN: u64 = 10;
/// So many repeats would be expected of measurements in the same range: none is no chance.
const EXPECTED_REPEATS_MIN: f64 = 20.0;
/// Share of cells that are one word in a column of codes.
const SINGLE_WORDS: f64 = 0.98;
/// Share of distinct values in a column of codes that are nearly unique.
const NEARLY_UNIQUE: f64 = 0.95;
/// Codes are no longer than this on average.
const CODE_BYTES_MAX: u64 = 64;

/// Last words of names of keys.
const KEY_WORDS: [&str; 12] =
    ["id", "ids", "pid", "uid", "uuid", "guid", "key", "index", "idx", "rowid", "rownum", "identifier"];

/// Names whose whole numbers count time, not rows.
const TIME_WORDS: [&str; 12] =
    ["year", "yr", "month", "week", "day", "date", "time", "hour", "minute", "second", "timestamp", "period"];

/// The evidence that a column of whole numbers names rows, if it does.
pub fn of_numbers(s: &ColumnSummary) -> Option<String> {
    let n = s.n_present();
    if s.numbers.n_whole != n || s.n_missing > 0 || n < COUNTER_ROWS_MIN || is_time(&s.field.name) {
        return None;
    }
    let (low, high) = s.numbers.range()?;
    if s.numbers.is_counter {
        return Some(format!("it counts the rows from {low} to {high}"));
    }
    if n < ROWS_MIN || !is_unique(s) {
        return None;
    }
    let every = format!("every one of {} whole numbers is different", grouped(n));
    if is_key_name(&s.field.name) {
        return Some(format!("{every}, and its name says that it is a key"));
    }
    // Birthdays: n measurements spread over a range of r values repeat about n² / 2r times.
    let expected = (n as f64) * (n as f64) / (2.0 * (high - low + 1.0));
    (expected >= EXPECTED_REPEATS_MIN).then(|| {
        let expected = grouped(expected as u64);
        format!("{every}; quantities between {low} and {high} would repeat about {expected} times")
    })
}

/// The evidence that a column of text names rows, if it does.
pub fn of_text(s: &ColumnSummary) -> Option<String> {
    let n = s.n_present();
    if n < ROWS_MIN || s.text.n_bytes > n * CODE_BYTES_MAX {
        return None;
    }
    let is_code = s.text.n_single_word as f64 >= SINGLE_WORDS * n as f64;
    let has_digits = s.text.n_with_digit as f64 >= 0.9 * n as f64;
    if is_unique(s) && (is_code || (has_digits && s.text.n_words < 3 * n)) {
        return Some(format!("every one of {} values is different, and they are codes, not prose", grouped(n)));
    }
    let n_distinct = s.distinct.n_distinct().min(n);
    let nearly = n_distinct as f64 >= NEARLY_UNIQUE * n as f64;
    (nearly && is_code && has_digits)
        .then(|| format!("{} of {} values are different, and they are codes", grouped(n_distinct), grouped(n)))
}

/// A question about whole numbers or codes that name something with several rows.
pub fn repeated_key(s: &ColumnSummary) -> Option<String> {
    let n = s.n_present();
    let n_distinct = s.distinct.n_distinct().min(n);
    let repeats = n_distinct >= 20 && n_distinct * 2 <= n;
    let name = &s.field.name;
    (repeats && is_key_name(name)).then(|| {
        format!(
            "does each of the about {} values of `{name}` name one thing with several rows? Then keep its rows \
             together: `--split 'group:{name}'`",
            grouped(n_distinct)
        )
    })
}

/// Every value stands once: exactly, or for each of a uniform sample of the distinct ones.
fn is_unique(s: &ColumnSummary) -> bool {
    let n = s.n_present();
    if s.distinct.is_complete() { s.distinct.n_distinct() == n } else { s.distinct.share_of_singles() == 1.0 }
}

/// Whether the last word of a name says that the column is a key.
pub fn is_key_name(name: &str) -> bool {
    words(name).last().is_some_and(|w| KEY_WORDS.contains(&w.as_str()))
}

fn is_time(name: &str) -> bool {
    words(name).iter().any(|w| TIME_WORDS.contains(&w.as_str()))
}

/// The words of a name, lower-case: `customerID`, `customer_id` and `Customer ID` have the same two.
fn words(name: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut previous_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            all.push(String::new());
        } else {
            if c.is_uppercase() && previous_lower {
                all.push(String::new());
            }
            if let Some(word) = all.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        previous_lower = c.is_lowercase();
    }
    all.retain(|w| !w.is_empty());
    all
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{Int64Array, StringArray};
    use table::{Column, DType, Field, Kind};

    use super::*;

    fn ints(name: &str, values: impl Iterator<Item = i64>) -> Option<String> {
        let field = Field::new(name, DType::Int64, Kind::Number);
        let array: Int64Array = values.map(Some).collect();
        of_numbers(&ColumnSummary::of(&Column::new(field, vec![Arc::new(array)]).expect("fits")))
    }

    fn texts(values: impl Iterator<Item = String>) -> Option<String> {
        let field = Field::new("x", DType::Text, Kind::Category);
        let array: StringArray = values.map(Some).collect();
        of_text(&ColumnSummary::of(&Column::new(field, vec![Arc::new(array)]).expect("fits")))
    }

    #[test]
    fn names_have_words() {
        for name in ["id", "ID", "customerID", "customer_id", "Customer ID", "PassengerId", "PID", "row.index"] {
            assert!(is_key_name(name), "{name}");
        }
        for name in ["paid", "bid", "humid", "Android", "id_count", "width"] {
            assert!(!is_key_name(name), "{name}");
        }
    }

    #[test]
    fn counters_and_keys_are_recognised() {
        assert!(ints("instant", 1..=100).is_some());
        assert!(ints("x", (0..600).map(|i| i * 7 % 891)).is_some(), "a part of the rows, shuffled");
        assert!(ints("PID", (0..100).map(|i| 526_301_100 + i * i * 9_001)).is_some());
        assert!(texts((0..100).map(|i| format!("{i:04}-VHVEG"))).is_some());
        assert!(texts((0..5000).map(|i| format!("{:032x}", i * 7_919))).is_some());
    }

    #[test]
    fn quantities_are_not() {
        assert!(ints("year", 1900..2000).is_none());
        assert!(ints("amount", (0..100).map(|i| i * i * 9_001)).is_none());
        assert!(ints("x", (0..100).map(|i| i % 99)).is_none());
        assert!(ints("x", 1..=5).is_none());
        assert!(texts((0..100).map(|i| format!("A{}", i % 70))).is_none());
        assert!(texts((0..100).map(|i| format!("Braund, Mr. Owen {i}"))).is_none());
    }
}
