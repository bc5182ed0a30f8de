//! The report of `demo`: what training said, and what the next month brought.

use report::terminal::{Align, bar, table};
use workflow::demo::DemoReport;

use super::{bench, predict, train, width, wrapped};

/// Columns that are shown with a bar.
const COLUMNS_SHOWN: usize = 8;

/// The report as text.
pub fn text(r: &DemoReport) -> String {
    let mut out = format!("── What training said {}\n\n", "─".repeat(40));
    out.push_str(&train::text(&r.train));
    out.push_str(&format!("\n── What scoring said {}\n\n", "─".repeat(41)));
    out.push_str(&predict::text(&r.predict));
    out.push_str(&format!("\n── A month later {}\n\n", "─".repeat(45)));
    let promised = r.train.scores.iter().find(|s| s.metric == "roc_auc");
    if let Some(s) = promised {
        let kept = if r.as_promised { "as promised" } else { "not as promised" };
        out.push_str(&wrapped(
            &format!(
                "Training promised a ROC-AUC of {:.3} ({:.3} – {:.3}); on customers that nobody had seen it is {:.3}: {kept}.",
                s.value, s.low, s.high, r.next_month_roc_auc
            ),
            0,
        ));
    }
    out.push_str("\nHow much of it is lost when a column is shuffled:\n");
    let most = r.leans_on.first().map_or(0.0, |l| l.fall).max(f64::MIN_POSITIVE);
    let rows: Vec<Vec<String>> = r
        .leans_on
        .iter()
        .take(COLUMNS_SHOWN)
        .map(|l| vec![l.column.clone(), format!("{:.4}", l.fall), bar(l.fall.max(0.0) / most, 30)])
        .collect();
    out.push_str(&table(&[("column", Align::Left), ("fall", Align::Right), ("", Align::Left)], &rows, width() as u16));
    out.push_str(&format!("\n── How fast {}\n\n", "─".repeat(50)));
    out.push_str(&bench::text(&r.bench));
    out.push_str(&format!(
        "\nThe files are in {}: look at {}, then try your own table with `almanac train`.\n",
        r.customers.parent().unwrap_or(std::path::Path::new(".")).display(),
        r.scored.display()
    ));
    out
}
