//! The steps for people who did not choose: by the forms of the features, the learner, and the number of rows. What
//! only the rows can tell (how many levels, which parts of a date vary) is left to the steps, which learn it.

use contract::{Group, GroupForm, Task};
use serde::{Deserialize, Serialize};

use crate::columns::Columns;
use crate::date_parts::DateParts;
use crate::frequency::Frequency;
use crate::impute::Impute;
use crate::one_hot::{Drop, OneHot};
use crate::ordinal::Ordinal;
use crate::scale::Scale;
use crate::spec::StepSpec;
use crate::target::TargetEncoding;
use crate::text::Text;

/// What the steps prepare for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultFor {
    /// Learners that add up weighted columns: everything must be a number, nothing missing, all of one size.
    Linear,
    /// Learners that split: native categories, native missing values, any size.
    Trees,
}

/// A step and why it is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DefaultStep {
    /// The step.
    pub step: StepSpec,
    /// One sentence.
    pub reason: String,
}

/// Categories with at least this many levels also get an encoding by target.
const MANY_LEVELS: usize = 50;
/// … if they have at least this many rows each on average; with fewer, it names rows.
const LEVEL_ROWS_MIN: f64 = 3.0;
/// Most columns of one category before a linear learner.
const LINEAR_LEVELS_MAX: usize = 100;
/// Most codes of one category before trees: with those of rare, unknown and missing they fit a byte.
const TREE_LEVELS_MAX: usize = 250;
/// Most terms of a text before a linear learner.
const LINEAR_TERMS_MAX: usize = 20_000;
/// Most terms of a text before trees, which look at each column in turn.
const TREE_TERMS_MAX: usize = 300;
/// From this many rows on, a term that stands in one text only is left out.
const RARE_TERMS_ROWS: usize = 1_000;

/// The steps for these groups.
///
/// Deterministic in its arguments; the result plans without an error on the same groups, and after it every feature
/// is a number, codes or a sparse block.
///
/// ```
/// use almanac_preprocess::{DefaultFor, default_steps};
/// use contract::{Group, GroupForm, Task, Width};
/// let age = Group { name: "age".into(), source: "age".into(), form: GroupForm::Number, width: Width::Fixed(1) };
/// let steps = default_steps(&[age.clone()], DefaultFor::Linear, Task::Binary, 1_000);
/// assert_eq!(steps.iter().map(|s| s.step.name()).collect::<Vec<_>>(), ["impute", "scale"]);
/// assert!(default_steps(&[age], DefaultFor::Trees, Task::Binary, 1_000).is_empty());
/// ```
pub fn default_steps(groups: &[Group], learner: DefaultFor, _task: Task, n_rows: usize) -> Vec<DefaultStep> {
    let found = Found::of(groups);
    match learner {
        DefaultFor::Linear => linear(&found, n_rows),
        DefaultFor::Trees => trees(&found, n_rows),
    }
}

/// How many groups there are of each form.
struct Found {
    number: usize,
    category: usize,
    datetime: usize,
    text: usize,
}

impl Found {
    fn of(groups: &[Group]) -> Self {
        let count = |form| groups.iter().filter(|g| g.form == form).count();
        Self {
            number: count(GroupForm::Number),
            category: count(GroupForm::Category),
            datetime: count(GroupForm::Datetime),
            text: count(GroupForm::Text),
        }
    }
}

fn because(step: StepSpec, reason: impl Into<String>) -> DefaultStep {
    DefaultStep { step, reason: reason.into() }
}

fn plural(n: usize, word: &str, words: &str) -> String {
    if n == 1 { format!("1 {word}") } else { format!("{n} {words}") }
}

fn linear(found: &Found, n_rows: usize) -> Vec<DefaultStep> {
    let mut steps = Vec::new();
    if found.datetime > 0 {
        let step = DateParts { cycles: true, levels: true, ..DateParts::new(Columns::word("datetime")) };
        steps.push(because(
            StepSpec::DateParts(step),
            format!(
                "{} that come round, as cycles and as a column for each hour, weekday and month: absolute time does not \
                 return, and December is next to January",
                plural(found.datetime, "time becomes parts", "times become parts"),
            ),
        ));
    }
    if found.text > 0 {
        let step = Text {
            max_features: LINEAR_TERMS_MAX,
            min_df: min_df(n_rows),
            ngrams: [1, 2],
            statistics: true,
            ..Text::new(Columns::word("text"))
        };
        let texts = plural(found.text, "text becomes", "texts become");
        let reason = format!("{texts} weighted words and pairs of words, which a linear learner adds up well");
        steps.push(because(StepSpec::Text(step), reason));
    }
    if found.category > 0 {
        steps.push(by_target("a column for each level of so many would drown the rest"));
    }
    if found.number + found.datetime + found.text + found.category > 0 {
        let step = Impute { indicator: true, ..Impute::new(Columns::word("number")) };
        let reason = "a sum needs a number in every place: missing ones become the median, and a column says where";
        steps.push(because(StepSpec::Impute(step), reason));
        let reason = "the penalty on coefficients treats all columns alike, so all have deviation 1";
        steps.push(because(StepSpec::Scale(Scale::new(Columns::word("number"))), reason));
    }
    if found.category > 0 {
        let step = OneHot {
            min_frequency: min_rows(n_rows),
            max_levels: Some(LINEAR_LEVELS_MAX),
            drop: Drop::IfBinary,
            ..OneHot::new(Columns::word("category"))
        };
        let reason = format!(
            "{} a column per level, since levels have no order; rare levels share one, which unknown ones get too",
            plural(found.category, "category becomes", "categories become"),
        );
        steps.push(because(StepSpec::OneHot(step), reason));
    }
    steps
}

