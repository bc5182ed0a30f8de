//! Types that the cells prove, and what flags say: applied without a question. What is only likely is proposed
//! elsewhere (`propose`).

use base::finding::quoted;
use base::{Finding, Findings, Place, Severity};
use table::datetime::DatetimeFormat;
use table::number::NumberFormat;
use table::{BoolWords, DType, Field, Kind, Role};

use super::affix::only_affix;
use super::boolean;
use super::error::{InferError, codes};
use super::marks::{Marks, Verdict, style_of};
use super::patterns::{Order, patterns};
use super::styles::{self, N_STYLES};
use super::summary::{ColumnSummary, Forms, StyleCounts};
use crate::answers::Answers;

/// The fields that columns are to be read under, and what there is to say of them.
#[derive(Debug, Clone)]
pub struct Typing {
    /// One per summary, in order.
    pub fields: Vec<Field>,
    /// Proven forms, open questions.
    pub findings: Findings,
    /// Columns of numbers such as `1.234` in every cell, read with a decimal point while other columns prove decimal
    /// commas: whoever has their text should let it be typed again, as text.
    pub may_be_groups: Vec<String>,
}

/// Decides the types of all columns of a source from their summaries.
///
/// - proven: decimal commas, thousands marks, unicode minus; dates and times of exactly one pattern
/// - an open question (day or month first; `1,234`) leaves the column as text with a warning that names the flag
/// - flags come first and are checked: `options` names columns by name
///
/// # Errors
/// A flag that names no column, or a format that is none; numbers beyond the range of floats.
pub fn decide(summaries: &[ColumnSummary], options: &Answers) -> Result<Typing, InferError> {
    check_names(summaries, options)?;
    let marks = Marks::of(summaries);
    let mut findings = Findings::new();
    let mut fields = Vec::with_capacity(summaries.len());
    for summary in summaries {
        fields.push(field_of(summary, marks, options, &mut findings)?);
    }
    let is_open = |s: &&ColumnSummary| is_open_to_groups(s, marks, options);
    let may_be_groups = summaries.iter().filter(is_open).map(|s| s.field.name.clone()).collect();
    Ok(Typing { fields, findings, may_be_groups })
}

fn is_open_to_groups(summary: &ColumnSummary, marks: Marks, options: &Answers) -> bool {
    marks.comma && !marks.point && may_be_groups(summary) && !options.formats.contains_key(&summary.field.name)
}

fn check_names(summaries: &[ColumnSummary], options: &Answers) -> Result<(), InferError> {
    let known = |name: &String| summaries.iter().any(|s| s.field.name == *name);
    let flags = [
        ("--kind", options.kinds.keys().find(|n| !known(n))),
        ("--missing", options.missing.keys().find(|n| !known(n))),
        ("--format", options.formats.keys().find(|n| !known(n))),
    ];
    for (flag, unknown) in flags {
        if let Some(name) = unknown {
            let names = summaries.iter().map(|s| s.field.name.clone()).collect();
            return Err(InferError::UnknownColumn { flag, name: name.clone(), names });
        }
    }
    Ok(())
}

fn field_of(
    summary: &ColumnSummary,
    marks: Marks,
    options: &Answers,
    findings: &mut Findings,
) -> Result<Field, InferError> {
    let name = &summary.field.name;
    let mut field = summary.field.clone();
    if let Some(tokens) = options.missing.get(name) {
        field.missing.clone_from(tokens);
    }
    if is_open_to_groups(summary, marks, options) {
        findings.push(group_warning(name));
    }
    let kind = options.kinds.get(name).copied();
    if let Some(format) = options.formats.get(name) {
        apply_format(&mut field, summary, format)?;
    } else if field.dtype == DType::Text && !matches!(kind, Some(Kind::Category | Kind::Text | Kind::Identifier)) {
        prove(&mut field, summary, marks, findings)?;
    }
    if let Some(kind) = kind {
        apply_kind(&mut field, summary, marks, kind)?;
    }
    Ok(field)
}

