//! How numbers are written in text, and reading one under a known form.
//!
//! Not here: finding out which form a column has (`collect`).

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A whole number with a leading `+` is a number up to this many digits; beyond it, it is a telephone number.
const PLUS_DIGITS_MAX: usize = 6;

/// How the numbers of a column are written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NumberFormat {
    /// Decimal mark: `.` or `,`.
    pub decimal: char,
    /// Mark between groups of three digits, if any: `,` `.` `'` or a blank. `'` also stands for `’`, and a blank for
    /// the no-break blanks U+00A0 and U+202F.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thousands: Option<char>,
    /// Text before each number, such as `$`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Text after each number, such as ` kg` or `%`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

impl Default for NumberFormat {
    fn default() -> Self {
        Self { decimal: '.', thousands: None, prefix: String::new(), suffix: String::new() }
    }
}

/// A number as it was read: whole numbers keep all their digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// No decimal mark and no exponent, and within 64 bits.
    Int(i64),
    /// Anything else that is finite.
    Float(f64),
}

impl Number {
    /// The number as a float; whole numbers beyond 2^53 are rounded.
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Int(n) => n as f64,
            Self::Float(x) => x,
        }
    }
}

/// Why some text is not a number under a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberMismatch {
    /// It is written otherwise.
    NotANumber,
    /// A whole number beyond 64 bits, which would lose digits.
    TooManyDigits,
    /// Its magnitude is beyond the largest float.
    OutOfRange,
}

impl fmt::Display for NumberMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a number",
            Self::TooManyDigits => "a whole number beyond 64 bits",
            Self::OutOfRange => "a number beyond the range of 64-bit floats",
        })
    }
}

impl std::error::Error for NumberMismatch {}

impl NumberFormat {
    /// Whether numbers are written as programs write them.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// A form with a decimal mark and perhaps a mark between thousands.
    pub fn of_marks(decimal: char, thousands: Option<char>) -> Self {
        Self { decimal, thousands, ..Self::default() }
    }

    /// The form of a number written out as an example: `1.234,5`, `1,234.5`, `1 234,5`, `1'234.5`, `1234,5`,
    /// `$1,234.5`, `12.5 %`. `None` if the text is no number, or if it does not tell the form (`1,234`: is the comma
    /// a decimal mark?).
    ///
    /// ```
    /// use almanac_table::number::NumberFormat;
    /// let form = NumberFormat::from_example("1.234,5").expect("an example");
    /// assert_eq!((form.decimal, form.thousands), (',', Some('.')));
    /// assert_eq!(NumberFormat::from_example("1,234"), None);
    /// ```
    pub fn from_example(text: &str) -> Option<Self> {
        let start = text.find(|c: char| c.is_ascii_digit())?;
        let end = text.rfind(|c: char| c.is_ascii_digit())? + 1;
        let (prefix, core, suffix) = (&text[..start], &text[start..end], &text[end..]);
        let marks: Vec<char> = core.chars().filter(|c| !c.is_ascii_digit()).map(one_of_each).collect();
        let (decimal, thousands) = match marks.as_slice() {
            [] => ('.', None),
            [one @ ('.' | ',')] => {
                let after = core.len() - core.rfind(*one)? - 1;
                // Three digits after the only mark may be a group.
                if after == 3 {
                    return None;
                }
                (*one, None)
            }
            [groups @ .., last @ ('.' | ',')] if groups.iter().all(|g| g == &groups[0] && g != last) => {
                (*last, Some(groups[0]))
            }
            [first, rest @ ..] if rest.iter().all(|m| m == first) => match first {
                ',' | '\'' | ' ' => ('.', Some(*first)),
                _ => (',', Some(*first)),
            },
            _ => return None,
        };
        if !thousands.is_none_or(|t| matches!(t, ',' | '.' | '\'' | ' ')) {
            return None;
        }
        let form = Self { decimal, thousands, prefix: prefix.to_owned(), suffix: suffix.to_owned() };
        form.parse(text).is_ok().then_some(form)
    }

    /// A number in this form, to show: `1.234,5`.
    pub fn example(&self) -> String {
        let groups = self.thousands.map(String::from).unwrap_or_default();
        format!("{}1{groups}234{}5{}", self.prefix, self.decimal, self.suffix)
    }

