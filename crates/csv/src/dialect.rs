//! What divides a file into cells, and where its header is: decided over the start of the file, verified by every
//! record that is read after it (a record of another width is an error, not a guess).
//!
//! Not here: names of columns (`header`).

use crate::evidence::{ColumnType, Evidence};
use crate::limits::{COLUMNS_MAX, PREAMBLE_MAX};
use crate::plain::{Class, classify};
use crate::record::{Grammar, Span, count_lines, record_at};

/// How a file is laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    /// The delimiter, if there is more than one column or it was given.
    pub delimiter: Option<u8>,
    /// Delimiter and spaces as the parser takes them.
    pub grammar: Grammar,
    /// Lines before the header (or before the first row).
    pub n_preamble_lines: u64,
    /// Whether there is a header.
    pub has_header: bool,
    /// The header as it stands in the file, without its line end; empty if there is none.
    pub header: Vec<u8>,
    /// Names as they stand in the header; as many as there are columns. Empty texts if there is no header.
    pub names: Vec<Vec<u8>>,
    /// Where the first row begins, in bytes of the decoded text.
    pub data_offset: usize,
    /// The line of the first row, from 1.
    pub data_line: u64,
    /// The line of the header, from 1.
    pub header_line: u64,
    /// About how many bytes a record has.
    pub record_bytes: usize,
    /// Header cells that look like data, by position.
    pub doubtful: Vec<usize>,
    /// Whether no delimiter divides the lines alike, though some of them hold one.
    pub is_undivided: bool,
}

/// Delimiters in order of preference where they divide equally well.
const CANDIDATES: [u8; 7] = [b'\t', b';', b',', b'|', 0x1f, b'^', b'~'];

/// Records of the start of a file under one grammar.
struct Layout<'a> {
    bytes: &'a [u8],
    grammar: Grammar,
    /// Start, end, and range in `cells` of each record that is not blank.
    records: Vec<(usize, usize, std::ops::Range<usize>)>,
    cells: Vec<Span>,
    /// Records with wrong quotes.
    n_flawed: usize,
}

impl<'a> Layout<'a> {
    /// Reads whole records; the last one counts only if the file ends there.
    fn read(bytes: &'a [u8], from: usize, grammar: Grammar, at_end: bool) -> Self {
        let mut layout = Self { bytes, grammar, records: Vec::new(), cells: Vec::new(), n_flawed: 0 };
        let mut spans = Vec::new();
        let mut at = from;
        while at < bytes.len() {
            let record = record_at(bytes, at, grammar, &mut spans);
            let is_whole = record.end < bytes.len() && record.next < bytes.len();
            if !is_whole && !at_end {
                break;
            }
            if record.end > record.start {
                let first = layout.cells.len();
                layout.cells.append(&mut spans);
                layout.n_flawed += usize::from(record.flaw.is_some());
                layout.records.push((record.start, record.end, first..layout.cells.len()));
            }
            at = record.next;
        }
        layout
    }

    fn width(&self, i: usize) -> usize {
        self.records[i].2.len()
    }

    fn cell(&self, i: usize, column_idx: usize) -> Vec<u8> {
        let range = &self.records[i].2;
        self.cells[range.start + column_idx].content(self.bytes).into_owned()
    }

    fn cells_of(&self, i: usize) -> Vec<Vec<u8>> {
        (0..self.width(i)).map(|c| self.cell(i, c)).collect()
    }

    fn class(&self, i: usize, column_idx: usize) -> Class {
        classify(self.cell(i, column_idx).trim_ascii())
    }

    /// Share of the records from `from` that have a width and sound quotes, in millionths.
    fn share(&self, from: usize, width: usize) -> usize {
        let n = self.records.len() - from;
        let alike = (from..self.records.len()).filter(|&i| self.width(i) == width).count();
        alike.saturating_sub(self.n_flawed) * 1_000_000 / n.max(1)
    }

    /// Records below another that reach to a column, without those that repeat its cells.
    fn below(&self, above: usize, column_idx: usize) -> impl Iterator<Item = usize> + Clone {
        let repeats = move |i: usize| {
            self.width(i) == self.width(above) && (0..self.width(i)).all(|c| self.cell(i, c) == self.cell(above, c))
        };
        (above + 1..self.records.len()).filter(move |&i| column_idx < self.width(i) && !repeats(i))
    }

