//! Which features a step works on: by form, by name, or by a list of names.

use std::collections::BTreeMap;
use std::fmt;

use contract::{FitError, Group, GroupForm};
use serde::{Deserialize, Serialize};
use table::{FeatureData, Frame};

/// Selects features, written as a word or as a list of names.
///
/// The words `number`, `category`, `datetime`, `text`, `codes` and `sparse` select by form, as the features are where
/// the step stands; `all` selects every feature that the step can take. Any other word is a name. In a list, every
/// word is a name, so `["number"]` selects the column that is called `number`.
///
/// A name selects the feature of this name; if there is none, all features that earlier steps made from it under
/// `name=…` or `name:…`. A form that no feature has selects nothing; a name that is not there is an error.
///
/// ```
/// use almanac_preprocess::Columns;
/// assert_eq!(serde_json::from_str::<Columns>(r#""number""#)?, Columns::word("number"));
/// assert_eq!(serde_json::from_str::<Columns>(r#"["age","tenure"]"#)?, Columns::names(["age", "tenure"]));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Columns {
    /// A form, `all`, or one name.
    Word(String),
    /// Names.
    Names(Vec<String>),
}

impl Columns {
    /// A form, `all`, or one name.
    pub fn word(word: &str) -> Self {
        Self::Word(word.to_owned())
    }

    /// Names.
    pub fn names<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self::Names(names.into_iter().map(Into::into).collect())
    }

    /// For each group, whether it is selected.
    pub(crate) fn of_groups(&self, want: Want, groups: &[Group]) -> Result<Vec<bool>, FitError> {
        self.pick(want, groups.iter().map(|g| (g.name.as_str(), g.form)).collect())
    }

    /// Positions of the selected features, ascending.
    pub(crate) fn of_frame(&self, want: Want, frame: &Frame) -> Result<Vec<usize>, FitError> {
        let items = frame.features.iter().map(|f| (f.name.as_str(), form_of(&f.data))).collect();
        let picked = self.pick(want, items)?;
        Ok((0..picked.len()).filter(|&i| picked[i]).collect())
    }

    fn pick(&self, want: Want, items: Vec<(&str, GroupForm)>) -> Result<Vec<bool>, FitError> {
        let takes = |form: &GroupForm| want.forms.contains(form);
        let mut picked = vec![false; items.len()];
        match self {
            Self::Word(word) if word == "all" => {
                for (p, (_, form)) in picked.iter_mut().zip(&items) {
                    *p = takes(form);
                }
                return Ok(picked);
            }
            Self::Word(word) => match form_named(word) {
                Some(wanted) => {
                    for (p, (_, form)) in picked.iter_mut().zip(&items) {
                        *p = *form == wanted;
                    }
                }
                None => by_name(want.step, word, &items, &mut picked)?,
            },
            Self::Names(names) => {
                for name in names {
                    by_name(want.step, name, &items, &mut picked)?;
                }
            }
        }
        match items.iter().zip(&picked).find(|((_, form), p)| **p && !takes(form)) {
            Some(((name, form), _)) => Err(FitError::Form {
                feature: (*name).to_owned(),
                expected: want.forms.iter().map(|f| format!("a {}", word_of(*f))).collect::<Vec<_>>().join(" or "),
                found: format!("a {}", word_of(*form)),
            }),
            None => Ok(picked),
        }
    }
}

impl fmt::Display for Columns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Names(names) => f.write_str(&names.join(", ")),
        }
    }
}

/// What a step can work on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Want {
    /// Name of the step, for messages.
    pub step: &'static str,
    /// Forms that it takes.
    pub forms: &'static [GroupForm],
}

