//! `target`: the mean of the target among the training rows of a level, shrunk towards the mean of all rows; out of
//! fold while fitting.

use std::sync::Arc;

use base::{Cx, Stream};
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, ParamError, StepData, Target, Width};
use serde::{Deserialize, Serialize};
use table::{Categories, Feature, FeatureData, Frame, MISSING, UNKNOWN};

use crate::columns::{Columns, Want};
use crate::frequency::groups_of;
use crate::levels::{Tally, categories, check_levels, check_limit, look_up};
use crate::one_hot::unseen_of;
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, plan, rewrite};
use crate::rows;

const WANT: Want = Want { step: "target", forms: &[GroupForm::Category] };

/// Most classes of a target that categories are encoded by.
const OUTPUTS_MAX: usize = 1_000;

/// Most numbers that are learned of one category: levels times outputs.
const CELLS_MAX: usize = 1 << 24;

/// Replaces each level by what the target was among its training rows (Micci-Barreca 2001).
///
/// - input: categories and a target; output: `name:target`, the shrunk mean of the target (regression) or of its
///   second class (binary); for more classes `name:target=0`, `name:target=1`, … one share a class
/// - shrunk: `(Σ w·y + m·prior) / (Σ w + m)` with `m` = `smoothing` and the prior the weighted mean of all rows
/// - while fitting, each row's value is learned from the other folds only, prior included, so that it never holds the
///   row's own target; which fold a row is in is drawn from the seed and never looks at the target, for the same
///   reason
/// - at scoring, the values are those of all training rows; missing is a level of its own; a level never seen, and
///   missing if none was missing, gets the prior
/// - a category with fewer than `min_levels` levels, or with fewer than `min_rows` rows a level on average, is left as
///   it is: one that names rows rather than groups them has nothing to say of other rows
///
/// # Errors
/// [`FitError::Broken`] without a target, [`FitError::TargetNotFinite`], [`FitError::Limit`] for too many levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetEncoding {
    /// Categories.
    pub columns: Columns,
    /// How many rows of prior a level is mixed with.
    #[serde(default = "ten")]
    pub smoothing: f64,
    /// Folds while fitting.
    #[serde(default = "five")]
    pub folds: usize,
    /// Fewest levels of a category that is encoded.
    #[serde(default)]
    pub min_levels: usize,
    /// Fewest rows a level, on average, of a category that is encoded.
    #[serde(default)]
    pub min_rows: f64,
    /// Whether the category stays beside its encoding.
    #[serde(default)]
    pub keep: bool,
}

fn ten() -> f64 {
    10.0
}

fn five() -> usize {
    5
}

impl TargetEncoding {
    /// Ten rows of prior, five folds, in the place of the categories.
    pub fn new(columns: Columns) -> Self {
        Self { columns, smoothing: ten(), folds: five(), min_levels: 0, min_rows: 0.0, keep: false }
    }

    fn check(&self) -> Result<(), FitError> {
        let wrong = |name, found: String, expected: &str| {
            FitError::Params(ParamError::Value { table: WANT.step, name, found, expected: expected.into() })
        };
        if !(0.0..=1e12).contains(&self.smoothing) {
            return Err(wrong("smoothing", self.smoothing.to_string(), "a number of rows from 0 to 1e12"));
        }
        if !(0.0..=1e12).contains(&self.min_rows) {
            return Err(wrong("min_rows", self.min_rows.to_string(), "a number of rows from 0 to 1e12"));
        }
        if !(2..=100).contains(&self.folds) {
            return Err(wrong("folds", self.folds.to_string(), "2 to 100"));
        }
        Ok(())
    }

    fn may_leave_alone(&self) -> bool {
        self.min_levels > 0 || self.min_rows > 0.0
    }

