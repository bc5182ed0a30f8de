//! Proposals: the fields that training would read the columns under, each with its evidence.

use std::collections::BTreeMap;

use base::Cx;
use base::finding::{grouped, quoted};
use serde::{Deserialize, Serialize};
use table::{Column, DType, Field, Kind, Role, Table};

use super::affix::{Affix, only_affix};
use super::error::InferError;
use super::marks::{Marks, Verdict, style_of};
use super::missing::{among_words, is_missing_among_numbers, list};
use super::sentinel::{self, Sentinel};
use super::summary::{ColumnSummary, Forms, StyleCounts};
use super::typing::{date_pattern, mark_question, order_question, set_number, set_pattern};
use super::{boolean, identifier, kind, styles};
use crate::answers::Answers;

/// What is proposed for one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// The column.
    pub column: String,
    /// The field that training reads it under: type, kind, role, missing tokens, forms of numbers and dates.
    pub field: Field,
    /// Why, as sentences without a full stop.
    pub evidence: Vec<String>,
    /// What only a person can answer; until then the column stays as it is in this respect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<String>,
    /// Whether the proposal changes values: cells become missing, or text becomes numbers, dates or booleans.
    pub changes: bool,
}

impl Proposal {
    /// What applying it does to the values, and why: "read as number (int64); `?` is missing (…)".
    pub fn change_sentence(&self) -> String {
        format!("{} ({})", self.change(), self.evidence.join("; "))
    }

    /// What applying it does to the values, in one sentence part: "read as number (int64); `?` is missing".
    pub fn change(&self) -> String {
        let mut parts = vec![format!("read as {} ({})", self.field.kind, self.field.dtype)];
        let tokens: Vec<String> = self.field.missing.iter().map(|t| quoted(t)).collect();
        match tokens.as_slice() {
            [] => {}
            [one] => parts.push(format!("{one} is missing")),
            several => parts.push(format!("{} are missing", several.join(", "))),
        }
        parts.join("; ")
    }
}

/// Proposals for a table whose proven types are settled, one per column in order.
///
/// `target` names the column to be predicted: it is never an identifier. What `options` say of a column is taken as
/// said.
///
/// # Errors
/// Only [`InferError::Cancelled`].
pub fn propose(cx: &Cx, table: &Table, options: &Answers, target: Option<&str>) -> Result<Vec<Proposal>, InferError> {
    let summaries = summaries_of(cx, table.columns())?;
    Ok(propose_from(&summaries, options, target))
}

/// Summaries of whole columns, chunk by chunk.
pub(super) fn summaries_of(cx: &Cx, columns: &[Column]) -> Result<Vec<ColumnSummary>, InferError> {
    let tasks: Vec<(usize, usize)> =
        columns.iter().enumerate().flat_map(|(i, c)| (0..c.chunks().len()).map(move |k| (i, k))).collect();
    let parts = cx.map(tasks.len(), |t| {
        cx.check_cancelled()?;
        let (i, k) = tasks[t];
        let chunk = Column::new(columns[i].field().clone(), vec![columns[i].chunks()[k].clone()])?;
        Ok::<_, InferError>((i, ColumnSummary::of(&chunk)))
    });
    let mut whole: Vec<Option<ColumnSummary>> = columns.iter().map(|_| None).collect();
    for part in parts {
        let (i, part) = part?;
        whole[i] = Some(match whole[i].take() {
            Some(before) => before.merge(part),
            None => part,
        });
    }
    let of_nothing = |c: &Column| ColumnSummary::of(c);
    Ok(whole.into_iter().zip(columns).map(|(s, c)| s.unwrap_or_else(|| of_nothing(c))).collect())
}

/// Like [`propose`], from summaries of the columns as they are after their proven types are settled.
pub fn propose_from(summaries: &[ColumnSummary], options: &Answers, target: Option<&str>) -> Vec<Proposal> {
    let marks = Marks::of(summaries);
    let sentinels = sentinel::find(summaries);
    let mut columns_of: BTreeMap<u64, usize> = BTreeMap::new();
    for s in sentinels.iter().flatten().filter(|s| !s.is_question) {
        *columns_of.entry(s.value.to_bits()).or_default() += 1;
    }
    summaries
        .iter()
        .zip(&sentinels)
        .map(|(summary, sentinels)| {
            let mut draft = Draft::new(summary, options, target);
            draft.decide(summary, marks);
            draft.add_sentinels(sentinels, &columns_of);
            draft.finish(&summary.field)
        })
        .collect()
}

