//! `impute`: fills what is missing. Not here: missing dates and texts, which their own steps take as they are.

use std::sync::Arc;

use base::Cx;
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, ParamError, StepData, Width};
use serde::{Deserialize, Serialize};
use table::{Categories, Feature, FeatureData, Frame, MISSING};

use crate::columns::{Columns, Want};
use crate::levels::{Tally, categories};
use crate::quantile;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, plan, rewrite};
use crate::rows;

const WANT: Want = Want { step: "impute", forms: &[GroupForm::Number, GroupForm::Category] };

/// The level that stands for missing categories where none is given.
pub const MISSING_LEVEL: &str = "missing";

/// What missing numbers are replaced by. Categories take the most frequent level under each word but `constant`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// The weighted mean.
    Mean,
    /// The weighted median: the middle value, or the mean of the two in the middle.
    #[default]
    Median,
    /// The heaviest value, the smallest among equals (by number, or by code point).
    MostFrequent,
    /// The `value` of the spec.
    Constant,
}

/// A constant to fill with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// For numbers.
    Number(f64),
    /// For categories.
    Level(String),
}

/// Replaces missing numbers and categories by something learned from the training rows.
///
/// - input: numbers, categories; output: the same features without missing values
/// - with `indicator`, also `name:missing` (0 or 1) behind each number and category that had a missing value while
///   fitting: a column without one tells nothing, so the indicators' number is learned
/// - learned: one value a feature, weighted; a column without any value is filled with 0, or with the level
///   `missing`, so that an empty column in one fold stops nothing
/// - with `constant`: `value`, for numbers 0 and for categories `missing` if it is not given or of the other form
///
/// # Errors
/// [`FitError::Infinite`] for an infinite number, [`FitError::Params`] for a constant that is not finite.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impute {
    /// Numbers and categories.
    pub columns: Columns,
    /// By what.
    #[serde(default)]
    pub with: With,
    /// The constant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// Whether features tell where something was missing.
    #[serde(default)]
    pub indicator: bool,
}

impl Impute {
    /// The median or the most frequent level, without indicators.
    pub fn new(columns: Columns) -> Self {
        Self { columns, with: With::default(), value: None, indicator: false }
    }

    fn check(&self) -> Result<(), FitError> {
        match &self.value {
            Some(Value::Number(v)) if !v.is_finite() => Err(FitError::Params(ParamError::Value {
                table: WANT.step,
                name: "value",
                found: v.to_string(),
                expected: "a finite number".into(),
            })),
            Some(_) if self.with != With::Constant => Err(FitError::Params(ParamError::Value {
                table: WANT.step,
                name: "value",
                found: "given".into(),
                expected: "it only beside `with = \"constant\"`".into(),
            })),
            _ => Ok(()),
        }
    }

    fn learn(&self, feature: &Feature, weights: Option<&[f64]>) -> Result<FilledFeature, FitError> {
        let has_weight = |row_idx: usize| rows::weight(weights, row_idx) > 0.0;
        let (fill, has_missing) = match &feature.data {
            FeatureData::Number(values) => {
                let (kept, w) = rows::present(feature, values, weights)?;
                let learned = match self.with {
                    With::Mean => quantile::mean(&kept, w.as_deref()),
                    With::Median => quantile::quantile(&kept, w.as_deref(), 0.5),
                    With::MostFrequent => quantile::most_frequent(&kept, w.as_deref()),
                    With::Constant => match self.value {
                        Some(Value::Number(v)) => Some(v),
                        _ => None,
                    },
                };
                (Value::Number(learned.unwrap_or(0.0)), (0..values.len()).any(|i| values[i].is_nan() && has_weight(i)))
            }
            _ => {
                let c = categories(feature)?;
                let level = match (self.with, &self.value) {
                    (With::Constant, Some(Value::Level(level))) => level,
                    (With::Constant, _) => MISSING_LEVEL,
                    _ => Tally::of(c, weights).most_frequent().unwrap_or(MISSING_LEVEL),
                };
                (Value::Level(level.to_owned()), (0..c.codes.len()).any(|i| c.codes[i] == MISSING && has_weight(i)))
            }
        };
        Ok(FilledFeature { feature: feature.name.clone(), fill, indicator: self.indicator && has_missing })
    }
}

impl FitStep for Impute {
    type Fitted = FittedImpute;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        self.check()?;
        let picked = self.columns.of_groups(WANT, groups)?;
        Ok(plan(groups, &picked, |g| {
            let indicator = self.indicator.then(|| Group {
                name: indicator_name(&g.name),
                source: g.source.clone(),
                form: GroupForm::Number,
                width: Width::Learned,
            });
            // The indicators of a group of several stand among its features.
            let width = match (self.indicator, g.width) {
                (true, w) if w != Width::Fixed(1) => Width::Learned,
                (_, w) => w,
            };
            [Some(Group { width, ..g.clone() }), indicator].into_iter().flatten().collect()
        }))
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedImpute, FitError> {
        self.check()?;
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let learned = cx.map(picked.len(), |i| self.learn(&data.frame.features[picked[i]], data.weights));
        Ok(FittedImpute { features: learned.into_iter().collect::<Result<_, _>>()? })
    }
}

fn indicator_name(feature: &str) -> String {
    format!("{feature}:missing")
}

/// What fills each feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedImpute {
    /// One entry a feature.
    pub features: Vec<FilledFeature>,
}

/// What fills one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilledFeature {
    /// Its name.
    pub feature: String,
    /// What stands for missing values.
    pub fill: Value,
    /// Whether `name:missing` is made.
    pub indicator: bool,
}

