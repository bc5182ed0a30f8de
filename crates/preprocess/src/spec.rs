//! Every step that there is: what may stand in a project file, and what may stand in a bundle.

use base::Cx;
use contract::{ApplyStep, FitError, FitStep, Group, StepData};
use serde::{Deserialize, Serialize};
use table::Frame;

use crate::date_parts::{DateParts, FittedDateParts};
use crate::drop::{Drop, FittedDrop};
use crate::error::PreprocessError;
use crate::frequency::{FittedFrequency, Frequency};
use crate::impute::{FittedImpute, Impute};
use crate::log::{FittedLog, Log};
use crate::one_hot::{FittedOneHot, OneHot};
use crate::ordinal::{FittedOrdinal, Ordinal};
use crate::rewrite::{Learned, check_distinct};
use crate::scale::{FittedScale, Scale};
use crate::target::{FittedTarget, TargetEncoding};
use crate::text::{FittedText, Text};

/// Makes both enums and the matches over them from one list, so that a step cannot be in one and not in the other.
macro_rules! steps {
    ($($variant:ident($spec:ty => $fitted:ty), $name:literal, $doc:literal;)+) => {
        /// A step as it is asked for. In a project file: a table with the step's name under `step` and its parameters
        /// beside it; an unknown parameter is an error.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "step")]
        pub enum StepSpec {
            $(#[doc = $doc] #[serde(rename = $name)] $variant($spec),)+
        }

        /// A step that was fitted, as it stands in a bundle. After decoding, call [`FittedStep::validate`].
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub enum FittedStep {
            $(#[doc = $doc] #[serde(rename = $name)] $variant($fitted),)+
        }

        impl StepSpec {
            /// The names of all steps.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            /// Its name: `impute`, `one_hot`, …
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(s) => s.name(),)+ }
            }

            fn plan_of(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
                match self { $(Self::$variant(s) => s.plan(groups),)+ }
            }

            fn fit_of(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedStep, FitError> {
                match self { $(Self::$variant(s) => s.fit(cx, data).map(FittedStep::$variant),)+ }
            }

            fn fit_apply_of(&self, cx: &Cx, data: StepData<'_>) -> Result<(FittedStep, Frame), FitError> {
                match self {
                    $(Self::$variant(s) => s.fit_apply(cx, data).map(|(f, frame)| (FittedStep::$variant(f), frame)),)+
                }
            }
        }

        impl FittedStep {
            /// Its name, the same as that of its spec.
            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)+ }
            }

            fn learned(&self) -> &dyn Learned {
                match self { $(Self::$variant(f) => f,)+ }
            }

            fn applied(&self) -> &dyn ApplyStep {
                match self { $(Self::$variant(f) => f,)+ }
            }
        }
    };
}

steps! {
    Impute(Impute => FittedImpute), "impute", "Fills what is missing.";
    OneHot(OneHot => FittedOneHot), "one_hot", "A column per level.";
    Ordinal(Ordinal => FittedOrdinal), "ordinal", "A code per level.";
    Frequency(Frequency => FittedFrequency), "frequency", "How frequent a level is.";
    Target(TargetEncoding => FittedTarget), "target", "What the target was at a level.";
    Scale(Scale => FittedScale), "scale", "A common location and spread.";
    DateParts(DateParts => FittedDateParts), "date_parts", "Parts and cycles of time.";
    Text(Text => FittedText), "text", "Weighted terms of prose.";
    Drop(Drop => FittedDrop), "drop", "Leaves features out.";
    Log(Log => FittedLog), "log", "Draws long tails in.";
}

impl StepSpec {
    /// The groups that come out when these go in; called before any row is read.
    ///
    /// # Errors
    /// [`FitError::NoSuchFeature`] for a name that is not there, [`FitError::Form`] for a feature that the step does
    /// not take or a name that two features would share, [`FitError::Params`] for a parameter out of bounds.
    pub fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        let out = self.plan_of(groups)?;
        check_distinct(out.iter().map(|g| g.name.as_str()))?;
        Ok(out)
    }

    /// Learns from some rows. The same state at any thread count, whatever the dictionaries of the frame.
    ///
    /// # Errors
    /// [`FitError::NoRows`], [`FitError::Weights`], those of [`StepSpec::plan`], and the step's own.
    pub fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedStep, FitError> {
        cx.check_cancelled()?;
        self.fit_of(cx, data)
    }

    /// Learns from some rows and transforms these same rows for further fitting: out of fold where the step looks at
    /// the target.
    ///
    /// # Errors
    /// Those of [`StepSpec::fit`].
    pub fn fit_apply(&self, cx: &Cx, data: StepData<'_>) -> Result<(FittedStep, Frame), FitError> {
        cx.check_cancelled()?;
        let (fitted, frame) = self.fit_apply_of(cx, data)?;
        check_distinct(frame.features.iter().map(|f| f.name.as_str()))?;
        Ok((fitted, frame))
    }
}