    /// Reads a number. ASCII blanks around it are left off; the prefix and the suffix of the form must be there (a
    /// sign may stand before or after the prefix, and blanks between them and the digits).
    ///
    /// - sign: `-`, U+2212, or `+` (before a whole number only up to six digits: `+491701234567` is no number)
    /// - no superfluous leading zero: `00123` is no number
    /// - groups: one to three digits, then exactly three each; all of them marked, or none
    /// - a float is the nearest one, the same bits as `str::parse::<f64>`
    ///
    /// # Errors
    /// [`NumberMismatch`]; words such as `nan` and `inf` are not numbers.
    ///
    /// ```
    /// use almanac_table::number::{Number, NumberFormat};
    /// let swiss = NumberFormat::of_marks('.', Some('\''));
    /// assert_eq!(swiss.parse("1'234.5"), Ok(Number::Float(1234.5)));
    /// assert_eq!(swiss.parse("12"), Ok(Number::Int(12)));
    /// ```
    pub fn parse(&self, text: &str) -> Result<Number, NumberMismatch> {
        let mut rest = trim(text);
        let mut sign = None;
        if !(self.prefix.is_empty() && self.suffix.is_empty()) {
            (sign, rest) = split_sign(rest);
            rest = rest.strip_prefix(self.prefix.trim_matches(BLANKS)).ok_or(NumberMismatch::NotANumber)?;
            rest = rest.strip_suffix(self.suffix.trim_matches(BLANKS)).ok_or(NumberMismatch::NotANumber)?;
            rest = rest.trim_matches(BLANKS);
        }
        if sign.is_none() {
            (sign, rest) = split_sign(rest);
        }
        let scan = self.scan(rest.as_bytes()).ok_or(NumberMismatch::NotANumber)?;
        if sign == Some(Sign::Plus) && scan.is_whole && scan.n_digits > PLUS_DIGITS_MAX {
            return Err(NumberMismatch::NotANumber);
        }
        self.value(rest, sign == Some(Sign::Minus), &scan)
    }

    /// Reads a number as a float; whole numbers beyond 2^53 are rounded, whatever their length.
    ///
    /// # Errors
    /// As [`NumberFormat::parse`], but never [`NumberMismatch::TooManyDigits`].
    pub fn parse_f64(&self, text: &str) -> Result<f64, NumberMismatch> {
        match self.parse(text) {
            Ok(number) => Ok(number.to_f64()),
            Err(NumberMismatch::TooManyDigits) => {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                let x: f64 = digits.parse().map_err(|_| NumberMismatch::NotANumber)?;
                let is_negative = text.contains(['-', '\u{2212}']);
                if x.is_finite() { Ok(if is_negative { -x } else { x }) } else { Err(NumberMismatch::OutOfRange) }
            }
            Err(e) => Err(e),
        }
    }

    /// Checks the form of an unsigned number and reads its digits.
    #[inline]
    fn scan(&self, bytes: &[u8]) -> Option<Scan> {
        let mut scan = Scan { is_whole: true, ..Scan::default() };
        let mut at = 0;
        let mut groups = 0usize;
        let mut run = 0usize; // digits since the last mark
        let first_zero = bytes.first() == Some(&b'0');
        loop {
            match bytes.get(at) {
                Some(b @ b'0'..=b'9') => {
                    scan.push_digit(*b);
                    run += 1;
                    at += 1;
                }
                Some(_) if run > 0 => match self.mark_len(&bytes[at..]) {
                    Some(len) if bytes.get(at + len).is_some_and(u8::is_ascii_digit) => {
                        if if groups == 0 { run > 3 } else { run != 3 } {
                            return None;
                        }
                        groups += 1;
                        run = 0;
                        at += len;
                        scan.has_marks = true;
                    }
                    _ => break,
                },
                _ => break,
            }
        }
        if groups > 0 && run != 3 {
            return None;
        }
        let whole_digits = scan.n_digits;
        if first_zero && whole_digits > 1 {
            return None;
        }
        if bytes.get(at) == Some(&(self.decimal as u8)) {
            scan.is_whole = false;
            at += 1;
            while let Some(b @ b'0'..=b'9') = bytes.get(at) {
                scan.push_digit(*b);
                scan.exponent -= 1;
                at += 1;
            }
        }
        if scan.n_digits == 0 {
            return None;
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            scan.is_whole = false;
            scan.has_exponent = true;
            at += 1;
            if matches!(bytes.get(at), Some(b'+' | b'-')) {
                at += 1;
            }
            let digits = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            at += digits;
        }
        (at == bytes.len()).then_some(scan)
    }

    /// Length in bytes of the thousands mark at the start of `bytes`, if one stands there.
    #[inline]
    fn mark_len(&self, bytes: &[u8]) -> Option<usize> {
        match self.thousands? {
            '\'' | '\u{2019}' => match bytes {
                [b'\'', ..] => Some(1),
                [0xE2, 0x80, 0x99, ..] => Some(3),
                _ => None,
            },
            ' ' | '\u{A0}' | '\u{202F}' => match bytes {
                [b' ', ..] => Some(1),
                [0xC2, 0xA0, ..] => Some(2),
                [0xE2, 0x80, 0xAF, ..] => Some(3),
                _ => None,
            },
            mark => (bytes.first() == Some(&(mark as u8))).then_some(1),
        }
    }

