//! `text`: prose as weighted terms and simple statistics. Not here: the embedding of meaning.

mod hashing;
mod terms;
mod vocabulary;

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::{Array, StringArray};
use base::{Cx, math};
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, ParamError, StepData, Width};
use serde::{Deserialize, Serialize};
use table::{Feature, FeatureData, Frame, Sparse};

use crate::columns::{Columns, Want};
use crate::levels::check_levels;
use crate::limits::BLOCK_COLUMNS_MAX;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, plan, rewrite};
use crate::rows;

use terms::for_each_term;
pub use terms::{Analyzer, NGRAM_MAX};

const WANT: Want = Want { step: "text", forms: &[GroupForm::Text] };

/// How terms become columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// A column for each term of a learned vocabulary, weighted by how rare the term is.
    #[default]
    TfIdf,
    /// Columns by hash: nothing is learned, terms may share a column.
    Hashing,
}

/// What the values of a row are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    /// The root of their squares' sum.
    #[default]
    L2,
    /// Nothing.
    None,
}

/// Turns texts into a sparse block of weighted terms, and statistics.
///
/// - input: texts; output, in the place of each: one sparse block under its name, and with `statistics` five numbers
///   behind it (`name:length`, `name:n_words`, `name:n_digits`, `name:n_upper`, `name:n_punctuation`, in characters)
/// - `tf_idf`: how often a term stands in the row, times `ln((1 + n) / (1 + n_with_term)) + 1`; equal to scikit-learn's
///   `TfidfVectorizer` with its defaults; vocabulary in ascending order
/// - `hashing`: how often, with a sign from the hash, summed by column; `max_features` columns
/// - a missing text has no terms, and missing statistics; weights do not count, but a row of weight 0 is not looked at
///
/// # Errors
/// [`FitError::Params`]; [`FitError::Limit`] if there are more distinct terms than [`crate::TERMS_SEEN_MAX`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Texts.
    pub columns: Columns,
    /// How terms become columns.
    #[serde(default)]
    pub with: With,
    /// Most terms, or the number of columns to hash into.
    #[serde(default = "ten_thousand")]
    pub max_features: usize,
    /// Fewest texts that a term stands in: below 1 a fraction, from 1 on a count.
    #[serde(default = "one")]
    pub min_df: f64,
    /// Largest fraction of the texts that a term stands in.
    #[serde(default = "one")]
    pub max_df: f64,
    /// Shortest and longest run of words or characters.
    #[serde(default = "single")]
    pub ngrams: [usize; 2],
    /// Words or characters.
    #[serde(default)]
    pub analyzer: Analyzer,
    /// Whether `1 + ln(n)` stands for a term that stands there `n` times.
    #[serde(default)]
    pub sublinear_tf: bool,
    /// What a row is divided by.
    #[serde(default)]
    pub norm: Norm,
    /// Whether statistics come out too.
    #[serde(default)]
    pub statistics: bool,
}

fn ten_thousand() -> usize {
    10_000
}

fn one() -> f64 {
    1.0
}

fn single() -> [usize; 2] {
    [1, 1]
}

impl Text {
    /// TF-IDF of single words.
    pub fn new(columns: Columns) -> Self {
        Self {
            columns,
            with: With::TfIdf,
            max_features: ten_thousand(),
            min_df: one(),
            max_df: one(),
            ngrams: single(),
            analyzer: Analyzer::Word,
            sublinear_tf: false,
            norm: Norm::L2,
            statistics: false,
        }
    }

    fn check(&self) -> Result<(), FitError> {
        let wrong = |name, found: String, expected: &str| {
            Err(FitError::Params(ParamError::Value { table: WANT.step, name, found, expected: expected.into() }))
        };
        if !are_ngrams(self.ngrams) {
            return wrong("ngrams", format!("{:?}", self.ngrams), "shortest and longest, from 1 to 10");
        }
        if !(1..=BLOCK_COLUMNS_MAX).contains(&self.max_features) {
            return wrong("max_features", self.max_features.to_string(), "1 to four million");
        }
        if !(self.min_df.is_finite() && self.min_df >= 0.0) {
            return wrong("min_df", self.min_df.to_string(), "a fraction or a count of texts");
        }
        if !(0.0..=1.0).contains(&self.max_df) {
            return wrong("max_df", self.max_df.to_string(), "a fraction from 0 to 1");
        }
        Ok(())
    }

