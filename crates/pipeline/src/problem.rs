//! The problem: which column is to be predicted from which, as what task; bound to a table.

use serde::{Deserialize, Serialize};
use table::{Categories, Cell, Column, DType, Field, Kind, MISSING, Role, Table};

use contract::{Target, Task};

use crate::error::PipelineError;

/// The most classes a target may have.
pub const CLASSES_MAX: usize = 1_000;

/// An integer target with at most this many values is taken for classes unless told otherwise.
pub const INTEGER_CLASSES_MAX: usize = 10;

/// What a person asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Ask {
    /// `--target COL`.
    pub target: String,
    /// `--task T`; found from the target where absent.
    pub task: Option<Task>,
    /// `--positive LABEL`; the last class in code-point order where absent.
    pub positive: Option<String>,
    /// `--drop COL`.
    pub drop: Vec<String>,
    /// `--id COL`.
    pub ids: Vec<String>,
    /// `--weight COL`.
    pub weight: Option<String>,
    /// Group column, told or recognised: kept together, never a feature.
    pub group: Option<String>,
    /// Time columns, told or recognised, most significant first.
    pub time: Vec<String>,
    /// A column that says which fold a row belongs to; never a feature.
    pub split_column: Option<String>,
}

/// A column that is not learned from, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its name.
    pub column: String,
    /// Why, as a sentence part: "it names rows", "you said so", …
    pub reason: String,
}

/// The problem bound to a schema: everything that scoring must know of the columns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// Kind of prediction.
    pub task: Task,
    /// The target as it was read.
    pub target: Field,
    /// Class labels as they are spelt, by class code; the positive class of a binary task is code 1. Empty in
    /// regression.
    pub classes: Vec<String>,
    /// Columns that scoring takes, in order: features, and ids that are carried through.
    pub fields: Vec<Field>,
    /// Columns that are not learned from, and why.
    pub left_out: Vec<LeftOut>,
}

impl Problem {
    /// Columns that are learned from (role feature, or time, which gives its parts).
    pub fn features(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| is_input(f))
    }

    /// Columns that are carried through to the output.
    pub fn ids(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|f| f.role == Role::Id)
    }
}

/// Whether a field is learned from.
pub fn is_input(field: &Field) -> bool {
    matches!(field.role, Role::Feature | Role::Time)
}

/// A problem with its rows.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The problem.
    pub problem: Problem,
    /// Rows whose target is present, ascending: what may be learned from.
    pub rows: Vec<u32>,
    /// Rows left out because their target is missing.
    pub n_missing_target: usize,
    /// Truth, one entry per row of `rows`.
    pub target: Target,
    /// Weights, one per row of `rows`.
    pub weights: Option<Vec<f64>>,
    /// Group codes, one per row of `rows`.
    pub groups: Option<Vec<u32>>,
    /// Position in time, one per row of `rows`; equal keys are equal times.
    pub time: Option<Vec<i64>>,
    /// The split that a column gives.
    pub given: Option<Given>,
    /// Why this task: a sentence.
    pub task_reason: String,
}

/// The fold that a column names for each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Values of the column, ascending by code point.
    pub levels: Vec<String>,
    /// Position of its value, one per row of [`Bound::rows`].
    pub codes: Vec<u32>,
}

