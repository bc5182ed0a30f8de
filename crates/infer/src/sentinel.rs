//! Numbers that mean "missing": `-200`, `-999`, `9999`. A number is one only if it looks like a code, stands at an end
//! of the range, returns, and lies far away from all other values.

use base::finding::grouped;

use super::summary::{ColumnSummary, NumberSummary};

/// So many times the range of all other values lies a positive code beyond them.
const FAR: f64 = 5.0;
/// … and so many times where it is asked about: it may be a cap.
const DOUBTFUL: f64 = 0.5;
/// A code that another column proves needs only this distance.
const ISOLATED: f64 = 0.1;

/// A number that means "missing" in a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentinel {
    /// The number.
    pub value: f64,
    /// How often it stands there.
    pub n: u64,
    /// Smallest and largest of all other values.
    pub others: (f64, f64),
    /// Whether it is only likely enough to ask.
    pub is_question: bool,
}

impl Sentinel {
    /// The evidence as a sentence; `n_columns` columns have this sentinel.
    pub fn evidence(&self, n_columns: usize) -> String {
        let (low, high) = self.others;
        let shared = if n_columns > 1 { format!("; it returns in {n_columns} columns") } else { String::new() };
        format!(
            "`{}` stands {} times and lies apart from all other values, which reach from {low} to {high}{shared}",
            self.value,
            grouped(self.n),
        )
    }
}

/// The sentinels of every column: strong on their own, or weaker beside a column where the same number is strong.
pub fn find(summaries: &[ColumnSummary]) -> Vec<Vec<Sentinel>> {
    let strong: Vec<Vec<Sentinel>> = summaries.iter().map(|s| strong_in(&s.numbers)).collect();
    let codes: Vec<f64> = strong.iter().flatten().filter(|s| !s.is_question).map(|s| s.value).collect();
    strong
        .into_iter()
        .zip(summaries)
        .map(|(mut found, s)| {
            if found.is_empty()
                && let Some(end) = low_end(&s.numbers, 0)
                && codes.contains(&end.value)
                && end.distance >= ISOLATED
            {
                found.push(end.sentinel(false));
            }
            found
        })
        .collect()
}

struct End {
    value: f64,
    n: u64,
    others: (f64, f64),
    /// Distance to the nearest other value, in ranges of the others.
    distance: f64,
}

impl End {
    fn sentinel(&self, is_question: bool) -> Sentinel {
        Sentinel { value: self.value, n: self.n, others: self.others, is_question }
    }
}

fn strong_in(numbers: &NumberSummary) -> Vec<Sentinel> {
    let mut found = Vec::new();
    // A column may have two codes: -999 for one reason, -99 for another.
    for skipped in 0..2 {
        let Some(end) = low_end(numbers, skipped) else { break };
        let all_others_positive = end.others.0 >= 0.0;
        let is_code = is_round(end.value) || is_nines(end.value, 2);
        let is_far = end.distance >= 1.0 || (all_others_positive && is_nines(end.value, 3) && end.distance >= ISOLATED);
        if end.value >= 0.0 || end.n < 2 || !is_code || !is_far {
            break;
        }
        found.push(end.sentinel(false));
    }
    if let Some(end) = high_end(numbers)
        && end.value > 0.0
        && end.n >= 2
        && is_nines(end.value, 3)
        && end.distance >= DOUBTFUL
    {
        found.push(end.sentinel(end.distance < FAR));
    }
    found
}

fn low_end(numbers: &NumberSummary, skipped: usize) -> Option<End> {
    let &[(value, n), (next, _), (_, _), ..] = numbers.low.get(skipped..)? else { return None };
    let (_, high) = numbers.range()?;
    end(value, n, (next, high), next - value)
}

fn high_end(numbers: &NumberSummary) -> Option<End> {
    let &[(value, n), (next, _), (_, _), ..] = numbers.high.as_slice() else { return None };
    let (low, _) = numbers.range()?;
    end(value, n, (low, next), value - next)
}

fn end(value: f64, n: u64, others: (f64, f64), gap: f64) -> Option<End> {
    let range = others.1 - others.0;
    (range > 0.0).then(|| End { value, n, others, distance: gap / range })
}

/// One digit and at least two zeros: -200, 1000.
fn is_round(x: f64) -> bool {
    let digits = digits(x);
    let zeros = digits.trim_start_matches(|c| c != '0');
    digits.len() >= 3 && zeros.len() == digits.len() - 1 && zeros.bytes().all(|b| b == b'0') && x.fract() == 0.0
}

/// Only nines (or eights, or sevens), at least so many: 999, -99.9.
fn is_nines(x: f64, least: usize) -> bool {
    let digits = digits(x);
    let first = digits.as_bytes().first();
    digits.len() >= least && matches!(first, Some(b'7'..=b'9')) && digits.bytes().all(|b| Some(&b) == first)
}

fn digits(x: f64) -> String {
    x.abs().to_string().chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::Float64Array;
    use table::{Column, DType, Field, Kind};

    use super::*;

    fn column(values: &[f64]) -> ColumnSummary {
        let field = Field::new("x", DType::Float64, Kind::Number);
        let array = Float64Array::from(values.to_vec());
        ColumnSummary::of(&Column::new(field, vec![Arc::new(array)]).expect("fits"))
    }

    fn check(columns: &[&[f64]], expected: &[&[(f64, bool)]]) {
        let summaries: Vec<ColumnSummary> = columns.iter().map(|c| column(c)).collect();
        let found: Vec<Vec<(f64, bool)>> =
            find(&summaries).into_iter().map(|c| c.into_iter().map(|s| (s.value, s.is_question)).collect()).collect();
        assert_eq!(found, expected, "{columns:?}");
    }

    #[test]
    fn codes_stand_apart() {
        check(&[&[-200.0, -200.0, 1.0, 2.0, 5.0]], &[&[(-200.0, false)]]);
        check(&[&[-999.0, -999.0, 1.0, 800.0, 5000.0]], &[&[(-999.0, false)]]);
        check(&[&[-999.0, -999.0, -99.0, -99.0, 1.0, 2.0, 9.0]], &[&[(-999.0, false), (-99.0, false)]]);
        check(&[&[999.0, 999.0, 1.0, 2.0, 27.0]], &[&[(999.0, false)]]);
        check(&[&[99_999.0, 99_999.0, 0.0, 2.0, 41_310.0]], &[&[(99_999.0, true)]]);
        check(
            &[&[-200.0, -200.0, 1.0, 2.0, 5.0], &[-200.0, 2.0, 300.0, 1479.0]],
            &[&[(-200.0, false)], &[(-200.0, false)]],
        );
    }

    #[test]
    fn values_are_left_alone() {
        check(&[&[-200.0, 1.0, 2.0, 5.0]], &[&[]]);
        check(&[&[-2.0, -2.0, -1.0, 0.0, 8.0]], &[&[]]);
        check(&[&[-1.0, -1.0, 0.0, 1.0, 5.0]], &[&[]]);
        check(&[&[500_001.0, 500_001.0, 500_000.0, 14_999.0, 15_000.0]], &[&[]]);
        check(&[&[99.0, 99.0, 98.0, 1.0, 2.0]], &[&[]]);
        check(&[&[9999.0, 9999.0, 9995.0, 0.0, 2.0]], &[&[]]);
        check(&[&[-200.0, -200.0, -200.0]], &[&[]]);
        check(&[&[-200.0, -200.0, 0.0, 300.0, 1479.0]], &[&[]]);
    }
}
