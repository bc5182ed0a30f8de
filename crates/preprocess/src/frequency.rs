//! `frequency`: how frequent a row's level was while fitting. Not here: any look at the target.

use std::sync::Arc;

use base::Cx;
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, StepData, Width};
use serde::{Deserialize, Serialize};
use table::{Feature, FeatureData, Frame, MISSING, UNKNOWN};

use crate::columns::{Columns, Want};
use crate::levels::{Tally, categories, check_levels, check_limit, look_up};
use crate::one_hot::unseen_of;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, plan, rewrite};
use crate::rows;

const WANT: Want = Want { step: "frequency", forms: &[GroupForm::Category] };

/// Gives each row the share of training weight that its level had.
///
/// - input: categories; output: one number each, `name:frequency`, from 0 to 1; with `keep` beside the category,
///   otherwise in its place
/// - missing counts as a level; a level never seen has frequency 0
/// - a category with fewer than `min_levels` levels is left as it is, so the number of features is learned where
///   `min_levels` is above 0
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// Categories.
    pub columns: Columns,
    /// Fewest levels of a category that is encoded.
    #[serde(default)]
    pub min_levels: usize,
    /// Whether the category stays beside its frequency.
    #[serde(default)]
    pub keep: bool,
}

impl Frequency {
    /// Frequencies in the place of categories.
    pub fn new(columns: Columns) -> Self {
        Self { columns, min_levels: 0, keep: false }
    }

    fn learn(&self, feature: &Feature, weights: Option<&[f64]>) -> Result<Option<FrequencyFeature>, FitError> {
        let tally = Tally::of(categories(feature)?, weights);
        check_limit(tally.levels.len(), &feature.name)?;
        if tally.levels.len() < self.min_levels {
            return Ok(None);
        }
        Ok(Some(FrequencyFeature {
            feature: feature.name.clone(),
            levels: tally.levels.iter().map(|(l, ..)| (*l).to_owned()).collect(),
            frequencies: tally.levels.iter().map(|(.., w)| w / tally.total).collect(),
            missing: tally.missing / tally.total,
            keep: self.keep,
        }))
    }
}

/// The groups of an encoding beside or in the place of a category.
pub(crate) fn groups_of(g: &Group, suffix: &str, width: Width, may_leave_alone: bool, keep: bool) -> Vec<Group> {
    let made = Group {
        name: format!("{}:{suffix}", g.name),
        source: g.source.clone(),
        form: GroupForm::Number,
        width: if may_leave_alone { Width::Learned } else { width },
    };
    // A category that is left as it is because of its levels is still there.
    let kept =
        (keep || may_leave_alone).then(|| Group { width: if keep { g.width } else { Width::Learned }, ..g.clone() });
    kept.into_iter().chain([made]).collect()
}

impl FitStep for Frequency {
    type Fitted = FittedFrequency;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        let picked = self.columns.of_groups(WANT, groups)?;
        Ok(plan(groups, &picked, |g| groups_of(g, "frequency", Width::Fixed(1), self.min_levels > 0, self.keep)))
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedFrequency, FitError> {
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let learned = cx.map(picked.len(), |i| self.learn(&data.frame.features[picked[i]], data.weights));
        Ok(FittedFrequency { features: learned.into_iter().filter_map(Result::transpose).collect::<Result<_, _>>()? })
    }
}

/// The frequencies of each category's levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedFrequency {
    /// One entry a category.
    pub features: Vec<FrequencyFeature>,
}

/// The frequencies of one category's levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrequencyFeature {
    /// Its name.
    pub feature: String,
    /// Levels, ascending.
    pub levels: Vec<String>,
    /// Frequency of each level.
    pub frequencies: Vec<f64>,
    /// Frequency of missing.
    pub missing: f64,
    /// Whether the category stays.
    pub keep: bool,
}

impl Rewrite for FrequencyFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let codes = look_up(categories(feature)?, &self.levels, &[]);
        let frequency = |code: u32| match code {
            MISSING => self.missing,
            UNKNOWN => 0.0,
            code => self.frequencies[code as usize],
        };
        let data = FeatureData::Number(Arc::new(codes.into_iter().map(frequency).collect()));
        let made = derived(feature, format!("{}:frequency", self.feature), data);
        Ok(self.keep.then(|| feature.clone()).into_iter().chain([made]).collect())
    }
}

impl ApplyStep for FittedFrequency {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedFrequency {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        for f in &self.features {
            check_levels(&f.feature, &f.levels)?;
            if f.levels.len() != f.frequencies.len() {
                return Err(format!("`{}` has levels without a frequency", f.feature));
            }
            if f.frequencies.iter().chain([&f.missing]).any(|x| !(0.0..=1.0 + 1e-9).contains(x)) {
                return Err(format!("a frequency of `{}` lies outside 0 to 1", f.feature));
            }
        }
        Ok(())
    }

    fn count_unseen(&self, frame: &Frame) -> Result<Vec<(String, u64)>, FitError> {
        unseen_of(frame, self.features.iter().map(|f| (&f.feature, &f.levels[..], &[][..])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{Made, category, frame};

    #[test]
    fn shares_of_weight_with_missing_as_a_level() {
        let train = frame(vec![category("c", &["a", "b", "a", "?"])]);
        let spec = Frequency::new(Columns::word("category"));
        let fit = |w: Option<&[f64]>| {
            spec.fit(&Cx::new(0, 1), StepData { frame: &train, target: None, weights: w }).expect("fits")
        };
        let score = frame(vec![category("c", &["a", "b", "z", "?"])]);
        let out = |fitted: FittedFrequency| Made::of(&fitted.apply(&score).expect("applies").features[0]);
        assert_eq!(out(fit(None)), Made::number("c:frequency", &[0.5, 0.25, 0.0, 0.25]));
        assert_eq!(out(fit(Some(&[1.0, 5.0, 1.0, 1.0]))), Made::number("c:frequency", &[0.25, 0.625, 0.0, 0.125]));
    }

    #[test]
    fn a_category_with_few_levels_can_be_left_alone() {
        let train = frame(vec![category("c", &["a", "b"]), category("d", &["a", "a"])]);
        let spec = Frequency { min_levels: 2, keep: true, ..Frequency::new(Columns::word("category")) };
        let data = StepData { frame: &train, target: None, weights: None };
        let (_, out) = spec.fit_apply(&Cx::new(0, 1), data).expect("fits");
        let names: Vec<&str> = out.features.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["c", "c:frequency", "d"]);
    }
}
