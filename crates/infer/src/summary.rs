//! What typing and proposing know of a column: a summary in bounded memory that merges over chunks to exactly what
//! one pass over the whole gives.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use table::{Cell, Column, DType, Field};

use super::affix::{self, Affix};
use super::distinct::{Distinct, TextHasher};
use super::missing;
use super::patterns::Shapes;
use super::styles::{self, N_STYLES, Reading};

/// How many different tokens that are neither numbers nor dates are kept; a column with more is words.
pub const ODD_TOKENS_MAX: usize = 64;
/// A longer token is prose.
const ODD_BYTES_MAX: usize = 64;
/// How many different affixes are kept.
const AFFIXES_MAX: usize = 4;
/// How many of the smallest and of the largest values are kept.
const EXTREMES_KEPT: usize = 4;
/// How many distinct texts of a chunk are counted before they are looked at.
const CACHED_TEXTS_MAX: usize = 4_096;

/// Summary of one column.
#[derive(Debug, Clone)]
pub struct ColumnSummary {
    /// The column as it was read.
    pub field: Field,
    /// Rows.
    pub n_rows: u64,
    /// Missing cells.
    pub n_missing: u64,
    /// Distinct values.
    pub distinct: Distinct,
    /// Of columns of numbers.
    pub numbers: NumberSummary,
    /// Of columns of text.
    pub text: TextSummary,
}

/// Summary of a column of numbers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NumberSummary {
    /// The smallest distinct values, ascending, with their counts.
    pub low: Vec<(f64, u64)>,
    /// The largest distinct values, descending, with their counts.
    pub high: Vec<(f64, u64)>,
    /// Values that are whole.
    pub n_whole: u64,
    /// Whether each value, row by row, is the one before plus one; also true of fewer than two values.
    pub is_counter: bool,
    /// Whether each value is larger than the one before.
    pub is_increasing: bool,
    /// Whether some value could not be read with `.` as a thousands mark: it is below 1, from 1000 on, or has more than
    /// three decimals.
    pub has_unlike_groups: bool,
    first: Option<f64>,
    last: Option<f64>,
}

/// Cells that a style reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StyleCount {
    /// As a number.
    pub ok: u64,
    /// … and as a whole number.
    pub whole: u64,
}

/// Counts by style.
pub type StyleCounts = [StyleCount; N_STYLES];

/// Summary of a column of text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TextSummary {
    /// Runs of non-blank characters in all cells.
    pub n_words: u64,
    /// Bytes in all cells.
    pub n_bytes: u64,
    /// Cells of one word.
    pub n_single_word: u64,
    /// Cells with a digit.
    pub n_with_digit: u64,
    /// Cells that may be tokens for "missing", with their counts.
    pub tokens: BTreeMap<String, u64>,
    /// Whether there were more of them than are kept.
    pub has_more_tokens: bool,
    /// Unless the odd tokens are too many: what the cells are when they are not words.
    pub forms: Option<Forms>,
}

/// Of a text column: how many cells are numbers and dates of which form, and the few that are neither.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forms {
    /// Cells that are numbers, by style.
    pub styles: StyleCounts,
    /// … beyond 2^53.
    pub n_wide: u64,
    /// Cells that are numbers with a known affix.
    pub affixes: BTreeMap<Affix, StyleCounts>,
    /// Whether there were more affixes than are kept.
    pub has_more_affixes: bool,
    /// Cells that a date pattern reads, by its position.
    pub patterns: BTreeMap<u16, u64>,
    /// Cells that are dates or times under any pattern.
    pub n_dates: u64,
    /// Cells with too many digits for 64 bits.
    pub n_many_digits: u64,
    /// Cells that are numbers beyond the range of floats, and the least of them by code point.
    pub n_out_of_range: u64,
    /// … and the least of them by code point.
    pub out_of_range: Option<String>,
    /// Tokens that are none of these, with their counts.
    pub odd: BTreeMap<String, u64>,
}

