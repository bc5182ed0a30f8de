//! What people see: findings and errors on standard error, each command's report as text.
//!
//! Not here: values (`workflow`), tables and bars (`report`), the JSON document (`document`).

pub mod bench;
pub mod data;
pub mod demo;
pub mod predict;
pub mod train;

use std::io::Write;

use base::{Finding, Severity};
use report::terminal::printable;

/// Findings that are shown; the rest are counted.
const FINDINGS_SHOWN: usize = 20;

/// Width that text is laid out for: that of the terminal, between 60 and 160; 100 where there is none.
pub fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let found = || terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns));
    told.or_else(found).unwrap_or(100).clamp(60, 160)
}

/// Says something on standard error. Whoever closed it does not want to hear it.
pub fn tell(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Shows warnings and errors that a command found on its way, the first of them whole; only errors where `quiet`.
pub fn findings(findings: &[Finding], total: u64, quiet: bool) {
    let least = if quiet { Severity::Error } else { Severity::Warning };
    let worth: Vec<&Finding> = findings.iter().filter(|f| f.severity >= least).collect();
    for finding in worth.iter().take(FINDINGS_SHOWN) {
        tell(&text_of(finding));
    }
    if worth.is_empty() {
        return;
    }
    let hidden = worth.len().saturating_sub(FINDINGS_SHOWN) as u64 + total.saturating_sub(findings.len() as u64);
    if hidden > 0 {
        tell(&format!("… and {hidden} more (`--json` has them)"));
    }
}

/// Shows why a command ended.
pub fn fault(finding: &Finding) {
    tell(&text_of(finding));
}

fn text_of(f: &Finding) -> String {
    let (word, colour) = match f.severity {
        Severity::Info => ("note", "\x1b[1;36m"),
        Severity::Warning => ("warning", "\x1b[1;33m"),
        Severity::Error => ("error", "\x1b[1;31m"),
    };
    let mut out = format!("{colour}{word}[{}]\x1b[0m: {}", f.code, printable(&f.message));
    let place = f.place.to_string();
    if !place.is_empty() {
        out.push_str(&format!("\n  at {}", printable(&place)));
    }
    if let Some(hint) = &f.hint {
        out.push_str(&format!("\nhint: {}", printable(hint)));
    }
    out
}

/// A line of text broken at blanks to fit the terminal, each line indented; what hangs under `- ` stands two further in.
pub fn wrapped(text: &str, indent: usize) -> String {
    let max = width().saturating_sub(indent + 2).max(20);
    let mut pad = " ".repeat(indent);
    let hang = if text.starts_with("- ") { "  " } else { "" };
    let (mut out, mut line) = (String::new(), String::new());
    for word in printable(text).split_whitespace() {
        let len = line.chars().count();
        if len > 0 && len + 1 + word.chars().count() > max {
            out.push_str(&format!("{pad}{line}\n"));
            line.clear();
            pad = format!("{}{hang}", " ".repeat(indent));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        out.push_str(&format!("{pad}{line}\n"));
    }
    out
}