/// Binds what was asked to a table whose kinds and roles are settled.
///
/// # Errors
/// A column that does not exist; a target that cannot be learned; weights that cannot be used.
pub fn bind(table: &Table, ask: &Ask) -> Result<Bound, PipelineError> {
    for name in ask.drop.iter().chain(&ask.ids).chain(&ask.weight).chain(&ask.group).chain(&ask.time) {
        table.column(name)?;
    }
    if let Some(flag) = target_named_twice(ask) {
        return Err(PipelineError::TargetTwice { target: ask.target.clone(), flag });
    }
    let target = table.column(&ask.target)?;
    if table.n_rows() == 0 {
        return Err(contract::FitError::NoRows.into());
    }
    let categories = target.to_categories();
    let (task, task_reason) = choose_task(target, &categories, ask)?;
    let rows: Vec<u32> = present_rows(target, &categories, task);
    if rows.is_empty() {
        return Err(PipelineError::NoTarget { target: ask.target.clone() });
    }
    let (truth, classes) = truth_of(target, &categories, task, &rows, ask)?;
    let (fields, left_out) = roles(table, ask);
    if !fields.iter().any(is_input) {
        let reasons = left_out.iter().map(|l| format!("`{}`: {}", l.column, l.reason)).collect();
        return Err(PipelineError::NoFeatures { reasons });
    }
    let codes_of = |name: &String| -> Result<Vec<u32>, PipelineError> {
        let c = table.column(name)?.to_categories();
        Ok(rows.iter().map(|&r| c.codes[r as usize]).collect())
    };
    let weights = ask.weight.as_ref().map(|w| weights_of(table, w, &rows)).transpose()?;
    let time = if ask.time.is_empty() { None } else { Some(time_keys(table, &ask.time, &rows)?) };
    Ok(Bound {
        n_missing_target: table.n_rows() - rows.len(),
        groups: ask.group.as_ref().map(codes_of).transpose()?,
        given: ask.split_column.as_ref().map(|c| given_of(table, c, &rows)).transpose()?,
        problem: Problem { task, target: target.field().clone(), classes, fields, left_out },
        target: truth,
        weights,
        time,
        rows,
        task_reason,
    })
}

/// The flag that names the target in another role.
fn target_named_twice(ask: &Ask) -> Option<&'static str> {
    let is_target = |name: &String| *name == ask.target;
    let split = ask.group.iter().chain(&ask.time).chain(&ask.split_column).any(is_target);
    let named = [
        ("--drop", ask.drop.iter().any(is_target)),
        ("--id", ask.ids.iter().any(is_target)),
        ("--weight", ask.weight.iter().any(is_target)),
        ("--split", split),
    ];
    named.into_iter().find(|(_, is_named)| *is_named).map(|(flag, _)| flag)
}

fn given_of(table: &Table, column: &str, rows: &[u32]) -> Result<Given, PipelineError> {
    let categories = table.column(column)?.to_categories();
    let codes: Vec<u32> = rows.iter().map(|&r| categories.codes[r as usize]).collect();
    match codes.iter().position(|&c| c == MISSING) {
        Some(i) => Err(PipelineError::SplitColumn { column: column.to_owned(), row_idx: rows[i] as usize }),
        None => Ok(Given { levels: categories.levels, codes }),
    }
}

fn choose_task(target: &Column, categories: &Categories, ask: &Ask) -> Result<(Task, String), PipelineError> {
    let n_levels = categories.levels.len();
    let name = &ask.target;
    match n_levels {
        0 => return Err(PipelineError::NoTarget { target: name.clone() }),
        1 => return Err(PipelineError::OneValue { target: name.clone(), value: categories.levels[0].clone() }),
        _ => {}
    }
    if target.field().dtype.is_temporal() && ask.task.is_none() {
        return Err(PipelineError::TimeTarget { target: name.clone() });
    }
    let numeric = target.field().dtype.is_numeric();
    let is_whole = |l: &String| l.parse::<f64>().is_ok_and(|v| v.fract() == 0.0);
    let (task, reason) = if let Some(task) = ask.task {
        (task, "you said so".to_owned())
    } else if n_levels == 2 {
        (Task::Binary, format!("`{name}` has two values, {} and {}", categories.levels[0], categories.levels[1]))
    } else if !numeric {
        (Task::Multiclass, format!("`{name}` is text with {n_levels} different values"))
    } else if numeric && n_levels <= INTEGER_CLASSES_MAX && categories.levels.iter().all(is_whole) {
        let why = format!(
            "`{name}` has only {n_levels} different whole numbers (say `--task regression` if they are quantities)"
        );
        (Task::Multiclass, why)
    } else {
        (Task::Regression, format!("`{name}` is a number with {n_levels} different values"))
    };
    let mismatch = |found: String| PipelineError::TaskMismatch { target: name.clone(), task: task.to_string(), found };
    match task {
        Task::Regression if !numeric => Err(mismatch(format!("text such as `{}`", categories.levels[0]))),
        Task::Binary if n_levels != 2 => Err(mismatch(format!("{n_levels} different values"))),
        Task::Multiclass if n_levels == 2 => Err(mismatch("two values only".into())),
        Task::Multiclass if n_levels > CLASSES_MAX => {
            Err(PipelineError::TooManyClasses { target: name.clone(), found: n_levels, max: CLASSES_MAX })
        }
        _ => Ok((task, reason)),
    }
}

