//! `one_hot`: a 0/1 column per level. Not here: codes that a learner splits on natively (`ordinal`).

use std::sync::Arc;

use base::Cx;
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, ParamError, StepData, Width};
use serde::{Deserialize, Serialize};
use table::{Feature, FeatureData, Frame, MISSING, Sparse, UNKNOWN};

use crate::columns::{Columns, Want};
use crate::levels::{RARE, Tally, categories, check_parted, count_unseen, look_up};
use crate::limits::BLOCK_COLUMNS_MAX;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, plan, rewrite};
use crate::rows;

const WANT: Want = Want { step: "one_hot", forms: &[GroupForm::Category] };

/// Which column is left out because the others tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drop {
    /// None.
    #[default]
    None,
    /// The first of a feature that has two.
    IfBinary,
}

/// Turns each category into one column per level, 1 where the row has the level.
///
/// - input: categories; output: one sparse block per category, under the category's name, with the columns
///   `name=level` in ascending order of levels, then `name=<rare>`, then `name=<missing>`
/// - a level with fewer training rows than `min_frequency`, or beyond the `max_levels` most frequent ones, is pooled
///   into `<rare>`, which is there only if something was pooled
/// - a level that was never seen counts as rare; where nothing was pooled, its row is all zeros
/// - a missing value has the column `<missing>` if one was missing while fitting, else its row is all zeros
///
/// A block rather than separate features, because how many there are is learned, and one entry a row is all it takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneHot {
    /// Categories.
    pub columns: Columns,
    /// Fewest training rows of a level of its own: below 1 a fraction of the rows, from 1 on a count.
    #[serde(default)]
    pub min_frequency: f64,
    /// Most levels of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_levels: Option<usize>,
    /// Which column is left out.
    #[serde(default)]
    pub drop: Drop,
}

impl OneHot {
    /// A column for every level.
    pub fn new(columns: Columns) -> Self {
        Self { columns, min_frequency: 0.0, max_levels: None, drop: Drop::None }
    }

    fn check(&self) -> Result<(), FitError> {
        let wrong = |name, found: String, expected: &str| {
            FitError::Params(ParamError::Value { table: WANT.step, name, found, expected: expected.into() })
        };
        if !(self.min_frequency.is_finite() && self.min_frequency >= 0.0) {
            return Err(wrong("min_frequency", self.min_frequency.to_string(), "a fraction or a count of rows"));
        }
        match self.max_levels {
            Some(n) if n == 0 || n >= BLOCK_COLUMNS_MAX => {
                Err(wrong("max_levels", n.to_string(), "a number of levels from 1 to four million"))
            }
            _ => Ok(()),
        }
    }

    fn learn(&self, feature: &Feature, data: &StepData<'_>) -> Result<OneHotFeature, FitError> {
        let c = categories(feature)?;
        let tally = Tally::of(c, data.weights);
        let min_count = match self.min_frequency {
            fraction if fraction < 1.0 => fraction * tally.n_rows as f64,
            count => count,
        };
        let (levels, rare) = tally.part(min_count, self.max_levels, &feature.name)?;
        let missing = tally.missing > 0.0;
        let n_columns = levels.len() + usize::from(!rare.is_empty()) + usize::from(missing);
        if n_columns > BLOCK_COLUMNS_MAX {
            let what = format!("columns from the levels of `{}`", feature.name);
            return Err(FitError::Limit { what, max: BLOCK_COLUMNS_MAX as u64, found: n_columns as u64 });
        }
        let drop_first = self.drop == Drop::IfBinary && n_columns == 2;
        Ok(OneHotFeature { feature: feature.name.clone(), levels, rare, missing, drop_first })
    }
}

impl FitStep for OneHot {
    type Fitted = FittedOneHot;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        self.check()?;
        let picked = self.columns.of_groups(WANT, groups)?;
        Ok(plan(groups, &picked, |g| vec![Group { form: GroupForm::Sparse, width: Width::Learned, ..g.clone() }]))
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedOneHot, FitError> {
        self.check()?;
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let learned = cx.map(picked.len(), |i| self.learn(&data.frame.features[picked[i]], &data));
        Ok(FittedOneHot { features: learned.into_iter().collect::<Result<_, _>>()? })
    }
}

/// The columns of each category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedOneHot {
    /// One entry a category.
    pub features: Vec<OneHotFeature>,
}

/// The columns of one category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OneHotFeature {
    /// Its name.
    pub feature: String,
    /// Levels with a column of their own, ascending.
    pub levels: Vec<String>,
    /// Levels that share the column `<rare>`, ascending; without any there is no such column.
    pub rare: Vec<String>,
    /// Whether there is a column `<missing>`.
    pub missing: bool,
    /// Whether the first column is left out.
    pub drop_first: bool,
}

impl OneHotFeature {
    fn columns(&self) -> Vec<String> {
        let name = |level: &str| format!("{}={level}", self.feature);
        let rare = (!self.rare.is_empty()).then(|| name("<rare>"));
        let missing = self.missing.then(|| name("<missing>"));
        let all = self.levels.iter().map(|l| name(l)).chain(rare).chain(missing);
        all.skip(usize::from(self.drop_first)).collect()
    }

    /// Column of each row, before the first is left out.
    fn column(&self, code: u32) -> Option<u32> {
        let n_levels = self.levels.len() as u32;
        match code {
            UNKNOWN => None,
            RARE => Some(n_levels),
            MISSING => self.missing.then(|| n_levels + u32::from(!self.rare.is_empty())),
            code => Some(code),
        }
    }
}