impl ColumnSummary {
    /// Summary of a column, or of one chunk of it.
    pub fn of(column: &Column) -> Self {
        let mut summary = Self {
            field: column.field().clone(),
            n_rows: column.n_rows() as u64,
            n_missing: column.n_missing() as u64,
            distinct: Distinct::default(),
            numbers: NumberSummary { is_counter: true, is_increasing: true, ..NumberSummary::default() },
            text: TextSummary { forms: Some(Forms::default()), ..TextSummary::default() },
        };
        match column.field().dtype {
            DType::Int64 => column.chunks().iter().for_each(|c| summary.add_ints(c)),
            DType::Float64 => column.chunks().iter().for_each(|c| summary.add_floats(c)),
            DType::Text => {
                let mut shapes = Shapes::default();
                column.chunks().iter().for_each(|c| summary.add_texts(c, &mut shapes));
            }
            DType::Bool | DType::Date | DType::Datetime | DType::Time => column.for_each_cell(|_, cell| match cell {
                Cell::Bool(b) => summary.distinct.add_bits(u64::from(b)),
                Cell::Date(days) => summary.distinct.add_bits(days as u64),
                Cell::Datetime(us) | Cell::Time(us) => summary.distinct.add_bits(us as u64),
                _ => {}
            }),
        }
        summary.distinct.close();
        summary
    }

    /// The summary of this chunk and the next one. Associative.
    #[must_use]
    pub fn merge(mut self, next: Self) -> Self {
        self.n_rows += next.n_rows;
        self.n_missing += next.n_missing;
        self.distinct.merge(next.distinct);
        self.numbers.merge(next.numbers);
        self.text.merge(next.text);
        self
    }

    /// Cells that have a value.
    pub fn n_present(&self) -> u64 {
        self.n_rows - self.n_missing
    }

    fn add_ints(&mut self, chunk: &ArrayRef) {
        for n in chunk.as_primitive::<Int64Type>().iter().flatten() {
            self.distinct.add_bits(n as u64);
            self.numbers.add(n as f64);
        }
        self.distinct.flush();
    }

    fn add_floats(&mut self, chunk: &ArrayRef) {
        for x in chunk.as_primitive::<Float64Type>().iter().flatten() {
            // Adding zero makes both zeros one.
            self.distinct.add_bits((x + 0.0).to_bits());
            self.numbers.add(x);
        }
        self.distinct.flush();
    }

    fn add_texts(&mut self, chunk: &ArrayRef, shapes: &mut Shapes) {
        if let DataType::Dictionary(_, _) = chunk.data_type() {
            let dict = chunk.as_dictionary::<Int32Type>();
            let values = dict.values().as_string::<i32>();
            let mut counts = vec![0u64; values.len()];
            dict.keys().iter().flatten().for_each(|k| counts[k as usize] += 1);
            for (i, n) in counts.into_iter().enumerate().filter(|(i, n)| *n > 0 && !values.is_null(*i)) {
                self.add_text(values.value(i), n, shapes);
            }
            return;
        }
        // Most columns repeat themselves: each distinct text of a chunk is looked at once.
        let mut counts: HashMap<&str, u64, BuildHasherDefault<TextHasher>> = HashMap::default();
        let array = chunk.as_string::<i32>();
        for text in array.iter().flatten() {
            if let Some(n) = counts.get_mut(text) {
                *n += 1;
            } else if counts.len() < CACHED_TEXTS_MAX {
                counts.insert(text, 1);
            } else {
                self.add_text(text, 1, shapes);
            }
        }
        // The order does not matter: everything that is added up commutes.
        for (text, n) in counts {
            self.add_text(text, n, shapes);
        }
    }

    fn add_text(&mut self, text: &str, n: u64, shapes: &mut Shapes) {
        self.distinct.add_text(text, n);
        let n_words = text.split_ascii_whitespace().count() as u64;
        let t = &mut self.text;
        t.n_words += n * n_words;
        t.n_bytes += n * text.len() as u64;
        t.n_single_word += if n_words == 1 { n } else { 0 };
        t.n_with_digit += if text.bytes().any(|b| b.is_ascii_digit()) { n } else { 0 };
        if missing::is_candidate(text) {
            *t.tokens.entry(text.to_owned()).or_default() += n;
            t.limit_tokens();
        }
        if let Some(forms) = &mut t.forms
            && !forms.add(text, n, shapes)
        {
            t.forms = None;
        }
    }
}

impl NumberSummary {
    #[inline]
    fn add(&mut self, x: f64) {
        if x.is_nan() {
            return;
        }
        if let Some(last) = self.last {
            self.is_counter &= x == last + 1.0;
            self.is_increasing &= x > last;
        } else {
            self.first = Some(x);
        }
        self.last = Some(x);
        // Not `fract`, which is a call on machines without a rounding instruction.
        let is_whole = x.abs() >= 9_007_199_254_740_992.0 || (x as i64) as f64 == x;
        self.n_whole += u64::from(is_whole);
        if !self.has_unlike_groups {
            let thousandths = x.abs() * 1000.0;
            self.has_unlike_groups =
                !(1.0..1000.0).contains(&x.abs()) || (!is_whole && (thousandths - thousandths.round()).abs() >= 1e-6);
        }
        if self.low.len() == EXTREMES_KEPT && x > self.low[EXTREMES_KEPT - 1].0 && x < self.high[EXTREMES_KEPT - 1].0 {
            return;
        }
        add_extreme(&mut self.low, x, 1, |a, b| a < b);
        add_extreme(&mut self.high, x, 1, |a, b| a > b);
    }

