//! Findings: what a check or a stage has to say, with a stable code and a place.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::limits::FINDINGS_KEPT_MAX;

/// A stable code, written `AL` and four digits. A crate owns a block of one hundred; codes are never reused.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub u16);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AL{:04}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        text.strip_prefix("AL")
            .filter(|digits| digits.len() == 4)
            .and_then(|digits| digits.parse().ok())
            .map(Code)
            .ok_or_else(|| serde::de::Error::custom("expected a code such as AL0104"))
    }
}

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Info,
    /// A person should look at it; the work went on.
    Warning,
    /// The row or the command was refused.
    Error,
}

/// Where something was found. Every part is optional.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file as the user named it.
    pub file: Option<String>,
    /// Line in the file, from 1.
    pub line: Option<u64>,
    /// The column's name in the table.
    pub column: Option<String>,
    /// Data row, from 1 (the header is not a row).
    pub row: Option<u64>,
}

impl Place {
    /// A place that is only a column.
    pub fn column(name: impl Into<String>) -> Self {
        Self { column: Some(name.into()), ..Self::default() }
    }

    /// A place that is only a file.
    pub fn file(name: impl Into<String>) -> Self {
        Self { file: Some(name.into()), ..Self::default() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(file) = &self.file {
            parts.push(match self.line {
                Some(line) => format!("{file}:{line}"),
                None => file.clone(),
            });
        } else if let Some(line) = self.line {
            parts.push(format!("line {line}"));
        }
        if let Some(row) = self.row {
            parts.push(format!("row {row}"));
        }
        if let Some(column) = &self.column {
            parts.push(format!("column `{column}`"));
        }
        f.write_str(&parts.join(", "))
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Stable code; `docs/errors/` has a page for each.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// Where it was found.
    pub place: Place,
    /// What happened and what was expected, lower-case, one sentence or two.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Finding {
    /// A finding without a place or a hint.
    pub fn new(code: Code, severity: Severity, message: impl Into<String>) -> Self {
        Self { code, severity, place: Place::default(), message: message.into(), hint: None }
    }

    /// The same finding at a place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The same finding with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Findings in the order they came: the first [`FINDINGS_KEPT_MAX`] whole, all of them counted by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<Code, u64>,
}

impl Findings {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a finding.
    pub fn push(&mut self, finding: Finding) {
        *self.counts.entry(finding.code).or_default() += 1;
        if self.kept.len() < FINDINGS_KEPT_MAX {
            self.kept.push(finding);
        }
    }

    /// Adds another list after this one.
    pub fn extend(&mut self, other: Findings) {
        for (code, n) in other.counts {
            *self.counts.entry(code).or_default() += n;
        }
        let room = FINDINGS_KEPT_MAX.saturating_sub(self.kept.len());
        self.kept.extend(other.kept.into_iter().take(room));
    }

    /// Counts findings that were not worth keeping whole.
    pub fn count_more(&mut self, code: Code, n: u64) {
        if n > 0 {
            *self.counts.entry(code).or_default() += n;
        }
    }

    /// The findings that were kept, in order.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// Exact numbers by code.
    pub fn counts(&self) -> &BTreeMap<Code, u64> {
        &self.counts
    }

    /// How many there were in all.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

impl FromIterator<Finding> for Findings {
    fn from_iter<I: IntoIterator<Item = Finding>>(iter: I) -> Self {
        let mut all = Self::new();
        iter.into_iter().for_each(|f| all.push(f));
        all
    }
}

/// A user's value as a message shows it: quoted, control characters escaped, cut at a stated length.
///
/// ```
/// assert_eq!(almanac_base::finding::quoted("a\nb"), "`a\\nb`");
/// ```
pub fn quoted(value: &str) -> String {
    let max = crate::limits::QUOTED_CHARS_MAX;
    let mut out = String::from("`");
    for (i, c) in value.chars().enumerate() {
        if i == max {
            out.push('…');
            break;
        }
        if c.is_control() {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out.push('`');
    out
}

/// A count with commas between thousands, for sentences: 1234567 as `1,234,567`.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A number of bytes for people: `1.5 GiB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

/// The candidate nearest to `name` by edit distance, if it is near enough to be what was meant.
///
/// ```
/// assert_eq!(almanac_base::finding::nearest("incom", ["age", "income"]), Some("income"));
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = name.to_lowercase().chars().collect();
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let other: Vec<char> = candidate.to_lowercase().chars().collect();
        let d = edit_distance(&wanted, &other);
        if d <= wanted.len().max(other.len()) / 3 + 1 && best.is_none_or(|(b, _)| d < b) {
            best = Some((d, candidate));
        }
    }
    best.map(|(_, c)| c)
}

fn edit_distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let substitute = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = substitute.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_thousand_are_kept_and_all_are_counted() {
        let all: Findings = (0..2_500).map(|i| Finding::new(Code(1), Severity::Info, format!("finding {i}"))).collect();
        assert_eq!(all.kept().len(), FINDINGS_KEPT_MAX);
        assert_eq!(all.counts()[&Code(1)], 2_500);
    }

    #[test]
    fn codes_have_four_digits() {
        let f = Finding::new(Code(104), Severity::Error, "x");
        let json = serde_json::to_string(&f).expect("a finding is JSON");
        assert!(json.contains("\"AL0104\""), "{json}");
        assert_eq!(serde_json::from_str::<Finding>(&json).expect("it reads back"), f);
    }
}