    fn learn(&self, cx: &Cx, feature: &Feature, weights: Option<&[f64]>) -> Result<TextFeature, FitError> {
        let texts = texts_of(feature)?;
        let columns = match self.with {
            With::Hashing => TextColumns::Hashing { n_features: self.max_features },
            With::TfIdf => {
                let is_used = |i: &usize| rows::weight(weights, *i) > 0.0;
                let used: Vec<&str> =
                    texts.iter().enumerate().filter(|(i, _)| is_used(i)).filter_map(|(_, text)| text).collect();
                let choice = vocabulary::Choice {
                    feature: &feature.name,
                    analyzer: self.analyzer,
                    ngrams: self.ngrams,
                    min_df: self.min_df,
                    max_df: self.max_df,
                    max_features: self.max_features,
                };
                let chosen = vocabulary::choose(cx, &used, &choice)?;
                let n = used.len() as f64;
                let idf = chosen.iter().map(|(_, df)| math::ln((1.0 + n) / (1.0 + *df as f64)) + 1.0).collect();
                TextColumns::TfIdf { vocabulary: chosen.into_iter().map(|(term, _)| term).collect(), idf }
            }
        };
        Ok(TextFeature {
            feature: feature.name.clone(),
            columns,
            ngrams: self.ngrams,
            analyzer: self.analyzer,
            sublinear_tf: self.sublinear_tf,
            norm: self.norm,
            statistics: self.statistics,
        })
    }
}

fn are_ngrams([shortest, longest]: [usize; 2]) -> bool {
    1 <= shortest && shortest <= longest && longest <= NGRAM_MAX
}

fn texts_of(feature: &Feature) -> Result<&StringArray, FitError> {
    match &feature.data {
        FeatureData::Text(texts) => Ok(texts),
        _ => Err(rows::wrong_form(feature, "text")),
    }
}

impl FitStep for Text {
    type Fitted = FittedText;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        self.check()?;
        let picked = self.columns.of_groups(WANT, groups)?;
        Ok(plan(groups, &picked, |g| {
            let terms = Group { form: GroupForm::Sparse, width: Width::Learned, ..g.clone() };
            let statistics = STATISTICS.iter().filter(|_| self.statistics).map(|(name, _)| Group {
                name: format!("{}:{name}", g.name),
                source: g.source.clone(),
                form: GroupForm::Number,
                width: g.width,
            });
            [terms].into_iter().chain(statistics).collect()
        }))
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedText, FitError> {
        self.check()?;
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        // One text after the other: the rows of one are counted in parallel.
        let learned = picked.iter().map(|&at| self.learn(cx, &data.frame.features[at], data.weights));
        Ok(FittedText { features: learned.collect::<Result<_, _>>()? })
    }
}

/// The columns of each text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedText {
    /// One entry a text.
    pub features: Vec<TextFeature>,
}

/// The columns of one text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextFeature {
    /// Its name.
    pub feature: String,
    /// Which columns there are.
    pub columns: TextColumns,
    /// Shortest and longest run.
    pub ngrams: [usize; 2],
    /// Words or characters.
    pub analyzer: Analyzer,
    /// Whether counts are drawn in.
    pub sublinear_tf: bool,
    /// What a row is divided by.
    pub norm: Norm,
    /// Whether statistics come out too.
    pub statistics: bool,
}

/// Columns that a text's terms fall into.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TextColumns {
    /// One a term.
    TfIdf {
        /// Terms, ascending.
        vocabulary: Vec<String>,
        /// What a term counts for.
        idf: Vec<f64>,
    },
    /// By hash.
    Hashing {
        /// How many.
        n_features: usize,
    },
}

impl TextColumns {
    fn n_columns(&self) -> usize {
        match self {
            Self::TfIdf { vocabulary, .. } => vocabulary.len(),
            Self::Hashing { n_features } => *n_features,
        }
    }

    /// Column of a term and what one time counts for.
    fn place(&self, index: Option<&Index<'_>>, term: &str) -> Option<(u32, f64)> {
        let at = match (self, index) {
            (Self::TfIdf { .. }, Some(index)) => index.get(term).copied(),
            (Self::TfIdf { vocabulary, .. }, None) => {
                vocabulary.binary_search_by(|t| t.as_str().cmp(term)).ok().map(|at| at as u32)
            }
            (Self::Hashing { n_features }, _) => return Some(hashing::place(term, *n_features)),
        };
        at.map(|at| (at, 1.0))
    }

