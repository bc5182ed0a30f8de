//! Units, currencies and percent signs around numbers: `$5`, `12 kg`, `3 %`.
//!
//! Only known ones count, so that codes (`Q1`, `A5`, `M14860`) stay codes.

use super::summary::{Forms, StyleCounts};

/// Before a number.
const PREFIXES: [&str; 17] =
    ["$", "€", "£", "¥", "₹", "US$", "R$", "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "INR", "CNY", "Rs."];

/// After a number, with or without a blank between.
const SUFFIXES: [&str; 82] = [
    "%", "‰", "$", "€", "£", "¥", "USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "kg", "mg", "µg", "lb", "lbs", "oz",
    "km", "cm", "mm", "µm", "nm", "mi", "miles", "ft", "km/h", "kmph", "mph", "m/s", "rpm", "ms", "µs", "ns", "sec",
    "secs", "seconds", "min", "mins", "minutes", "hr", "hrs", "hours", "days", "weeks", "months", "years", "yrs", "°",
    "°C", "°F", "Hz", "kHz", "MHz", "GHz", "kW", "kWh", "MWh", "MW", "hp", "bhp", "KB", "MB", "GB", "TB", "kB", "MiB",
    "GiB", "ml", "cl", "m2", "m²", "m³", "sqft", "ha", "psi", "bar", "hPa", "kPa", "kcal", "ppm",
];

/// After a number only with a blank between: alone, they are letters of codes.
const SPACED_SUFFIXES: [&str; 13] = ["g", "m", "s", "h", "d", "l", "L", "V", "A", "W", "K", "N", "J"];

/// Text before and after a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Affix {
    /// Before, with its blank.
    pub prefix: String,
    /// After, with its blank.
    pub suffix: String,
}

/// Splits a cell into a known affix and the number-like rest; `None` where there is none.
pub fn split(text: &str) -> Option<(Affix, String)> {
    let text = text.trim_matches([' ', '\t']);
    if !text.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let is_number_char = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’');
    let (sign, unsigned) = match text.strip_prefix(['-', '+', '\u{2212}']) {
        Some(rest) => (&text[..text.len() - rest.len()], rest),
        None => ("", text),
    };
    let start = unsigned.find(|c: char| is_number_char(c) || matches!(c, '-' | '+' | '\u{2212}'))?;
    let head = &unsigned[..start];
    if !head.is_empty() {
        let mark = head.trim_end();
        return PREFIXES.contains(&mark).then(|| {
            let affix = Affix { prefix: head.to_owned(), suffix: String::new() };
            (affix, format!("{sign}{}", &unsigned[start..]))
        });
    }
    let end = unsigned.find(|c: char| !(is_number_char(c) || c.is_whitespace() || matches!(c, '-' | '+')))?;
    let (number, tail) = (unsigned[..end].trim_end(), &unsigned[unsigned[..end].trim_end().len()..]);
    let unit = tail.trim_start();
    let is_spaced = unit.len() < tail.len();
    let known = SUFFIXES.contains(&unit) || (is_spaced && SPACED_SUFFIXES.contains(&unit));
    known.then(|| {
        let affix = Affix { prefix: String::new(), suffix: tail.to_owned() };
        (affix, format!("{sign}{number}"))
    })
}

/// The one affix around every number of a column, if there is one around each of `n`.
pub fn only_affix(forms: &Forms, n: u64) -> Option<(&Affix, &StyleCounts)> {
    if forms.has_more_affixes || forms.affixes.len() != 1 {
        return None;
    }
    let (affix, counts) = forms.affixes.iter().next()?;
    counts.iter().any(|c| c.ok == n).then_some((affix, counts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(&str, &str, &str)>) {
        let got = split(text);
        let got = got.as_ref().map(|(a, n)| (a.prefix.as_str(), n.as_str(), a.suffix.as_str()));
        assert_eq!(got, expected, "{text:?}");
    }

    #[test]
    fn known_units_only() {
        check("$5", Some(("$", "5", "")));
        check("-$5.20", Some(("$", "-5.20", "")));
        check("USD 1,200", Some(("USD ", "1,200", "")));
        check("12 kg", Some(("", "12", " kg")));
        check("1 234,5 €", Some(("", "1 234,5", " €")));
        check("5%", Some(("", "5", "%")));
        check("3 m", Some(("", "3", " m")));
        for text in ["3m", "Q1", "A5", "M14860", "5th", "kg", "12 apples", "%5", "12"] {
            check(text, None);
        }
    }
}