struct Draft {
    field: Field,
    evidence: Vec<String>,
    question: Option<String>,
    told_kind: Option<Kind>,
    told_missing: bool,
    told_format: bool,
    is_target: bool,
}

impl Draft {
    fn new(summary: &ColumnSummary, options: &Answers, target: Option<&str>) -> Self {
        let name = summary.field.name.as_str();
        Self {
            field: summary.field.clone(),
            evidence: Vec::new(),
            question: None,
            told_kind: options.kinds.get(name).copied(),
            told_missing: options.missing.contains_key(name),
            told_format: options.formats.contains_key(name),
            is_target: target == Some(name),
        }
    }

    fn decide(&mut self, s: &ColumnSummary, marks: Marks) {
        if let Some(kind) = self.told_kind {
            self.evidence.push(format!("you said that it is {}", with_article(kind)));
            self.field.kind = kind;
            if kind == Kind::Identifier {
                self.field.role = Role::Id;
            }
            if matches!(kind, Kind::Category | Kind::Boolean) && s.field.dtype == DType::Text {
                self.words(s);
            }
            return;
        }
        if s.n_present() == 0 {
            self.field.role = Role::Ignore;
            self.evidence.push("no cell has a value".to_owned());
            return;
        }
        match s.field.dtype {
            DType::Text => self.text(s, marks),
            DType::Int64 | DType::Float64 => self.numbers(s),
            DType::Bool => {
                self.field.kind = Kind::Boolean;
                self.evidence.push("every cell is true or false".to_owned());
            }
            DType::Date | DType::Datetime | DType::Time => {
                self.field.kind = Kind::Datetime;
                self.evidence.push(match &self.field.datetime {
                    Some(format) => format!("every cell is a {} written `{}`", self.field.dtype, format.0),
                    None => format!("every cell is a {}", self.field.dtype),
                });
            }
        }
    }

    fn numbers(&mut self, s: &ColumnSummary) {
        self.field.kind = Kind::Number;
        if !self.is_target {
            if let Some(evidence) = identifier::of_numbers(s) {
                if !s.numbers.is_counter && !identifier::is_key_name(&s.field.name) {
                    let name = &s.field.name;
                    self.question = Some(format!(
                        "does each value of `{name}` name a row? It is taken for that and not learned from; if it is a \
                         quantity, say so: `--kind '{name}=number'`"
                    ));
                }
                self.name_rows(evidence);
                return;
            }
            self.question = identifier::repeated_key(s);
        }
        self.evidence.push(kind::of_numbers(s));
    }

    fn name_rows(&mut self, evidence: String) {
        self.field.kind = Kind::Identifier;
        self.field.role = Role::Id;
        self.evidence.push(evidence);
    }

    fn text(&mut self, s: &ColumnSummary, marks: Marks) {
        let proven = match &s.text.forms {
            Some(forms) if !self.told_format => self.numbers_or_dates(s, forms, marks),
            _ => false,
        };
        if proven {
            return;
        }
        // What may be numbers or dates, were a question answered, does not name rows.
        if !self.is_target
            && self.question.is_none()
            && let Some(evidence) = identifier::of_text(s)
        {
            self.name_rows(evidence);
            return;
        }
        let (kind, evidence) = kind::of_text(s);
        self.field.kind = if self.is_target { Kind::Category } else { kind };
        self.evidence.push(evidence);
        if self.field.kind == Kind::Category {
            self.words(s);
        }
        if self.question.is_none() && !self.is_target {
            self.question = identifier::repeated_key(s);
        }
    }

    /// Tokens among levels, and whether the levels are yes and no.
    fn words(&mut self, s: &ColumnSummary) {
        let levels: Vec<&str> = s.distinct.texts().into_iter().map(|(t, _)| t).collect();
        if !self.told_missing {
            let found = among_words(&s.text, &levels);
            for (token, n) in found.missing {
                let share = format!("{} of {} cells", grouped(n), grouped(s.n_present()));
                self.evidence.push(format!("{} is no level but a mark for missing ({share})", quoted(&token)));
                self.field.missing.push(token);
            }
            if let Some((token, n)) = found.doubtful
                && self.question.is_none()
            {
                let name = &self.field.name;
                self.question = Some(format!(
                    "does {} ({} cells) mean that the value is missing? Then say so: `--missing '{name}={token}'`",
                    quoted(&token),
                    grouped(n)
                ));
            }
        }
        let missing = &self.field.missing;
        let levels: Vec<&str> = levels.into_iter().filter(|l| missing.iter().all(|m| m != l)).collect();
        if s.distinct.is_complete()
            && self.told_kind != Some(Kind::Category)
            && let Some(words) = boolean::words_of(&levels)
        {
            self.evidence = vec![format!("its levels are {} and {}", quoted(&words.yes), quoted(&words.no))];
            self.field.kind = Kind::Boolean;
            self.field.dtype = DType::Bool;
            self.field.words = Some(words);
            if let [token] = self.field.missing.as_slice() {
                self.evidence.push(format!("{} is a mark for missing", quoted(token)));
            }
        }
    }

