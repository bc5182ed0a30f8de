//! The national styles in which numbers are written, and which of them read a cell.

use table::number::{Number, NumberFormat, NumberMismatch};

/// How many styles there are.
pub const N_STYLES: usize = 8;

/// Decimal mark and thousands mark of each style; the plain one is the first.
const MARKS: [(char, Option<char>); N_STYLES] = [
    ('.', None),
    ('.', Some(',')),
    ('.', Some('\'')),
    ('.', Some(' ')),
    (',', None),
    (',', Some('.')),
    (',', Some(' ')),
    (',', Some('\'')),
];

/// The style in which programs write.
pub const PLAIN: usize = 0;
/// Thousands marked by commas.
pub const ENGLISH: usize = 1;
/// Decimal comma, no thousands marks.
pub const COMMA: usize = 4;
/// Decimal comma, thousands marked by points.
pub const GERMAN: usize = 5;

/// The form of a style, without prefix and suffix.
pub fn form(style: usize) -> NumberFormat {
    let (decimal, thousands) = MARKS[style];
    NumberFormat::of_marks(decimal, thousands)
}

/// How a cell reads under every style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// Bit per style that reads it.
    pub ok: u8,
    /// Bit per style that reads it as a whole number.
    pub whole: u8,
    /// Whether a whole number lies beyond 2^53, where floats have gaps.
    pub is_wide: bool,
    /// Whether no style reads it, because it has too many digits.
    pub has_many_digits: bool,
    /// Whether no style reads it, because it is beyond the range of floats.
    pub is_out_of_range: bool,
}

/// From it on, floats have gaps between whole numbers.
const LARGEST_DENSE: f64 = (1u64 << 53) as f64;

/// Whether a decimal number that is written out has a whole part that a float would change.
fn loses_digits(text: &str, decimal: char) -> bool {
    if text.contains(['e', 'E']) {
        return false;
    }
    let whole: String = text.split(decimal).next().unwrap_or(text).chars().filter(char::is_ascii_digit).collect();
    !whole.parse::<i128>().is_ok_and(|v| (v as f64) as i128 == v)
}

/// Reads a cell under every style.
pub fn read(text: &str) -> Reading {
    let mut reading = Reading::default();
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return reading;
    }
    let has_marks = text.trim_matches([' ', '\t']).bytes().any(|b| matches!(b, b'.' | b',' | b'\'' | b' ' | 0x80..));
    for (style, (decimal, thousands)) in MARKS.into_iter().enumerate() {
        match NumberFormat::of_marks(decimal, thousands).parse(text) {
            Ok(number) => {
                reading.ok |= 1 << style;
                match number {
                    Number::Int(n) => {
                        reading.whole |= 1 << style;
                        reading.is_wide |= n.unsigned_abs() > 1 << 53;
                    }
                    Number::Float(v) => reading.is_wide |= v.abs() >= LARGEST_DENSE && loses_digits(text, decimal),
                }
            }
            Err(NumberMismatch::TooManyDigits) => reading.has_many_digits = true,
            Err(NumberMismatch::OutOfRange) => reading.is_out_of_range = true,
            Err(NumberMismatch::NotANumber) => {}
        }
        if !has_marks {
            // Without marks, all styles read alike.
            reading.ok = if reading.ok == 0 { 0 } else { u8::MAX };
            reading.whole = if reading.whole == 0 { 0 } else { u8::MAX };
            break;
        }
    }
    reading.has_many_digits &= reading.ok == 0;
    reading.is_out_of_range &= reading.ok == 0;
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(text: &str) -> Vec<usize> {
        (0..N_STYLES).filter(|s| read(text).ok >> s & 1 == 1).collect()
    }

    #[test]
    fn a_cell_names_its_styles() {
        assert_eq!(styles("1,234"), [ENGLISH, COMMA, GERMAN, 6, 7]);
        assert_eq!(styles("1,23"), [COMMA, GERMAN, 6, 7]);
        assert_eq!(styles("1.234,5"), [GERMAN]);
        assert_eq!(styles("1,234.5"), [ENGLISH]);
        assert_eq!(styles("1'234.5"), [2]);
        assert_eq!(styles("1 234"), [3, 6]);
        assert_eq!(styles("17"), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(styles("00123"), [0; 0]);
        assert!(read("123456789012345678901234").has_many_digits);
        assert!(read("1e400").is_out_of_range);
        assert_eq!(read("1e400").ok, 0);
    }
}
