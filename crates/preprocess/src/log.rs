//! `log`: draws long tails in. Not here: anything learned.

use std::sync::Arc;

use base::{Cx, math};
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, StepData};
use serde::{Deserialize, Serialize};
use table::{Feature, FeatureData, Frame};

use crate::columns::{Columns, Want};
use crate::quantile;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, rewrite};
use crate::rows;

const WANT: Want = Want { step: "log", forms: &[GroupForm::Number] };

/// Replaces numbers by sign(x) · ln(1 + |x|): monotone, zero stays zero, missing stays missing.
///
/// With `min_skew`, only features whose training rows lean that far to the right: their largest value lies at least
/// `min_skew` times as far above the median as the median lies above the smallest. Trees do not need it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Numbers.
    pub columns: Columns,
    /// How far a feature must lean to be changed; 0 changes each.
    #[serde(default)]
    pub min_skew: f64,
}

impl Log {
    /// Every selected feature.
    pub fn new(columns: Columns) -> Self {
        Self { columns, min_skew: 0.0 }
    }

    fn check(&self) -> Result<(), FitError> {
        if self.min_skew.is_finite() && self.min_skew >= 0.0 {
            return Ok(());
        }
        Err(FitError::Params(contract::ParamError::Value {
            table: WANT.step,
            name: "min_skew",
            found: self.min_skew.to_string(),
            expected: "a number from 0".into(),
        }))
    }

    fn leans(&self, feature: &Feature, weights: Option<&[f64]>) -> Result<bool, FitError> {
        let FeatureData::Number(values) = &feature.data else { return Err(rows::wrong_form(feature, "number")) };
        if self.min_skew == 0.0 {
            return Ok(true);
        }
        let (kept, w) = rows::present(feature, values, weights)?;
        let Some(median) = quantile::quantile(&kept, w.as_deref(), 0.5) else { return Ok(false) };
        let low = kept.iter().copied().fold(median, f64::min);
        let high = kept.iter().copied().fold(median, f64::max);
        Ok(high - median > self.min_skew * (median - low))
    }
}

impl FitStep for Log {
    type Fitted = FittedLog;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        self.check()?;
        self.columns.of_groups(WANT, groups)?;
        Ok(groups.to_vec())
    }

    fn fit(&self, _cx: &Cx, data: StepData<'_>) -> Result<FittedLog, FitError> {
        self.check()?;
        rows::check(&data)?;
        let mut features = Vec::new();
        for at in self.columns.of_frame(WANT, data.frame)? {
            let feature = &data.frame.features[at];
            if self.leans(feature, data.weights)? {
                features.push(LogFeature { feature: feature.name.clone() });
            }
        }
        Ok(FittedLog { features })
    }
}

/// Which features are changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedLog {
    /// One entry a feature.
    pub features: Vec<LogFeature>,
}

/// A feature that is changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogFeature {
    /// Its name.
    pub feature: String,
}

impl Rewrite for LogFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let FeatureData::Number(values) = &feature.data else { return Err(rows::wrong_form(feature, "number")) };
        let log = |x: &f64| math::ln_1p(x.abs()).copysign(*x);
        Ok(vec![derived(feature, &self.feature, FeatureData::Number(Arc::new(values.iter().map(log).collect())))])
    }
}

impl ApplyStep for FittedLog {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedLog {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{Made, frame, number};

    fn check(min_skew: f64, values: &[f64], expected: &[f64]) {
        let train = frame(vec![number("x", values)]);
        let spec = Log { min_skew, ..Log::new(Columns::word("number")) };
        let data = StepData { frame: &train, target: None, weights: None };
        let (_, out) = spec.fit_apply(&Cx::new(0, 1), data).expect("fits");
        assert_eq!(Made::of(&out.features[0]), Made::number("x", expected));
    }

    #[test]
    fn tails_on_both_sides_are_drawn_in() {
        let l = |x: f64| math::ln_1p(x);
        check(0.0, &[0.0, 1.0, -1.0, 999.0, f64::NAN], &[0.0, l(1.0), -l(1.0), l(999.0), f64::NAN]);
    }

    #[test]
    fn an_upright_feature_can_be_left_alone() {
        check(5.0, &[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]);
        check(5.0, &[0.0, 1.0, 100.0], &[0.0, math::ln_1p(1.0), math::ln_1p(100.0)]);
    }
}
