//! `predict`: scores the rows of files with a model, one output row for each input row, in their order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, StringArray};
use base::{Cx, Finding, Findings};
use collect::ReadOptions;
use contract::{Predictions, Task};
use pipeline::{Bundle, Labels, read_bundle};
use serde::Serialize;
use table::{Column, DType, Field, Kind, Role, Table};

use crate::error::WorkflowError;
use crate::output;

/// Probability from which a binary prediction is positive unless told otherwise.
pub const THRESHOLD: f64 = 0.5;

/// What `predict` has to say.
#[derive(Debug, Clone, Serialize)]
pub struct PredictReport {
    /// File written.
    pub out: PathBuf,
    /// SHA-256 of the model file.
    pub model_id: String,
    /// Rows read, and written.
    pub n_rows: u64,
    /// Rows with a cell that does not fit; their prediction is empty.
    pub n_refused: u64,
    /// Columns of the data that the model does not use.
    pub extra_columns: Vec<String>,
    /// Cells whose level the model has not seen, by column.
    pub unknown_levels: BTreeMap<String, u64>,
}

/// Reads a model file.
///
/// # Errors
/// The file cannot be read, or does not hold a usable model.
pub fn open_model(path: &Path) -> Result<(Bundle, String), WorkflowError> {
    let meta = std::fs::metadata(path).map_err(|e| WorkflowError::io(path, e))?;
    if !meta.is_file() || meta.len() > pack::limits::FILE_BYTES_MAX {
        let what = if meta.is_file() { "it is larger than any model file" } else { "it is not a regular file" };
        return Err(WorkflowError::io(path, std::io::Error::new(std::io::ErrorKind::InvalidInput, what)));
    }
    let bytes = std::fs::read(path).map_err(|e| WorkflowError::io(path, e))?;
    let id = objects::Sha256::of(&bytes).to_hex();
    let bundle = read_bundle(bytes).map_err(|source| WorkflowError::Model { path: path.to_owned(), source })?;
    Ok((bundle, id))
}

/// Rows as a model reads them.
pub struct Rows {
    /// The model's columns, typed by its rules.
    pub table: Table,
    /// Rows that were refused, with why: positions ascending.
    pub refused: Vec<(u32, base::Finding)>,
    /// Columns that the model does not use.
    pub extra: Vec<String>,
    /// Names of the files.
    pub sources: Vec<String>,
    /// What reading said.
    pub findings: Findings,
}

/// Reads files by a model's own rules; infers nothing.
///
/// # Errors
/// The files cannot be read, or lack a column.
pub fn read_rows(cx: &Cx, bundle: &Bundle, data: &[String], options: &ReadOptions) -> Result<Rows, WorkflowError> {
    let read = collect::read_text(cx, data, options)?;
    let conformed =
        infer::conform(cx, &read.table, &bundle.fitted.problem.fields).map_err(collect::CollectError::from)?;
    let target = &bundle.fitted.problem.target.name;
    let extra = conformed.extra.into_iter().filter(|c| c != target).collect();
    let sources = read.sources.iter().map(|s| s.name.clone()).collect();
    Ok(Rows { table: conformed.table, refused: conformed.refused, extra, sources, findings: read.findings })
}

