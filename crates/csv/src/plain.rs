//! Reading one cell in the plain forms that programs write: whole numbers, decimal numbers, ISO dates and times.
//! Two faces of the same grammar: `*_at` read from a position in a block and stop at the first byte that does not
//! belong (fast, and may decline what is rare), [`classify`] takes a whole cell and decides.
//!
//! Not here: any other form of number or date (`infer`), columns (`build`).

/// Form of a datetime: the mark between date and time, and whether a `Z` follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm {
    /// `2026-01-31T10:00:00`, with or without a fraction.
    T,
    /// `2026-01-31 10:00:00`.
    Space,
    /// `2026-01-31T10:00:00Z`.
    TZ,
    /// `2026-01-31 10:00:00Z`.
    SpaceZ,
}

/// What a cell is by its form alone.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Class {
    /// No character.
    Empty,
    /// A whole number within 64 bits: no `+`, no leading zero, not `-0`.
    Int(i64),
    /// A whole number beyond 64 bits, or a decimal number whose whole part a float would change.
    BigInt,
    /// A number with a point or an exponent.
    Float(f64),
    /// The same, beyond the largest 64-bit float.
    Huge,
    /// `true`, `True`, `TRUE` (0 to 2) or `false`, `False`, `FALSE` (3 to 5).
    Word(u8),
    /// `2026-01-31`, as days since 1970.
    Date(i32),
    /// As microseconds since 1970.
    Datetime(i64, TimeForm),
    /// Anything else.
    Text,
}

/// The words for true and false, in the order of [`Class::Word`].
pub const WORDS: [&str; 6] = ["true", "True", "TRUE", "false", "False", "FALSE"];

/// Whether a whole number is the same as a 64-bit float.
pub fn is_exact(v: i64) -> bool {
    const LIMIT: u64 = 1 << 53;
    v.unsigned_abs() <= LIMIT || (v as f64) as i128 == i128::from(v)
}

/// Decides the form of a whole cell, without surrounding spaces.
pub fn classify(cell: &[u8]) -> Class {
    let Some(&first) = cell.first() else { return Class::Empty };
    match first {
        b'0'..=b'9' => {
            if cell.len() >= 10 && cell[4] == b'-' {
                return temporal(cell);
            }
            number(cell)
        }
        b'-' | b'.' => number(cell),
        b't' | b'T' | b'f' | b'F' => {
            let word = WORDS.iter().position(|w| w.as_bytes() == cell);
            word.map_or(Class::Text, |w| Class::Word(w as u8))
        }
        _ => Class::Text,
    }
}

fn temporal(cell: &[u8]) -> Class {
    if cell.len() == 10 {
        return date_at(cell, 0).map_or(Class::Text, |(days, _)| Class::Date(days));
    }
    match datetime_at(cell, 0) {
        Some((micros, form, end)) if end == cell.len() => Class::Datetime(micros, form),
        _ => Class::Text,
    }
}

fn number(cell: &[u8]) -> Class {
    let negative = cell[0] == b'-';
    let digits = &cell[usize::from(negative)..];
    let whole = digits.iter().take_while(|c| c.is_ascii_digit()).count();
    if whole > 1 && digits[0] == b'0' {
        return Class::Text;
    }
    let rest = &digits[whole..];
    if rest.is_empty() {
        return whole_number(digits, negative);
    }
    let mut at = 0;
    let mut fraction = 0;
    if rest[0] == b'.' {
        fraction = rest[1..].iter().take_while(|c| c.is_ascii_digit()).count();
        at = 1 + fraction;
    }
    if whole + fraction == 0 {
        return Class::Text;
    }
    if let Some(b'e' | b'E') = rest.get(at) {
        at += 1;
        at += usize::from(matches!(rest.get(at), Some(b'+' | b'-')));
        let exponent = rest[at..].iter().take_while(|c| c.is_ascii_digit()).count();
        if exponent == 0 {
            return Class::Text;
        }
        at += exponent;
    }
    if at != rest.len() {
        return Class::Text;
    }
    let has_exponent = at > 1 + fraction || rest[0] != b'.';
    if !has_exponent && loses_digits(&digits[..whole]) {
        return Class::BigInt;
    }
    let text = std::str::from_utf8(cell).expect("digits, signs, points and exponents are ASCII");
    match text.parse::<f64>() {
        Ok(v) if v.is_finite() => Class::Float(v),
        Ok(_) => Class::Huge,
        Err(_) => Class::Text,
    }
}

/// Whether the whole part of a decimal number is not the same as a 64-bit float: `9007199254740993.0` names something.
fn loses_digits(whole: &[u8]) -> bool {
    const DIGITS_EXACT: usize = 15;
    if whole.len() <= DIGITS_EXACT {
        return false;
    }
    let text = std::str::from_utf8(whole).unwrap_or_default();
    // Beyond 128 bits no whole number is written out digit by digit for its size.
    !text.parse::<i128>().is_ok_and(|v| (v as f64) as i128 == v)
}

