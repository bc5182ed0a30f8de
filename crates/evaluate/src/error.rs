//! What can go wrong while predictions are judged.

use std::fmt;

use base::{Code, Family, Fault, Place};
use contract::Task;
use metrics::{Metric, MetricError};

/// Errors of this crate.
#[derive(Debug, Clone, PartialEq)]
pub enum EvaluateError {
    /// The metric that was asked for does not judge the task.
    MetricTask {
        /// The metric.
        metric: Metric,
        /// The task.
        task: Task,
    },
    /// A metric could not be computed.
    Metric(MetricError),
}

impl fmt::Display for EvaluateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MetricTask { metric, task } => write!(f, "metric `{metric}` does not judge task `{task}`"),
            Self::Metric(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for EvaluateError {}

impl Fault for EvaluateError {
    fn code(&self) -> Code {
        match self {
            Self::MetricTask { .. } => Code(1301),
            Self::Metric(e) => e.code(),
        }
    }

    fn family(&self) -> Family {
        match self {
            Self::MetricTask { .. } => Family::Yours,
            Self::Metric(e) => e.family(),
        }
    }

    fn place(&self) -> Place {
        match self {
            Self::MetricTask { .. } => Place::default(),
            Self::Metric(e) => e.place(),
        }
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::MetricTask { task, .. } => {
                let names: Vec<&str> =
                    Metric::ALL.into_iter().filter(|m| m.judges(task.as_str())).map(Metric::as_str).collect();
                Some(format!("the metrics for it are {}", names.join(", ")))
            }
            Self::Metric(e) => e.hint(),
        }
    }
}

impl From<MetricError> for EvaluateError {
    fn from(e: MetricError) -> Self {
        Self::Metric(e)
    }
}
