//! The judge: one metric that decides for a task, its value and interval, comparisons on the same rows, and every other
//! metric of the task beside it.
//!
//! Not here: how a metric or an interval is computed (`metrics`), what is done with the answer (`tune`).

use base::Cx;
use contract::{Predictions, Target, Task};
use metrics::{Bootstrap, Metric, Prepared, Scores, Truth, bootstrap_difference, bootstrap_intervals, evaluate};

use crate::error::EvaluateError;

/// Judges predictions by one metric.
///
/// ```
/// use almanac_evaluate::Judge;
/// use contract::{Predictions, Target, Task};
/// let judge = Judge::new(Task::Regression, None)?;
/// let truth = Target::Real(vec![1.0, 2.0, 4.0]);
/// let predictions = Predictions { n_rows: 3, n_outputs: 1, values: vec![1.0, 2.0, 1.0] };
/// assert_eq!(judge.value(&truth, &predictions, None)?, 3f64.sqrt());
/// # Ok::<(), almanac_evaluate::EvaluateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judge {
    metric: Metric,
}

/// A value and its 95 % interval over resampled rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    /// The value.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

/// How much better one set of predictions is than another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// In the metric's unit; above zero if the first is better, whichever way the metric counts.
    pub gain: f64,
    /// Standard deviation of the gain over resampled rows: its noise.
    pub standard_error: f64,
}

impl Judge {
    /// A judge of a task: by the metric that was asked for, or by the task's usual one (ROC-AUC, log loss, RMSE).
    ///
    /// # Errors
    /// [`EvaluateError::MetricTask`] if the metric does not judge the task.
    pub fn new(task: Task, metric: Option<Metric>) -> Result<Self, EvaluateError> {
        let usual = match task {
            Task::Binary => Metric::RocAuc,
            Task::Multiclass => Metric::LogLoss,
            Task::Regression => Metric::Rmse,
        };
        let metric = metric.unwrap_or(usual);
        if metric.judges(task.as_str()) { Ok(Self { metric }) } else { Err(EvaluateError::MetricTask { metric, task }) }
    }

    /// The metric's name, as scikit-learn has it.
    pub fn name(&self) -> &'static str {
        self.metric.as_str()
    }

    /// Whether a greater value is a better one.
    pub fn greater_is_better(&self) -> bool {
        self.metric.greater_is_better()
    }

    /// A value as a loss: the less the better.
    pub fn loss_of(&self, value: f64) -> f64 {
        if self.greater_is_better() { -value } else { value }
    }

    /// The metric of some predictions.
    ///
    /// # Errors
    /// Those of [`metrics::evaluate`].
    pub fn value(
        &self,
        target: &Target,
        predictions: &Predictions,
        weights: Option<&[f64]>,
    ) -> Result<f64, EvaluateError> {
        Ok(evaluate(self.metric, truth_of(target), scores_of(target, predictions), weights)?)
    }

    /// The metric of some predictions and its interval.
    ///
    /// # Errors
    /// Those of [`metrics::bootstrap_interval`].
    pub fn judge(
        &self,
        cx: &Cx,
        target: &Target,
        predictions: &Predictions,
        weights: Option<&[f64]>,
    ) -> Result<Judged, EvaluateError> {
        Ok(self.judge_many(cx, target, &[predictions], weights)?.remove(0))
    }

    /// The metric of several sets of predictions of the same rows, with intervals over the same resamples.
    ///
    /// # Errors
    /// Those of [`metrics::bootstrap_intervals`].
    pub fn judge_many(
        &self,
        cx: &Cx,
        target: &Target,
        predictions: &[&Predictions],
        weights: Option<&[f64]>,
    ) -> Result<Vec<Judged>, EvaluateError> {
        let prepare = |p: &&Predictions| Prepared::new(self.metric, truth_of(target), scores_of(target, p));
        judged(cx, target, predictions.iter().map(prepare).collect::<Result<_, _>>()?, weights)
    }

    /// How much better `first` is than `second` on the same rows.
    ///
    /// # Errors
    /// Those of [`metrics::bootstrap_difference`].
    pub fn difference(
        &self,
        cx: &Cx,
        target: &Target,
        first: &Predictions,
        second: &Predictions,
        weights: Option<&[f64]>,
    ) -> Result<Difference, EvaluateError> {
        let scores = [scores_of(target, first), scores_of(target, second)];
        let bootstrap = Bootstrap::for_rows(target.n_rows());
        let d = bootstrap_difference(cx, self.metric, truth_of(target), scores, weights, bootstrap)?;
        let gain = if self.greater_is_better() { d.value } else { -d.value };
        Ok(Difference { gain, standard_error: d.standard_error })
    }

    /// For each set of predictions of the same rows, every metric of a task that is defined for them (ROC-AUC is not where
    /// one class is absent, say), in their usual order.
    ///
    /// # Errors
    /// If the predictions cannot be judged at all, or the work was asked to stop.
    pub fn all(
        cx: &Cx,
        task: Task,
        target: &Target,
        predictions: &[&Predictions],
        weights: Option<&[f64]>,
    ) -> Result<Vec<Vec<(&'static str, Judged)>>, EvaluateError> {
        use metrics::MetricError::{ClassAbsent, Overflow, TooFewRows};
        let (mut prepared, mut places) = (Vec::new(), Vec::new());
        let ones = vec![1.0; target.n_rows()];
        for (i, p) in predictions.iter().enumerate() {
            for metric in Metric::ALL.into_iter().filter(|m| m.judges(task.as_str())) {
                let one = Prepared::new(metric, truth_of(target), scores_of(target, p))?;
                match one.value(weights.unwrap_or(&ones)) {
                    Ok(_) => {
                        prepared.push(one);
                        places.push((i, metric.as_str()));
                    }
                    Err(ClassAbsent { .. } | TooFewRows { .. } | Overflow { .. }) => {}
                    Err(e) => return Err(e.into()),
                }
            }
        }
        let mut out = vec![Vec::new(); predictions.len()];
        for (j, (i, name)) in judged(cx, target, prepared, weights)?.into_iter().zip(places) {
            out[i].push((name, j));
        }
        Ok(out)
    }
}

