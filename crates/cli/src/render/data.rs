//! The reports of `data add`, `list`, `show` and `export`.

use base::finding::size;
use report::terminal::{Align, count, plural, table};
use workflow::data::{AddReport, ExportReport, ListReport, ShowReport, SnapshotLine};

use super::{width, wrapped};

/// Characters of an id that are shown in lists.
const ID_SHOWN: usize = 16;

/// The report of `data add`.
pub fn added(r: &AddReport) -> String {
    let s = &r.snapshot;
    let word = if r.is_new { "Added" } else { "Already there:" };
    let aside = match s.n_quarantined {
        0 => String::new(),
        n => format!("; {} rows set aside", count(n)),
    };
    let columns = plural(s.n_columns as u64, "column", "columns");
    format!("{word} {} ({} × {columns}{aside})\n", s.id, plural(s.n_rows, "row", "rows"))
}

/// The report of `data list`.
pub fn list(r: &ListReport) -> String {
    if r.snapshots.is_empty() {
        return "No snapshots yet: make one with `almanac data add FILE`\n".into();
    }
    let rows: Vec<Vec<String>> = r
        .snapshots
        .iter()
        .map(|s| {
            vec![
                s.id.get(..ID_SHOWN).unwrap_or(&s.id).to_owned(),
                s.created.clone(),
                count(s.n_rows),
                s.n_columns.to_string(),
                size(s.n_bytes),
                sources(s),
            ]
        })
        .collect();
    let header = [
        ("id", Align::Left),
        ("made", Align::Left),
        ("rows", Align::Right),
        ("columns", Align::Right),
        ("size", Align::Right),
        ("from", Align::Left),
    ];
    table(&header, &rows, width() as u16)
}

fn sources(s: &SnapshotLine) -> String {
    match s.sources.as_slice() {
        [one] => one.clone(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
        [] => String::new(),
    }
}

/// The report of `data show`.
pub fn show(r: &ShowReport) -> String {
    let m = &r.manifest;
    let mut out = format!("Snapshot {}\nmade {}, {} rows\n", r.snapshot.id, r.snapshot.created, count(m.n_rows));
    for s in &m.sources {
        let hash = s.sha256.as_ref().map(|h| format!(", sha256 {}", h.to_hex())).unwrap_or_default();
        out.push_str(&wrapped(&format!("from {} ({}{hash})", s.name, size(s.n_bytes)), 0));
    }
    let rows: Vec<Vec<String>> = m
        .columns
        .iter()
        .map(|c| {
            let proposal = m.proposals.iter().find(|p| p.column == c.field.name);
            let proposed = proposal.map(|p| {
                if p.changes { p.change_sentence() } else { format!("{} ({})", p.field.kind, p.evidence.join("; ")) }
            });
            let missing = if c.n_missing == 0 { String::new() } else { count(c.n_missing) };
            vec![c.field.name.clone(), c.field.dtype.to_string(), missing, proposed.unwrap_or_default()]
        })
        .collect();
    let header = [
        ("column", Align::Left),
        ("type", Align::Left),
        ("missing", Align::Right),
        ("training would take it for", Align::Left),
    ];
    out.push_str(&format!("\n{}", table(&header, &rows, width() as u16)));
    for f in &m.findings.kept {
        out.push_str(&wrapped(&format!("{}: {}", f.code, f.message), 2));
    }
    out
}

/// The report of `data export`.
pub fn exported(r: &ExportReport) -> String {
    format!("Wrote {} rows to {}\n", count(r.snapshot.n_rows), r.out.display())
}