fn whole_number(digits: &[u8], negative: bool) -> Class {
    if digits.is_empty() {
        return Class::Text;
    }
    if negative && digits == b"0" {
        return Class::Float(-0.0);
    }
    let mut v: i64 = 0;
    for &c in digits {
        let d = i64::from(c - b'0');
        let next = v.checked_mul(10).and_then(|v| if negative { v.checked_sub(d) } else { v.checked_add(d) });
        match next {
            Some(next) => v = next,
            None => return Class::BigInt,
        }
    }
    Class::Int(v)
}

/// A whole number at a position: its value and where it ends. Declines what is not plain or has over 18 digits.
#[inline(always)]
pub fn int_at(bytes: &[u8], start: usize) -> Option<(i64, usize)> {
    let mut at = start;
    let negative = *bytes.get(at)? == b'-';
    at += usize::from(negative);
    let first = at;
    let mut v: u64 = 0;
    while let Some(d) = bytes.get(at).map(|c| c.wrapping_sub(b'0')) {
        if d > 9 {
            break;
        }
        v = v.wrapping_mul(10).wrapping_add(u64::from(d));
        at += 1;
    }
    let n_digits = at - first;
    if n_digits == 0 || n_digits > 18 || (bytes[first] == b'0' && (n_digits > 1 || negative)) {
        return None;
    }
    let v = v as i64;
    Some((if negative { -v } else { v }, at))
}

const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// A decimal number without exponent at a position: its value, whether it is whole, and where it ends. Exact: both
/// the digits and the power of ten are floats, so one division rounds once. Declines what it cannot do exactly.
#[inline(always)]
pub fn float_at(bytes: &[u8], start: usize) -> Option<(f64, bool, usize)> {
    let mut at = start;
    let negative = *bytes.get(at)? == b'-';
    at += usize::from(negative);
    let first = at;
    let mut v: u64 = 0;
    while let Some(d) = bytes.get(at).map(|c| c.wrapping_sub(b'0')) {
        if d > 9 {
            break;
        }
        v = v.wrapping_mul(10).wrapping_add(u64::from(d));
        at += 1;
    }
    let n_whole = at - first;
    if n_whole == 0 || (bytes[first] == b'0' && n_whole > 1) {
        return None;
    }
    if bytes.get(at) != Some(&b'.') {
        if n_whole > 18 || v > 1 << 53 || (negative && v == 0) {
            return None;
        }
        let v = v as f64;
        return Some((if negative { -v } else { v }, true, at));
    }
    at += 1;
    let point = at;
    while let Some(d) = bytes.get(at).map(|c| c.wrapping_sub(b'0')) {
        if d > 9 {
            break;
        }
        v = v.wrapping_mul(10).wrapping_add(u64::from(d));
        at += 1;
    }
    let n_fraction = at - point;
    if n_fraction == 0 || n_whole + n_fraction > 19 || v > 1 << 53 {
        return None;
    }
    let v = v as f64 / POWERS.get(n_fraction)?;
    Some((if negative { -v } else { v }, false, at))
}

/// A decimal digit pair as a number, or something over 99.
#[inline(always)]
fn pair(a: u8, b: u8) -> u32 {
    let (a, b) = (u32::from(a.wrapping_sub(b'0')), u32::from(b.wrapping_sub(b'0')));
    if a > 9 || b > 9 { 1000 } else { a * 10 + b }
}