    /// The sums of every category that is encoded, by fold.
    fn sums(&self, cx: &Cx, data: &StepData<'_>) -> Result<Vec<(usize, Sums)>, FitError> {
        self.check()?;
        rows::check(data)?;
        let truth = Truth::of(data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let folds = folds_of(cx, data.frame.n_rows, self.folds);
        let learn = |i: usize| -> Result<Option<(usize, Sums)>, FitError> {
            let feature = &data.frame.features[picked[i]];
            let c = categories(feature)?;
            let tally = Tally::of(c, data.weights);
            check_limit(tally.levels.len(), &feature.name)?;
            let n_rows: u64 = tally.levels.iter().map(|(_, n, _)| n).sum();
            let is_sparse = (n_rows as f64) < self.min_rows * tally.levels.len() as f64;
            if tally.levels.len() < self.min_levels || is_sparse {
                return Ok(None);
            }
            let n_cells = (tally.levels.len() + 1).saturating_mul(truth.n_outputs + 1).saturating_mul(self.folds);
            if n_cells > CELLS_MAX * 4 {
                let what = format!("sums over the levels of `{}`", feature.name);
                return Err(FitError::Limit { what, max: CELLS_MAX as u64 * 4, found: n_cells as u64 });
            }
            let levels = tally.levels.iter().map(|(l, ..)| (*l).to_owned()).collect();
            Ok(Some((picked[i], Sums::of(c, levels, &truth, &folds, self.folds))))
        };
        cx.map(picked.len(), learn).into_iter().filter_map(Result::transpose).collect()
    }

    fn fitted(&self, data: &StepData<'_>, sums: &[(usize, Sums)]) -> FittedTarget {
        let of = |(at, sums): &(usize, Sums)| sums.feature(&data.frame.features[*at].name, self);
        FittedTarget { features: sums.iter().map(of).collect() }
    }
}

impl FitStep for TargetEncoding {
    type Fitted = FittedTarget;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        self.check()?;
        let picked = self.columns.of_groups(WANT, groups)?;
        Ok(plan(groups, &picked, |g| groups_of(g, "target", Width::Learned, self.may_leave_alone(), self.keep)))
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedTarget, FitError> {
        Ok(self.fitted(&data, &self.sums(cx, &data)?))
    }

    fn fit_apply(&self, cx: &Cx, data: StepData<'_>) -> Result<(FittedTarget, Frame), FitError> {
        let sums = self.sums(cx, &data)?;
        let folds = folds_of(cx, data.frame.n_rows, self.folds);
        let out_of_fold: Vec<OutOfFold<'_>> = sums
            .iter()
            .map(|(at, sums)| OutOfFold { name: &data.frame.features[*at].name, sums, folds: &folds, spec: self })
            .collect();
        let frame = rewrite(WANT.step, &out_of_fold, data.frame)?;
        Ok((self.fitted(&data, &sums), frame))
    }
}

/// Fold of each row: equal parts in a random order that follows from the seed and the number of rows.
fn folds_of(cx: &Cx, n_rows: usize, n_folds: usize) -> Vec<u8> {
    let mut folds: Vec<u8> = (0..n_rows).map(|i| (i % n_folds) as u8).collect();
    cx.rng(Stream { stage: "preprocess.target", fold: 0, purpose: "folds" }).shuffle(&mut folds);
    folds
}

/// What is summed of each row: its weight times each output.
struct Truth<'a> {
    target: &'a Target,
    weights: Option<&'a [f64]>,
    n_outputs: usize,
}

impl<'a> Truth<'a> {
    fn of(data: &StepData<'a>) -> Result<Self, FitError> {
        let Some(target) = data.target else {
            return Err(FitError::Broken { what: "a target encoding is fitted without a target".into() });
        };
        let n_outputs = match target {
            Target::Real(v) => {
                if let Some(row_idx) = v.iter().position(|y| !y.is_finite()) {
                    return Err(FitError::TargetNotFinite { row_idx });
                }
                1
            }
            Target::Class { codes, n_classes } => {
                if codes.iter().any(|&c| c as usize >= *n_classes) {
                    return Err(FitError::Broken { what: "a class code is out of range".into() });
                }
                if *n_classes > OUTPUTS_MAX {
                    let (max, found) = (OUTPUTS_MAX as u64, *n_classes as u64);
                    return Err(FitError::Limit { what: "classes to encode by".into(), max, found });
                }
                if *n_classes <= 2 { 1 } else { *n_classes }
            }
        };
        Ok(Self { target, weights: data.weights, n_outputs })
    }