/// Whether floats may have been thousands with a point between groups: `1.234` in every cell.
fn may_be_groups(s: &ColumnSummary) -> bool {
    let n = s.n_present();
    s.field.dtype == DType::Float64 && s.numbers.n_whole < n && !s.numbers.has_unlike_groups
}

fn group_warning(name: &str) -> Finding {
    let message = format!(
        "`{name}` is read with decimal points, while other columns have decimal commas: its numbers may be thousands"
    );
    Finding::new(codes::NUMBER_MARK, Severity::Warning, message)
        .at(Place::column(name))
        .hint(format!("if 1.234 means 1234 there, say so: `--format '{name}=1.234,5'`"))
}

/// What the cells prove.
fn prove(field: &mut Field, summary: &ColumnSummary, marks: Marks, findings: &mut Findings) -> Result<(), InferError> {
    let Some(forms) = &summary.text.forms else { return Ok(()) };
    let n_told: u64 = field.missing.iter().filter_map(|token| forms.odd.get(token)).sum();
    if forms.n_odd() > n_told || !forms.affixes.is_empty() || forms.has_more_affixes {
        return Ok(());
    }
    let n = summary.n_present() - n_told;
    let place = Place::column(&field.name);
    let n_numbers = forms.styles.iter().map(|s| s.ok).max().unwrap_or(0);
    if forms.n_out_of_range > 0 && n_numbers + forms.n_out_of_range == n {
        return Err(InferError::OutOfRange {
            column: field.name.clone(),
            n_cells: forms.n_out_of_range,
            found: forms.out_of_range.clone().unwrap_or_default(),
        });
    }
    if forms.n_dates == n && n > 0 {
        if let Some(finding) = prove_dates(field, forms, n) {
            findings.push(finding);
        }
        return Ok(());
    }
    match style_of(&forms.styles, n, marks) {
        Verdict::NotNumbers => {
            if forms.n_many_digits > 0 && n_numbers + forms.n_many_digits == n {
                findings.push(many_digits(&field.name, "whole numbers beyond 64 bits").at(place));
            }
        }
        Verdict::Ambiguous => findings.push(mark_question(&field.name)),
        Verdict::Style(style) if forms.n_wide > 0 && forms.styles[style].whole < n => {
            findings.push(many_digits(&field.name, "decimals and whole numbers beyond 2^53").at(place));
        }
        Verdict::Style(style) => {
            field.number = styles::form(style);
            set_number(field, &forms.styles, style, n);
            if style != styles::PLAIN {
                let message = format!("`{}` is written as `{}`: read as numbers", field.name, field.number.example());
                findings.push(Finding::new(codes::PROVEN_FORM, Severity::Info, message).at(place));
            }
        }
    }
    Ok(())
}

pub(super) fn set_number(field: &mut Field, counts: &StyleCounts, style: usize, n: u64) {
    field.dtype = if counts[style].whole == n { DType::Int64 } else { DType::Float64 };
    field.kind = Kind::Number;
}

fn many_digits(name: &str, what: &str) -> Finding {
    let message = format!("`{name}` has {what}: it stays text, so that every digit is kept");
    Finding::new(codes::MANY_DIGITS, Severity::Info, message)
}

/// The question whether a comma is a decimal mark.
pub(super) fn mark_question(name: &str) -> Finding {
    let message = format!(
        "the marks in the numbers of `{name}` may be decimal or thousands marks, and nothing in the source tells: it \
         stays text"
    );
    Finding::new(codes::NUMBER_MARK, Severity::Warning, message)
        .at(Place::column(name))
        .hint(format!("say how 1234.5 would be written: `--format '{name}=1,234.5'` or `--format '{name}=1.234,5'`"))
}

