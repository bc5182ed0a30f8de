//! The report of `train`: what each column was taken for and why, what was changed and left out, what was tried, how
//! good it is.

use report::terminal::{Align, count, plural, score, table};
use workflow::train::{ColumnReport, TrainReport};

use super::{width, wrapped};

/// Columns that are listed one by one; of wider tables the first ones.
const COLUMNS_SHOWN: usize = 60;
/// Classes that are listed.
const CLASSES_SHOWN: usize = 12;

/// The report as text.
pub fn text(r: &TrainReport) -> String {
    let mut out = String::new();
    let rows = match r.n_missing_target {
        0 => plural(r.n_rows, "row", "rows"),
        n => format!("{} rows, {} of them left out because their target is missing", count(r.n_rows), count(n)),
    };
    out.push_str(&wrapped(&format!("Target `{}`: {} ({}); {rows}", r.target, r.task, r.task_reason), 0));
    if !r.classes.is_empty() {
        let mut classes = r.classes.iter().take(CLASSES_SHOWN).map(|c| format!("`{c}`")).collect::<Vec<_>>().join(", ");
        if r.classes.len() > CLASSES_SHOWN {
            classes.push_str(&format!(" and {} more", r.classes.len() - CLASSES_SHOWN));
        }
        let positive =
            if r.classes.len() == 2 { format!("; `{}` is the positive one", r.classes[1]) } else { String::new() };
        out.push_str(&wrapped(&format!("Classes: {classes}{positive}"), 0));
    }
    out.push_str(&columns(&r.columns));
    out.push_str(&list("Changed while reading", &r.changes));
    let left_out: Vec<String> = r.left_out.iter().map(|l| format!("`{}`: {}", l.column, l.reason)).collect();
    out.push_str(&list("Left out", &left_out));
    for p in &r.preparation {
        let steps: Vec<String> = p.steps.iter().map(|s| format!("{}: {}", s.step, s.reason)).collect();
        out.push_str(&list(&format!("Prepared for `{}`", p.learner), &steps));
    }
    out.push_str(&format!("\nJudged on rows that were not learned from: {} {}\n", r.split.n_folds, folds_word(r)));
    out.push_str(&wrapped(&format!("because {}", r.split.reason), 2));
    out.push_str(&leaderboard(r));
    let members: Vec<String> = r.members.iter().map(|m| format!("{} × {}", share(m.weight), m.name)).collect();
    out.push_str(&wrapped(&format!("Kept: {}", members.join(" + ")), 0));
    out.push_str(&wrapped(&format!("because {}", r.reason), 2));
    out.push_str(&scores(r));
    out.push('\n');
    out.push_str(&wrapped(&r.verdict.sentence, 0));
    out.push_str(&format!(
        "\nModel: {} ({}, id {})\n",
        r.out.display(),
        base::finding::size(r.size_bytes),
        r.model_id.get(..12).unwrap_or(&r.model_id)
    ));
    out
}

fn folds_word(r: &TrainReport) -> String {
    match (r.split.n_folds, r.split.kind.as_str()) {
        (1, kind) => format!("part held out, {kind}"),
        (_, kind) => format!("folds, {kind}"),
    }
}

fn share(weight: f64) -> String {
    format!("{weight:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn columns(columns: &[ColumnReport]) -> String {
    let rows: Vec<Vec<String>> = columns
        .iter()
        .take(COLUMNS_SHOWN)
        .map(|c| {
            let missing = if c.n_missing == 0 { String::new() } else { count(c.n_missing) };
            vec![c.name.clone(), c.role.clone(), c.kind.to_string(), missing, c.evidence.join("; ")]
        })
        .collect();
    let header = [
        ("column", Align::Left),
        ("use", Align::Left),
        ("taken for", Align::Left),
        ("missing", Align::Right),
        ("because", Align::Left),
    ];
    let mut out = format!("\n{}", table(&header, &rows, width() as u16));
    if columns.len() > COLUMNS_SHOWN {
        out.push_str(&format!("  … and {} more columns (`--json` has them)\n", columns.len() - COLUMNS_SHOWN));
    }
    out
}

fn list(title: &str, items: &[String]) -> String {
    if items.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{title}:\n");
    for item in items.iter().take(COLUMNS_SHOWN) {
        out.push_str(&wrapped(&format!("- {item}"), 2));
    }
    if items.len() > COLUMNS_SHOWN {
        out.push_str(&format!("  … and {} more\n", items.len() - COLUMNS_SHOWN));
    }
    out
}

fn leaderboard(r: &TrainReport) -> String {
    let rows: Vec<Vec<String>> = r
        .leaderboard
        .iter()
        .map(|t| {
            let kept = if t.weight > 0.0 { share(t.weight) } else { String::new() };
            let (value, interval) = match &t.score {
                Some(s) => (score(s.value), format!("{} – {}", score(s.low), score(s.high))),
                None => ("failed".into(), t.failed.clone().unwrap_or_default()),
            };
            vec![t.name.clone(), value, interval, t.train_value.map(score).unwrap_or_default(), kept]
        })
        .collect();
    let header = [
        ("tried", Align::Left),
        (r.metric.as_str(), Align::Right),
        ("95 % interval", Align::Left),
        ("on its own rows", Align::Right),
        ("kept", Align::Right),
    ];
    format!("\n{}\n", table(&header, &rows, width() as u16))
}

fn scores(r: &TrainReport) -> String {
    let rows: Vec<Vec<String>> = r
        .scores
        .iter()
        .map(|s| {
            let baseline = r.baseline.iter().find(|b| b.metric == s.metric);
            let interval = format!("{} – {}", score(s.low), score(s.high));
            vec![s.metric.clone(), score(s.value), interval, baseline.map(|b| score(b.value)).unwrap_or_default()]
        })
        .collect();
    let header = [
        ("metric", Align::Left),
        ("value", Align::Right),
        ("95 % interval", Align::Left),
        ("dummy baseline", Align::Right),
    ];
    format!("\n{}", table(&header, &rows, width() as u16))
}
