//! How dates and times are written in text, reading one under a known form, and writing one as RFC 3339 does.
//!
//! A form is a pattern in a subset of strftime:
//!
//! | directive | reads |
//! | --- | --- |
//! | `%Y` `%y` | year: four digits; two digits, 69 to 99 as 1969 to 1999 and 00 to 68 as 2000 to 2068 |
//! | `%m` `%d` `%j` | month, day of the month, day of the year in numbers |
//! | `%b` `%B` | month by its English name, abbreviated or in full, in any case |
//! | `%a` `%A` | weekday by its English name; must agree with the date |
//! | `%H` `%I` `%p` | hour 0 to 23; hour 1 to 12 with AM or PM |
//! | `%M` `%S` | minute, second |
//! | `%f` `%.f` | one to nine digits of a second; the same after a point, or nothing at all |
//! | `%z` `%Z` | `Z`, `+hh:mm`, `+hhmm` or `+hh`; `Z`, `UTC` or `GMT` |
//! | `%%` | a percent sign |
//!
//! Numbers may lack their leading zeros where the next thing is not a digit. A blank stands for one or more blanks.
//! Dates are of the proleptic Gregorian calendar, years 1 to 9999, and must exist: 30 February does not.
//!
//! Not here: finding out which form a column has (`collect`).

use std::fmt;

use serde::{Deserialize, Serialize};

pub use crate::calendar::{civil_from_days, days_from_civil, days_in_month, is_leap_year, weekday};
use crate::schema::DType;

const DAY_US: i64 = 86_400_000_000;

/// A pattern in the subset of strftime that the module documents, such as `%Y-%m-%d %H:%M:%S`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DatetimeFormat(pub String);

/// Why a pattern is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// A directive that is not in the subset.
    Unknown(String),
    /// The same part of a time stands twice.
    Twice(String),
    /// It tells neither a whole date nor a time of day; the word says what is missing.
    Incomplete(&'static str),
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(d) => write!(f, "`{d}` is not a directive; those are {DIRECTIVES}"),
            Self::Twice(d) => write!(f, "`{d}` tells what another directive tells already"),
            Self::Incomplete(what) => write!(f, "it tells no {what}"),
        }
    }
}

impl std::error::Error for FormatError {}

const DIRECTIVES: &str = "%Y %y %m %d %j %b %B %a %A %H %I %p %M %S %f %.f %z %Z %%";

/// A point in time or a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// Days since 1970-01-01.
    Date(i32),
    /// Microseconds since 1970-01-01T00:00:00.
    Datetime(i64),
    /// Microseconds since midnight.
    Time(i64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    Year4,
    Year2,
    Month,
    MonthName,
    Day,
    DayOfYear,
    Weekday,
    Hour24,
    Hour12,
    AmPm,
    Minute,
    Second,
    Fraction,
    PointFraction,
    Offset,
    ZoneName,
    Blanks,
    Literal(char),
}

/// A pattern ready to read with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledFormat {
    /// Each item, and whether a digit may follow it directly (then its number has all its digits).
    items: Vec<(Item, bool)>,
    dtype: DType,
}

/// The parts of a text as they are written, before the calendar is asked.
#[derive(Default)]
struct Parts {
    year: i32,
    month: u32,
    day: u32,
    day_of_year: Option<u32>,
    weekday: Option<u32>,
    hour: u32,
    hour_12: Option<u32>,
    is_pm: bool,
    minute: u32,
    second: u32,
    micros: u32,
    offset_min: i32,
}

impl DatetimeFormat {
    /// Makes the pattern ready to read with.
    ///
    /// # Errors
    /// [`FormatError`].
    ///
    /// ```
    /// use almanac_table::datetime::{DatetimeFormat, Moment};
    /// let form = DatetimeFormat("%d/%m/%Y".into()).compile().expect("a pattern");
    /// assert_eq!(form.parse("2/1/1970"), Some(Moment::Date(1)));
    /// assert_eq!(form.parse("30/2/1970"), None);
    /// ```
    pub fn compile(&self) -> Result<CompiledFormat, FormatError> {
        let mut items = Vec::new();
        let mut chars = self.0.chars();
        while let Some(c) = chars.next() {
            items.push(match c {
                '%' => directive(&mut chars)?,
                ' ' => Item::Blanks,
                other => Item::Literal(other),
            });
        }
        let dtype = what_it_tells(&items)?;
        let digit_follows = |i: usize| items.get(i + 1).is_some_and(|next: &Item| next.starts_with_digit());
        let items = items.iter().enumerate().map(|(i, &item)| (item, digit_follows(i))).collect();
        Ok(CompiledFormat { items, dtype })
    }
}