impl Rewrite for FilledFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let (data, missing): (FeatureData, Vec<bool>) = match (&self.fill, &feature.data) {
            (Value::Number(fill), FeatureData::Number(values)) => (
                FeatureData::Number(Arc::new(values.iter().map(|&v| if v.is_nan() { *fill } else { v }).collect())),
                values.iter().map(|v| v.is_nan()).collect(),
            ),
            (Value::Level(fill), _) => {
                let c = categories(feature)?;
                let filled = FeatureData::Category(Arc::new(filled(c, fill)));
                (filled, c.codes.iter().map(|&code| code == MISSING).collect())
            }
            (Value::Number(_), _) => return Err(rows::wrong_form(feature, "number")),
        };
        let mut out = vec![derived(feature, &self.feature, data)];
        if self.indicator {
            let flags = missing.into_iter().map(|m| f64::from(u8::from(m))).collect();
            out.push(derived(feature, indicator_name(&self.feature), FeatureData::Number(Arc::new(flags))));
        }
        Ok(out)
    }
}

/// The categories with a level in the place of missing ones; the level joins the dictionary where it belongs.
fn filled(c: &Categories, fill: &str) -> Categories {
    let mut out = c.clone();
    if !out.codes.contains(&MISSING) {
        return out;
    }
    let (at, is_new) = match out.levels.binary_search_by(|l| l.as_str().cmp(fill)) {
        Ok(at) => (at as u32, false),
        Err(at) => (at as u32, true),
    };
    if is_new {
        out.levels.insert(at as usize, fill.to_owned());
    }
    for code in &mut out.codes {
        if *code == MISSING {
            *code = at;
        } else if is_new && *code >= at {
            *code += 1;
        }
    }
    out
}

impl ApplyStep for FittedImpute {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedImpute {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        match self.features.iter().find(|f| matches!(f.fill, Value::Number(v) if !v.is_finite())) {
            Some(f) => Err(format!("`{}` is filled with a number that is not finite", f.feature)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{Made, category, frame, number};

    fn check(spec: &Impute, data: Vec<Feature>, weights: Option<&[f64]>, expected: &[Made]) {
        let frame = frame(data);
        let data = StepData { frame: &frame, target: None, weights };
        let (_, out) = spec.fit_apply(&Cx::new(0, 1), data).expect("fits");
        assert_eq!(out.features.iter().map(Made::of).collect::<Vec<_>>(), expected);
    }

    const NAN: f64 = f64::NAN;

    #[test]
    fn numbers_by_every_word() {
        let x = || vec![number("x", &[1.0, NAN, 1.0, 7.0])];
        let spec = |with| Impute { with, ..Impute::new(Columns::word("number")) };
        check(&spec(With::Mean), x(), None, &[Made::number("x", &[1.0, 3.0, 1.0, 7.0])]);
        check(&spec(With::Median), x(), None, &[Made::number("x", &[1.0, 1.0, 1.0, 7.0])]);
        check(&spec(With::MostFrequent), x(), None, &[Made::number("x", &[1.0, 1.0, 1.0, 7.0])]);
        check(&spec(With::Constant), x(), None, &[Made::number("x", &[1.0, 0.0, 1.0, 7.0])]);
        let minus = Impute { value: Some(Value::Number(-1.0)), ..spec(With::Constant) };
        check(&minus, x(), None, &[Made::number("x", &[1.0, -1.0, 1.0, 7.0])]);
        let w = [1.0, 1.0, 1.0, 4.0];
        check(&spec(With::Mean), x(), Some(&w), &[Made::number("x", &[1.0, 5.0, 1.0, 7.0])]);
        check(&spec(With::Median), x(), Some(&w), &[Made::number("x", &[1.0, 7.0, 1.0, 7.0])]);
    }

    #[test]
    fn categories_take_the_most_frequent_or_a_level() {
        let c = || vec![category("c", &["hull", "?", "york", "hull"])];
        let spec = Impute::new(Columns::word("all"));
        check(&spec, c(), None, &[Made::category("c", &["hull", "hull", "york", "hull"])]);
        let spec = Impute { with: With::Constant, ..spec };
        check(&spec, c(), None, &[Made::category("c", &["hull", "missing", "york", "hull"])]);
        let spec = Impute { value: Some(Value::Level("a".into())), ..spec };
        check(&spec, c(), None, &[Made::category("c", &["hull", "a", "york", "hull"])]);
    }

    #[test]
    fn an_indicator_stands_behind_a_column_that_had_something_missing() {
        let spec = Impute { indicator: true, ..Impute::new(Columns::word("all")) };
        let data = vec![number("full", &[1.0, 2.0]), number("x", &[NAN, 4.0]), category("c", &["?", "?"])];
        let expected = [
            Made::number("full", &[1.0, 2.0]),
            Made::number("x", &[4.0, 4.0]),
            Made::number("x:missing", &[1.0, 0.0]),
            Made::category("c", &["missing", "missing"]),
            Made::number("c:missing", &[1.0, 1.0]),
        ];
        check(&spec, data, None, &expected);
        check(
            &spec,
            vec![number("x", &[NAN, NAN])],
            None,
            &[Made::number("x", &[0.0, 0.0]), Made::number("x:missing", &[1.0, 1.0])],
        );
    }

    #[test]
    fn a_value_without_constant_is_refused() {
        let spec = Impute { value: Some(Value::Number(1.0)), ..Impute::new(Columns::word("all")) };
        assert!(matches!(spec.plan(&[]), Err(FitError::Params(_))));
    }
}