/// An ISO date at a position: days since 1970 and where it ends.
#[inline(always)]
pub fn date_at(bytes: &[u8], start: usize) -> Option<(i32, usize)> {
    let d: &[u8; 10] = bytes.get(start..start + 10)?.try_into().ok()?;
    if d[4] != b'-' || d[7] != b'-' {
        return None;
    }
    let (century, year, month, day) = (pair(d[0], d[1]), pair(d[2], d[3]), pair(d[5], d[6]), pair(d[8], d[9]));
    if century > 99 || year > 99 || century + year == 0 {
        return None;
    }
    let days = days_since_epoch((century * 100 + year) as i32, month, day)?;
    Some((days, start + 10))
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar (Hinnant's `days_from_civil`); `None` if there is no
/// such day.
fn days_since_epoch(year: i32, month: u32, day: u32) -> Option<i32> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let n_days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if day == 0 || day > n_days {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let of_era = y.rem_euclid(400);
    let month_from_march = (month as i32 + 9) % 12;
    let of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// An ISO datetime with seconds at a position: microseconds since 1970, its form, where it ends. At most six digits
/// of a fraction may be other than zero.
#[inline(always)]
pub fn datetime_at(bytes: &[u8], start: usize) -> Option<(i64, TimeForm, usize)> {
    let (days, _) = date_at(bytes, start)?;
    clock_at(bytes, start, days)
}

/// The part of a datetime after its date, whose days are known.
#[inline(always)]
pub fn clock_at(bytes: &[u8], start: usize, days: i32) -> Option<(i64, TimeForm, usize)> {
    let c: &[u8; 9] = bytes.get(start + 10..start + 19)?.try_into().ok()?;
    let is_t = c[0] == b'T';
    if !(is_t || c[0] == b' ') || c[3] != b':' || c[6] != b':' {
        return None;
    }
    let (hour, minute, second) = (pair(c[1], c[2]), pair(c[4], c[5]), pair(c[7], c[8]));
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = i64::from(days) * 86_400 + i64::from(hour * 3600 + minute * 60 + second);
    let mut at = start + 19;
    let mut micros = 0i64;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        let first = at;
        let mut unit = 100_000i64;
        while let Some(d) = bytes.get(at).map(|c| c.wrapping_sub(b'0')) {
            if d > 9 {
                break;
            }
            if unit == 0 && d != 0 {
                return None;
            }
            micros += unit * i64::from(d);
            unit /= 10;
            at += 1;
        }
        if at == first || at - first > 9 {
            return None;
        }
    }
    let has_zone = bytes.get(at) == Some(&b'Z');
    at += usize::from(has_zone);
    let form = match (is_t, has_zone) {
        (true, false) => TimeForm::T,
        (false, false) => TimeForm::Space,
        (true, true) => TimeForm::TZ,
        (false, true) => TimeForm::SpaceZ,
    };
    Some((seconds * 1_000_000 + micros, form, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_forms_and_their_neighbours() {
        let check = |text: &str, class: Class| assert_eq!(classify(text.as_bytes()), class, "{text:?}");
        check("", Class::Empty);
        check("0", Class::Int(0));
        check("-7", Class::Int(-7));
        check("9223372036854775807", Class::Int(i64::MAX));
        check("-9223372036854775808", Class::Int(i64::MIN));
        check("9223372036854775808", Class::BigInt);
        check("12345678901234567890123", Class::BigInt);
        for text in ["00123", "-01", "+5", "1_000", "1,5", "-", ".", "1e", "1e+", "0x1F", "1.2.3", "NaN", "inf", "٣"] {
            check(text, Class::Text);
        }
        check("1e400", Class::Huge);
        check("-1e400", Class::Huge);
        check("1e5", Class::Float(1e5));
        check(".5", Class::Float(0.5));
        check("5.", Class::Float(5.0));
        check("True", Class::Word(1));
        check("tRue", Class::Text);
        check("1970-01-02", Class::Date(1));
        check("0001-01-01", Class::Date(-719_162));
        check("0000-03-01", Class::Text);
        check("2023-02-29", Class::Text);
        check("2024-02-29", Class::Date(19_782));
        check("1970-01-01T00:00:01.5", Class::Datetime(1_500_000, TimeForm::T));
        check("1970-01-01 00:00:01.000001Z", Class::Datetime(1_000_001, TimeForm::SpaceZ));
        check("1970-01-01 00:00:01.000001000", Class::Datetime(1_000_001, TimeForm::Space));
        check("1970-01-01 00:00:01.0000011", Class::Text);
        check("1970-01-01 24:00:00", Class::Text);
        assert!(matches!(classify(b"-0"), Class::Float(v) if v.is_sign_negative()));
    }

    #[test]
    fn exactness_of_whole_numbers() {
        assert!(is_exact(1 << 53));
        assert!(!is_exact((1 << 53) + 1));
        assert!(is_exact((1 << 53) + 2));
        assert!(!is_exact(i64::MAX));
        assert!(is_exact(i64::MIN));
    }

    proptest! {
        #[test]
        fn the_fast_face_agrees_with_the_slow_one(text in "-?[0-9]{0,20}(\\.[0-9]{0,20})?(e[0-9]{1,2})?") {
            let class = classify(text.as_bytes());
            if let Some((v, end)) = int_at(text.as_bytes(), 0) && end == text.len() {
                prop_assert_eq!(class, Class::Int(v));
            }
            if let Some((v, is_whole, end)) = float_at(text.as_bytes(), 0) && end == text.len() {
                let expected: f64 = text.parse().expect("a float");
                prop_assert_eq!(v.to_bits(), expected.to_bits());
                prop_assert_eq!(is_whole, matches!(class, Class::Int(_)));
            }
        }

        #[test]
        fn what_a_float_prints_is_read_back(bits in any::<u64>()) {
            let v = f64::from_bits(bits);
            prop_assume!(v.is_finite());
            let text = format!("{v:?}");
            match classify(text.as_bytes()) {
                Class::Float(read) => prop_assert_eq!(read.to_bits(), bits),
                other => prop_assert!(false, "{} is {:?}", text, other),
            }
        }

        #[test]
        fn any_bytes_are_something(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = classify(&bytes);
            let _ = (int_at(&bytes, 0), float_at(&bytes, 0), datetime_at(&bytes, 0));
        }
    }
}