fn directive(chars: &mut std::str::Chars<'_>) -> Result<Item, FormatError> {
    Ok(match chars.next() {
        Some('Y') => Item::Year4,
        Some('y') => Item::Year2,
        Some('m') => Item::Month,
        Some('b' | 'B') => Item::MonthName,
        Some('d') => Item::Day,
        Some('j') => Item::DayOfYear,
        Some('a' | 'A') => Item::Weekday,
        Some('H') => Item::Hour24,
        Some('I') => Item::Hour12,
        Some('p') => Item::AmPm,
        Some('M') => Item::Minute,
        Some('S') => Item::Second,
        Some('f') => Item::Fraction,
        Some('z') => Item::Offset,
        Some('Z') => Item::ZoneName,
        Some('%') => Item::Literal('%'),
        Some('.') => match chars.next() {
            Some('f') => Item::PointFraction,
            other => return Err(FormatError::Unknown(format!("%.{}", other.map(String::from).unwrap_or_default()))),
        },
        other => return Err(FormatError::Unknown(format!("%{}", other.map(String::from).unwrap_or_default()))),
    })
}

impl Item {
    fn starts_with_digit(self) -> bool {
        match self {
            Self::Literal(c) => c.is_ascii_digit(),
            Self::Blanks
            | Self::MonthName
            | Self::Weekday
            | Self::AmPm
            | Self::PointFraction
            | Self::Offset
            | Self::ZoneName => false,
            _ => true,
        }
    }

    /// Which part of a time it tells; two items may not tell the same.
    fn part(self) -> Option<&'static str> {
        Some(match self {
            Self::Year4 | Self::Year2 => "year",
            Self::Month | Self::MonthName => "month",
            Self::Day => "day",
            Self::DayOfYear => "day of the year",
            Self::Weekday => "weekday",
            Self::Hour24 | Self::Hour12 => "hour",
            Self::AmPm => "half of the day",
            Self::Minute => "minute",
            Self::Second => "second",
            Self::Fraction | Self::PointFraction => "fraction",
            Self::Offset | Self::ZoneName => "zone",
            Self::Blanks | Self::Literal(_) => return None,
        })
    }
}

fn what_it_tells(items: &[Item]) -> Result<DType, FormatError> {
    let mut parts = Vec::new();
    for part in items.iter().filter_map(|i| i.part()) {
        if parts.contains(&part) {
            return Err(FormatError::Twice(part.to_owned()));
        }
        parts.push(part);
    }
    let has = |part: &str| parts.contains(&part);
    if has("day of the year") && (has("month") || has("day")) {
        return Err(FormatError::Twice("day of the year".to_owned()));
    }
    let needs = |part: &'static str| if has(part) { Ok(()) } else { Err(FormatError::Incomplete(part)) };
    let any_date = ["year", "month", "day", "day of the year", "weekday"].into_iter().any(has);
    if any_date {
        needs("year")?;
        if !has("day of the year") {
            needs("month")?;
            needs("day")?;
        }
    }
    let any_time = ["hour", "minute", "second", "fraction", "half of the day", "zone"].into_iter().any(has);
    if any_time || !any_date {
        needs("hour")?;
        if has("second") {
            needs("minute")?;
        }
        if has("fraction") {
            needs("second")?;
        }
        if items.contains(&Item::Hour12) != has("half of the day") {
            return Err(FormatError::Incomplete(if has("half of the day") { "hour of 12 (%I)" } else { "%p" }));
        }
    }
    match (any_date, any_time) {
        (true, false) => Ok(DType::Date),
        (true, true) => Ok(DType::Datetime),
        (false, _) if has("zone") => Err(FormatError::Incomplete("year")),
        (false, _) => Ok(DType::Time),
    }
}