    /// Numbers or dates beside a few tokens. `false` if the column is something else.
    fn numbers_or_dates(&mut self, s: &ColumnSummary, forms: &Forms, marks: Marks) -> bool {
        let n = s.n_present() - forms.n_odd();
        if n < 2 {
            return false;
        }
        let n_distinct = s.distinct.n_distinct().saturating_sub(forms.odd.len() as u64);
        let are_tokens = forms.odd.keys().all(|t| is_missing_among_numbers(t, n_distinct));
        let (counts, affix) = match only_affix(forms, n) {
            Some((affix, counts)) => (counts, Some(affix)),
            None => (&forms.styles, None),
        };
        if !are_tokens {
            // One foreign word among very many numbers or dates is worth a question.
            let is_number = counts.iter().any(|c| c.ok == n) || forms.n_dates == n;
            if is_number && forms.odd.len() <= 3 && n >= 20 * forms.n_odd() && n_distinct > 20 {
                self.question = Some(self.token_question(forms));
            }
            return false;
        }
        let decided =
            if forms.n_dates == n { self.dates(forms, n) } else { self.number_style(forms, counts, affix, n, marks) };
        if decided {
            let what = if self.field.dtype.is_numeric() { "numbers" } else { "dates or times" };
            if !forms.odd.is_empty() {
                self.evidence.push(format!(
                    "{} of {} cells are {what}; {}",
                    grouped(n),
                    grouped(s.n_present()),
                    list(&forms.odd)
                ));
                if !self.told_missing {
                    self.field.missing = forms.odd.keys().cloned().collect();
                }
            }
        }
        decided
    }

    fn token_question(&self, forms: &Forms) -> String {
        let name = &self.field.name;
        let flags: Vec<String> = forms.odd.keys().map(|t| format!("`--missing '{name}={t}'`")).collect();
        format!(
            "nearly all cells of `{name}` are numbers or dates; {}: does that mean missing? Then say so: {}",
            list(&forms.odd),
            flags.join(" ")
        )
    }

    fn dates(&mut self, forms: &Forms, n: u64) -> bool {
        match date_pattern(forms, n) {
            Ok(Some(pattern)) => {
                set_pattern(&mut self.field, pattern);
                true
            }
            Ok(None) => false,
            Err(several) => {
                self.question = order_question(&self.field.name, &several).hint;
                false
            }
        }
    }

    fn number_style(
        &mut self,
        forms: &Forms,
        counts: &StyleCounts,
        affix: Option<&Affix>,
        n: u64,
        marks: Marks,
    ) -> bool {
        match style_of(counts, n, marks) {
            Verdict::NotNumbers => false,
            Verdict::Style(style) if forms.n_wide > 0 && counts[style].whole < n => false,
            Verdict::Ambiguous => {
                self.question = mark_question(&self.field.name).hint;
                false
            }
            Verdict::Style(style) => {
                self.field.number = styles::form(style);
                if let Some(affix) = affix {
                    self.field.number.prefix.clone_from(&affix.prefix);
                    self.field.number.suffix.clone_from(&affix.suffix);
                    let around = format!("{}…{}", affix.prefix, affix.suffix);
                    self.evidence.push(format!("{} cells are numbers written {}", grouped(n), quoted(&around)));
                }
                set_number(&mut self.field, counts, style, n);
                true
            }
        }
    }

    fn add_sentinels(&mut self, sentinels: &[Sentinel], columns_of: &BTreeMap<u64, usize>) {
        if self.told_missing || self.field.kind != Kind::Number {
            return;
        }
        for s in sentinels {
            let name = &self.field.name;
            let n_columns = columns_of.get(&s.value.to_bits()).copied().unwrap_or(1);
            if s.is_question {
                self.question = Some(format!(
                    "{}: a cap, or a mark for missing? If missing, say so: `--missing '{name}={}'`",
                    s.evidence(1),
                    s.value
                ));
            } else {
                self.evidence.push(format!("{}: a mark for missing", s.evidence(n_columns)));
                self.field.missing.push(s.value.to_string());
            }
        }
    }