fn judged(
    cx: &Cx,
    target: &Target,
    prepared: Vec<Prepared>,
    weights: Option<&[f64]>,
) -> Result<Vec<Judged>, EvaluateError> {
    let bootstrap = Bootstrap::for_rows(target.n_rows());
    let intervals = bootstrap_intervals(cx, &prepared, truth_of(target), weights, bootstrap)?;
    let ones = vec![1.0; target.n_rows()];
    let mut out = Vec::with_capacity(prepared.len());
    for (p, interval) in prepared.iter().zip(intervals) {
        let value = p.value(weights.unwrap_or(&ones))?;
        out.push(Judged { value, low: interval.low, high: interval.high });
    }
    Ok(out)
}

fn truth_of(target: &Target) -> Truth<'_> {
    match target {
        Target::Class { codes, n_classes } => Truth::Class { codes, n_classes: *n_classes },
        Target::Real(values) => Truth::Real(values),
    }
}

fn scores_of<'a>(target: &Target, predictions: &'a Predictions) -> Scores<'a> {
    match target {
        Target::Class { .. } => Scores::Probabilities { values: &predictions.values, n_classes: predictions.n_outputs },
        Target::Real(_) => Scores::Values(&predictions.values),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes() -> (Target, Predictions) {
        let codes: Vec<u32> = (0..200).map(|i| u32::from(i % 3 == 0)).collect();
        let p: Vec<f64> = codes.iter().zip(0..).map(|(&c, i)| 0.3 * f64::from(c) + 0.005 * f64::from(i % 97)).collect();
        let values = p.iter().flat_map(|p| [1.0 - p, *p]).collect();
        (Target::Class { codes, n_classes: 2 }, Predictions { n_rows: 200, n_outputs: 2, values })
    }

    #[test]
    fn a_metric_of_another_task_is_refused_with_those_of_this_one() {
        let e = Judge::new(Task::Regression, Some(Metric::RocAuc)).expect_err("another task");
        use base::Fault;
        assert!(e.to_string().contains("`roc_auc`"), "{e}");
        assert!(e.hint().is_some_and(|h| h.contains("rmse") && !h.contains("roc_auc")));
    }

    #[test]
    fn intervals_hold_their_value_and_gains_point_to_the_better() {
        let cx = Cx::new(0, 2);
        let (target, good) = classes();
        let flat = Predictions { values: [0.7, 0.3].repeat(200), ..good.clone() };
        for metric in [Metric::RocAuc, Metric::LogLoss] {
            let judge = Judge::new(Task::Binary, Some(metric)).expect("of the task");
            let j = judge.judge(&cx, &target, &good, None).expect("judged");
            assert!(j.low < j.value && j.value < j.high, "{j:?}");
            let d = judge.difference(&cx, &target, &good, &flat, None).expect("compared");
            let back = judge.difference(&cx, &target, &flat, &good, None).expect("compared");
            assert_eq!(d.gain, -back.gain);
            assert_eq!(
                d.gain > 0.0,
                judge.loss_of(j.value) < judge.loss_of(judge.value(&target, &flat, None).expect("v"))
            );
        }
    }

    #[test]
    fn what_is_not_defined_is_left_out() {
        let cx = Cx::new(0, 1);
        let one_class = Target::Class { codes: vec![0; 200], n_classes: 2 };
        let all = Judge::all(&cx, Task::Binary, &one_class, &[&classes().1], None).expect("judged");
        let names: Vec<&str> = all[0].iter().map(|s| s.0).collect();
        assert!(names.contains(&"accuracy") && !names.contains(&"roc_auc"), "{names:?}");
    }
}