impl Rewrite for OneHotFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let c = categories(feature)?;
        let first = u32::from(self.drop_first);
        let n_columns = self.levels.len() + usize::from(!self.rare.is_empty()) + usize::from(self.missing);
        let mut block = Sparse {
            n_cols: n_columns.saturating_sub(first as usize),
            row_starts: Vec::with_capacity(c.codes.len() + 1),
            columns: Vec::with_capacity(c.codes.len()),
            values: Vec::new(),
        };
        block.row_starts.push(0);
        for code in look_up(c, &self.levels, &self.rare) {
            block.columns.extend(self.column(code).and_then(|column| column.checked_sub(first)));
            block.row_starts.push(block.columns.len());
        }
        block.values = vec![1.0; block.columns.len()];
        Ok(vec![derived(feature, &self.feature, FeatureData::Sparse(Arc::new(block)))])
    }
}

impl ApplyStep for FittedOneHot {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedOneHot {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        for f in &self.features {
            check_parted(&f.feature, &f.levels, &f.rare)?;
            let n_columns = f.levels.len() + usize::from(!f.rare.is_empty()) + usize::from(f.missing);
            if n_columns > BLOCK_COLUMNS_MAX {
                return Err(format!("`{}` has {n_columns} columns", f.feature));
            }
            if f.drop_first && n_columns != 2 {
                return Err(format!("`{}` leaves a column out, but has {n_columns}", f.feature));
            }
        }
        Ok(())
    }

    fn count_unseen(&self, frame: &Frame) -> Result<Vec<(String, u64)>, FitError> {
        unseen_of(frame, self.features.iter().map(|f| (&f.feature, &f.levels[..], &f.rare[..])))
    }

    fn block_columns(&self, feature: &str) -> Option<Vec<String>> {
        self.features.iter().find(|f| f.feature == feature).map(OneHotFeature::columns)
    }
}

/// For each feature, how many rows have a level that is neither kept nor pooled.
pub(crate) fn unseen_of<'a>(
    frame: &Frame,
    fitted: impl Iterator<Item = (&'a String, &'a [String], &'a [String])>,
) -> Result<Vec<(String, u64)>, FitError> {
    let by_name = crate::columns::positions(frame);
    fitted
        .filter_map(|(name, levels, rare)| by_name.get(name.as_str()).map(|&at| (name, at, levels, rare)))
        .map(|(name, at, levels, rare)| {
            Ok((name.clone(), count_unseen(categories(&frame.features[at])?, levels, rare)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{category, frame};

    fn rows_of(fitted: &FittedOneHot, cells: &[&str]) -> Vec<Option<u32>> {
        let out = fitted.apply(&frame(vec![category("c", cells)])).expect("applies");
        let FeatureData::Sparse(s) = &out.features[0].data else { panic!("a block") };
        assert_eq!(s.n_cols, fitted.block_columns("c").expect("a block").len());
        (0..s.n_rows()).map(|i| s.row(i).0.first().copied()).collect()
    }

    fn fit(spec: &OneHot, cells: &[&str]) -> FittedOneHot {
        let frame = frame(vec![category("c", cells)]);
        spec.fit(&Cx::new(0, 1), StepData { frame: &frame, target: None, weights: None }).expect("fits")
    }

    #[test]
    fn levels_ascend_and_an_unknown_one_is_all_zeros() {
        let fitted = fit(&OneHot::new(Columns::word("category")), &["b", "a", "b"]);
        assert_eq!(fitted.block_columns("c").expect("a block"), ["c=a", "c=b"]);
        assert_eq!(rows_of(&fitted, &["a", "b", "z", "?"]), [Some(0), Some(1), None, None]);
        let f = frame(vec![category("c", &["a", "z", "z", "?"])]);
        assert_eq!(fitted.count_unseen(&f).expect("counts"), [("c".to_owned(), 2)]);
    }

    #[test]
    fn rare_levels_are_pooled_and_unknown_ones_with_them() {
        let spec = OneHot { min_frequency: 2.0, ..OneHot::new(Columns::word("c")) };
        let fitted = fit(&spec, &["b", "a", "b", "?", "q"]);
        assert_eq!(fitted.block_columns("c").expect("a block"), ["c=b", "c=<rare>", "c=<missing>"]);
        assert_eq!(rows_of(&fitted, &["a", "b", "z", "?", "q"]), [Some(1), Some(0), Some(1), Some(2), Some(1)]);
        let f = frame(vec![category("c", &["a", "z", "b"])]);
        assert_eq!(fitted.count_unseen(&f).expect("counts"), [("c".to_owned(), 1)]);
        let half = OneHot { min_frequency: 0.4, ..spec.clone() };
        assert_eq!(fit(&half, &["b", "a", "b", "?", "q"]), fitted);
        let top = OneHot { min_frequency: 0.0, max_levels: Some(1), ..spec };
        assert_eq!(fit(&top, &["b", "a", "b", "?", "q"]), fitted);
    }

    #[test]
    fn of_two_columns_one_is_enough() {
        let spec = OneHot { drop: Drop::IfBinary, ..OneHot::new(Columns::word("c")) };
        let fitted = fit(&spec, &["no", "yes"]);
        assert_eq!(fitted.block_columns("c").expect("a block"), ["c=yes"]);
        assert_eq!(rows_of(&fitted, &["no", "yes", "?"]), [None, Some(0), None]);
        assert!(!fit(&spec, &["a", "b", "c"]).features[0].drop_first);
    }
}