    fn value(&self, text: &str, negative: bool, scan: &Scan) -> Result<Number, NumberMismatch> {
        if scan.is_whole {
            let magnitude = i128::from(scan.mantissa);
            let n = if negative { -magnitude } else { magnitude };
            return match i64::try_from(n) {
                Ok(n) if !scan.mantissa_is_cut => Ok(Number::Int(n)),
                _ => Err(NumberMismatch::TooManyDigits),
            };
        }
        // Exact where both the digits and the power of ten are (Clinger 1990, "How to read floating point numbers
        // accurately"); else the standard library's parser decides.
        let power = usize::try_from(-scan.exponent).unwrap_or(0);
        let x = if !scan.mantissa_is_cut && !scan.has_exponent && scan.mantissa < (1 << 53) && power < POWERS.len() {
            scan.mantissa as f64 / POWERS[power]
        } else {
            let plain: Cow<'_, str> = if self.decimal == '.' && !scan.has_marks {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(self.without_marks(text))
            };
            plain.parse::<f64>().map_err(|_| NumberMismatch::NotANumber)?
        };
        if !x.is_finite() {
            return Err(NumberMismatch::OutOfRange);
        }
        Ok(Number::Float(if negative { -x } else { x }))
    }

    fn without_marks(&self, text: &str) -> String {
        text.chars()
            .filter_map(|c| match c {
                c if c == self.decimal => Some('.'),
                '0'..='9' | 'e' | 'E' | '+' | '-' => Some(c),
                _ => None,
            })
            .collect()
    }
}

const BLANKS: [char; 4] = [' ', '\t', '\u{A0}', '\u{202F}'];

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

#[derive(Default)]
struct Scan {
    mantissa: u64,
    mantissa_is_cut: bool,
    exponent: i32,
    n_digits: usize,
    is_whole: bool,
    has_marks: bool,
    has_exponent: bool,
}

impl Scan {
    #[inline]
    fn push_digit(&mut self, digit: u8) {
        self.n_digits += 1;
        match self.mantissa.checked_mul(10).and_then(|m| m.checked_add(u64::from(digit - b'0'))) {
            Some(m) => self.mantissa = m,
            None => self.mantissa_is_cut = true,
        }
    }
}

fn one_of_each(mark: char) -> char {
    match mark {
        '\u{2019}' => '\'',
        '\u{A0}' | '\u{202F}' => ' ',
        other => other,
    }
}

#[inline]
fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c == ' ' || c == '\t')
}

