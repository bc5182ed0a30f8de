//! `scale`: brings numbers to a common location and spread. Not here: sparse blocks, whose values are 0 and 1 or of
//! unit length already.

use std::sync::Arc;

use base::Cx;
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, StepData};
use serde::{Deserialize, Serialize};
use table::{Feature, FeatureData, Frame};

use crate::columns::{Columns, Want};
use crate::quantile;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, rewrite};
use crate::rows;

const WANT: Want = Want { step: "scale", forms: &[GroupForm::Number] };

/// What is subtracted, and what is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum With {
    /// Weighted mean; weighted population standard deviation.
    #[default]
    Standard,
    /// Smallest value; largest less smallest.
    MinMax,
    /// Weighted median; third quartile less first.
    Robust,
}

/// Shifts and divides numbers by what the training rows show.
///
/// - input: numbers, missing allowed and kept; output: `(x − center) / scale` under the same names
/// - learned: two numbers a feature; a constant feature, and one without any value, is divided by 1
/// - equal to scikit-learn's `StandardScaler`, `MinMaxScaler` to rounding; `robust` has averaged quartiles of the
///   inverse distribution function, which weights extend
///
/// # Errors
/// [`FitError::Infinite`]; [`FitError::Form`] if the spread of a feature is beyond the largest float.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// Numbers.
    pub columns: Columns,
    /// By what.
    #[serde(default)]
    pub with: With,
}

impl Scale {
    /// To mean 0 and deviation 1.
    pub fn new(columns: Columns) -> Self {
        Self { columns, with: With::Standard }
    }

    fn learn(&self, feature: &Feature, weights: Option<&[f64]>) -> Result<ScaledFeature, FitError> {
        let FeatureData::Number(values) = &feature.data else { return Err(rows::wrong_form(feature, "number")) };
        let (kept, w) = rows::present(feature, values, weights)?;
        let w = w.as_deref();
        let learned = match self.with {
            With::Standard => quantile::mean(&kept, w).map(|mean| {
                let (deviation, is_constant) = quantile::standard_deviation(&kept, w, mean);
                (mean, if is_constant { 0.0 } else { deviation })
            }),
            With::MinMax => kept.iter().copied().reduce(f64::min).map(|low| {
                let high = kept.iter().copied().fold(low, f64::max);
                (low, high - low)
            }),
            With::Robust => quantile::quantile(&kept, w, 0.5).map(|median| {
                let quartile = |q| quantile::quantile(&kept, w, q).unwrap_or(median);
                (median, quartile(0.75) - quartile(0.25))
            }),
        };
        let (center, scale) = learned.unwrap_or((0.0, 0.0));
        if !center.is_finite() || !scale.is_finite() {
            return Err(FitError::Form {
                feature: feature.name.clone(),
                expected: "numbers whose spread is below 1.8e308".into(),
                found: "spread further".into(),
            });
        }
        let scale = if scale > 0.0 { scale } else { 1.0 };
        Ok(ScaledFeature { feature: feature.name.clone(), center, scale })
    }
}

impl FitStep for Scale {
    type Fitted = FittedScale;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        self.columns.of_groups(WANT, groups)?;
        Ok(groups.to_vec())
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedScale, FitError> {
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let learned = cx.map(picked.len(), |i| self.learn(&data.frame.features[picked[i]], data.weights));
        Ok(FittedScale { features: learned.into_iter().collect::<Result<_, _>>()? })
    }
}

/// Location and spread of each feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedScale {
    /// One entry a feature.
    pub features: Vec<ScaledFeature>,
}

/// Location and spread of one feature.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScaledFeature {
    /// Its name.
    pub feature: String,
    /// What is subtracted.
    pub center: f64,
    /// What is divided by, above zero.
    pub scale: f64,
}

impl Rewrite for ScaledFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let FeatureData::Number(values) = &feature.data else { return Err(rows::wrong_form(feature, "number")) };
        let scaled = values.iter().map(|x| (x - self.center) / self.scale).collect();
        Ok(vec![derived(feature, &self.feature, FeatureData::Number(Arc::new(scaled)))])
    }
}

impl ApplyStep for FittedScale {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedScale {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        let is_usable = |f: &ScaledFeature| f.center.is_finite() && f.scale.is_finite() && f.scale > 0.0;
        match self.features.iter().find(|f| !is_usable(f)) {
            Some(f) => Err(format!("`{}` is scaled by numbers that cannot be used", f.feature)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{Made, frame, number};

    fn check(with: With, values: &[f64], weights: Option<&[f64]>, expected: &[f64]) {
        let train = frame(vec![number("x", values)]);
        let spec = Scale { with, ..Scale::new(Columns::word("number")) };
        let data = StepData { frame: &train, target: None, weights };
        let (_, out) = spec.fit_apply(&Cx::new(0, 1), data).expect("fits");
        assert_eq!(Made::of(&out.features[0]), Made::number("x", expected));
    }

    const NAN: f64 = f64::NAN;

    #[test]
    fn by_every_word_with_missing_kept() {
        check(With::Standard, &[1.0, NAN, 3.0], None, &[-1.0, NAN, 1.0]);
        check(With::Standard, &[1.0, 5.0], Some(&[3.0, 1.0]), &[-1.0 / 3.0f64.sqrt(), 3.0 / 3.0f64.sqrt()]);
        check(With::MinMax, &[1.0, NAN, 3.0, 2.0], None, &[0.0, NAN, 1.0, 0.5]);
        check(With::Robust, &[1.0, 2.0, 3.0, 4.0, 5.0], None, &[-1.0, -0.5, 0.0, 0.5, 1.0]);
    }

    #[test]
    fn constants_and_empty_columns_are_divided_by_one() {
        for with in [With::Standard, With::MinMax, With::Robust] {
            check(with, &[0.25, 0.25, 0.25], None, &[0.0, 0.0, 0.0]);
            check(with, &[NAN, NAN], None, &[NAN, NAN]);
        }
    }

    #[test]
    fn an_infinite_number_is_refused_by_row() {
        let train = frame(vec![number("x", &[1.0, f64::INFINITY])]);
        let data = StepData { frame: &train, target: None, weights: None };
        let e = Scale::new(Columns::word("x")).fit(&Cx::new(0, 1), data).expect_err("infinite");
        assert_eq!(e, FitError::Infinite { feature: "x".into(), row_idx: 1 });
    }
}