/// The pattern of `n` dates: one, or the several that contradict each other.
pub(super) fn date_pattern(forms: &Forms, n: u64) -> Result<Option<usize>, Vec<usize>> {
    let full: Vec<usize> =
        forms.patterns.iter().filter(|(_, count)| **count == n).map(|(i, _)| usize::from(*i)).collect();
    let mut by_order: Vec<(Order, usize)> = Vec::new();
    for i in full {
        let order = patterns()[i].order;
        if by_order.iter().all(|(o, _)| *o != order) {
            by_order.push((order, i));
        }
    }
    match by_order.as_slice() {
        [] => Ok(None),
        [(_, one)] => Ok(Some(*one)),
        several => Err(several.iter().map(|(_, i)| *i).collect()),
    }
}

pub(super) fn set_pattern(field: &mut Field, pattern: usize) {
    let pattern = &patterns()[pattern];
    field.dtype = pattern.compiled.dtype();
    field.kind = Kind::Datetime;
    field.datetime = Some(pattern.format.clone());
}

/// The question which of several patterns it is.
pub(super) fn order_question(name: &str, several: &[usize]) -> Finding {
    let names: Vec<&str> = several.iter().map(|&i| patterns()[i].format.0.as_str()).collect();
    let flags: Vec<String> = names.iter().map(|p| format!("`--format '{name}={p}'`")).collect();
    let message = format!("every cell of `{name}` is a date under each of {}: it stays text", names.join(", "));
    Finding::new(codes::DATE_ORDER, Severity::Warning, message)
        .at(Place::column(name))
        .hint(format!("say which: {}", flags.join(" or ")))
}

fn prove_dates(field: &mut Field, forms: &Forms, n: u64) -> Option<Finding> {
    let place = Place::column(&field.name);
    match date_pattern(forms, n) {
        Ok(Some(pattern)) => {
            set_pattern(field, pattern);
            let message =
                format!("`{}` is written `{}` in every cell: read as {}", field.name, pattern_text(field), field.dtype);
            Some(Finding::new(codes::PROVEN_FORM, Severity::Info, message).at(place))
        }
        Err(several) => Some(order_question(&field.name, &several)),
        Ok(None) => {
            let mut most: Vec<(u64, u16)> = forms.patterns.iter().map(|(i, count)| (*count, *i)).collect();
            most.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            let name_of = |(count, i): &(u64, u16)| format!("{count} as `{}`", patterns()[usize::from(*i)].format.0);
            let shown: Vec<String> = most.iter().take(3).map(name_of).collect();
            let message = format!(
                "every cell of `{}` is a date or time, but no one pattern reads them all ({} of {n}): it stays text",
                field.name,
                shown.join(", ")
            );
            Some(Finding::new(codes::MIXED_DATES, Severity::Warning, message).at(place))
        }
    }
}

fn pattern_text(field: &Field) -> &str {
    field.datetime.as_ref().map_or("", |f| f.0.as_str())
}

/// `--format COL=F`.
fn apply_format(field: &mut Field, summary: &ColumnSummary, format: &str) -> Result<(), InferError> {
    let bad = |what: String| InferError::BadFormat { column: field.name.clone(), format: format.to_owned(), what };
    let pattern = DatetimeFormat(format.to_owned());
    match pattern.compile() {
        Ok(compiled) => {
            field.dtype = compiled.dtype();
            field.kind = Kind::Datetime;
            field.datetime = Some(pattern);
            return Ok(());
        }
        Err(e) if format.contains('%') && NumberFormat::from_example(format).is_none() => {
            return Err(bad(e.to_string()));
        }
        Err(_) => {}
    }
    let number = NumberFormat::from_example(format)
        .ok_or_else(|| bad("it does not tell the decimal mark from the thousands mark".to_owned()))?;
    let is_whole = match field.dtype {
        DType::Int64 => true,
        DType::Text => summary.text.forms.as_ref().is_some_and(|forms| all_whole(forms, &number)),
        _ => false,
    };
    field.number = number;
    field.dtype = if is_whole { DType::Int64 } else { DType::Float64 };
    field.kind = Kind::Number;
    Ok(())
}