    /// The type of a column below a record.
    fn type_below(&self, above: usize, column_idx: usize) -> Evidence {
        let cells = self.below(above, column_idx);
        cells.fold(Evidence::NONE, |all, i| all.and(Evidence::of(self.class(i, column_idx))))
    }

    /// Whether the cells of a record can name columns: each has a text of its own.
    fn can_be_header(&self, i: usize) -> bool {
        let cells = self.cells_of(i);
        let mut sorted: Vec<&[u8]> = cells.iter().map(|c| c.trim_ascii()).collect();
        sorted.sort_unstable();
        sorted.windows(2).all(|w| w[0] != w[1])
            && (0..cells.len()).all(|c| !cells[c].trim_ascii().is_empty() && self.class(i, c) == Class::Text)
    }
}

/// A layout that may be the right one.
struct Choice<'a> {
    /// Share of the records that agree, whether the first of them does too (nothing must be taken for a title), whether
    /// the delimiter is not there by chance, number of columns.
    rank: (usize, bool, bool, usize),
    layout: Layout<'a>,
    header: usize,
    delimiter: u8,
}

/// Decides how a file is laid out from its start. `None` if the start must be longer to tell (never if `at_end`),
/// or if there is no record at all.
pub fn decide(bytes: &[u8], at_end: bool, given: Option<u8>) -> Option<Dialect> {
    let (from, said) = said_delimiter(bytes);
    let given = given.or(said);
    let plain = |delimiter: u8| Grammar { delimiter, skip_spaces: false };
    if let Some(delimiter) = given {
        let layout = Layout::read(bytes, from, plain(delimiter), at_end);
        let header = best_header(&layout).map_or(0, |(header, _)| header);
        return finish(layout, header, Some(delimiter), at_end, false);
    }
    let mut best: Option<Choice<'_>> = None;
    for delimiter in CANDIDATES {
        if memchr::memchr(delimiter, bytes).is_none() {
            continue;
        }
        for skip_spaces in [false, true] {
            if skip_spaces && memchr::memmem::find(bytes, &[delimiter, b' ', b'"']).is_none() {
                continue;
            }
            let layout = Layout::read(bytes, from, Grammar { delimiter, skip_spaces }, at_end);
            let Some((header, share)) = best_header(&layout) else { continue };
            let width = layout.width(header);
            // A tab, or a semicolon, that divides all lines alike is not there by chance; commas and the rest might be.
            let rank = (share, header == 0, matches!(delimiter, b'\t' | b';'), width);
            if best.as_ref().is_none_or(|best| rank > best.rank) {
                best = Some(Choice { rank, layout, header, delimiter });
            }
        }
    }
    if let Some(Choice { layout, header, delimiter, .. }) = best {
        return finish(layout, header, Some(delimiter), at_end, false);
    }
    let layout = Layout::read(bytes, from, plain(b'\n'), at_end);
    let is_undivided = layout.records.iter().any(|(start, end, cells)| {
        let record = &bytes[*start..*end];
        !layout.cells[cells.start].is_quoted && record.iter().any(|b| CANDIDATES[..4].contains(b))
    });
    finish(layout, 0, None, at_end, is_undivided)
}

/// Excel's `sep=;` as the first line: the line's length and the delimiter.
fn said_delimiter(bytes: &[u8]) -> (usize, Option<u8>) {
    match bytes {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', d, b'\r', b'\n', ..] => (7, Some(*d)),
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', d, b'\n' | b'\r', ..] => (6, Some(*d)),
        _ => (0, None),
    }
}

/// Which record is the header if this layout is right, and how many of the records agree, in millionths.
fn best_header(layout: &Layout<'_>) -> Option<(usize, usize)> {
    let n = layout.records.len();
    if n == 0 {
        return None;
    }
    let first = layout.width(0);
    if first >= 2 {
        if let Some(header) = padded_title(layout) {
            return Some((header, layout.share(header, first)));
        }
        let share = layout.share(0, first).max(layout.share(1.min(n - 1), first + 1));
        if share >= 500_000 || n <= 2 {
            return Some((0, share));
        }
    }
    // A title of shorter lines, then records of one width to the end.
    let width = layout.width(n - 1);
    let header = (0..n).rev().take_while(|&i| layout.width(i) == width).last()?;
    let is_title = (1..=PREAMBLE_MAX).contains(&header) && (0..header).all(|i| layout.width(i) < width);
    let is_table = width > 2 && n - header >= 2 || {
        let typed = |c: usize| !matches!(layout.type_below(header, c).column_type(), ColumnType::Text);
        width == 2 && n - header >= 2 && (typed(0) || typed(1))
    };
    if is_title && is_table && layout.can_be_header(header) && layout.n_flawed == 0 {
        return Some((header, 1_000_000));
    }
    (first >= 2).then(|| (0, layout.share(0, first)))
}