    /// The vocabulary as a map, where there are texts enough to be worth making it.
    fn index(&self, n_texts: usize) -> Option<Index<'_>> {
        match self {
            Self::TfIdf { vocabulary, .. } if n_texts >= INDEXED_TEXTS_MIN => {
                Some(vocabulary.iter().enumerate().map(|(at, term)| (term.as_str(), at as u32)).collect())
            }
            _ => None,
        }
    }
}

/// Column of each term: only ever asked, never walked.
type Index<'a> = HashMap<&'a str, u32>;

/// Below it, a search in the sorted vocabulary costs less than making the map.
const INDEXED_TEXTS_MIN: usize = 512;

impl TextFeature {
    /// Columns and values of a text, ascending by column.
    fn row(&self, index: Option<&Index<'_>>, text: &str) -> Vec<(u32, f64)> {
        let mut found: Vec<(u32, f64)> = Vec::new();
        for_each_term(text, self.analyzer, self.ngrams, |term| found.extend(self.columns.place(index, term)));
        found.sort_unstable_by_key(|(column, _)| *column);
        let mut row: Vec<(u32, f64)> = Vec::new();
        for same in found.chunk_by(|a, b| a.0 == b.0) {
            // Sums of ones and minus ones are exact in any order.
            let times: f64 = same.iter().map(|(_, sign)| sign).sum();
            let drawn =
                if self.sublinear_tf && times != 0.0 { (1.0 + math::ln(times.abs())).copysign(times) } else { times };
            let value = match &self.columns {
                TextColumns::TfIdf { idf, .. } => drawn * idf[same[0].0 as usize],
                TextColumns::Hashing { .. } => drawn,
            };
            if value != 0.0 {
                row.push((same[0].0, value));
            }
        }
        if self.norm == Norm::L2 {
            let norm = row.iter().map(|(_, v)| v * v).sum::<f64>().sqrt();
            if norm > 0.0 {
                row.iter_mut().for_each(|(_, v)| *v /= norm);
            }
        }
        row
    }

    fn block(&self, texts: &StringArray) -> Sparse {
        let mut block = Sparse { n_cols: self.columns.n_columns(), row_starts: vec![0], ..Sparse::default() };
        let index = self.columns.index(texts.len());
        for text in texts {
            for (column, value) in text.map(|t| self.row(index.as_ref(), t)).unwrap_or_default() {
                block.columns.push(column);
                block.values.push(value);
            }
            block.row_starts.push(block.columns.len());
        }
        block
    }
}

/// Name of a statistic, and what it counts in a text.
type Statistic = (&'static str, fn(&str) -> usize);

const STATISTICS: [Statistic; 5] = [
    ("length", |t| t.chars().count()),
    ("n_words", |t| t.split_whitespace().count()),
    ("n_digits", |t| t.chars().filter(|c| c.is_numeric()).count()),
    ("n_upper", |t| t.chars().filter(|c| c.is_uppercase()).count()),
    ("n_punctuation", |t| t.chars().filter(|c| !c.is_alphanumeric() && !c.is_whitespace() && !c.is_control()).count()),
];

impl Rewrite for TextFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let texts = texts_of(feature)?;
        let mut made = vec![derived(feature, &self.feature, FeatureData::Sparse(Arc::new(self.block(texts))))];
        for (name, count) in STATISTICS.iter().filter(|_| self.statistics) {
            let values = texts.iter().map(|t| t.map_or(f64::NAN, |t| count(t) as f64)).collect();
            made.push(derived(feature, format!("{}:{name}", self.feature), FeatureData::Number(Arc::new(values))));
        }
        Ok(made)
    }
}

impl ApplyStep for FittedText {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedText {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        for f in &self.features {
            if !are_ngrams(f.ngrams) {
                return Err(format!("`{}` has terms of impossible length", f.feature));
            }
            match &f.columns {
                TextColumns::TfIdf { vocabulary, idf } => {
                    check_levels(&f.feature, vocabulary)?;
                    if vocabulary.len() != idf.len() || idf.iter().any(|x| !x.is_finite()) {
                        return Err(format!("the weights of `{}` do not fit its terms", f.feature));
                    }
                }
                TextColumns::Hashing { n_features } if !(1..=BLOCK_COLUMNS_MAX).contains(n_features) => {
                    return Err(format!("`{}` has {n_features} columns", f.feature));
                }
                TextColumns::Hashing { .. } => {}
            }
        }
        Ok(())
    }