fn by_name(step: &'static str, wanted: &str, items: &[(&str, GroupForm)], picked: &mut [bool]) -> Result<(), FitError> {
    let mut found = false;
    for (p, (name, _)) in picked.iter_mut().zip(items) {
        if *name == wanted {
            *p = true;
            found = true;
        }
    }
    if !found {
        for (p, (name, _)) in picked.iter_mut().zip(items) {
            if name.strip_prefix(wanted).is_some_and(|rest| rest.starts_with(['=', ':'])) {
                *p = true;
                found = true;
            }
        }
    }
    if found {
        return Ok(());
    }
    Err(FitError::NoSuchFeature {
        step,
        feature: wanted.to_owned(),
        names: items.iter().map(|(n, _)| (*n).to_owned()).collect(),
    })
}

/// Position of each feature by name, for steps that look up many.
pub(crate) fn positions(frame: &Frame) -> BTreeMap<&str, usize> {
    frame.features.iter().enumerate().map(|(i, f)| (f.name.as_str(), i)).collect()
}

/// The form of a feature.
pub(crate) fn form_of(data: &FeatureData) -> GroupForm {
    match data {
        FeatureData::Number(_) => GroupForm::Number,
        FeatureData::Category(_) => GroupForm::Category,
        FeatureData::Codes { .. } => GroupForm::Codes,
        FeatureData::Datetime { .. } => GroupForm::Datetime,
        FeatureData::Text(_) => GroupForm::Text,
        FeatureData::Sparse(_) => GroupForm::Sparse,
    }
}

fn form_named(word: &str) -> Option<GroupForm> {
    ALL_FORMS.into_iter().find(|f| word_of(*f) == word)
}

/// Every form.
pub(crate) const ALL_FORMS: [GroupForm; 6] =
    [GroupForm::Number, GroupForm::Category, GroupForm::Codes, GroupForm::Datetime, GroupForm::Text, GroupForm::Sparse];

fn word_of(form: GroupForm) -> &'static str {
    match form {
        GroupForm::Number => "number",
        GroupForm::Category => "category",
        GroupForm::Codes => "codes",
        GroupForm::Datetime => "datetime",
        GroupForm::Text => "text",
        GroupForm::Sparse => "sparse",
    }
}

#[cfg(test)]
mod tests {
    use contract::Width;

    use super::*;

    fn group(name: &str, form: GroupForm) -> Group {
        Group { name: name.into(), source: name.into(), form, width: Width::Fixed(1) }
    }

    fn check(columns: &Columns, expected: &[&str]) {
        let groups = [
            group("age", GroupForm::Number),
            group("city", GroupForm::Category),
            group("when:day", GroupForm::Number),
            group("when:hour", GroupForm::Number),
            group("whenever", GroupForm::Number),
            group("note", GroupForm::Text),
        ];
        let want = Want { step: "impute", forms: &[GroupForm::Number, GroupForm::Category] };
        let picked = columns.of_groups(want, &groups).expect("selects");
        let names: Vec<&str> = groups.iter().zip(picked).filter(|(_, p)| *p).map(|(g, _)| g.name.as_str()).collect();
        assert_eq!(names, expected, "{columns}");
    }

    #[test]
    fn by_form_by_name_and_by_what_was_made_from_a_name() {
        check(&Columns::word("number"), &["age", "when:day", "when:hour", "whenever"]);
        check(&Columns::word("all"), &["age", "city", "when:day", "when:hour", "whenever"]);
        check(&Columns::word("datetime"), &[]);
        check(&Columns::word("city"), &["city"]);
        check(&Columns::names(["when", "age"]), &["age", "when:day", "when:hour"]);
    }

    #[test]
    fn a_miss_names_the_nearest_and_a_wrong_form_both_forms() {
        let groups = [group("income", GroupForm::Number), group("note", GroupForm::Text)];
        let want = Want { step: "scale", forms: &[GroupForm::Number] };
        let e = Columns::word("incom").of_groups(want, &groups).expect_err("absent");
        assert_eq!(
            e.to_string(),
            "step `scale` needs feature `incom`, which is none of the 2; the nearest name is `income`"
        );
        let e = Columns::word("text").of_groups(want, &groups).expect_err("not a number");
        assert_eq!(e.to_string(), "feature `note` is a text, expected a number");
        assert!(Columns::names(["number"]).of_groups(want, &groups).is_err());
    }
}