    /// Adds a row to a cell: the sums of the outputs, then the weight.
    fn add(&self, row_idx: usize, cell: &mut [f64]) {
        let w = rows::weight(self.weights, row_idx);
        match self.target {
            Target::Real(y) => cell[0] += w * y[row_idx],
            Target::Class { codes, .. } if self.n_outputs == 1 => cell[0] += w * f64::from(codes[row_idx]),
            Target::Class { codes, .. } => cell[codes[row_idx] as usize] += w,
        }
        cell[self.n_outputs] += w;
    }

    /// What stands where there is no row at all to learn from.
    fn nothing_known(&self) -> f64 {
        match self.target {
            Target::Real(_) => 0.0,
            Target::Class { n_classes, .. } => 1.0 / (*n_classes).max(2) as f64,
        }
    }
}

/// Sums of one category by level (the last one is missing) and fold.
struct Sums {
    levels: Vec<String>,
    codes: Vec<u32>,
    n_folds: usize,
    n_outputs: usize,
    /// `levels + 1` × folds × (outputs + 1): sums of the outputs, then of the weights.
    cells: Vec<f64>,
    /// Folds × (outputs + 1): the same of all rows.
    all: Vec<f64>,
    nothing_known: f64,
}

impl Sums {
    fn of(c: &Categories, levels: Vec<String>, truth: &Truth<'_>, folds: &[u8], n_folds: usize) -> Self {
        let n_levels = levels.len();
        // Rows of a level without weight are as if they were missing: they add nothing.
        let place = |code: u32| if code == MISSING || code == UNKNOWN { n_levels as u32 } else { code };
        let codes: Vec<u32> = look_up(c, &levels, &[]).into_iter().map(place).collect();
        let width = truth.n_outputs + 1;
        let mut cells = vec![0.0; (n_levels + 1) * n_folds * width];
        let mut all = vec![0.0; n_folds * width];
        for (row_idx, (&code, &fold)) in codes.iter().zip(folds).enumerate() {
            let at = (code as usize * n_folds + fold as usize) * width;
            truth.add(row_idx, &mut cells[at..at + width]);
            let at = fold as usize * width;
            truth.add(row_idx, &mut all[at..at + width]);
        }
        let nothing_known = truth.nothing_known();
        Self { levels, codes, n_folds, n_outputs: truth.n_outputs, cells, all, nothing_known }
    }

    /// Sum over the folds but one: by adding the others, since taking one away would leave its rounding errors.
    fn without(&self, cells: &[f64], fold: Option<usize>) -> Vec<f64> {
        let mut sum = vec![0.0; self.n_outputs + 1];
        for (i, cell) in cells.chunks_exact(self.n_outputs + 1).enumerate() {
            if Some(i) != fold {
                sum.iter_mut().zip(cell).for_each(|(s, c)| *s += c);
            }
        }
        sum
    }

    fn prior(&self, fold: Option<usize>) -> Vec<f64> {
        let sum = self.without(&self.all, fold);
        let total = sum[self.n_outputs];
        sum[..self.n_outputs].iter().map(|s| if total > 0.0 { s / total } else { self.nothing_known }).collect()
    }

    /// Encoding of a level, `None` if no row outside the fold has it.
    fn encoding(&self, level: usize, fold: Option<usize>, prior: &[f64], smoothing: f64) -> Option<Vec<f64>> {
        let size = self.n_folds * (self.n_outputs + 1);
        let sum = self.without(&self.cells[level * size..(level + 1) * size], fold);
        let total = sum[self.n_outputs];
        let shrunk = |(s, p): (&f64, &f64)| (s + smoothing * p) / (total + smoothing);
        (total > 0.0).then(|| sum.iter().zip(prior).map(shrunk).collect())
    }