fn all_whole(forms: &Forms, number: &NumberFormat) -> bool {
    let affixed = forms.affixes.iter().find(|(a, _)| a.prefix == number.prefix && a.suffix == number.suffix);
    let counts = affixed.map_or(&forms.styles, |(_, counts)| counts);
    (0..N_STYLES).any(|style| {
        let form = styles::form(style);
        let same = form.decimal == number.decimal && form.thousands == number.thousands;
        same && counts[style].ok > 0 && counts[style].ok == counts[style].whole
    })
}

/// `--kind COL=K`.
fn apply_kind(field: &mut Field, summary: &ColumnSummary, marks: Marks, kind: Kind) -> Result<(), InferError> {
    let bad =
        |what: String| InferError::BadFormat { column: field.name.clone(), format: kind.as_str().to_owned(), what };
    match kind {
        Kind::Category => {}
        Kind::Identifier => field.role = Role::Id,
        Kind::Text if field.dtype == DType::Text => {}
        Kind::Text => field.dtype = DType::Text,
        Kind::Number => match field.dtype {
            DType::Int64 | DType::Float64 => {}
            DType::Bool => field.dtype = DType::Int64,
            DType::Text => number_told(field, summary, marks),
            _ => return Err(bad(format!("the column holds a {}", field.dtype))),
        },
        Kind::Datetime if field.dtype.is_temporal() => {}
        Kind::Datetime => {
            return Err(bad("no one date pattern reads every cell; say which with `--format`".to_owned()));
        }
        Kind::Boolean if field.dtype == DType::Bool => {}
        Kind::Boolean if field.dtype.is_numeric() => {
            if summary.numbers.range() != Some((0.0, 1.0)) || summary.distinct.n_distinct() != 2 {
                return Err(bad("its values are not 0 and 1".to_owned()));
            }
            field.dtype = DType::Bool;
            field.words = Some(BoolWords { yes: "1".into(), no: "0".into() });
        }
        Kind::Boolean => {
            let levels: Vec<&str> = summary.distinct.texts().iter().map(|(t, _)| *t).collect();
            let levels: Vec<&str> =
                levels.into_iter().filter(|t| field.missing.iter().all(|m| m != t)).take(3).collect();
            let words = boolean::words_of(&levels).ok_or_else(|| {
                let shown: Vec<String> = levels.iter().map(|l| quoted(l)).collect();
                bad(format!("its levels are not two words for yes and no, but {}", shown.join(", ")))
            })?;
            field.dtype = DType::Bool;
            field.words = Some(words);
        }
    }
    field.kind = kind;
    Ok(())
}

