//! The date and time patterns that are tried on text, and what each cell says about them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use table::datetime::{CompiledFormat, DatetimeFormat};

/// What order a pattern reads a date's parts in. Two patterns of one order that both fit give the same dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Order {
    /// Year, month, day.
    Ymd,
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// A time of day alone.
    Time,
}

/// A pattern that is tried.
#[derive(Debug)]
pub struct Pattern {
    /// As it is written.
    pub format: DatetimeFormat,
    /// Ready to read with.
    pub compiled: CompiledFormat,
    /// Its order.
    pub order: Order,
}

const DATES: [(&str, Order); 25] = [
    ("%Y-%m-%d", Order::Ymd),
    ("%Y/%m/%d", Order::Ymd),
    ("%Y.%m.%d", Order::Ymd),
    ("%d/%m/%Y", Order::Dmy),
    ("%m/%d/%Y", Order::Mdy),
    ("%d.%m.%Y", Order::Dmy),
    ("%d-%m-%Y", Order::Dmy),
    ("%m-%d-%Y", Order::Mdy),
    ("%d/%m/%y", Order::Dmy),
    ("%m/%d/%y", Order::Mdy),
    ("%y/%m/%d", Order::Ymd),
    ("%d.%m.%y", Order::Dmy),
    ("%d-%m-%y", Order::Dmy),
    ("%m-%d-%y", Order::Mdy),
    ("%y-%m-%d", Order::Ymd),
    ("%d %b %Y", Order::Dmy),
    ("%d-%b-%Y", Order::Dmy),
    ("%d-%b-%y", Order::Dmy),
    ("%d/%b/%Y", Order::Dmy),
    ("%d. %b %Y", Order::Dmy),
    ("%b %d, %Y", Order::Mdy),
    ("%b %d %Y", Order::Mdy),
    ("%a, %d %b %Y", Order::Dmy),
    ("%Y-%b-%d", Order::Ymd),
    ("%b %d, %y", Order::Mdy),
];

/// The simpler stands first: where both fit, it is taken.
const TIMES: [&str; 7] = ["%H:%M:%S", "%H:%M", "%H:%M:%S%.f", "%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p"];

const SPECIAL: [(&str, Order); 12] = [
    ("%H.%M.%S", Order::Time),
    ("%Y%m%dT%H%M%S", Order::Ymd),
    ("%Y%m%dT%H%M%S%z", Order::Ymd),
    ("%Y%m%d %H:%M:%S", Order::Ymd),
    ("%Y%m%d%H%M%S%z", Order::Ymd),
    ("%a, %d %b %Y %H:%M:%S %z", Order::Dmy),
    ("%a, %d %b %Y %H:%M:%S %Z", Order::Dmy),
    ("%d/%b/%Y:%H:%M:%S %z", Order::Dmy),
    ("%Y-%m-%d %H.%M.%S", Order::Ymd),
    ("%Y-%m-%d %H:%M:%S %Z", Order::Ymd),
    ("%d/%m/%Y %H.%M.%S", Order::Dmy),
    ("%d.%m.%Y %H.%M", Order::Dmy),
];

/// Every pattern that is tried, the preferred first.
pub fn patterns() -> &'static [Pattern] {
    static ALL: OnceLock<Vec<Pattern>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Vec::new();
        let mut add = |format: String, order| {
            let format = DatetimeFormat(format);
            let compiled = format.compile().expect("the list holds patterns, which a test checks");
            all.push(Pattern { format, compiled, order });
        };
        for (date, order) in DATES {
            add(date.to_owned(), order);
            for time in TIMES {
                for between in if order == Order::Ymd { &[" ", "T"][..] } else { &[" ", ", "][..] } {
                    add(format!("{date}{between}{time}"), order);
                    if order == Order::Ymd && time.starts_with("%H") {
                        add(format!("{date}{between}{time}%z"), order);
                        add(format!("{date}{between}{time} %z"), order);
                    }
                }
            }
        }
        TIMES.iter().for_each(|time| add((*time).to_owned(), Order::Time));
        SPECIAL.iter().for_each(|(special, order)| add((*special).to_owned(), *order));
        all
    })
}

/// How many shapes are remembered; text with more is tried pattern by pattern.
const SHAPES_KEPT_MAX: usize = 1_024;
/// Longer cells are no dates.
const DATE_BYTES_MAX: usize = 40;