    fn finish(self, read: &Field) -> Proposal {
        let changes = self.field.dtype != read.dtype || self.field.missing != read.missing;
        Proposal {
            column: self.field.name.clone(),
            field: self.field,
            evidence: self.evidence,
            question: self.question,
            changes,
        }
    }
}

fn with_article(kind: Kind) -> &'static str {
    match kind {
        Kind::Number => "a number",
        Kind::Category => "a category",
        Kind::Boolean => "a boolean",
        Kind::Datetime => "a date or time",
        Kind::Text => "text",
        Kind::Identifier => "an identifier",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{ints, table, text};

    fn propose_one(column: Column, options: &Answers) -> Proposal {
        propose(&Cx::new(0, 1), &table(vec![column]), options, None).expect("not cancelled").remove(0)
    }

    fn many(cells: impl Iterator<Item = String>) -> Column {
        let cells: Vec<String> = cells.collect();
        text("x", &cells.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn numbers_beside_tokens() {
        let p = propose_one(text("x", &["29.85", " ", "7", " "]), &Answers::default());
        assert_eq!((p.field.dtype, p.field.missing.as_slice()), (DType::Float64, [" ".to_owned()].as_slice()));
        assert_eq!(p.evidence, ["2 of 4 cells are numbers; the only other value is ` ` (2)"]);
        assert!(p.changes);
        assert!(p.change_sentence().starts_with("read as number (float64); ` ` is missing (2 of 4"));
        let p = propose_one(text("x", &["2,6", "?", "n/a", "3"]), &Answers::default());
        assert_eq!((p.field.number.decimal, p.field.missing.len()), (',', 2));
        let p = propose_one(text("x", &["1,234", "?", "2,500"]), &Answers::default());
        assert_eq!(p.field.dtype, DType::Text);
        assert!(p.question.expect("a question").contains("--format 'x=1,234.5'"));
        let p = propose_one(text("x", &["13/01/2004", "NA", "02/01/2004"]), &Answers::default());
        assert_eq!((p.field.dtype, p.field.missing.len()), (DType::Date, 1));
        let p = propose_one(text("x", &["02/01/2004", "NA", "03/01/2004"]), &Answers::default());
        assert_eq!(p.field.dtype, DType::Text);
        assert!(p.question.expect("a question").contains("%m/%d/%Y"));
    }

    #[test]
    fn units_are_proposed() {
        let p = propose_one(text("x", &["12 kg", "13.5 kg", ""]), &Answers::default());
        assert_eq!((p.field.dtype, p.field.number.suffix.as_str()), (DType::Float64, " kg"));
        let p = propose_one(text("x", &["$1,200", "$5.25", "?"]), &Answers::default());
        assert_eq!((p.field.number.prefix.as_str(), p.field.number.thousands), ("$", Some(',')));
        let p = propose_one(text("x", &["12 kg", "13 lb"]), &Answers::default());
        assert_eq!(p.field.kind, Kind::Category);
        let p = propose_one(text("x", &["Q1", "Q2", "Q3"]), &Answers::default());
        assert_eq!(p.field.kind, Kind::Category);
    }

    #[test]
    fn a_foreign_word_among_numbers_is_asked_about() {
        let cells = (0..100).map(|i| if i == 7 { "refused".into() } else { (i * 37).to_string() });
        let p = propose_one(many(cells), &Answers::default());
        assert_eq!(p.field.dtype, DType::Text);
        assert!(p.question.expect("a question").contains("--missing 'x=refused'"));
    }

    #[test]
    fn what_was_told_is_not_proposed_otherwise() {
        let options = Answers { kinds: [("x".to_owned(), Kind::Number)].into(), ..Answers::default() };
        let p = propose_one(ints("x", 1..=100), &options);
        assert_eq!((p.field.kind, p.field.role), (Kind::Number, Role::Feature));
        let options = Answers { missing: [("x".to_owned(), vec!["?".to_owned()])].into(), ..Answers::default() };
        let p = propose_one(text("x", &["red", "-", "blue"]), &options);
        assert!(p.field.missing.is_empty());
    }

    #[test]
    fn the_target_is_never_an_identifier() {
        let t = table(vec![ints("y", 1..=100), many((0..100).map(|i| format!("c{i}")))]);
        let p = propose(&Cx::new(0, 1), &t, &Answers::default(), Some("y")).expect("not cancelled");
        assert_eq!((p[0].field.kind, p[1].field.kind), (Kind::Number, Kind::Identifier));
    }
}