impl CompiledFormat {
    /// `Date`, `Datetime` or `Time`: what the pattern tells.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Whether the pattern has a zone: its times are in UTC, others are as written.
    pub fn has_zone(&self) -> bool {
        self.items.iter().any(|(i, _)| matches!(i, Item::Offset | Item::ZoneName))
    }

    /// Reads a text, ASCII blanks around it left off. `None` if it is written otherwise, if there is no such date or
    /// time, or if its fraction is finer than a microsecond.
    #[inline]
    pub fn parse(&self, text: &str) -> Option<Moment> {
        self.resolve(&self.split(text)?)
    }

    /// Whether a text is written in this form, whatever its numbers are: `31/31/2020` is, under `%d/%m/%Y`.
    pub fn has_shape(&self, text: &str) -> bool {
        self.split(text).is_some()
    }

    fn split(&self, text: &str) -> Option<Parts> {
        let mut at = Reader(text.trim_matches([' ', '\t']));
        let mut p = Parts { month: 1, day: 1, ..Parts::default() };
        for &(item, digit_follows) in &self.items {
            let least = if digit_follows { 2 } else { 1 };
            match item {
                Item::Year4 => p.year = at.number(4, 4)? as i32,
                Item::Year2 => {
                    let y = at.number(2, 2)? as i32;
                    p.year = if y >= 69 { 1900 + y } else { 2000 + y };
                }
                Item::Month => p.month = at.number(least, 2)?,
                Item::MonthName => p.month = at.name(&MONTHS)? + 1,
                Item::Day => p.day = at.number(least, 2)?,
                Item::DayOfYear => p.day_of_year = Some(at.number(if digit_follows { 3 } else { 1 }, 3)?),
                Item::Weekday => p.weekday = Some(at.name(&WEEKDAYS)?),
                Item::Hour24 => p.hour = at.number(least, 2)?,
                Item::Hour12 => p.hour_12 = Some(at.number(least, 2)?),
                Item::AmPm => p.is_pm = at.am_pm()?,
                Item::Minute => p.minute = at.number(2, 2)?,
                Item::Second => p.second = at.number(2, 2)?,
                Item::Fraction => p.micros = at.fraction()?,
                Item::PointFraction => {
                    if at.literal('.').is_some() {
                        p.micros = at.fraction()?;
                    }
                }
                Item::Offset => p.offset_min = at.offset()?,
                Item::ZoneName => at.zone_name()?,
                Item::Blanks => at.blanks()?,
                Item::Literal(c) => at.literal(c)?,
            }
        }
        at.0.is_empty().then_some(p)
    }

    fn resolve(&self, p: &Parts) -> Option<Moment> {
        let hour = match p.hour_12 {
            None => p.hour,
            Some(h @ 1..=12) => h % 12 + if p.is_pm { 12 } else { 0 },
            Some(_) => return None,
        };
        if hour > 23 || p.minute > 59 || p.second > 59 {
            return None;
        }
        let seconds = i64::from(hour) * 3600 + i64::from(p.minute) * 60 + i64::from(p.second);
        let time = seconds * 1_000_000 + i64::from(p.micros);
        if self.dtype == DType::Time {
            return Some(Moment::Time(time));
        }
        if !(1..=9999).contains(&p.year) {
            return None;
        }
        let days = match p.day_of_year {
            Some(n) => {
                let n_days = if is_leap_year(p.year) { 366 } else { 365 };
                if n == 0 || n > n_days {
                    return None;
                }
                days_from_civil(p.year, 1, 1) + n as i32 - 1
            }
            None => {
                if !(1..=12).contains(&p.month) || p.day == 0 || p.day > days_in_month(p.year, p.month) {
                    return None;
                }
                days_from_civil(p.year, p.month, p.day)
            }
        };
        if p.weekday.is_some_and(|w| w != weekday(days)) {
            return None;
        }
        Some(if self.dtype == DType::Date {
            Moment::Date(days)
        } else {
            Moment::Datetime(i64::from(days) * DAY_US + time - i64::from(p.offset_min) * 60_000_000)
        })
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
/// From Monday, as [`weekday`] counts.
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// What is left of a text.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn number(&mut self, least: usize, most: usize) -> Option<u32> {
        let bytes = self.0.as_bytes();
        let mut n = 0;
        let mut len = 0;
        while len < most && bytes.get(len).is_some_and(u8::is_ascii_digit) {
            n = n * 10 + u32::from(bytes[len] - b'0');
            len += 1;
        }
        if len < least {
            return None;
        }
        self.0 = &self.0[len..];
        Some(n)
    }

