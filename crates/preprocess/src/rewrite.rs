//! Writing a frame anew: what a fitted step puts in the place of the features that it was fitted on.

use std::collections::BTreeSet;

use contract::{FitError, Group};
use table::{Feature, FeatureData, Frame};

use crate::columns::positions;
use crate::rows::check_lengths;

/// One fitted feature: its name, and what stands in its place.
pub(crate) trait Rewrite {
    /// Name of the feature that goes in.
    fn feature(&self) -> &str;
    /// What comes out for it.
    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError>;
}

/// The frame with every fitted feature replaced, in its place; other features pass through as they are.
pub(crate) fn rewrite<R: Rewrite>(step: &'static str, fitted: &[R], frame: &Frame) -> Result<Frame, FitError> {
    check_lengths(frame)?;
    let by_name = positions(frame);
    let mut made: Vec<Option<Vec<Feature>>> = frame.features.iter().map(|_| None).collect();
    for one in fitted {
        let Some(&at) = by_name.get(one.feature()) else {
            return Err(FitError::NoSuchFeature {
                step,
                feature: one.feature().to_owned(),
                names: by_name.keys().map(|n| (*n).to_owned()).collect(),
            });
        };
        made[at] = Some(one.rewrite(&frame.features[at])?);
    }
    let mut features = Vec::with_capacity(frame.features.len());
    for (feature, made) in frame.features.iter().zip(made) {
        match made {
            Some(new) => features.extend(new),
            None => features.push(feature.clone()),
        }
    }
    Ok(Frame { n_rows: frame.n_rows, features })
}

/// The groups with each selected one replaced by what `of` gives for it.
pub(crate) fn plan(groups: &[Group], picked: &[bool], of: impl Fn(&Group) -> Vec<Group>) -> Vec<Group> {
    groups
        .iter()
        .zip(picked)
        .flat_map(|(group, picked)| if *picked { of(group) } else { vec![group.clone()] })
        .collect()
}

/// A feature of the same source.
pub(crate) fn derived(from: &Feature, name: impl Into<String>, data: FeatureData) -> Feature {
    Feature { name: name.into(), source: from.source.clone(), data }
}

/// Fails if two names are equal: a step would make a feature that another column is called already.
pub(crate) fn check_distinct<'a>(names: impl Iterator<Item = &'a str>) -> Result<(), FitError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(FitError::Form {
                feature: name.to_owned(),
                expected: "a name that no other feature has; rename the column".into(),
                found: "there twice".into(),
            });
        }
    }
    Ok(())
}

/// What must hold of any list of fitted features: no name stands twice.
pub(crate) fn check_fitted<R: Rewrite>(fitted: &[R]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    match fitted.iter().find(|one| !seen.insert(one.feature())) {
        Some(one) => Err(format!("`{}` stands twice", one.feature())),
        None => Ok(()),
    }
}

/// What every fitted step can say of itself, beside transforming rows.
pub(crate) trait Learned {
    /// What is wrong with it, if it was read from a file that no fitting wrote.
    fn validate(&self) -> Result<(), String>;

    /// For each feature, how many rows have a level that was never seen while fitting.
    fn count_unseen(&self, _frame: &Frame) -> Result<Vec<(String, u64)>, FitError> {
        Ok(Vec::new())
    }

    /// Names of the columns in the sparse block that it makes of a feature.
    fn block_columns(&self, _feature: &str) -> Option<Vec<String>> {
        None
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use table::{Categories, DType, MISSING, UNKNOWN};

    use super::*;

    /// A frame of features.
    pub(crate) fn frame(features: Vec<Feature>) -> Frame {
        Frame { n_rows: features.first().map_or(0, |f| f.data.n_rows()), features }
    }

    fn feature(name: &str, data: FeatureData) -> Feature {
        Feature { name: name.to_owned(), source: name.to_owned(), data }
    }

    /// A number feature.
    pub(crate) fn number(name: &str, values: &[f64]) -> Feature {
        feature(name, FeatureData::Number(Arc::new(values.to_vec())))
    }

    /// A category; `?` is missing.
    pub(crate) fn category(name: &str, cells: &[&str]) -> Feature {
        let mut seen = BTreeMap::new();
        let mut codes = Vec::new();
        for cell in cells {
            let next = seen.len() as u32;
            codes.push(if *cell == "?" { MISSING } else { *seen.entry((*cell).to_owned()).or_insert(next) });
        }
        feature(name, FeatureData::Category(Arc::new(Categories::from_first_seen(seen, codes))))
    }

    /// A datetime of microseconds.
    pub(crate) fn datetime(name: &str, dtype: DType, micros: &[i64]) -> Feature {
        feature(name, FeatureData::Datetime { micros: Arc::new(micros.to_vec()), dtype })
    }

    /// Prose; `?` is missing.
    pub(crate) fn text(name: &str, cells: &[&str]) -> Feature {
        feature(name, FeatureData::Text(Arc::new(cells.iter().map(|c| (*c != "?").then_some(*c)).collect())))
    }

    /// A feature as tests compare it: its name and its cells, whatever the dictionary.
    #[derive(Debug, Clone, PartialEq)]
    pub(crate) struct Made(String, Vec<String>);

    impl Made {
        /// Of a feature.
        pub(crate) fn of(f: &Feature) -> Self {
            let coded = |c: u32| match c {
                MISSING => "?".into(),
                UNKNOWN => "unknown".into(),
                c => c.to_string(),
            };
            let cells = match &f.data {
                FeatureData::Number(v) => v.iter().map(f64::to_string).collect(),
                FeatureData::Category(c) => {
                    c.codes.iter().map(|&x| c.levels.get(x as usize).map_or("?".into(), Clone::clone)).collect()
                }
                FeatureData::Codes { codes, .. } => codes.iter().map(|&c| coded(c)).collect(),
                FeatureData::Sparse(s) => (0..s.n_rows()).map(|i| format!("{:?}", s.row(i))).collect(),
                FeatureData::Datetime { micros, .. } => micros.iter().map(i64::to_string).collect(),
                FeatureData::Text(t) => t.iter().map(|c| c.unwrap_or("?").to_owned()).collect(),
            };
            Self(f.name.clone(), cells)
        }

        /// A number feature.
        pub(crate) fn number(name: &str, values: &[f64]) -> Self {
            Self::of(&number(name, values))
        }

        /// A category.
        pub(crate) fn category(name: &str, cells: &[&str]) -> Self {
            Self(name.to_owned(), cells.iter().map(|c| (*c).to_owned()).collect())
        }

        /// The cells.
        pub(crate) fn cells(&self) -> &[String] {
            &self.1
        }
    }

    #[test]
    fn a_feature_that_is_there_twice_is_refused() {
        assert!(check_distinct(["a", "b"].into_iter()).is_ok());
        assert!(check_distinct(["a", "b", "a"].into_iter()).is_err());
    }
}