/// Which patterns have the shape of a cell, remembered by shape: its digits are all alike, everything else is itself.
#[derive(Debug, Default)]
pub struct Shapes {
    known: BTreeMap<Vec<u8>, Vec<u16>>,
    key: Vec<u8>,
    /// The shape before, which most cells share, and its patterns.
    last: Vec<u8>,
    fits: Vec<u16>,
}

impl Shapes {
    /// Calls `hit` with the position of every pattern that reads the cell. Says whether there was one.
    pub fn each_match(&mut self, text: &str, mut hit: impl FnMut(u16)) -> bool {
        if !may_be_date(text) {
            return false;
        }
        self.key.clear();
        self.key.extend(text.bytes().map(|b| if b.is_ascii_digit() { b'0' } else { b.to_ascii_lowercase() }));
        if self.key != self.last {
            self.look_up(text);
        }
        let mut any = false;
        for &i in &self.fits {
            if patterns()[usize::from(i)].compiled.parse(text).is_some() {
                hit(i);
                any = true;
            }
        }
        any
    }

    fn look_up(&mut self, text: &str) {
        self.last.clone_from(&self.key);
        if let Some(fits) = self.known.get(&self.key) {
            self.fits.clone_from(fits);
            return;
        }
        self.fits = (0..).zip(patterns()).filter(|(_, p)| p.compiled.has_shape(text)).map(|(i, _)| i).collect();
        if self.known.len() == SHAPES_KEPT_MAX {
            self.known.clear();
        }
        self.known.insert(self.key.clone(), self.fits.clone());
    }
}

/// A quick look: some digits, a mark between them, and nothing that no pattern has.
fn may_be_date(text: &str) -> bool {
    if !(3..=DATE_BYTES_MAX).contains(&text.len()) {
        return false;
    }
    let (mut digits, mut marks, mut letters) = (0, 0, 0);
    for b in text.bytes() {
        match b {
            b'0'..=b'9' => digits += 1,
            b'-' | b'/' | b'.' | b':' | b' ' => marks += 1,
            b',' | b'+' => {}
            b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
            _ => return false,
        }
    }
    digits >= 3 && (marks >= 1 || letters > 0) && letters <= 16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(text: &str) -> Vec<&'static str> {
        let mut found = Vec::new();
        Shapes::default().each_match(text, |i| found.push(patterns()[usize::from(i)].format.0.as_str()));
        found
    }

    #[test]
    fn every_pattern_compiles_and_stands_once() {
        let mut names: Vec<&str> = patterns().iter().map(|p| p.format.0.as_str()).collect();
        names.sort_unstable();
        let n = names.len();
        names.dedup();
        assert_eq!(names.len(), n);
    }

    #[test]
    fn a_cell_names_its_patterns() {
        assert_eq!(fits("2004-03-10"), ["%Y-%m-%d"]);
        assert_eq!(fits("10/03/2004"), ["%d/%m/%Y", "%m/%d/%Y"]);
        assert_eq!(fits("13/03/2004"), ["%d/%m/%Y"]);
        assert_eq!(fits("18.00.00"), ["%H.%M.%S"]);
        assert_eq!(fits("10.03.04"), ["%d.%m.%y", "%H.%M.%S"]);
        assert_eq!(fits("2004-03-10T18:00:00Z"), ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S%.f%z"]);
        assert_eq!(fits("3/13/2011 9:05 PM"), ["%m/%d/%Y %I:%M %p"]);
        assert_eq!(fits("12 Mar 2003"), ["%d %b %Y"]);
        assert_eq!(fits("99/99/2003"), [""; 0]);
        for text in ["hello", "12 apples", "PC 17599", "1.5", "2004", "A/5 21171", "12-1", "10.0.0.1"] {
            assert!(fits(text).is_empty(), "{text}: {:?}", fits(text));
        }
    }

    #[test]
    fn a_shape_is_not_judged_by_its_first_value() {
        let mut shapes = Shapes::default();
        assert!(!shapes.each_match("99/99/2004", |_| {}));
        assert!(!shapes.each_match("31/31/2004", |_| {}));
        let mut n = 0;
        assert!(shapes.each_match("10/03/2004", |_| n += 1));
        assert_eq!(n, 2);
    }
}