    fn feature(&self, name: &str, spec: &TargetEncoding) -> TargetFeature {
        let prior = self.prior(None);
        let of = |level| self.encoding(level, None, &prior, spec.smoothing).unwrap_or_else(|| prior.clone());
        TargetFeature {
            feature: name.to_owned(),
            values: (0..self.levels.len()).flat_map(of).collect(),
            missing: of(self.levels.len()),
            levels: self.levels.clone(),
            prior,
            keep: spec.keep,
        }
    }
}

/// The values of training rows, each learned from the other folds.
struct OutOfFold<'a> {
    name: &'a str,
    sums: &'a Sums,
    folds: &'a [u8],
    spec: &'a TargetEncoding,
}

impl Rewrite for OutOfFold<'_> {
    fn feature(&self) -> &str {
        self.name
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let s = self.sums;
        let mut columns = vec![vec![0.0; s.codes.len()]; s.n_outputs];
        for fold in 0..s.n_folds {
            let prior = s.prior(Some(fold));
            let mut known: Vec<Option<Vec<f64>>> = vec![None; s.levels.len() + 1];
            for (row_idx, &code) in s.codes.iter().enumerate().filter(|(i, _)| self.folds[*i] as usize == fold) {
                let level = code as usize;
                let values = known[level].get_or_insert_with(|| {
                    s.encoding(level, Some(fold), &prior, self.spec.smoothing).unwrap_or_else(|| prior.clone())
                });
                columns.iter_mut().zip(values).for_each(|(column, v)| column[row_idx] = *v);
            }
        }
        Ok(features_of(feature, columns, self.spec.keep))
    }
}

fn features_of(feature: &Feature, columns: Vec<Vec<f64>>, keep: bool) -> Vec<Feature> {
    let several = columns.len() > 1;
    let made = columns.into_iter().enumerate().map(|(i, values)| {
        let class = if several { format!("={i}") } else { String::new() };
        derived(feature, format!("{}:target{class}", feature.name), FeatureData::Number(Arc::new(values)))
    });
    keep.then(|| feature.clone()).into_iter().chain(made).collect()
}

/// The encodings of each category's levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedTarget {
    /// One entry a category.
    pub features: Vec<TargetFeature>,
}

/// The encodings of one category's levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetFeature {
    /// Its name.
    pub feature: String,
    /// Levels, ascending.
    pub levels: Vec<String>,
    /// Levels × outputs, row by row.
    pub values: Vec<f64>,
    /// Encoding of missing.
    pub missing: Vec<f64>,
    /// Encoding of a level that was never seen; its length is the number of outputs.
    pub prior: Vec<f64>,
    /// Whether the category stays.
    pub keep: bool,
}

impl Rewrite for TargetFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let n = self.prior.len();
        let codes = look_up(categories(feature)?, &self.levels, &[]);
        let value = |code: u32, output: usize| match code {
            MISSING => self.missing[output],
            UNKNOWN => self.prior[output],
            code => self.values[code as usize * n + output],
        };
        let columns = (0..n).map(|output| codes.iter().map(|&c| value(c, output)).collect()).collect();
        Ok(features_of(feature, columns, self.keep))
    }
}

