//! What the cells of a column were seen to be: a set of forms. Sets are joined by union, so the type that follows
//! never depends on where blocks end or in which order they are parsed.

use table::{DType, Kind};

use crate::plain::{Class, TimeForm, WORDS, is_exact};

/// A set of forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Evidence(u32);

const INT: u32 = 1;
/// A whole number that no 64-bit float equals.
const INT_INEXACT: u32 = 1 << 1;
const FLOAT: u32 = 1 << 2;
const HUGE: u32 = 1 << 3;
const BIG_INT: u32 = 1 << 4;
const DATE: u32 = 1 << 5;
const TIME_T: u32 = 1 << 6;
const WORD_0: u32 = 1 << 10;
const TEXT: u32 = 1 << 16;

/// Type of a column that the plain forms alone determine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnType {
    /// 64-bit whole numbers.
    Int,
    /// 64-bit floats.
    Float,
    /// Two words, as positions in the list of words.
    Bool {
        /// Word for true.
        yes: u8,
        /// Word for false.
        no: u8,
    },
    /// ISO dates.
    Date,
    /// ISO datetimes of one form.
    Datetime(TimeForm),
    /// Text.
    Text,
}

impl ColumnType {
    /// The physical type.
    pub fn dtype(self) -> DType {
        match self {
            Self::Int => DType::Int64,
            Self::Float => DType::Float64,
            Self::Bool { .. } => DType::Bool,
            Self::Date => DType::Date,
            Self::Datetime(_) => DType::Datetime,
            Self::Text => DType::Text,
        }
    }

    /// The kind that the type alone suggests; provisional.
    pub fn kind(self) -> Kind {
        match self {
            Self::Int | Self::Float => Kind::Number,
            Self::Bool { .. } => Kind::Boolean,
            Self::Date | Self::Datetime(_) => Kind::Datetime,
            Self::Text => Kind::Text,
        }
    }
}

impl Evidence {
    /// No cell with a value.
    pub const NONE: Self = Self(0);
    /// Whole numbers that are exact as floats.
    pub const WHOLE: Self = Self(INT);
    /// Whole numbers that are not exact as floats.
    pub const WHOLE_INEXACT: Self = Self(INT_INEXACT);
    /// Decimal numbers.
    pub const DECIMAL: Self = Self(FLOAT);
    /// At least one cell that is only text.
    pub const ANY_TEXT: Self = Self(TEXT);

    /// The set of one form.
    pub fn of(class: Class) -> Self {
        Self(match class {
            Class::Empty => 0,
            Class::Int(v) if is_exact(v) => INT,
            Class::Int(_) => INT_INEXACT,
            Class::BigInt => BIG_INT,
            Class::Float(_) => FLOAT,
            Class::Huge => HUGE,
            Class::Word(w) => WORD_0 << w,
            Class::Date(_) => DATE,
            Class::Datetime(_, form) => Self::of_time(form).0,
            Class::Text => TEXT,
        })
    }

    /// Datetimes of one form.
    pub fn of_time(form: TimeForm) -> Self {
        Self(TIME_T << form as u32)
    }

    /// Union.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there was no value.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the column is text whatever else its other cells may be.
    pub fn is_text(self) -> bool {
        !self.is_empty() && !self.is_not_finite() && self.column_type() == ColumnType::Text
    }

    /// Whether the values are numbers, and one of them is beyond the largest float. (With a whole number beyond 64
    /// bits or one that is not exact, the column would be text anyway.)
    pub fn is_not_finite(self) -> bool {
        self.0 & HUGE != 0 && self.0 & !(INT | FLOAT | HUGE) == 0
    }

    /// The type; text if there is no value, or the forms differ.
    pub fn column_type(self) -> ColumnType {
        let only = |set: u32| self.0 & !set == 0;
        if self.0 == 0 {
            return ColumnType::Text;
        }
        if only(INT | INT_INEXACT) {
            return ColumnType::Int;
        }
        if only(INT | FLOAT) {
            return ColumnType::Float;
        }
        if only(DATE) {
            return ColumnType::Date;
        }
        for form in [TimeForm::T, TimeForm::Space, TimeForm::TZ, TimeForm::SpaceZ] {
            if self == Self::of_time(form) {
                return ColumnType::Datetime(form);
            }
        }
        self.words().unwrap_or(ColumnType::Text)
    }

    /// Two words of one spelling each; an absent one is spelt as the other.
    fn words(self) -> Option<ColumnType> {
        let seen: Vec<u8> = (0..WORDS.len() as u8).filter(|w| self.0 & (WORD_0 << w) != 0).collect();
        if self.0 >> WORDS.len() >= WORD_0 || self.0 & (WORD_0 - 1) != 0 {
            return None;
        }
        match seen[..] {
            [w] if w < 3 => Some(ColumnType::Bool { yes: w, no: w + 3 }),
            [w] => Some(ColumnType::Bool { yes: w - 3, no: w }),
            [yes, no] if yes < 3 && no >= 3 => Some(ColumnType::Bool { yes, no }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plain::classify;

    fn check(cells: &[&str], expected: ColumnType) {
        let all = cells.iter().fold(Evidence::NONE, |e, c| e.and(Evidence::of(classify(c.as_bytes()))));
        assert_eq!(all.column_type(), expected, "{cells:?}");
    }

    #[test]
    fn types_of_columns() {
        check(&[], ColumnType::Text);
        check(&["1", "", "-2"], ColumnType::Int);
        check(&["1", "2.5"], ColumnType::Float);
        check(&["9007199254740993", "1"], ColumnType::Int);
        check(&["9007199254740993", "2.5"], ColumnType::Text);
        check(&["00123", "4"], ColumnType::Text);
        check(&["12345678901234567890123", "4"], ColumnType::Text);
        check(&["true", "false"], ColumnType::Bool { yes: 0, no: 3 });
        check(&["FALSE"], ColumnType::Bool { yes: 2, no: 5 });
        check(&["true", "True"], ColumnType::Text);
        check(&["true", "1"], ColumnType::Text);
        check(&["true", "x"], ColumnType::Text);
        check(&["2024-01-01"], ColumnType::Date);
        check(&["2024-01-01", "2024-01-01T00:00:00"], ColumnType::Text);
        check(&["2024-01-01T00:00:00Z", "2024-01-01T00:00:00"], ColumnType::Text);
    }

    #[test]
    fn a_number_beyond_floats_is_told_apart() {
        let e = |cells: &[&str]| cells.iter().fold(Evidence::NONE, |e, c| e.and(Evidence::of(classify(c.as_bytes()))));
        assert!(e(&["1e400", "2"]).is_not_finite());
        assert!(!e(&["1e400", "x"]).is_not_finite());
    }
}
