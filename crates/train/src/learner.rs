//! Learners as they are asked for: the closed list that a bundle, a project file and `--learner` may name.
//!
//! Not here: what they learn (`model`), which of them to try (`tune`).

use base::Cx;
use contract::{Dataset, Fit, FitError, ParamError, ParamInfo, Validation};
use serde::{Deserialize, Serialize};

use crate::dummy::DummyParams;
use crate::linear::LinearParams;
use crate::model::Model;
use crate::tree::BoostParams;

/// Declares the list once: variant, parameters; the name is the parameters' own.
macro_rules! learners {
    ($($(#[doc = $doc:literal])+ $variant:ident($params:ident)),+ $(,)?) => {
        /// A learner with its parameters.
        ///
        /// ```
        /// use almanac_train::LearnerSpec;
        /// let mut learner = LearnerSpec::from_name("linear")?;
        /// learner.set("linear.c", "0.1")?;
        /// assert!(LearnerSpec::from_name("linaer").unwrap_err().to_string().contains("`linear`"));
        /// # Ok::<(), contract::ParamError>(())
        /// ```
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "learner", rename_all = "snake_case")]
        pub enum LearnerSpec {
            $($(#[doc = $doc])+ $variant($params)),+
        }

        impl LearnerSpec {
            /// Every learner's name.
            pub const NAMES: &'static [&'static str] = &[$($params::TABLE),+];

            /// Every learner with its defaults, in the order of [`LearnerSpec::NAMES`].
            pub fn all() -> Vec<Self> {
                vec![$(Self::$variant($params::default())),+]
            }

            /// One sentence on each learner, in the order of [`LearnerSpec::NAMES`].
            pub fn about() -> Vec<&'static str> {
                vec![$(concat!($($doc),+).trim_ascii()),+]
            }

            /// The learner's name.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $params::TABLE),+
                }
            }

            /// Checks every parameter against its bounds.
            ///
            /// # Errors
            /// The first parameter that lies outside.
            pub fn check(&self) -> Result<(), ParamError> {
                match self {
                    $(Self::$variant(p) => p.check()),+
                }
            }

            /// Names, defaults, bounds and meanings of the parameters of every learner.
            pub fn params_table() -> Vec<(&'static str, Vec<ParamInfo>)> {
                vec![$(($params::TABLE, $params::table())),+]
            }

            fn set_own(&mut self, param: &str, value: &str) -> Result<(), ParamError> {
                match self {
                    $(Self::$variant(p) => p.set(param, value)),+
                }
            }
        }

        impl Fit for LearnerSpec {
            type Model = Model;

            fn name(&self) -> &'static str {
                LearnerSpec::name(self)
            }

            fn fit(&self, cx: &Cx, train: Dataset<'_>, watch: Option<Validation<'_>>) -> Result<Model, FitError> {
                match self {
                    $(Self::$variant(p) => p.fit(cx, train, watch).map(Model::$variant)),+
                }
            }
        }
    };
}

learners! {
    /// Predicts the same for every row: the baseline.
    Dummy(DummyParams),
    /// Ridge, logistic or softmax regression.
    Linear(LinearParams),
    /// Gradient boosting of trees.
    Boost(BoostParams),
}

impl LearnerSpec {
    /// The learner of a name, with its defaults.
    ///
    /// # Errors
    /// [`ParamError::UnknownLearner`], with the names there are and the nearest.
    pub fn from_name(name: &str) -> Result<Self, ParamError> {
        Self::all()
            .into_iter()
            .find(|l| l.name() == name)
            .ok_or_else(|| ParamError::UnknownLearner { name: name.to_owned(), names: Self::NAMES })
    }

    /// Sets a parameter by its full name, as `--set linear.c=0.1` does.
    ///
    /// # Errors
    /// If the part before the dot names no learner or another one, there is no such parameter, or its value cannot be
    /// used.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), ParamError> {
        let not_mine = || ParamError::NotTried { found: name.to_owned(), learners: vec![self.name().to_owned()] };
        let (learner, param) = name.split_once('.').ok_or_else(not_mine)?;
        if Self::from_name(learner)?.name() != self.name() {
            return Err(not_mine());
        }
        self.set_own(param, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_learners_and_back() {
        for (learner, name) in LearnerSpec::all().into_iter().zip(LearnerSpec::NAMES) {
            assert_eq!(learner.name(), *name);
            assert_eq!(LearnerSpec::from_name(name), Ok(learner.clone()));
            let json = serde_json::to_value(&learner).expect("JSON");
            assert_eq!(json["learner"], *name);
            assert_eq!(serde_json::from_value::<LearnerSpec>(json.clone()).expect("reads back"), learner);
            let mut more = json;
            more["surprise"] = 1.into();
            assert!(serde_json::from_value::<LearnerSpec>(more).is_err(), "{name} takes an unknown key");
            assert_eq!(learner.check(), Ok(()));
        }
        assert_eq!(LearnerSpec::about().len(), LearnerSpec::NAMES.len());
    }

    #[test]
    fn every_parameter_can_be_set_to_its_default() {
        for (table, params) in LearnerSpec::params_table() {
            let mut learner = LearnerSpec::from_name(table).expect("a learner's table");
            for p in params {
                assert!(!p.doc.is_empty(), "{table}.{}", p.name);
                learner.set(&format!("{table}.{}", p.name), &p.default).expect("its own default");
            }
            assert_eq!(learner, LearnerSpec::from_name(table).expect("as before"));
        }
    }

    #[test]
    fn what_cannot_be_set_says_what_can() {
        let mut linear = LearnerSpec::from_name("linear").expect("a learner");
        let mut told = |name: &str, value: &str| linear.set(name, value).expect_err("refused").to_string();
        assert!(told("linear.alhpa", "1").contains("`linear.alpha`"));
        assert!(told("lineer.alpha", "1").contains("the nearest name is `linear`"));
        assert!(told("dummy.strategy", "prior").contains("no parameter of a learner that is tried (linear)"));
        assert!(told("alpha", "1").contains("no parameter of a learner"));
        assert!(told("linear.alpha", "-1").contains("from 0"));
        assert!(told("linear.alpha", "much").contains("`much`"));
    }
}