fn present_rows(target: &Column, categories: &Categories, task: Task) -> Vec<u32> {
    let present = |code: u32| code != MISSING;
    match (task, target.to_f64()) {
        (Task::Regression, Some(values)) => {
            (0..values.len() as u32).filter(|&r| values[r as usize].is_finite()).collect()
        }
        _ => (0..categories.codes.len() as u32).filter(|&r| present(categories.codes[r as usize])).collect(),
    }
}

fn truth_of(
    target: &Column,
    categories: &Categories,
    task: Task,
    rows: &[u32],
    ask: &Ask,
) -> Result<(Target, Vec<String>), PipelineError> {
    if task != Task::Binary && ask.positive.is_some() {
        return Err(PipelineError::PositiveTask { task: task.to_string() });
    }
    if task == Task::Regression {
        let values = target.to_f64().ok_or_else(|| PipelineError::Broken { what: "a numeric target".into() })?;
        return Ok((Target::Real(rows.iter().map(|&r| values[r as usize]).collect()), Vec::new()));
    }
    let mut classes: Vec<String> = categories.levels.iter().map(|l| as_spelt(l, target.field().dtype)).collect();
    let mut recode: Vec<u32> = (0..classes.len() as u32).collect();
    if let Some(label) = &ask.positive {
        let is_it = |c: &String| c == label || *c == as_spelt(label, target.field().dtype);
        let Some(at) = classes.iter().position(is_it) else {
            return Err(PipelineError::NoSuchClass { label: label.clone(), classes });
        };
        if task == Task::Binary && at == 0 {
            classes.swap(0, 1);
            recode = vec![1, 0];
        }
    }
    let codes: Vec<u32> = rows.iter().map(|&r| recode[categories.codes[r as usize] as usize]).collect();
    let mut counts = vec![0usize; classes.len()];
    codes.iter().for_each(|&c| counts[c as usize] += 1);
    if let Some(rare) = counts.iter().position(|&n| n < 2) {
        let (class, n_rows, n_classes) = (classes[rare].clone(), counts[rare], classes.len());
        return Err(PipelineError::RareClass { target: ask.target.clone(), class, n_rows, n_classes });
    }
    Ok((Target::Class { codes, n_classes: classes.len() }, classes))
}

/// A label as it stands in the source: whole numbers of a column of floats are written `1.0` there.
fn as_spelt(level: &str, dtype: DType) -> String {
    let is_whole = level.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if dtype == DType::Float64 && is_whole { format!("{level}.0") } else { level.to_owned() }
}

fn roles(table: &Table, ask: &Ask) -> (Vec<Field>, Vec<LeftOut>) {
    let (mut fields, mut left_out) = (Vec::new(), Vec::new());
    for column in table.columns() {
        let mut field = column.field().clone();
        let mut leave = |reason: &str| {
            left_out.push(LeftOut { column: column.field().name.clone(), reason: reason.to_owned() });
        };
        let name = &field.name;
        if *name == ask.target {
            continue;
        } else if column.n_missing() == column.n_rows() {
            leave("it is empty in every row");
            continue;
        } else if ask.drop.contains(name) {
            leave("you dropped it");
            continue;
        } else if ask.weight.as_ref() == Some(name) {
            leave("it weights the rows");
            continue;
        } else if ask.split_column.as_ref() == Some(name) {
            leave("it names the split");
            continue;
        } else if ask.ids.contains(name) || field.kind == Kind::Identifier || field.role == Role::Id {
            leave("it names rows; kept beside the predictions");
            field.role = Role::Id;
        } else if ask.group.as_ref() == Some(name) {
            leave("it groups the rows; a new group would have another value");
            continue;
        } else if matches!(field.role, Role::Ignore | Role::Protected | Role::Weight | Role::Group) {
            leave("its role says so");
            continue;
        } else if is_constant(column) {
            leave("it has the same value in every row");
            continue;
        } else if ask.time.contains(name) && field.dtype.is_temporal() {
            field.role = Role::Time;
        } else if ask.time.first() == Some(name) {
            leave("it orders the rows in time; a later time would have another value");
            continue;
        } else {
            field.role = Role::Feature;
        }
        fields.push(field);
    }
    (fields, left_out)
}

