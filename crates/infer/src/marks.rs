//! Which style a column's numbers are written in, where its own cells and the other columns of the source prove it.

use table::DType;

use super::styles::{COMMA, ENGLISH, GERMAN, N_STYLES, PLAIN, form};
use super::summary::{ColumnSummary, StyleCounts};

/// What a column's cells say of their style.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not all of them are numbers under one style.
    NotNumbers,
    /// They are numbers under this style.
    Style(usize),
    /// They are numbers under two styles that give different values.
    Ambiguous,
}

/// The decimal marks that the columns of a source prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// Some column writes decimals after a comma.
    pub comma: bool,
    /// Some column writes decimals after a point.
    pub point: bool,
}

impl Marks {
    /// What the columns prove together.
    pub fn of(summaries: &[ColumnSummary]) -> Self {
        let mut marks = Self::default();
        for s in summaries {
            match s.field.dtype {
                // Read as plain numbers. Where each could be grouped thousands, the point proves nothing.
                DType::Float64 => {
                    let n_fractions = s.n_present() - s.numbers.n_whole.min(s.n_present());
                    marks.point |= n_fractions > 0 && s.numbers.has_unlike_groups;
                }
                DType::Text => {
                    let Some(forms) = &s.text.forms else { continue };
                    let n_numbers = s.n_present() - forms.n_odd();
                    if n_numbers * 2 < s.n_present() {
                        continue;
                    }
                    let full = full_styles(&forms.styles, n_numbers);
                    let decimals = full.iter().map(|&style| form(style).decimal);
                    marks.comma |= !full.is_empty() && decimals.clone().all(|d| d == ',');
                    marks.point |= !full.is_empty() && decimals.clone().all(|d| d == '.');
                }
                _ => {}
            }
        }
        marks
    }

    fn only_comma(self) -> bool {
        self.comma && !self.point
    }

    fn only_point(self) -> bool {
        self.point && !self.comma
    }
}

/// Decides for `n` cells.
pub fn style_of(counts: &StyleCounts, n: u64, marks: Marks) -> Verdict {
    let full = full_styles(counts, n);
    let has = |style: usize| full.contains(&style);
    if full.is_empty() {
        return Verdict::NotNumbers;
    }
    if has(PLAIN) {
        // `1.234` beside columns with decimal commas may be one thousand two hundred and thirty-four.
        let has_points = counts[PLAIN].whole < n;
        let may_be_groups = has(GERMAN) && counts[GERMAN].whole == n;
        return match (has_points && may_be_groups, marks.comma, marks.point) {
            (true, true, true) => Verdict::Ambiguous,
            (true, true, false) => Verdict::Style(GERMAN),
            _ => Verdict::Style(PLAIN),
        };
    }
    if has(COMMA) && has(ENGLISH) {
        return match marks {
            m if m.only_comma() => Verdict::Style(COMMA),
            m if m.only_point() => Verdict::Style(ENGLISH),
            _ => Verdict::Ambiguous,
        };
    }
    // The styles that are left give equal values; their decimal mark only matters to cells still to come.
    let wanted = if marks.only_comma() { ',' } else { '.' };
    let best = full.iter().copied().find(|&style| form(style).decimal == wanted).unwrap_or(full[0]);
    Verdict::Style(best)
}

fn full_styles(counts: &StyleCounts, n: u64) -> Vec<usize> {
    if n == 0 {
        return Vec::new();
    }
    (0..N_STYLES).filter(|&style| counts[style].ok == n).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::StringArray;
    use table::{Column, Field, Kind};

    use super::*;

    fn text(cells: &[&str]) -> ColumnSummary {
        let array = StringArray::from(cells.to_vec());
        let field = Field::new("x", DType::Text, Kind::Category);
        ColumnSummary::of(&Column::new(field, vec![Arc::new(array)]).expect("fits"))
    }

    fn check(cells: &[&str], others: &[&[&str]], expected: Verdict) {
        let others: Vec<ColumnSummary> = others.iter().map(|o| text(o)).collect();
        let s = text(cells);
        let forms = s.text.forms.as_ref().expect("few odd tokens");
        assert_eq!(style_of(&forms.styles, s.n_present(), Marks::of(&others)), expected, "{cells:?}");
    }

    #[test]
    fn a_column_or_its_neighbours_prove_the_style() {
        check(&["2,6", "12"], &[], Verdict::Style(COMMA));
        check(&["1.234,5", "12"], &[], Verdict::Style(GERMAN));
        check(&["1,234.5", "12"], &[], Verdict::Style(ENGLISH));
        check(&["1,234,567", "12"], &[], Verdict::Style(ENGLISH));
        check(&["1'234", "12"], &[], Verdict::Style(2));
        check(&["1 234", "12"], &[], Verdict::Style(3));
        check(&["1 234", "12"], &[&["2,6"]], Verdict::Style(6));
        check(&["1,234", "2,500"], &[], Verdict::Ambiguous);
        check(&["1,234", "2,500"], &[&["2,6"]], Verdict::Style(COMMA));
        check(&["1,234", "2,500"], &[&["1,234.5"]], Verdict::Style(ENGLISH));
        check(&["1,234", "2,500"], &[&["2,6"], &["2.6"]], Verdict::Ambiguous);
        check(&["1.234", "2.500"], &[], Verdict::Style(PLAIN));
        check(&["1.234", "2.500"], &[&["2,6"]], Verdict::Style(GERMAN));
        check(&["1.234", "2,5"], &[], Verdict::Style(GERMAN));
        check(&["1,5", "2.5"], &[], Verdict::NotNumbers);
        check(&["\u{2212}5", "3"], &[], Verdict::Style(PLAIN));
    }
}
