//! Permutation importance: how much a score falls when one column is shuffled (Breiman 2001, "Random forests",
//! section 10; here for any model, on rows that it did not learn from).
//!
//! Not here: models and tables; whoever asks predicts with the shuffled column.

use base::{Cx, Stream};
use contract::{Predictions, Target};

use crate::error::EvaluateError;
use crate::judge::Judge;

/// How much a model leans on a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Importance {
    /// The column.
    pub column: String,
    /// Mean fall of the score over the shuffles, in the metric's unit; above zero if the model needs the column.
    pub fall: f64,
}

/// Falls of the score, the greatest first. `predict(column_idx, rows)` predicts every row with the values of one column
/// taken from `rows` instead; the same shuffles serve every column.
///
/// Two columns that say the same hide each other: the score holds while the other is there.
///
/// # Errors
/// Those of `predict` and of the judge.
pub fn permutation_importance<E: From<EvaluateError>>(
    cx: &Cx,
    judge: &Judge,
    target: &Target,
    columns: &[String],
    n_shuffles: usize,
    predict: impl Fn(Option<(usize, &[u32])>) -> Result<Predictions, E>,
) -> Result<Vec<Importance>, E> {
    let loss = |p: &Predictions| Ok::<f64, E>(judge.loss_of(judge.value(target, p, None)?));
    let whole = loss(&predict(None)?)?;
    let shuffles: Vec<Vec<u32>> = (0..n_shuffles)
        .map(|i| {
            let mut rows: Vec<u32> = (0..target.n_rows() as u32).collect();
            cx.rng(Stream { stage: "evaluate.permutation", fold: i as u64, purpose: "rows" }).shuffle(&mut rows);
            rows
        })
        .collect();
    let mut out = Vec::with_capacity(columns.len());
    for (i, column) in columns.iter().enumerate() {
        let mut fall = 0.0;
        for rows in &shuffles {
            fall += loss(&predict(Some((i, rows)))?)? - whole;
        }
        out.push(Importance { column: column.clone(), fall: fall / n_shuffles.max(1) as f64 });
    }
    out.sort_by(|a, b| b.fall.total_cmp(&a.fall));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use contract::Task;

    use super::*;

    #[test]
    fn only_what_is_used_matters() {
        let x: Vec<f64> = (0..100).map(f64::from).collect();
        let target = Target::Real(x.clone());
        let judge = Judge::new(Task::Regression, None).expect("of the task");
        let predict = |shuffled: Option<(usize, &[u32])>| -> Result<Predictions, EvaluateError> {
            let values = match shuffled {
                Some((0, rows)) => rows.iter().map(|&r| x[r as usize]).collect(),
                _ => x.clone(),
            };
            Ok(Predictions { n_rows: 100, n_outputs: 1, values })
        };
        let names = ["used".to_owned(), "idle".to_owned()];
        let found = permutation_importance(&Cx::new(0, 1), &judge, &target, &names, 3, predict).expect("computed");
        assert_eq!((found[0].column.as_str(), found[1].fall), ("used", 0.0));
        assert!(found[0].fall > 20.0, "{found:?}");
    }
}