/// No missing cell and one value: nothing to learn. (A column with one value and gaps says something by its gaps.)
fn is_constant(column: &Column) -> bool {
    if column.n_missing() > 0 || column.n_rows() < 2 {
        return false;
    }
    let first = column.cell(0);
    let mut same = true;
    column.for_each_cell(|_, cell| same &= cell == first);
    same
}

fn weights_of(table: &Table, name: &str, rows: &[u32]) -> Result<Vec<f64>, PipelineError> {
    let fail = |what: String| PipelineError::Weight { column: name.to_owned(), what };
    let column = table.column(name)?;
    let values = match column.to_f64() {
        Some(v) if column.field().dtype.is_numeric() => v,
        _ => return Err(fail(format!("it holds {}, expected numbers", column.field().dtype))),
    };
    let weights: Vec<f64> = rows.iter().map(|&r| values[r as usize]).collect();
    match weights.iter().position(|w| !w.is_finite() || *w < 0.0) {
        Some(i) => Err(fail(format!("row {} is missing or negative", rows[i] + 1))),
        None if weights.iter().all(|w| *w == 0.0) => Err(fail("every weight is zero".into())),
        None => Ok(weights),
    }
}

/// Position in time of each row under one or more columns, the first most significant. Rows of equal time share a key.
fn time_keys(table: &Table, columns: &[String], rows: &[u32]) -> Result<Vec<i64>, PipelineError> {
    let mut keys: Vec<Vec<i64>> = Vec::with_capacity(columns.len());
    for name in columns {
        let column = table.column(name)?;
        let wrong = |what: String| PipelineError::TimeColumn { column: name.clone(), what };
        if column.field().dtype == DType::Text {
            return Err(wrong("it is text, whose order is not that of time".into()));
        }
        if let Some(row) = rows.iter().find(|&&r| column.cell(r as usize) == Cell::Missing) {
            return Err(wrong(format!("row {} is empty", row + 1)));
        }
        keys.push(match (column.to_micros(), column.to_f64()) {
            (Some(micros), _) => micros,
            (None, Some(values)) => values.into_iter().map(ordered_bits).collect(),
            (None, None) => return Err(wrong("it holds no times".into())),
        });
    }
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let key = |i: u32| keys.iter().map(move |k| k[rows[i as usize] as usize]);
    order.sort_by(|&a, &b| key(a).cmp(key(b)));
    let mut out = vec![0i64; rows.len()];
    let mut rank = 0;
    for (n, &i) in order.iter().enumerate() {
        if n > 0 && key(order[n - 1]).ne(key(i)) {
            rank += 1;
        }
        out[i as usize] = rank;
    }
    Ok(out)
}