    fn merge(&mut self, next: Self) {
        self.is_counter &= next.is_counter;
        self.is_increasing &= next.is_increasing;
        if let (Some(last), Some(first)) = (self.last, next.first) {
            self.is_counter &= first == last + 1.0;
            self.is_increasing &= first > last;
        }
        self.first = self.first.or(next.first);
        self.last = next.last.or(self.last);
        self.n_whole += next.n_whole;
        self.has_unlike_groups |= next.has_unlike_groups;
        next.low.into_iter().for_each(|(x, n)| add_extreme(&mut self.low, x, n, |a, b| a < b));
        next.high.into_iter().for_each(|(x, n)| add_extreme(&mut self.high, x, n, |a, b| a > b));
    }

    /// Smallest and largest value.
    pub fn range(&self) -> Option<(f64, f64)> {
        Some((self.low.first()?.0, self.high.first()?.0))
    }
}

#[inline]
fn add_extreme(kept: &mut Vec<(f64, u64)>, x: f64, n: u64, is_before: impl Fn(f64, f64) -> bool) {
    if let Some((worst, _)) = kept.last()
        && kept.len() == EXTREMES_KEPT
        && is_before(*worst, x)
    {
        return;
    }
    let at = kept.partition_point(|(v, _)| is_before(*v, x));
    match kept.get_mut(at) {
        Some((v, count)) if *v == x => *count += n,
        _ => {
            kept.insert(at, (x, n));
            kept.truncate(EXTREMES_KEPT);
        }
    }
}

impl TextSummary {
    fn limit_tokens(&mut self) {
        self.has_more_tokens |= self.tokens.len() > ODD_TOKENS_MAX;
        if self.has_more_tokens {
            self.tokens.clear();
        }
    }

    fn merge(&mut self, next: Self) {
        self.n_words += next.n_words;
        self.n_bytes += next.n_bytes;
        self.n_single_word += next.n_single_word;
        self.n_with_digit += next.n_with_digit;
        for (token, n) in next.tokens {
            *self.tokens.entry(token).or_default() += n;
        }
        self.has_more_tokens |= next.has_more_tokens;
        self.limit_tokens();
        self.forms = match (self.forms.take(), next.forms) {
            (Some(mine), Some(theirs)) => mine.merge(theirs),
            _ => None,
        };
    }
}

impl Forms {
    /// Counts a cell; `false` once the odd tokens are too many.
    fn add(&mut self, text: &str, n: u64, shapes: &mut Shapes) -> bool {
        let reading = styles::read(text);
        if reading.ok != 0 {
            count(&mut self.styles, reading, n);
            self.n_wide += if reading.is_wide { n } else { 0 };
            return true;
        }
        if reading.has_many_digits {
            self.n_many_digits += n;
            return true;
        }
        if reading.is_out_of_range {
            self.n_out_of_range += n;
            let text = text.trim();
            if self.out_of_range.as_deref().is_none_or(|least| text < least) {
                self.out_of_range = Some(text.to_owned());
            }
            return true;
        }
        let patterns = &mut self.patterns;
        if shapes.each_match(text, |i| *patterns.entry(i).or_default() += n) {
            self.n_dates += n;
            return true;
        }
        if let Some((affix, number)) = affix::split(text) {
            let reading = styles::read(&number);
            if reading.ok != 0 {
                count(self.affixes.entry(affix).or_default(), reading, n);
                self.limit_affixes();
                return true;
            }
        }
        if text.len() > ODD_BYTES_MAX {
            return false;
        }
        match self.odd.get_mut(text) {
            Some(count) => *count += n,
            None => {
                self.odd.insert(text.to_owned(), n);
            }
        }
        self.odd.len() <= ODD_TOKENS_MAX
    }

    fn merge(mut self, next: Self) -> Option<Self> {
        for (mine, theirs) in self.styles.iter_mut().zip(next.styles) {
            mine.add(theirs);
        }
        self.n_wide += next.n_wide;
        self.n_dates += next.n_dates;
        self.n_many_digits += next.n_many_digits;
        self.n_out_of_range += next.n_out_of_range;
        self.out_of_range = match (self.out_of_range, next.out_of_range) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        for (affix, counts) in next.affixes {
            let mine = self.affixes.entry(affix).or_default();
            mine.iter_mut().zip(counts).for_each(|(a, b)| a.add(b));
        }
        self.has_more_affixes |= next.has_more_affixes;
        self.limit_affixes();
        for (i, n) in next.patterns {
            *self.patterns.entry(i).or_default() += n;
        }
        for (token, n) in next.odd {
            *self.odd.entry(token).or_default() += n;
        }
        (self.odd.len() <= ODD_TOKENS_MAX).then_some(self)
    }