/// Text that was said to be numbers: in the style of most of its cells, with their unit. What does not fit is named
/// where the cells are read.
fn number_told(field: &mut Field, summary: &ColumnSummary, marks: Marks) {
    field.dtype = DType::Float64;
    let Some(forms) = &summary.text.forms else { return };
    let n = summary.n_present() - forms.n_odd() - forms.n_many_digits;
    let affix = only_affix(forms, n);
    let counts = affix.map_or(&forms.styles, |(_, counts)| counts);
    if let Verdict::Style(style) = style_of(counts, n, marks) {
        field.number = styles::form(style);
        if let Some((affix, _)) = affix {
            field.number.prefix.clone_from(&affix.prefix);
            field.number.suffix.clone_from(&affix.suffix);
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{Code, Cx, Fault};
    use table::{Cell, Column, Kind};

    use super::*;
    use crate::samples::{floats, ints, text};
    use crate::type_columns;

    fn typed(columns: Vec<Column>, options: &Answers) -> Result<(Vec<Column>, Vec<Code>), InferError> {
        let (columns, findings) = type_columns(&Cx::new(0, 1), columns, options)?;
        Ok((columns, findings.kept().iter().map(|f| f.code).collect()))
    }

    fn check(cells: &[&str], dtype: DType, first: Cell<'_>, expected: &[Code]) {
        let (columns, found) = typed(vec![text("x", cells)], &Answers::default()).expect("typed");
        assert_eq!(columns[0].field().dtype, dtype, "{cells:?}");
        assert_eq!(columns[0].cell(0), first, "{cells:?}");
        assert_eq!(found, expected, "{cells:?}");
    }

    #[test]
    fn proven_types() {
        check(&["2,6", "", "12"], DType::Float64, Cell::Float(2.6), &[codes::PROVEN_FORM]);
        check(&["1.234.567", "12"], DType::Int64, Cell::Int(1_234_567), &[codes::PROVEN_FORM]);
        check(&["\u{2212}5", "7"], DType::Int64, Cell::Int(-5), &[]);
        check(&["13/01/1970", "02/01/1970"], DType::Date, Cell::Date(12), &[codes::PROVEN_FORM]);
        check(&["01/13/1970", "02/01/1970"], DType::Date, Cell::Date(12), &[codes::PROVEN_FORM]);
        check(&["18.00.00", "19.00.00"], DType::Time, Cell::Time(64_800_000_000), &[codes::PROVEN_FORM]);
        check(&["1970-01-01T00:00:01Z"], DType::Datetime, Cell::Datetime(1_000_000), &[codes::PROVEN_FORM]);
    }

    #[test]
    fn what_is_not_proven_stays_text() {
        check(&["02/01/1970", "01/02/1970"], DType::Text, Cell::Text("02/01/1970".into()), &[codes::DATE_ORDER]);
        check(&["13/01/1970", "01/13/1970"], DType::Text, Cell::Text("13/01/1970".into()), &[codes::MIXED_DATES]);
        check(&["1,234", "2,500"], DType::Text, Cell::Text("1,234".into()), &[codes::NUMBER_MARK]);
        check(&["00123", "12345"], DType::Text, Cell::Text("00123".into()), &[]);
        check(
            &["12345678901234567890123", "1"],
            DType::Text,
            Cell::Text("12345678901234567890123".into()),
            &[codes::MANY_DIGITS],
        );
        check(&["9007199254740993", "0,5"], DType::Text, Cell::Text("9007199254740993".into()), &[codes::MANY_DIGITS]);
        check(&["5", "?"], DType::Text, Cell::Text("5".into()), &[]);
        check(&["+491701234567", "+4915112345678"], DType::Text, Cell::Text("+491701234567".into()), &[]);
        check(&["2024-02-30", "2024-02-01"], DType::Text, Cell::Text("2024-02-30".into()), &[]);
    }

    #[test]
    fn points_beside_decimal_commas_are_doubted() {
        let none = Answers::default();
        let (_, found) = typed(vec![text("a", &["2,6", "1"]), floats("b", [1.234, 2.5])], &none).expect("typed");
        assert_eq!(found, [codes::PROVEN_FORM, codes::NUMBER_MARK]);
        let (_, found) = typed(vec![text("a", &["2,6", "1"]), floats("b", [1.234, 0.5])], &none).expect("typed");
        assert_eq!(found, [codes::PROVEN_FORM]);
    }

    #[test]
    fn numbers_beyond_floats_are_an_error() {
        let e = typed(vec![text("x", &["1", "1e400", "-1e999"])], &Answers::default()).expect_err("too large");
        assert_eq!(e.code(), Code(2663));
        assert!(e.to_string().contains("`-1e999`"), "{e}");
        let kinds = [("x".to_owned(), Kind::Category)].into();
        let options = Answers { kinds, ..Answers::default() };
        let (columns, _) = typed(vec![text("x", &["1", "1e400"])], &options).expect("text");
        assert_eq!(columns[0].field().dtype, DType::Text);
    }

    #[test]
    fn flags_come_first_and_are_checked() {
        let format = |f: &str| Answers { formats: [("x".to_owned(), f.to_owned())].into(), ..Answers::default() };
        let dates = || vec![text("x", &["02/01/1970", "03/01/1970"])];
        let (columns, found) = typed(dates(), &format("%d/%m/%Y")).expect("fits");
        assert_eq!((columns[0].cell(0), found.len()), (Cell::Date(1), 0));
        let e = typed(vec![text("x", &["13/01/1970", "14/01/1970"])], &format("%m/%d/%Y")).expect_err("no month 13");
        assert!(matches!(&e, InferError::DoesNotFit { row: 1, found, .. } if found == "13/01/1970"), "{e}");
        for (bad, what) in [("%Q", "not a directive"), ("1,234", "decimal mark"), ("%d/%m", "no year")] {
            let e = typed(dates(), &format(bad)).expect_err(bad);
            assert_eq!(e.code(), Code(2661));
            assert!(e.to_string().contains(what), "{e}");
        }
        let (columns, _) = typed(vec![text("x", &["1,234", "2,500"])], &format("1,234.5")).expect("fits");
        assert_eq!(columns[0].cell(0), Cell::Int(1234));
        let (columns, _) = typed(vec![text("x", &["1,234", "2,500"])], &format("1.234,5")).expect("fits");
        assert_eq!(columns[0].cell(0), Cell::Float(1.234));
        let (columns, _) = typed(vec![text("x", &["5 kg", "7 kg"])], &format("1234.5 kg")).expect("fits");
        assert_eq!(columns[0].cell(1), Cell::Int(7));
        let unknown = Answers { kinds: [("y".to_owned(), Kind::Text)].into(), ..Answers::default() };
        let e = typed(vec![text("yy", &["a"])], &unknown).expect_err("no such column");
        assert!(e.to_string().contains("the nearest name is `yy`"), "{e}");
    }

    #[test]
    fn kinds_and_tokens_are_taken_as_told() {
        let kind = |k: Kind| Answers { kinds: [("x".to_owned(), k)].into(), ..Answers::default() };
        let (columns, _) = typed(vec![text("x", &["2,6", "12"])], &kind(Kind::Category)).expect("text");
        assert_eq!(columns[0].cell(0), Cell::Text("2,6".into()));
        let (columns, _) = typed(vec![ints("x", [0, 1])], &kind(Kind::Boolean)).expect("0 and 1");
        assert_eq!(columns[0].cell(1), Cell::Bool(true));
        let (columns, _) = typed(vec![text("x", &["N", "Y"])], &kind(Kind::Boolean)).expect("no and yes");
        assert_eq!(columns[0].cell(0), Cell::Bool(false));
        assert!(typed(vec![ints("x", [0, 2])], &kind(Kind::Boolean)).is_err());
        let e = typed(vec![text("x", &["5", "?"])], &kind(Kind::Number)).expect_err("a token");
        assert!(matches!(&e, InferError::DoesNotFit { row: 2, .. }), "{e}");
        let (columns, _) = typed(vec![text("x", &["$5", "$7.5"])], &kind(Kind::Number)).expect("numbers");
        assert_eq!(columns[0].cell(1), Cell::Float(7.5));
        let (columns, _) = typed(vec![floats("x", [1.5, 2.0])], &kind(Kind::Text)).expect("text");
        assert_eq!(columns[0].cell(1), Cell::Text("2".into()));
        let (columns, _) = typed(vec![ints("x", [7, 8])], &kind(Kind::Identifier)).expect("an id");
        assert_eq!(columns[0].field().role, Role::Id);

        let missing = Answers {
            missing: [("x".to_owned(), vec!["?".to_owned(), "-200".to_owned()])].into(),
            ..Answers::default()
        };
        let (columns, _) = typed(vec![text("x", &["5", "?", "-200,0", "6,5"])], &missing).expect("numbers");
        assert_eq!((columns[0].field().dtype, columns[0].n_missing()), (DType::Float64, 2));
        let (columns, _) = typed(vec![ints("x", [5, -200])], &missing).expect("numbers");
        assert_eq!(columns[0].cell(1), Cell::Missing);
    }
}