    /// A name in full or its first three letters; its position in the list.
    fn name(&mut self, names: &[&str]) -> Option<u32> {
        let len = self.0.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = &self.0[..len];
        let found = names.iter().position(|n| {
            (len == 3 && n[..3].eq_ignore_ascii_case(word))
                || n.eq_ignore_ascii_case(word)
                || (*n == "september" && word.eq_ignore_ascii_case("sept"))
        })?;
        self.0 = &self.0[len..];
        Some(found as u32)
    }

    fn am_pm(&mut self) -> Option<bool> {
        let len = self.0.bytes().take_while(|b| b.is_ascii_alphabetic() || *b == b'.').count();
        let word = self.0[..len].to_ascii_lowercase();
        self.0 = &self.0[len..];
        match word.as_str() {
            "am" | "a.m." => Some(false),
            "pm" | "p.m." => Some(true),
            _ => None,
        }
    }

    /// Digits of a second as microseconds; finer ones must be zeros.
    fn fraction(&mut self) -> Option<u32> {
        let len = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if len == 0 || len > 9 {
            return None;
        }
        let nanos = self.0[..len].bytes().chain(std::iter::repeat(b'0')).take(9);
        let nanos = nanos.fold(0u32, |n, b| n * 10 + u32::from(b - b'0'));
        self.0 = &self.0[len..];
        nanos.is_multiple_of(1000).then_some(nanos / 1000)
    }

    /// Offset from UTC in minutes.
    fn offset(&mut self) -> Option<i32> {
        if self.literal('Z').is_some() || self.literal('z').is_some() {
            return Some(0);
        }
        let sign = if self.literal('+').is_some() {
            1
        } else if self.literal('-').is_some() {
            -1
        } else {
            return None;
        };
        let hours = self.number(2, 2)? as i32;
        let minutes = match (self.literal(':'), self.0.as_bytes().first()) {
            (Some(()), _) => self.number(2, 2)? as i32,
            (None, Some(b)) if b.is_ascii_digit() => self.number(2, 2)? as i32,
            _ => 0,
        };
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 60 + minutes))
    }

    fn zone_name(&mut self) -> Option<()> {
        let name = ["UTC", "GMT", "Z"].into_iter().find(|n| self.0.starts_with(n))?;
        self.0 = &self.0[name.len()..];
        Some(())
    }

    fn blanks(&mut self) -> Option<()> {
        let rest = self.0.trim_start_matches(' ');
        let any = rest.len() < self.0.len();
        self.0 = rest;
        any.then_some(())
    }

    fn literal(&mut self, c: char) -> Option<()> {
        self.0 = self.0.strip_prefix(c)?;
        Some(())
    }
}

/// A date, a time of day, or a point in time with `Z`, as RFC 3339 writes it; fractions of a second without zeros at
/// their end.
///
/// ```
/// use almanac_table::datetime::{Moment, format_rfc3339};
/// assert_eq!(format_rfc3339(Moment::Date(0)), "1970-01-01");
/// assert_eq!(format_rfc3339(Moment::Datetime(-500_000)), "1969-12-31T23:59:59.5Z");
/// ```
pub fn format_rfc3339(moment: Moment) -> String {
    match moment {
        Moment::Date(days) => date_text(days),
        Moment::Time(us) => time_text(us),
        Moment::Datetime(us) => {
            let days = us.div_euclid(DAY_US);
            let date = i32::try_from(days).map_or_else(|_| format!("{days} days"), date_text);
            format!("{date}T{}Z", time_text(us.rem_euclid(DAY_US)))
        }
    }
}

fn date_text(days: i32) -> String {
    let (year, month, day) = civil_from_days(days);
    format!("{year:04}-{month:02}-{day:02}")
}

