//! `ordinal`: levels as learned codes, for learners that split on categories natively; or as plain numbers.

use std::sync::Arc;

use base::Cx;
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, ParamError, StepData};
use serde::{Deserialize, Serialize};
use table::{Feature, FeatureData, Frame, MISSING, UNKNOWN};

use crate::columns::{Columns, Want};
use crate::levels::{RARE, Tally, categories, check_parted, look_up};
use crate::one_hot::unseen_of;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, plan, rewrite};
use crate::rows;

const WANT: Want = Want { step: "ordinal", forms: &[GroupForm::Category] };

/// Gives each level a code: its place among the learned levels in ascending order.
///
/// - input: categories; output: the same features as codes `0..n_levels`, or as numbers with `as_number`
/// - a level with fewer training rows than `min_count`, or beyond the `max_levels` most frequent ones, is pooled under
///   one last code
/// - a level that was never seen counts as rare; where nothing was pooled it is unknown (as a number: missing)
/// - missing stays missing
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ordinal {
    /// Categories.
    pub columns: Columns,
    /// Fewest training rows of a level with a code of its own.
    #[serde(default = "one")]
    pub min_count: u64,
    /// Most levels with a code of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_levels: Option<usize>,
    /// Whether plain numbers come out, in the order of the levels' spelling.
    #[serde(default)]
    pub as_number: bool,
}

fn one() -> u64 {
    1
}

impl Ordinal {
    /// A code for every level.
    pub fn new(columns: Columns) -> Self {
        Self { columns, min_count: 1, max_levels: None, as_number: false }
    }

    fn check(&self) -> Result<(), FitError> {
        if self.max_levels == Some(0) {
            return Err(FitError::Params(ParamError::Value {
                table: WANT.step,
                name: "max_levels",
                found: "0".into(),
                expected: "at least 1".into(),
            }));
        }
        Ok(())
    }

    fn learn(&self, feature: &Feature, weights: Option<&[f64]>) -> Result<OrdinalFeature, FitError> {
        let tally = Tally::of(categories(feature)?, weights);
        let (levels, rare) = tally.part(self.min_count as f64, self.max_levels, &feature.name)?;
        Ok(OrdinalFeature { feature: feature.name.clone(), levels, rare, as_number: self.as_number })
    }
}

impl FitStep for Ordinal {
    type Fitted = FittedOrdinal;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        self.check()?;
        let picked = self.columns.of_groups(WANT, groups)?;
        let form = if self.as_number { GroupForm::Number } else { GroupForm::Codes };
        Ok(plan(groups, &picked, |g| vec![Group { form, ..g.clone() }]))
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedOrdinal, FitError> {
        self.check()?;
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let learned = cx.map(picked.len(), |i| self.learn(&data.frame.features[picked[i]], data.weights));
        Ok(FittedOrdinal { features: learned.into_iter().collect::<Result<_, _>>()? })
    }
}

/// The codes of each category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedOrdinal {
    /// One entry a category.
    pub features: Vec<OrdinalFeature>,
}

/// The codes of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrdinalFeature {
    /// Its name.
    pub feature: String,
    /// Levels with a code of their own, ascending: the code is the position.
    pub levels: Vec<String>,
    /// Levels that share the code behind the last, ascending.
    pub rare: Vec<String>,
    /// Whether numbers come out.
    pub as_number: bool,
}

impl Rewrite for OrdinalFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let pooled = self.levels.len() as u32;
        let mut codes = look_up(categories(feature)?, &self.levels, &self.rare);
        codes.iter_mut().filter(|c| **c == RARE).for_each(|c| *c = pooled);
        let data = if self.as_number {
            let number = |c: u32| if c == MISSING || c == UNKNOWN { f64::NAN } else { f64::from(c) };
            FeatureData::Number(Arc::new(codes.into_iter().map(number).collect()))
        } else {
            FeatureData::Codes { codes: Arc::new(codes), n_levels: pooled + u32::from(!self.rare.is_empty()) }
        };
        Ok(vec![derived(feature, &self.feature, data)])
    }
}

impl ApplyStep for FittedOrdinal {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedOrdinal {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        self.features.iter().try_for_each(|f| check_parted(&f.feature, &f.levels, &f.rare))
    }

    fn count_unseen(&self, frame: &Frame) -> Result<Vec<(String, u64)>, FitError> {
        unseen_of(frame, self.features.iter().map(|f| (&f.feature, &f.levels[..], &f.rare[..])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{Made, category, frame};

    fn check(spec: &Ordinal, cells: &[&str], at_scoring: &[&str], expected: &[&str]) {
        let train = frame(vec![category("c", cells)]);
        let data = StepData { frame: &train, target: None, weights: None };
        let fitted = spec.fit(&Cx::new(0, 1), data).expect("fits");
        let out = fitted.apply(&frame(vec![category("c", at_scoring)])).expect("applies");
        assert_eq!(Made::of(&out.features[0]).cells(), expected);
        if let FeatureData::Codes { codes, n_levels } = &out.features[0].data {
            assert!(codes.iter().all(|c| c < n_levels || *c >= UNKNOWN));
        }
    }

    #[test]
    fn codes_follow_the_order_of_levels() {
        let spec = Ordinal::new(Columns::word("category"));
        check(&spec, &["b", "a", "c"], &["c", "a", "z", "?"], &["2", "0", "unknown", "?"]);
        let spec = Ordinal { as_number: true, ..spec };
        check(&spec, &["b", "a", "c"], &["c", "a", "z", "?"], &["2", "0", "NaN", "NaN"]);
    }

    #[test]
    fn rare_and_unseen_levels_share_the_last_code() {
        let spec = Ordinal { min_count: 2, ..Ordinal::new(Columns::word("c")) };
        check(&spec, &["b", "a", "c", "a", "c"], &["a", "b", "c", "z", "?"], &["0", "2", "1", "2", "?"]);
        let spec = Ordinal { max_levels: Some(1), min_count: 1, ..spec };
        check(&spec, &["b", "a", "a"], &["a", "b", "z"], &["0", "1", "1"]);
    }
}