/// The header below a title whose lines were padded with delimiters, as spreadsheets write it: the first record all
/// of whose cells are filled, if those before have at most one filled cell each.
fn padded_title(layout: &Layout<'_>) -> Option<usize> {
    let filled = |i: usize| layout.cells_of(i).iter().filter(|c| !c.trim_ascii().is_empty()).count();
    let width = layout.width(0);
    let header = (0..layout.records.len().min(PREAMBLE_MAX + 1)).find(|&i| filled(i) > 1)?;
    let is_title = header > 0 && width >= 3 && layout.width(header) == width;
    (is_title && layout.can_be_header(header) && layout.records.len() > header + 1).then_some(header)
}

fn finish(
    layout: Layout<'_>,
    header: usize,
    delimiter: Option<u8>,
    at_end: bool,
    is_undivided: bool,
) -> Option<Dialect> {
    let n = layout.records.len();
    // The first two records decide, unless the file has only one.
    if n <= header || (n <= header + 1 && !at_end) {
        return None;
    }
    let bytes = layout.bytes;
    let (start, end, _) = layout.records[header];
    let (is_data, doubtful) = looks_like_data(&layout, header);
    let mut names = if is_data { vec![Vec::new(); layout.width(header)] } else { layout.cells_of(header) };
    if !is_data && ends_with_delimiters(&layout, header) {
        names.push(Vec::new());
    }
    let skip_spaces = spaces_follow(&layout, header + usize::from(!is_data));
    let grammar = Grammar { skip_spaces, ..layout.grammar };
    if skip_spaces && !is_data {
        // Quotes after spaces count now, so the names may be others.
        let mut cells = Vec::new();
        record_at(bytes, start, grammar, &mut cells);
        names = cells.iter().map(|c| c.content(bytes).into_owned()).collect();
    }
    names.truncate(COLUMNS_MAX + 1);
    let header_line = 1 + count_lines(&bytes[..start]);
    let data_offset = if is_data { start } else { crate::record::after_line_end(bytes, end) };
    let data_line = if is_data { header_line } else { 1 + count_lines(&bytes[..data_offset]) };
    let first_record = layout.records[0].0;
    Some(Dialect {
        delimiter,
        grammar,
        n_preamble_lines: if header > 0 || first_record > 0 { header_line - 1 } else { 0 },
        has_header: !is_data,
        header: if is_data { Vec::new() } else { bytes[start..end].to_vec() },
        names,
        data_offset,
        data_line: if at_end && data_offset >= bytes.len() { header_line + 1 } else { data_line },
        header_line,
        record_bytes: (layout.records[n - 1].1 - start) / (n - header) + 1,
        doubtful,
        is_undivided,
    })
}

/// Whether the record that would be the header is one more row: every cell of it is of its column's type or one of
/// its column's values, and at least one is not mere text or is found again. Else, the cells that look like data.
fn looks_like_data(layout: &Layout<'_>, header: usize) -> (bool, Vec<usize>) {
    let width = layout.width(header);
    let mut doubtful = Vec::new();
    let mut n_filled = 0;
    for column_idx in 0..width {
        let cell = layout.cell(header, column_idx);
        let class = layout.class(header, column_idx);
        if cell.trim_ascii().is_empty() {
            continue;
        }
        n_filled += 1;
        if class == Class::Text {
            let mut below =
                layout.below(header, column_idx).map(|i| layout.cell(i, column_idx)).filter(|c| !c.is_empty());
            // Numbers and dates in national forms have digits and no letters.
            let is_kin = is_digital(&cell) && below.clone().next().is_some() && below.clone().all(|c| is_digital(&c));
            if is_kin || below.any(|c| c == cell) || width == 1 && returns_often(layout, header) {
                doubtful.push(column_idx);
            }
            continue;
        }
        let below = layout.type_below(header, column_idx);
        let with = below.and(Evidence::of(class));
        let is_kin =
            below.is_empty() || below.column_type() != ColumnType::Text && with.column_type() != ColumnType::Text;
        if is_kin {
            doubtful.push(column_idx);
        }
    }
    (n_filled > 0 && doubtful.len() == n_filled, doubtful)
}