/// Scores files and writes the result.
///
/// # Errors
/// The model or the data cannot be read, a column is missing, names clash, or the output cannot be written.
pub fn predict(
    cx: &Cx,
    model: &Path,
    data: &[String],
    out: &Path,
    options: &ReadOptions,
) -> Result<(PredictReport, Findings), WorkflowError> {
    output::check(out, data.iter().map(Path::new).chain([model]))?;
    let (bundle, model_id) = open_model(model)?;
    cx.progress().begin("reading", None);
    let rows = read_rows(cx, &bundle, data, options)?;
    output::check(out, rows.sources.iter().map(Path::new))?;
    cx.progress().begin("scoring", None);
    let predictions = bundle.fitted.predict(cx, &rows.table)?;
    let scored = scored_table(&bundle, &rows, &predictions)?;
    cx.progress().begin("writing", None);
    collect::formats::write::write_table(cx, &scored, out)?;
    cx.progress().end();
    let mut findings = rows.findings;
    for (_, finding) in &rows.refused {
        findings.push(finding.clone());
    }
    if rows.refused.len() == scored.n_rows() && scored.n_rows() > 0 {
        let message = "every row has a cell that does not fit, so that no row has a prediction";
        let hint = "the data are written in another way than those that the model was trained on: see column `finding`";
        findings.push(Finding::new(base::Code(2011), base::Severity::Warning, message).hint(hint));
    }
    let report = PredictReport {
        out: out.to_owned(),
        model_id,
        n_rows: scored.n_rows() as u64,
        n_refused: rows.refused.len() as u64,
        extra_columns: rows.extra,
        unknown_levels: bundle.profile.unknown_levels(&rows.table).into_iter().collect(),
    };
    Ok((report, findings))
}

/// The output table: ids, `prediction`, `probability_<class>` in code-point order, and `finding` if a row was refused.
///
/// # Errors
/// [`WorkflowError::NameClash`] if an id carries the name of an output column.
pub fn scored_table(bundle: &Bundle, rows: &Rows, predictions: &Predictions) -> Result<Table, WorkflowError> {
    let problem = &bundle.fitted.problem;
    let n_rows = rows.table.n_rows();
    let mut refused = vec![false; n_rows];
    rows.refused.iter().for_each(|(r, _)| refused[*r as usize] = true);
    let mut columns: Vec<Column> = Vec::new();
    for field in problem.ids() {
        columns.push(rows.table.column(&field.name)?.clone());
    }
    match bundle.fitted.labels(predictions, THRESHOLD) {
        Labels::Real(values) => columns.push(numbers("prediction", &values, &refused)?),
        Labels::Class(codes) => {
            let text: StringArray = codes
                .iter()
                .zip(&refused)
                .map(|(&c, &no)| (!no).then(|| problem.classes[c as usize].as_str()))
                .collect();
            columns.push(column("prediction", DType::Text, Kind::Category, Arc::new(text))?);
        }
    }
    if problem.task != Task::Regression {
        let mut order: Vec<usize> = (0..problem.classes.len()).collect();
        order.sort_by(|&a, &b| problem.classes[a].cmp(&problem.classes[b]));
        for class in order {
            let p: Vec<f64> = (0..n_rows).map(|r| predictions.row(r)[class]).collect();
            columns.push(numbers(&format!("probability_{}", problem.classes[class]), &p, &refused)?);
        }
    }
    if !rows.refused.is_empty() {
        let mut texts: Vec<Option<String>> = vec![None; n_rows];
        for (row, finding) in &rows.refused {
            let text = format!("{}: {}", finding.code, finding.message);
            match &mut texts[*row as usize] {
                Some(have) => {
                    have.push_str("; ");
                    have.push_str(&text);
                }
                empty => *empty = Some(text),
            }
        }
        let text: StringArray = texts.into_iter().collect();
        columns.push(column("finding", DType::Text, Kind::Text, Arc::new(text))?);
    }
    Table::new(columns).map_err(|e| match e {
        table::TableError::DuplicateColumn { name } => WorkflowError::NameClash { name },
        other => other.into(),
    })
}

fn numbers(name: &str, values: &[f64], refused: &[bool]) -> Result<Column, WorkflowError> {
    let array: Float64Array = values.iter().zip(refused).map(|(&v, &no)| (!no).then_some(v)).collect();
    column(name, DType::Float64, Kind::Number, Arc::new(array))
}

fn column(name: &str, dtype: DType, kind: Kind, array: ArrayRef) -> Result<Column, WorkflowError> {
    Ok(Column::new(Field::new(name, dtype, kind).with_role(Role::Ignore), vec![array])?)
}