    fn block_columns(&self, feature: &str) -> Option<Vec<String>> {
        let f = self.features.iter().find(|f| f.feature == feature)?;
        Some(match &f.columns {
            TextColumns::TfIdf { vocabulary, .. } => vocabulary.iter().map(|t| format!("{feature}={t}")).collect(),
            TextColumns::Hashing { n_features } => (0..*n_features).map(|i| format!("{feature}=#{i}")).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{Made, frame, text};

    fn fit(spec: &Text, cells: &[&str]) -> (FittedText, Frame) {
        let train = frame(vec![text("t", cells)]);
        let data = StepData { frame: &train, target: None, weights: None };
        spec.fit_apply(&Cx::new(0, 2), data).expect("fits")
    }

    #[test]
    fn rows_have_unit_length_and_unknown_terms_do_not_count() {
        let spec = Text { statistics: true, ..Text::new(Columns::word("text")) };
        let (fitted, out) = fit(&spec, &["free FREE money!", "hello 42", "?"]);
        assert_eq!(fitted.block_columns("t").expect("a block"), ["t=42", "t=free", "t=hello", "t=money"]);
        let FeatureData::Sparse(s) = &out.features[0].data else { panic!("a block") };
        assert_eq!((s.n_cols, s.n_rows()), (4, 3));
        let (columns, values) = s.row(0);
        assert_eq!(columns, [1, 3]);
        assert!((values[0] - 2.0 / 5.0f64.sqrt()).abs() < 1e-15, "{values:?}");
        assert_eq!(s.row(2), (&[][..], &[][..]));
        let nan = f64::NAN;
        assert_eq!(Made::of(&out.features[1]), Made::number("t:length", &[16.0, 8.0, nan]));
        assert_eq!(Made::of(&out.features[3]), Made::number("t:n_digits", &[0.0, 2.0, nan]));
        assert_eq!(Made::of(&out.features[4]), Made::number("t:n_upper", &[4.0, 0.0, nan]));
        assert_eq!(Made::of(&out.features[5]), Made::number("t:n_punctuation", &[1.0, 0.0, nan]));
        let other = fitted.apply(&frame(vec![text("t", &["never seen"])])).expect("applies");
        assert_eq!(Made::of(&other.features[0]).cells(), ["([], [])"]);
    }

    #[test]
    fn a_long_batch_finds_the_same_terms_as_a_short_one() {
        let cells: Vec<String> = (0..INDEXED_TEXTS_MIN).map(|i| format!("word{} word{} and", i % 97, i % 31)).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let (fitted, out) = fit(&Text { ngrams: [1, 2], ..Text::new(Columns::word("t")) }, &cells);
        let short = fitted.apply(&frame(vec![text("t", &cells[..100])])).expect("applies");
        assert_eq!(Made::of(&out.features[0]).cells()[..100], *Made::of(&short.features[0]).cells());
    }

    #[test]
    fn hashing_learns_nothing() {
        let spec = Text { with: With::Hashing, max_features: 16, norm: Norm::None, ..Text::new(Columns::word("t")) };
        let (a, out) = fit(&spec, &["spam spam ham"]);
        let (b, _) = fit(&spec, &["other"]);
        assert_eq!(a, b);
        let FeatureData::Sparse(s) = &out.features[0].data else { panic!("a block") };
        assert_eq!(s.row(0).1.iter().map(|v| v.abs()).sum::<f64>(), 3.0);
    }

    #[test]
    fn impossible_parameters_are_refused() {
        let spec = Text::new(Columns::word("t"));
        for bad in [
            Text { ngrams: [2, 1], ..spec.clone() },
            Text { ngrams: [0, 1], ..spec.clone() },
            Text { max_features: 0, ..spec.clone() },
            Text { min_df: f64::NAN, ..spec.clone() },
            Text { max_df: 2.0, ..spec },
        ] {
            assert!(matches!(bad.plan(&[]), Err(FitError::Params(_))), "{bad:?}");
        }
    }
}