impl FitStep for StepSpec {
    type Fitted = FittedStep;

    fn name(&self) -> &'static str {
        StepSpec::name(self)
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        StepSpec::plan(self, groups)
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedStep, FitError> {
        StepSpec::fit(self, cx, data)
    }

    fn fit_apply(&self, cx: &Cx, data: StepData<'_>) -> Result<(FittedStep, Frame), FitError> {
        StepSpec::fit_apply(self, cx, data)
    }
}

impl FittedStep {
    /// Checks a step that was read from a file: lengths that belong together, levels in order, finite numbers, counts
    /// within limits. A step that passes transforms any frame without a panic.
    ///
    /// # Errors
    /// [`PreprocessError::State`].
    pub fn validate(&self) -> Result<(), PreprocessError> {
        self.learned().validate().map_err(|what| PreprocessError::State { step: self.name(), what })
    }

    /// For each category that the step was fitted on, how many rows have a level that was never seen while fitting.
    ///
    /// # Errors
    /// [`FitError::Form`] if such a feature is not a category.
    pub fn count_unseen(&self, frame: &Frame) -> Result<Vec<(String, u64)>, FitError> {
        self.learned().count_unseen(frame)
    }

    /// Names of the columns in the sparse block that the step makes of a feature; `None` if it makes none.
    pub fn block_columns(&self, feature: &str) -> Option<Vec<String>> {
        self.learned().block_columns(feature)
    }
}

impl ApplyStep for FittedStep {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        self.applied().apply(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Columns;
    use crate::rewrite::tests::{frame, number};

    #[test]
    fn a_project_file_reads_and_an_unknown_parameter_is_named() {
        let spec: StepSpec =
            serde_json::from_str(r#"{"step":"one_hot","columns":"category","min_frequency":1}"#).expect("reads");
        let expected = OneHot { min_frequency: 1.0, ..OneHot::new(Columns::word("category")) };
        assert_eq!(spec, StepSpec::OneHot(expected));
        let e = serde_json::from_str::<StepSpec>(r#"{"step":"scale","columns":"a","wth":"robust"}"#);
        assert!(e.expect_err("unknown").to_string().contains("`wth`"));
        let e = serde_json::from_str::<StepSpec>(r#"{"step":"scael","columns":"a"}"#);
        assert!(e.expect_err("unknown").to_string().contains("`scale`"));
        assert!(serde_json::from_str::<StepSpec>(r#"{"step":"scale"}"#).is_err());
    }

    #[test]
    fn a_made_name_that_is_taken_is_refused() {
        let train = frame(vec![number("x", &[f64::NAN, 1.0]), number("x:missing", &[1.0, 2.0])]);
        let spec = StepSpec::Impute(Impute { indicator: true, ..Impute::new(Columns::word("number")) });
        let data = StepData { frame: &train, target: None, weights: None };
        assert!(matches!(spec.fit_apply(&Cx::new(0, 1), data), Err(FitError::Form { .. })));
    }

    #[test]
    fn names_agree() {
        for (name, spec) in StepSpec::NAMES.iter().map(|n| {
            let json = format!(r#"{{"step":"{n}","columns":"all"}}"#);
            (n, serde_json::from_str::<StepSpec>(&json).expect("every other parameter has a default"))
        }) {
            assert_eq!(spec.name(), *name);
            let train = frame(Vec::new());
            let train = Frame { n_rows: 1, ..train };
            let target = contract::Target::Real(vec![1.0]);
            let data = StepData { frame: &train, target: Some(&target), weights: None };
            assert_eq!(spec.fit(&Cx::new(0, 1), data).expect("nothing to do").name(), *name);
        }
    }
}