/// Whether the one cell of a record is a level of its column: it returns more often than a header that was pasted in.
fn returns_often(layout: &Layout<'_>, header: usize) -> bool {
    let n = layout.records.len() - header - 1;
    let cell = layout.cell(header, 0);
    let n_equal = (header + 1..layout.records.len()).filter(|&i| layout.cell(i, 0) == cell).count();
    n_equal >= 2 && n_equal * 10 >= n
}

fn is_digital(cell: &[u8]) -> bool {
    cell.iter().any(u8::is_ascii_digit) && !cell.iter().any(u8::is_ascii_alphabetic)
}

/// Whether all records below the header have one more cell than it, and that cell is empty: each line ends with a
/// delimiter, the header does not.
fn ends_with_delimiters(layout: &Layout<'_>, header: usize) -> bool {
    let width = layout.width(header);
    let n = layout.records.len();
    n > header + 1 && (header + 1..n).all(|i| layout.width(i) == width + 1 && layout.cell(i, width).is_empty())
}

/// Whether every filled cell after a delimiter begins with a space (and there is one).
fn spaces_follow(layout: &Layout<'_>, from: usize) -> bool {
    if layout.grammar.delimiter == b'\n' || layout.grammar.delimiter == b' ' {
        return false;
    }
    let mut n_cells = 0;
    for (start, end, range) in &layout.records[from.min(layout.records.len())..] {
        for (i, span) in layout.cells[range.clone()].iter().enumerate() {
            let at = if span.is_quoted { span.start - 1 } else { span.start };
            if i == 0 || at <= *start || at > *end || span.start == span.end && !span.is_quoted {
                continue;
            }
            n_cells += 1;
            // Under a grammar that skips spaces they stand before the cell.
            if layout.bytes.get(at) != Some(&b' ') && layout.bytes[at - 1] != b' ' {
                return false;
            }
        }
    }
    n_cells > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Dialect {
        decide(text.as_bytes(), true, None).expect("a table")
    }

    fn names(d: &Dialect) -> Vec<String> {
        d.names.iter().map(|n| String::from_utf8_lossy(n).into_owned()).collect()
    }

    #[test]
    fn delimiters() {
        let check = |text: &str, delimiter: Option<u8>| assert_eq!(of(text).delimiter, delimiter, "{text:?}");
        check("a,b\n1,2\n", Some(b','));
        check("a;b\n1,5;2,5\n3,5;4,5\n", Some(b';'));
        check("a\tb\nx, y\tz\n", Some(b'\t'));
        check("a|b\n1|2\n", Some(b'|'));
        check("sep=;\na;b\n1;2\n", Some(b';'));
        check("a\n1\n2\n", None);
        check("text\nHello, world\nfoo\nbar, baz\n", None);
        check("\"a;x\",b\n\"1;2;3\",2\n", Some(b','));
        check("a,b,c\n1,2\n", Some(b','));
    }

    #[test]
    fn headers() {
        let d = of("Sales 2024\n\na,b,c\n1,2,3\n4,5,6\n");
        assert_eq!((names(&d).join(" "), d.n_preamble_lines, d.data_line), ("a b c".into(), 2, 4));
        let d = of("Report,,\n,,\na,b,c\n1,2,3\n");
        assert_eq!((names(&d).join(" "), d.data_line), ("a b c".into(), 4));
        assert!(!of("1,2\n3,4\n").has_header);
        assert!(!of("39, State-gov, 77\n50, Private, 83\n38, State-gov, 21\n").has_header);
        assert!(of("country,2019,2020\nNO,1,2\nSE,3,4\n").has_header);
        assert_eq!(of("country,2019,2020\nNO,1,2\nSE,3,4\n").doubtful, [1, 2]);
        assert!(of("# id,b\n1,2\n").has_header);
        assert!(of("a,b\n1,x\na,b\n2,y\na,b\n").has_header);
        assert!(!of("1,5;2,5\n3,5;4,5\n").has_header);
        assert_eq!(names(&of("a,b\n1,2,\n3,4,\n")), ["a", "b", ""]);
        assert_eq!(names(&of("a, \"b, c\"\n1, 2\n")), ["a", "b, c"]);
    }
}