/// Bits of a float that order as it does.
fn ordered_bits(x: f64) -> i64 {
    let bits = x.to_bits() as i64;
    bits ^ ((((bits >> 63) as u64) >> 1) as i64)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int64Array, StringArray};

    use super::*;

    fn column(name: &str, dtype: DType, kind: Kind, array: ArrayRef) -> Column {
        Column::new(Field::new(name, dtype, kind), vec![array]).expect("fits")
    }

    fn table() -> Table {
        Table::new(vec![
            column("id", DType::Text, Kind::Identifier, Arc::new(StringArray::from(vec!["a", "b", "c", "d", "e"]))),
            column("x", DType::Float64, Kind::Number, Arc::new(Float64Array::from(vec![1.0, 2.0, 3.0, 4.0, 5.0]))),
            column("k", DType::Int64, Kind::Number, Arc::new(Int64Array::from(vec![7; 5]))),
            column(
                "y",
                DType::Text,
                Kind::Boolean,
                Arc::new(StringArray::from(vec![Some("yes"), Some("no"), None, Some("no"), Some("yes")])),
            ),
        ])
        .expect("a table")
    }

    #[test]
    fn rows_without_target_are_left_out_and_counted() {
        let b = bind(&table(), &Ask { target: "y".into(), ..Ask::default() }).expect("binds");
        assert_eq!(b.problem.task, Task::Binary);
        assert_eq!(b.problem.classes, ["no", "yes"]);
        assert_eq!((b.rows.as_slice(), b.n_missing_target), ([0, 1, 3, 4].as_slice(), 1));
        assert_eq!(b.target, Target::Class { codes: vec![1, 0, 0, 1], n_classes: 2 });
        let features: Vec<_> = b.problem.features().map(|f| f.name.as_str()).collect();
        assert_eq!(features, ["x"]);
        assert_eq!(b.problem.left_out.len(), 2);
    }

    #[test]
    fn the_positive_class_is_code_one() {
        let ask = Ask { target: "y".into(), positive: Some("no".into()), ..Ask::default() };
        let b = bind(&table(), &ask).expect("binds");
        assert_eq!(b.problem.classes, ["yes", "no"]);
        assert_eq!(b.target, Target::Class { codes: vec![0, 1, 1, 0], n_classes: 2 });
        let wrong = Ask { positive: Some("maybe".into()), ..ask.clone() };
        assert!(matches!(bind(&table(), &wrong), Err(PipelineError::NoSuchClass { .. })));
        let regression = Ask { target: "x".into(), task: Some(Task::Regression), ..ask };
        assert!(matches!(bind(&table(), &regression), Err(PipelineError::PositiveTask { .. })));
    }

    #[test]
    fn the_target_has_no_other_role() {
        for ask in [
            Ask { drop: vec!["y".into()], ..Ask::default() },
            Ask { ids: vec!["y".into()], ..Ask::default() },
            Ask { weight: Some("y".into()), ..Ask::default() },
            Ask { group: Some("y".into()), ..Ask::default() },
        ] {
            let e = bind(&table(), &Ask { target: "y".into(), ..ask }).expect_err("the target");
            assert!(matches!(e, PipelineError::TargetTwice { .. }), "{e}");
        }
    }

    #[test]
    fn labels_are_as_they_were_spelt() {
        let y: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 0.0, 0.5, 1.0, 0.0, 0.5]));
        let x: ArrayRef = Arc::new(Int64Array::from(vec![1, 2, 3, 4, 5, 6]));
        let table =
            Table::new(vec![column("x", DType::Int64, Kind::Number, x), column("y", DType::Float64, Kind::Number, y)])
                .expect("a table");
        let ask = Ask { target: "y".into(), task: Some(Task::Multiclass), ..Ask::default() };
        assert_eq!(bind(&table, &ask).expect("binds").problem.classes, ["0.0", "0.5", "1.0"]);
    }

    #[test]
    fn a_number_that_orders_rows_in_time_is_no_feature() {
        let ask = Ask { target: "y".into(), time: vec!["x".into()], ..Ask::default() };
        let e = bind(&table(), &ask).expect_err("nothing is left");
        assert!(
            matches!(&e, PipelineError::NoFeatures { reasons } if reasons.iter().any(|r| r.contains("in time"))),
            "{e}"
        );
    }

    #[test]
    fn floats_sort_as_floats() {
        let mut v = vec![3.0, -1.0, 0.0, -7.5, 2.0];
        v.sort_by_key(|&x| ordered_bits(x));
        assert_eq!(v, [-7.5, -1.0, 0.0, 2.0, 3.0]);
    }
}