    fn limit_affixes(&mut self) {
        if self.affixes.len() > AFFIXES_MAX {
            self.has_more_affixes = true;
        }
        if self.has_more_affixes {
            self.affixes.clear();
        }
    }

    /// Cells that are neither numbers nor dates.
    pub fn n_odd(&self) -> u64 {
        self.odd.values().sum()
    }
}

impl StyleCount {
    fn add(&mut self, other: Self) {
        self.ok += other.ok;
        self.whole += other.whole;
    }
}

fn count(counts: &mut StyleCounts, reading: Reading, n: u64) {
    for (style, count) in counts.iter_mut().enumerate() {
        count.ok += n * u64::from(reading.ok >> style & 1);
        count.whole += n * u64::from(reading.whole >> style & 1);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{floats, ints, text};

    fn same(a: &ColumnSummary, b: &ColumnSummary) -> Result<(), TestCaseError> {
        prop_assert_eq!((a.n_rows, a.n_missing), (b.n_rows, b.n_missing));
        prop_assert_eq!(&a.numbers, &b.numbers);
        prop_assert_eq!(&a.text, &b.text);
        prop_assert_eq!(a.distinct.sorted(), b.distinct.sorted());
        prop_assert_eq!(a.distinct.n_distinct(), b.distinct.n_distinct());
        Ok(())
    }

    fn of_chunks(column: &Column, n_rows: usize, from_right: bool) -> ColumnSummary {
        let starts: Vec<usize> = (0..column.n_rows()).step_by(n_rows).collect();
        let of = |&start: &usize| ColumnSummary::of(&column.slice(start, n_rows.min(column.n_rows() - start)));
        let parts: Vec<ColumnSummary> = starts.iter().map(of).collect();
        if from_right {
            parts.into_iter().rev().reduce(|after, before| before.merge(after)).expect("a row")
        } else {
            parts.into_iter().reduce(ColumnSummary::merge).expect("a row")
        }
    }

    fn check(column: &Column, n_rows: usize) -> Result<(), TestCaseError> {
        let whole = ColumnSummary::of(column);
        same(&whole, &of_chunks(column, n_rows, false))?;
        same(&whole, &of_chunks(column, n_rows, true))
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            4 => (0..200i32, 0..1000i32).prop_map(|(a, b)| format!("{a}.{b:03}")),
            4 => (0..200i32, 0..100i32).prop_map(|(a, b)| format!("{a},{b}")),
            2 => (1..32u32, 1..14u32).prop_map(|(d, m)| format!("{d:02}/{m:02}/2004")),
            2 => (0..9u32).prop_map(|n| format!("{n} kg")),
            1 => Just("?".to_owned()),
            1 => Just(String::new()),
            1 => Just("1e400".to_owned()),
            1 => Just("123456789012345678901234".to_owned()),
            1 => "[a-z ]{1,4}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn text_chunks_do_not_show(cells in proptest::collection::vec(cell(), 1..300), n_rows in 1..50usize) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            check(&text("x", &cells), n_rows)?;
        }

        #[test]
        fn number_chunks_do_not_show(values in proptest::collection::vec(-20..20i64, 1..200), n_rows in 1..50usize) {
            check(&ints("x", values.iter().copied()), n_rows)?;
            check(&floats("x", values.iter().map(|v| *v as f64 / 4.0)), n_rows)?;
        }

        #[test]
        fn counters_are_seen_over_chunks(first in -5..5i64, n in 1..200i64, n_rows in 1..50usize) {
            let column = ints("x", first..first + n);
            prop_assert!(of_chunks(&column, n_rows, true).numbers.is_counter);
            check(&column, n_rows)?;
        }
    }

    #[test]
    fn ten_thousand_levels_merge_to_the_whole() {
        let cells: Vec<String> =
            (0..30_000u32).map(|i| format!("level {}", i.wrapping_mul(2_654_435_761) % 9_973)).collect();
        let column = text("x", &cells.iter().map(String::as_str).collect::<Vec<_>>());
        check(&column, 4_099).expect("the same");
        assert!(ColumnSummary::of(&column).text.forms.is_none());
    }
}
