//! Tables, bars and numbers as text of a terminal.

pub use base::finding::grouped as count;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// How a column of a table stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table without rules: a header and rows, each indented by two.
///
/// ```
/// use almanac_report::terminal::{Align, table};
/// let text = table(&[("name", Align::Left), ("rows", Align::Right)], &[vec!["a".into(), "10".into()]], 80);
/// assert!(text.contains("name"));
/// ```
pub fn table(header: &[(&str, Align)], rows: &[Vec<String>], width: u16) -> String {
    let mut out = Table::new();
    out.load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width.max(40))
        .set_header(header.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>());
    for row in rows {
        out.add_row(row.iter().map(|cell| printable(cell)).collect::<Vec<_>>());
    }
    for (i, (_, align)) in header.iter().enumerate() {
        if let Some(column) = out.column_mut(i) {
            column.set_cell_alignment(match align {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            });
        }
    }
    out.lines().map(|l| format!(" {}\n", l.trim_end())).collect()
}

/// A bar of at most `width` characters for a share between 0 and 1.
pub fn bar(share: f64, width: usize) -> String {
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    let mut out = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        out.push([' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8]);
    }
    out
}

/// A score with four digits after the point; one where it is large, and powers of ten where it is huge.
pub fn score(x: f64) -> String {
    match x.abs() {
        size if !size.is_finite() => "–".into(),
        size if size >= 1e9 => format!("{x:.3e}"),
        size if size >= 1000.0 => format!("{x:.1}"),
        0.0 => "0.0000".into(),
        size if size < 0.001 => format!("{x:.2e}"),
        _ => format!("{x:.4}"),
    }
}

/// A number of things: `1 row`, `1,234 rows`.
pub fn plural(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", count(n)) }
}

/// Characters of a cell that are shown.
const CELL_CHARS_MAX: usize = 600;

/// Text as a terminal may show it: control characters (which could move the cursor or change colours) are escaped, and
/// what is longer than a paragraph is cut.
pub fn printable(text: &str) -> String {
    if text.len() > CELL_CHARS_MAX && text.chars().nth(CELL_CHARS_MAX).is_some() {
        let start: String = text.chars().take(CELL_CHARS_MAX).collect();
        return printable(&start) + "…";
    }
    if !text.chars().any(char::is_control) {
        return text.to_owned();
    }
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_cannot_move_the_cursor() {
        assert_eq!(printable("a\x1b[2Jb"), "a\\u{1b}[2Jb");
        let text = table(&[("x", Align::Left)], &[vec!["\x1b[31mred".into()]], 80);
        assert!(!text.contains('\x1b'), "{text:?}");
    }

    #[test]
    fn scores_fit_their_column() {
        assert_eq!(
            [0.12345, -0.0, 1.234e-6, 12345.67, 5.2302e14].map(score),
            ["0.1235", "0.0000", "1.23e-6", "12345.7", "5.230e14"]
        );
        assert_eq!((plural(1, "row", "rows"), plural(2000, "row", "rows")), ("1 row".into(), "2,000 rows".into()));
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
    }
}