fn trees(found: &Found, n_rows: usize) -> Vec<DefaultStep> {
    let mut steps = Vec::new();
    if found.datetime > 0 {
        let reason = format!(
            "{} parts that come round; splits find their seasons without cycles",
            plural(found.datetime, "time becomes", "times become"),
        );
        steps.push(because(StepSpec::DateParts(DateParts::new(Columns::word("datetime"))), reason));
    }
    if found.text > 0 {
        let step = Text {
            max_features: TREE_TERMS_MAX,
            min_df: min_df(n_rows),
            statistics: true,
            ..Text::new(Columns::word("text"))
        };
        let texts = plural(found.text, "text becomes", "texts become");
        let reason =
            format!("{texts} the {TREE_TERMS_MAX} most used words and five statistics: trees weigh columns one by one");
        steps.push(because(StepSpec::Text(step), reason));
    }
    if found.category > 0 {
        steps.push(by_target("a split over so many levels fits noise"));
        let step = Frequency { min_levels: MANY_LEVELS, keep: true, ..Frequency::new(Columns::word("category")) };
        let reason = format!(
            "of a category with {MANY_LEVELS} levels or more, how common a level is often tells more than which"
        );
        steps.push(because(StepSpec::Frequency(step), reason));
        let step =
            Ordinal { min_count: 2, max_levels: Some(TREE_LEVELS_MAX), ..Ordinal::new(Columns::word("category")) };
        let categories = plural(found.category, "category stays whole", "categories stay whole");
        let reason = format!("{categories} as codes that trees split into two sets; levels of a single row are pooled");
        steps.push(because(StepSpec::Ordinal(step), reason));
    }
    steps
}

fn by_target(why: &str) -> DefaultStep {
    let step = TargetEncoding {
        min_levels: MANY_LEVELS,
        min_rows: LEVEL_ROWS_MIN,
        keep: true,
        ..TargetEncoding::new(Columns::word("category"))
    };
    let reason = format!(
        "a category of {MANY_LEVELS} levels or more also gets the target's mean at a level, learned out of fold: {why}"
    );
    because(StepSpec::Target(step), reason)
}

fn min_df(n_rows: usize) -> f64 {
    if n_rows < RARE_TERMS_ROWS { 1.0 } else { 2.0 }
}

/// Fewest rows of a level with a column of its own: two, and one in ten thousand of a long table.
fn min_rows(n_rows: usize) -> f64 {
    (n_rows / 10_000).max(2) as f64
}

#[cfg(test)]
mod tests {
    use contract::Width;

    use super::*;

    fn check(forms: &[GroupForm], learner: DefaultFor, expected: &[&str]) {
        let group = |(i, form): (usize, &GroupForm)| Group {
            name: format!("c{i}"),
            source: format!("c{i}"),
            form: *form,
            width: Width::Fixed(1),
        };
        let mut groups: Vec<Group> = forms.iter().enumerate().map(group).collect();
        let steps = default_steps(&groups, learner, Task::Binary, 5_000);
        assert_eq!(steps.iter().map(|s| s.step.name()).collect::<Vec<_>>(), expected);
        for DefaultStep { step, reason } in steps {
            groups = step.plan(&groups).expect("defaults plan");
            assert!(!reason.is_empty() && !reason.ends_with('.'), "{reason}");
        }
        let raw = [GroupForm::Datetime, GroupForm::Text, GroupForm::Category];
        assert!(groups.iter().all(|g| !raw.contains(&g.form)), "{groups:?}");
    }

    #[test]
    fn every_form_becomes_what_learners_take() {
        use GroupForm::{Category, Datetime, Number, Text};
        check(&[], DefaultFor::Linear, &[]);
        check(&[Number, Number], DefaultFor::Linear, &["impute", "scale"]);
        check(&[Category], DefaultFor::Linear, &["target", "impute", "scale", "one_hot"]);
        let all = [Number, Category, Datetime, Text];
        check(&all, DefaultFor::Linear, &["date_parts", "text", "target", "impute", "scale", "one_hot"]);
        check(&[Number], DefaultFor::Trees, &[]);
        check(&all, DefaultFor::Trees, &["date_parts", "text", "target", "frequency", "ordinal"]);
    }
}
