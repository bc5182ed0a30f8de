//! `demo`: a first tour on a table that it makes: train, score the next month, compare with what really happened.
//! It calls the same functions as the commands.
//!
//! Not here: the table's story (`demo/customers.rs`).

mod customers;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use base::{Cx, Findings};
use collect::ReadOptions;
use contract::Target;
use evaluate::{Importance, Judge, permutation_importance};
use serde::Serialize;
use table::Table;

use crate::bench::{BenchReport, bench};
use crate::error::WorkflowError;
use crate::predict::{PredictReport, open_model, predict, read_rows};
use crate::train::{TrainAsk, TrainReport, train};

/// Shuffles per column when the tour asks what the model leans on.
const SHUFFLES: usize = 3;

/// The fewest and the most rows of the demo's table.
const ROWS: std::ops::RangeInclusive<usize> = 200..=1_000_000;

/// What `demo` is asked.
#[derive(Debug, Clone)]
pub struct DemoAsk {
    /// Folder for its files; made if it is not there.
    pub folder: PathBuf,
    /// Rows of the table to train on; the next month has a quarter of that.
    pub n_rows: usize,
}

/// A column and how much the score falls without it.
#[derive(Debug, Clone, Serialize)]
pub struct LeansOn {
    /// The column.
    pub column: String,
    /// Fall of ROC-AUC on the new month when the column is shuffled.
    pub fall: f64,
}

/// What the tour found.
#[derive(Debug, Clone, Serialize)]
pub struct DemoReport {
    /// Table to train on.
    pub customers: PathBuf,
    /// The next month, without outcomes.
    pub next_month: PathBuf,
    /// Scores of the next month.
    pub scored: PathBuf,
    /// What training said.
    pub train: TrainReport,
    /// What scoring said.
    pub predict: PredictReport,
    /// What the bench said.
    pub bench: BenchReport,
    /// ROC-AUC on the next month, once its outcomes are known.
    pub next_month_roc_auc: f64,
    /// Whether it lies where training promised, within its interval and that of the month itself.
    pub as_promised: bool,
    /// What the model leans on, most first.
    pub leans_on: Vec<LeansOn>,
}

/// Runs the tour. `tell` hears each step in words.
///
/// # Errors
/// The folder cannot be written, or one of the commands fails.
pub fn demo(cx: &Cx, ask: &DemoAsk, tell: &dyn Fn(&str)) -> Result<(DemoReport, Findings), WorkflowError> {
    if !ROWS.contains(&ask.n_rows) {
        let what = format!("{} rows, expected {} to {}", ask.n_rows, ROWS.start(), ROWS.end());
        return Err(WorkflowError::Flag { flag: "--rows", what });
    }
    check_folder(&ask.folder)?;
    std::fs::create_dir_all(&ask.folder).map_err(|e| WorkflowError::io(&ask.folder, e))?;
    let file = |name: &str| ask.folder.join(name);
    let (customers, next_month) = (file("customers.csv"), file("next-month.csv"));
    let (model, scored) = (file("churn.almanac"), file("scored.csv"));
    let made = customers::make(cx, ask.n_rows);
    for (path, text) in [(&customers, &made.customers), (&next_month, &made.next_month)] {
        base::files::write_atomic(path, text.as_bytes()).map_err(|e| WorkflowError::io(path, e))?;
    }
    tell(&format!(
        "1. A subscription business: {} customers in {}, and whether each left within a month.\n   \
         The table is as tables are: `?` for an unknown age, a blank where nothing was billed yet, regions such as 007,\n   \
         dates, notes in prose, a customer number, a column that never changes.",
        ask.n_rows,
        customers.display()
    ));
    tell(&format!("2. almanac train {} --target churn --out {}", customers.display(), model.display()));
    let train_ask = TrainAsk {
        data: vec![customers.display().to_string()],
        target: "churn".into(),
        out: model.clone(),
        positive: Some("yes".into()),
        ..TrainAsk::default()
    };
    let (trained, mut findings) = train(cx, &train_ask)?;
    tell(&format!("3. almanac predict {} {} -o {}", model.display(), next_month.display(), scored.display()));
    let data = [next_month.display().to_string()];
    let (predicted, more) = predict(cx, &model, &data, &scored, &ReadOptions::default())?;
    findings.extend(more);
    tell("4. A month later the outcomes are known: was the promise kept, and what does the model lean on?");
    let (next_month_roc_auc, half_width, leans_on) = look_back(cx, &model, &data, &made.outcomes)?;
    tell(&format!("5. almanac bench {} {}", model.display(), next_month.display()));
    let (measured, _) = bench(cx, &model, &data)?;
    let promised = trained.scores.iter().find(|s| s.metric == "roc_auc");
    let as_promised =
        promised.is_some_and(|s| next_month_roc_auc >= s.low - half_width && next_month_roc_auc <= s.high + half_width);
    let report = DemoReport {
        customers,
        next_month,
        scored,
        train: trained,
        predict: predicted,
        bench: measured,
        next_month_roc_auc,
        as_promised,
        leans_on: leans_on.into_iter().map(|i| LeansOn { column: i.column, fall: i.fall }).collect(),
    };
    Ok((report, findings))
}

/// Files that the tour writes.
const FILES: [&str; 4] = ["customers.csv", "next-month.csv", "churn.almanac", "scored.csv"];

/// Refuses a folder with files of these names that no tour made.
fn check_folder(folder: &Path) -> Result<(), WorkflowError> {
    let first = std::fs::File::open(folder.join(FILES[0])).ok().and_then(|f| BufReader::new(f).lines().next()?.ok());
    let is_ours = first.is_some_and(|line| line == format!("{},churn", customers::HEADER));
    match FILES.iter().find(|name| folder.join(name).exists()) {
        Some(name) if !is_ours => {
            let what = format!("`{}` holds a file `{name}` that the demo did not write", folder.display());
            Err(WorkflowError::Flag { flag: "--folder", what })
        }
        _ => Ok(()),
    }
}

/// ROC-AUC of a model on rows whose outcomes are known, half the width of its interval, and what the model leans on.
fn look_back(
    cx: &Cx,
    model: &Path,
    data: &[String],
    outcomes: &[bool],
) -> Result<(f64, f64, Vec<Importance>), WorkflowError> {
    let (bundle, _) = open_model(model)?;
    let rows = read_rows(cx, &bundle, data, &ReadOptions::default())?;
    let target = Target::Class { codes: outcomes.iter().map(|&o| u32::from(o)).collect(), n_classes: 2 };
    let judge = Judge::new(bundle.fitted.problem.task, None)?;
    let judged = judge.judge(cx, &target, &bundle.fitted.predict(cx, &rows.table)?, None)?;
    let names: Vec<String> = bundle.fitted.problem.features().map(|f| f.name.clone()).collect();
    let predict = |shuffled: Option<(usize, &[u32])>| {
        let table = match shuffled {
            Some((i, order)) => with_shuffled(&rows.table, &names[i], order)?,
            None => rows.table.clone(),
        };
        Ok::<_, WorkflowError>(bundle.fitted.predict(cx, &table)?)
    };
    let leans_on = permutation_importance(cx, &judge, &target, &names, SHUFFLES, predict)?;
    Ok((judged.value, (judged.high - judged.low) / 2.0, leans_on))
}

fn with_shuffled(table: &Table, name: &str, order: &[u32]) -> Result<Table, WorkflowError> {
    let columns = table.columns().iter().map(|c| if c.field().name == name { c.take(order) } else { c.clone() });
    Ok(Table::new(columns.collect())?)
}