#[inline]
fn split_sign(text: &str) -> (Option<Sign>, &str) {
    match text.as_bytes() {
        [b'-', ..] => (Some(Sign::Minus), &text[1..]),
        [b'+', ..] => (Some(Sign::Plus), &text[1..]),
        [0xE2, 0x88, 0x92, ..] => (Some(Sign::Minus), &text[3..]),
        _ => (None, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(form: &NumberFormat, text: &str, expected: Result<Number, NumberMismatch>) {
        assert_eq!(form.parse(text), expected, "{text:?} as {}", form.example());
    }

    const NO: Result<Number, NumberMismatch> = Err(NumberMismatch::NotANumber);

    fn int(n: i64) -> Result<Number, NumberMismatch> {
        Ok(Number::Int(n))
    }

    fn float(x: f64) -> Result<Number, NumberMismatch> {
        Ok(Number::Float(x))
    }

    #[test]
    fn plain_numbers() {
        let plain = NumberFormat::default();
        check(&plain, "0", int(0));
        check(&plain, " -17 ", int(-17));
        check(&plain, "\u{2212}17.5", float(-17.5));
        check(&plain, "+5", int(5));
        check(&plain, "+123456", int(123_456));
        check(&plain, "+1234567", NO);
        check(&plain, "+491701234567", NO);
        check(&plain, "+1234567.5", float(1_234_567.5));
        check(&plain, "9223372036854775807", int(i64::MAX));
        check(&plain, "-9223372036854775808", int(i64::MIN));
        check(&plain, "9007199254740993", int(9_007_199_254_740_993));
        check(&plain, "9223372036854775808", Err(NumberMismatch::TooManyDigits));
        check(&plain, "12345678901234567890123", Err(NumberMismatch::TooManyDigits));
        check(&plain, "1e400", Err(NumberMismatch::OutOfRange));
        check(&plain, "-1e400", Err(NumberMismatch::OutOfRange));
        check(&plain, "1E5", float(1e5));
        check(&plain, "1.5e-3", float(1.5e-3));
        check(&plain, ".5", float(0.5));
        check(&plain, "5.", float(5.0));
        for text in [
            "", " ", "-", ".", "e5", "1e", "1e+", "00123", "01.5", "1.2.3", "1,5", "nan", "NaN", "inf", "0x10",
            "1_000", "--1", "1-", "12 kg", "1 234", "١٢",
        ] {
            check(&plain, text, NO);
        }
        let Ok(Number::Float(zero)) = plain.parse("-0.0") else { panic!("a float") };
        assert!(zero.is_sign_negative());
    }

    #[test]
    fn national_forms() {
        let german = NumberFormat::of_marks(',', Some('.'));
        check(&german, "1.234,5", float(1234.5));
        check(&german, "1.234.567", int(1_234_567));
        check(&german, "12.34", NO);
        check(&german, "1234.567", NO);
        check(&german, "1.2345", NO);
        check(&german, "0.123", NO);
        check(&german, "1234567,25", float(1_234_567.25));
        check(&german, "-200,0", float(-200.0));
        let french = NumberFormat::of_marks(',', Some(' '));
        check(&french, "1 234,5", float(1234.5));
        check(&french, "1\u{A0}234\u{202F}567", int(1_234_567));
        check(&french, "12 34", NO);
        let swiss = NumberFormat::of_marks('.', Some('\''));
        check(&swiss, "1’234.50", float(1234.5));
        let english = NumberFormat::of_marks('.', Some(','));
        check(&english, "1,234", int(1234));
        check(&english, "1,234,56", NO);
        check(&english, "1,234,567.125", float(1_234_567.125));
    }

    #[test]
    fn units_are_part_of_the_form() {
        let money = NumberFormat { prefix: "$".into(), thousands: Some(','), ..NumberFormat::default() };
        check(&money, "$1,200.50", float(1200.5));
        check(&money, "-$5", int(-5));
        check(&money, "$-5", int(-5));
        check(&money, "5", NO);
        let weight = NumberFormat { suffix: " kg".into(), ..NumberFormat::default() };
        check(&weight, "12 kg", int(12));
        check(&weight, "12.5kg", float(12.5));
        check(&weight, "12", NO);
        let code = NumberFormat { prefix: "USD ".into(), ..NumberFormat::default() };
        check(&code, "USD 7", int(7));
    }

    #[test]
    fn examples_tell_the_form() {
        for (text, decimal, thousands) in [
            ("1.234,5", ',', Some('.')),
            ("1,234.5", '.', Some(',')),
            ("1 234,5", ',', Some(' ')),
            ("1'234.5", '.', Some('\'')),
            ("1234,5", ',', None),
            ("1234.5", '.', None),
            ("1.234.567", ',', Some('.')),
        ] {
            let form = NumberFormat::from_example(text).expect(text);
            assert_eq!((form.decimal, form.thousands), (decimal, thousands), "{text}");
            assert_eq!(NumberFormat::from_example(&form.example()), Some(form), "{text}");
        }
        for text in ["", "abc", "1,234", "1.234", "1.2,3.4", "%d/%m/%Y"] {
            assert_eq!(NumberFormat::from_example(text), None, "{text}");
        }
    }

    #[test]
    fn the_same_bits_as_the_standard_library() {
        let plain = NumberFormat::default();
        let comma = NumberFormat::of_marks(',', None);
        let mut state = 1u64;
        for i in 0..200_000u32 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let whole = (state >> 20) % 10u64.pow(i % 12);
            let fraction = (state >> 7) % 10u64.pow(i % 17 + 1);
            let text = match i % 4 {
                0 => format!("{whole}.{fraction}"),
                1 => format!("-{whole}.{fraction:017}"),
                2 => format!("{whole}.{fraction}e{}", i % 300),
                _ => format!("{:?}", f64::from_bits(state & 0x7FEF_FFFF_FFFF_FFFF)),
            };
            let expected: f64 = text.parse().expect("a float");
            if !expected.is_finite() {
                check(&plain, &text, Err(NumberMismatch::OutOfRange));
                continue;
            }
            let read = plain.parse(&text).expect("a number");
            assert_eq!(read.to_f64().to_bits(), expected.to_bits(), "{text}");
            let read = comma.parse(&text.replace('.', ",")).expect("a number");
            assert_eq!(read.to_f64().to_bits(), expected.to_bits(), "{text}");
        }
    }
}