fn time_text(us: i64) -> String {
    let (s, fraction) = (us / 1_000_000, us % 1_000_000);
    let mut text = format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
    if fraction != 0 {
        text.push_str(format!(".{fraction:06}").trim_end_matches('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<String> {
        let form = DatetimeFormat(pattern.into()).compile().expect(pattern);
        form.parse(text).map(format_rfc3339)
    }

    fn check(pattern: &str, text: &str, expected: &str) {
        assert_eq!(read(pattern, text).as_deref(), Some(expected), "{text:?} under {pattern}");
    }

    #[test]
    fn forms_of_dates() {
        check("%Y-%m-%d", "2004-03-10", "2004-03-10");
        check("%Y-%m-%d", " 2004-3-1 ", "2004-03-01");
        check("%d/%m/%Y", "29/02/2024", "2024-02-29");
        check("%d.%m.%y", "1.2.68", "2068-02-01");
        check("%d.%m.%y", "1.2.69", "1969-02-01");
        check("%Y%m%d", "20040310", "2004-03-10");
        check("%d %b %Y", "7 Sept 2001", "2001-09-07");
        check("%B %d, %Y", "DECEMBER 31,  1999", "1999-12-31");
        check("%a, %d %b %Y", "Thu, 01 Jan 1970", "1970-01-01");
        check("%Y-%j", "2024-366", "2024-12-31");
        for (pattern, text) in [
            ("%d/%m/%Y", "30/02/2024"),
            ("%d/%m/%Y", "29/02/2023"),
            ("%d/%m/%Y", "0/1/2023"),
            ("%d/%m/%Y", "1/13/2023"),
            ("%d/%m/%Y", "1/1/23"),
            ("%d/%m/%Y", "1/1/20234"),
            ("%Y-%m-%d", "0000-01-01"),
            ("%Y-%j", "2023-366"),
            ("%a, %d %b %Y", "Fri, 01 Jan 1970"),
            ("%d %b %Y", "7 Foo 2001"),
            ("%Y%m%d", "2004310"),
            ("%Y-%m-%d", "2004-03-"),
        ] {
            assert_eq!(read(pattern, text), None, "{text:?} under {pattern}");
        }
    }

    #[test]
    fn forms_of_times() {
        check("%H:%M", "7:05", "07:05:00");
        check("%H.%M.%S", "18.00.00", "18:00:00");
        check("%I:%M %p", "12:30 AM", "00:30:00");
        check("%I:%M%p", "12:30pm", "12:30:00");
        check("%H:%M:%S.%f", "01:02:03.5", "01:02:03.5");
        assert_eq!(read("%H:%M", "24:00"), None);
        assert_eq!(read("%H:%M", "7:5"), None);
        assert_eq!(read("%I:%M %p", "13:00 PM"), None);
        assert_eq!(read("%H:%M:%S", "23:59:60"), None);
    }

    #[test]
    fn points_in_time_are_in_utc() {
        check("%Y-%m-%dT%H:%M:%S%.f%z", "2004-03-10T18:00:00Z", "2004-03-10T18:00:00Z");
        check("%Y-%m-%dT%H:%M:%S%.f%z", "2004-03-10T18:00:00.250+02:00", "2004-03-10T16:00:00.25Z");
        check("%Y-%m-%d %H:%M:%S%z", "2004-03-10 18:00:00-0530", "2004-03-10T23:30:00Z");
        check("%Y-%m-%d %H:%M:%S", "1969-12-31 23:59:59", "1969-12-31T23:59:59Z");
        let fine = "%Y-%m-%d %H:%M:%S%.f";
        check(fine, "2004-03-10 18:00:00", "2004-03-10T18:00:00Z");
        check(fine, "2004-03-10 18:00:00.123456000", "2004-03-10T18:00:00.123456Z");
        assert_eq!(read(fine, "2004-03-10 18:00:00.123456789"), None);
        assert_eq!(read(fine, "2004-03-10 18:00:00.1234567890"), None);
    }

    #[test]
    fn patterns_are_checked() {
        for (pattern, expected) in [
            ("%Q", "`%Q` is not a directive"),
            ("%Y-%m", "no day"),
            ("%d/%m", "no year"),
            ("%Y-%m-%d %I:%M", "no %p"),
            ("%Y-%m-%d %Y", "tells what another"),
            ("abc", "no hour"),
            ("%H:%S", "no minute"),
            ("%H:%M%z", "no year"),
            ("%", "is not a directive"),
        ] {
            let e = DatetimeFormat(pattern.into()).compile().expect_err(pattern).to_string();
            assert!(e.contains(expected), "{pattern}: {e}");
        }
    }
}
