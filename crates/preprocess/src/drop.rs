//! `drop`: leaves features out.

use base::Cx;
use contract::{ApplyStep, FitError, FitStep, Group, StepData};
use serde::{Deserialize, Serialize};
use table::{Feature, Frame};

use crate::columns::{ALL_FORMS, Columns, Want};
use crate::rewrite::{Learned, Rewrite, check_fitted, plan, rewrite};
use crate::rows;

const WANT: Want = Want { step: "drop", forms: &ALL_FORMS };

/// Leaves the selected features out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drop {
    /// Features of any form.
    pub columns: Columns,
}

impl Drop {
    /// Leaves these out.
    pub fn new(columns: Columns) -> Self {
        Self { columns }
    }
}

impl FitStep for Drop {
    type Fitted = FittedDrop;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        let picked = self.columns.of_groups(WANT, groups)?;
        Ok(plan(groups, &picked, |_| Vec::new()))
    }

    fn fit(&self, _cx: &Cx, data: StepData<'_>) -> Result<FittedDrop, FitError> {
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let name = |at: usize| DroppedFeature { feature: data.frame.features[at].name.clone() };
        Ok(FittedDrop { features: picked.into_iter().map(name).collect() })
    }
}

/// Which features are left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedDrop {
    /// One entry a feature.
    pub features: Vec<DroppedFeature>,
}

/// A feature that is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DroppedFeature {
    /// Its name.
    pub feature: String,
}

impl Rewrite for DroppedFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, _feature: &Feature) -> Result<Vec<Feature>, FitError> {
        Ok(Vec::new())
    }
}

impl ApplyStep for FittedDrop {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedDrop {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{frame, number, text};

    #[test]
    fn what_is_dropped_is_gone_and_the_rest_is_there() {
        let train = frame(vec![number("a", &[1.0]), text("b", &["x"]), number("c", &[2.0])]);
        let data = StepData { frame: &train, target: None, weights: None };
        let (fitted, out) = Drop::new(Columns::names(["b", "a"])).fit_apply(&Cx::new(0, 1), data).expect("fits");
        assert_eq!(out.features.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["c"]);
        assert_eq!(out.n_rows, 1);
        assert!(fitted.apply(&out).is_err(), "a dropped feature is still required");
    }
}