impl ApplyStep for FittedTarget {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedTarget {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        for f in &self.features {
            check_levels(&f.feature, &f.levels)?;
            let n = f.prior.len();
            if n == 0
                || n > OUTPUTS_MAX
                || f.missing.len() != n
                || f.levels.len().checked_mul(n) != Some(f.values.len())
            {
                return Err(format!("the encodings of `{}` do not fit its levels", f.feature));
            }
            if f.values.iter().chain(&f.missing).chain(&f.prior).any(|v| !v.is_finite()) {
                return Err(format!("an encoding of `{}` is not finite", f.feature));
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

    fn encode(spec: &TargetEncoding, train: &Frame, target: &Target, score: &Frame) -> (Frame, Frame) {
        let data = StepData { frame: train, target: Some(target), weights: None };
        let (fitted, in_training) = spec.fit_apply(&Cx::new(3, 1), data).expect("fits");
        (in_training, fitted.apply(score).expect("applies"))
    }

    #[test]
    fn scoring_shrinks_towards_the_mean_of_all() {
        let train = frame(vec![category("c", &["a", "a", "b", "?"])]);
        let score = frame(vec![category("c", &["a", "b", "z", "?"])]);
        let spec = TargetEncoding { smoothing: 1.0, ..TargetEncoding::new(Columns::word("category")) };
        let (_, out) = encode(&spec, &train, &Target::Real(vec![1.0, 3.0, 6.0, 2.0]), &score);
        assert_eq!(Made::of(&out.features[0]), Made::number("c:target", &[7.0 / 3.0, 4.5, 3.0, 2.5]));
        let classes = Target::Class { codes: vec![0, 1, 2, 2], n_classes: 3 };
        let (_, out) = encode(&TargetEncoding { smoothing: 0.0, keep: true, ..spec }, &train, &classes, &score);
        let names: Vec<&str> = out.features.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["c", "c:target=0", "c:target=1", "c:target=2"]);
        assert_eq!(Made::of(&out.features[3]), Made::number("c:target=2", &[0.0, 1.0, 0.5, 1.0]));
    }

    #[test]
    fn no_row_sees_its_own_target() {
        let cells: Vec<String> = (0..40).map(|i| format!("level {}", i % 7)).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let train = frame(vec![category("c", &cells)]);
        let spec = TargetEncoding::new(Columns::word("c"));
        let truth: Vec<f64> = (0..40).map(|i| f64::from(i * i % 11)).collect();
        let classes: Vec<u32> = (0..40).map(|i| (i * i % 3) as u32).collect();
        let values = |target: &Target| -> Vec<Vec<u64>> {
            let (out, _) = encode(&spec, &train, target, &train);
            let bits = |f: &Feature| match &f.data {
                FeatureData::Number(v) => v.iter().map(|x| x.to_bits()).collect(),
                _ => panic!("numbers"),
            };
            out.features.iter().map(bits).collect()
        };
        let real = values(&Target::Real(truth.clone()));
        let class = values(&Target::Class { codes: classes.clone(), n_classes: 3 });
        for row in 0..40 {
            let mut other = truth.clone();
            other[row] = 1e6;
            let changed = values(&Target::Real(other));
            assert_eq!(changed[0][row], real[0][row]);
            assert_ne!(changed[0], real[0]);
            let mut codes = classes.clone();
            codes[row] = (codes[row] + 1) % 3;
            let changed = values(&Target::Class { codes, n_classes: 3 });
            assert!((0..3).all(|k| changed[k][row] == class[k][row]));
        }
    }

    #[test]
    fn a_category_that_names_rows_is_left_alone() {
        let train = frame(vec![category("name", &["a", "b", "c", "d"]), category("group", &["x", "x", "y", "y"])]);
        let spec = TargetEncoding { min_rows: 2.0, ..TargetEncoding::new(Columns::word("category")) };
        let (out, _) = encode(&spec, &train, &Target::Real(vec![1.0, 2.0, 3.0, 4.0]), &train);
        assert_eq!(out.features.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["name", "group:target"]);
    }

    #[test]
    fn a_single_row_learns_nothing_of_itself() {
        let train = frame(vec![category("c", &["a"])]);
        let spec = TargetEncoding::new(Columns::word("c"));
        let (out, _) = encode(&spec, &train, &Target::Class { codes: vec![1], n_classes: 2 }, &train);
        assert_eq!(Made::of(&out.features[0]), Made::number("c:target", &[0.5]));
    }
}
