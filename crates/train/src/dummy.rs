//! The dummy learner: predicts what can be said without looking at any feature. The baseline that every other learner
//! has to beat.

use base::Cx;
use contract::params::any;
use contract::{Dataset, Fit, FitError, Predict, Predictions, Target, Validation};
use table::Matrix;

use crate::decode::{DecodeError, Reader, Writer};
use crate::weighted;

/// The most numbers a dummy model may hold: one per class.
const OUTPUTS_MAX: usize = 1 << 20;

contract::words! {
    /// What a dummy predicts.
    pub enum DummyStrategy {
        /// Frequencies of the classes; in regression the mean.
        Prior = "prior",
        /// In regression the median; otherwise as `prior`.
        Median = "median",
    }
}

contract::params! {
    /// Parameters of the dummy learner.
    ///
    /// ```
    /// let mut p = almanac_train::DummyParams::default();
    /// p.set("strategy", "median").expect("one of its words");
    /// assert!(p.set("strategy", "mode").is_err());
    /// ```
    pub struct DummyParams in "dummy" {
        /// what to predict: `prior` is the weighted frequency of each class or the weighted mean, `median` the weighted
        /// median in regression
        strategy: DummyStrategy = DummyStrategy::Prior, any();
    }
}

impl Fit for DummyParams {
    type Model = DummyModel;

    fn name(&self) -> &'static str {
        Self::TABLE
    }

    /// Looks at the target and the weights only; the cost is `O(n_rows)`, or a sort for the median.
    fn fit(&self, _: &Cx, train: Dataset<'_>, _: Option<Validation<'_>>) -> Result<DummyModel, FitError> {
        train.check()?;
        self.check()?;
        let outputs = match train.y {
            Target::Class { codes, n_classes } => {
                if *n_classes > OUTPUTS_MAX {
                    let what = "classes".to_owned();
                    return Err(FitError::Limit { what, max: OUTPUTS_MAX as u64, found: *n_classes as u64 });
                }
                weighted::class_frequencies(codes, *n_classes, train.weights)
            }
            Target::Real(values) => vec![match self.strategy {
                DummyStrategy::Prior => weighted::mean(values, train.weights),
                DummyStrategy::Median => weighted::median(values, train.weights),
            }],
        };
        if outputs.iter().any(|x| !x.is_finite()) {
            return Err(FitError::Diverged { learner: Self::TABLE });
        }
        Ok(DummyModel { n_columns: train.x.columns.len(), outputs })
    }
}

/// A fitted dummy: the same numbers for every row.
#[derive(Debug, Clone, PartialEq)]
pub struct DummyModel {
    n_columns: usize,
    outputs: Vec<f64>,
}

impl DummyModel {
    /// What every row gets.
    pub fn outputs(&self) -> &[f64] {
        &self.outputs
    }

    /// The bytes of the model: number of columns, number of outputs, outputs.
    pub fn encode(&self) -> Vec<u8> {
        let mut w = Writer::new();
        w.count(self.n_columns);
        w.count(self.outputs.len());
        w.f64s(&self.outputs);
        w.finish()
    }

    /// Reads a model.
    ///
    /// # Errors
    /// [`DecodeError`] for anything that [`DummyModel::encode`] does not write.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut r = Reader::new(bytes);
        let n_columns = r.u32()? as usize;
        let n_outputs = r.count("outputs", OUTPUTS_MAX)?;
        let outputs = r.vec_finite_f64(n_outputs, "an output")?;
        r.finish()?;
        let probabilities = n_outputs > 1;
        if n_outputs == 0 || probabilities && outputs.iter().any(|p| !(0.0..=1.0).contains(p)) {
            return Err(DecodeError::bad("the outputs are no probabilities"));
        }
        Ok(Self { n_columns, outputs })
    }
}

impl Predict for DummyModel {
    fn n_columns(&self) -> usize {
        self.n_columns
    }

    fn n_outputs(&self) -> usize {
        self.outputs.len()
    }

    fn predict(&self, _: &Cx, x: &Matrix) -> Result<Predictions, FitError> {
        crate::model::check_n_columns(self.n_columns, x)?;
        let mut out = Predictions::zeros(x.n_rows, self.outputs.len());
        out.values.chunks_exact_mut(self.outputs.len()).for_each(|row| row.copy_from_slice(&self.outputs));
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(params: &DummyParams, y: &Target, weights: Option<&[f64]>) -> DummyModel {
        let x = Matrix { n_rows: y.n_rows(), columns: Vec::new() };
        params.fit(&Cx::new(0, 1), Dataset { x: &x, y, weights }, None).expect("fits")
    }

    #[test]
    fn classes_get_their_weighted_frequency() {
        let y = Target::Class { codes: vec![0, 1, 1, 3], n_classes: 4 };
        assert_eq!(fit(&DummyParams::default(), &y, None).outputs(), [0.25, 0.5, 0.0, 0.25]);
        assert_eq!(fit(&DummyParams::default(), &y, Some(&[5.0, 1.0, 0.0, 2.0])).outputs(), [0.625, 0.125, 0.0, 0.25]);
    }

    #[test]
    fn values_get_their_mean_or_median() {
        let y = Target::Real(vec![1.0, 2.0, 9.0]);
        let median = DummyParams { strategy: DummyStrategy::Median };
        assert_eq!(fit(&DummyParams::default(), &y, None).outputs(), [4.0]);
        assert_eq!(fit(&median, &y, None).outputs(), [2.0]);
        assert_eq!(fit(&median, &y, Some(&[1.0, 1.0, 3.0])).outputs(), [9.0]);
        let huge = Target::Real(vec![f64::MAX, f64::MAX, f64::MAX]);
        assert_eq!(fit(&DummyParams::default(), &huge, None).outputs(), [f64::MAX]);
    }
}
