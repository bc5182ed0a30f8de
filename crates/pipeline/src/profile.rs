//! What the training rows looked like: a small profile of each column, the reference against which later rows are held,
//! and the levels that were seen.
//!
//! Not here: any judgement whether something has changed.

use arrow_array::Array;
use contract::GroupForm;
use serde::{Deserialize, Serialize};
use stats::{CategoryProfile, NumericProfile};
use table::{Column, Field, MISSING, Table};

use crate::error::PipelineError;
use crate::features::{form_of, text_of};
use crate::problem::Problem;

/// Most levels of a category that are counted one by one.
pub const TOP_LEVELS: usize = 100;

/// Most levels of a column that are kept, so that new ones can be told; of a column with more, unknown levels are not
/// counted.
pub const LEVELS_KEPT_MAX: usize = 20_000;

/// A profile of the columns that a model takes, and of its target.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Rows.
    pub n_rows: u64,
    /// Columns that are learned from, in order.
    pub columns: Vec<ColumnProfile>,
    /// The target.
    pub target: Option<ColumnProfile>,
}

/// A profile of one column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnProfile {
    /// The column.
    pub name: String,
    /// What its values looked like.
    pub values: ValuesProfile,
}

/// What the values of a column looked like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ValuesProfile {
    /// Numbers; times in microseconds, dates in days.
    Numeric(NumericProfile),
    /// Categories.
    Category {
        /// Counts of the most frequent levels.
        counts: CategoryProfile,
        /// Every level, ascending by code point; `None` if there are more than [`LEVELS_KEPT_MAX`].
        levels: Option<Vec<String>>,
    },
    /// Prose: its lengths in characters.
    TextLength(NumericProfile),
}

impl Profile {
    /// Profile of the rows of a table.
    ///
    /// # Errors
    /// A column that the table lacks.
    pub fn of(table: &Table, problem: &Problem) -> Result<Self, PipelineError> {
        let of = |field: &Field| -> Result<ColumnProfile, PipelineError> {
            let column = table.column(&field.name)?;
            Ok(ColumnProfile { name: field.name.clone(), values: values_of(column) })
        };
        Ok(Self {
            n_rows: table.n_rows() as u64,
            columns: problem.features().map(of).collect::<Result<_, _>>()?,
            target: Some(of(&problem.target)?),
        })
    }

    /// How many cells of each column hold a level that the training rows did not have; columns without such are left
    /// out. A table that lacks a column has none in it.
    pub fn unknown_levels(&self, table: &Table) -> Vec<(String, u64)> {
        let mut out = Vec::new();
        for profile in &self.columns {
            let (ValuesProfile::Category { levels: Some(known), .. }, Ok(column)) =
                (&profile.values, table.column(&profile.name))
            else {
                continue;
            };
            let categories = column.to_categories();
            let is_new: Vec<bool> = categories.levels.iter().map(|l| known.binary_search(l).is_err()).collect();
            let n = categories.codes.iter().filter(|&&c| c != MISSING && is_new[c as usize]).count() as u64;
            if n > 0 {
                out.push((profile.name.clone(), n));
            }
        }
        out
    }
}

fn values_of(column: &Column) -> ValuesProfile {
    match (form_of(column.field()), column.to_f64()) {
        (GroupForm::Number | GroupForm::Datetime, Some(values)) => ValuesProfile::Numeric(NumericProfile::of(&values)),
        (GroupForm::Text, _) => {
            let text = text_of(column);
            let length = |i: usize| if text.is_null(i) { f64::NAN } else { text.value(i).chars().count() as f64 };
            let lengths: Vec<f64> = (0..text.len()).map(length).collect();
            ValuesProfile::TextLength(NumericProfile::of(&lengths))
        }
        _ => {
            let categories = column.to_categories();
            let mut counts = vec![0u64; categories.levels.len()];
            let mut n_missing = 0;
            for &code in &categories.codes {
                match counts.get_mut(code as usize) {
                    Some(n) => *n += 1,
                    None => n_missing += 1,
                }
            }
            let pairs = categories.levels.iter().map(String::as_str).zip(counts);
            let counts = CategoryProfile::from_counts(pairs, n_missing, TOP_LEVELS);
            let levels = (categories.levels.len() <= LEVELS_KEPT_MAX).then_some(categories.levels);
            ValuesProfile::Category { counts, levels }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, StringArray};
    use contract::Task;
    use table::{DType, Kind};

    use super::*;

    fn table(x: Vec<f64>, c: Vec<&str>, y: Vec<&str>) -> Table {
        let column = |name: &str, dtype, kind, array: ArrayRef| {
            Column::new(Field::new(name, dtype, kind), vec![array]).expect("fits")
        };
        Table::new(vec![
            column("x", DType::Float64, Kind::Number, Arc::new(Float64Array::from(x))),
            column("c", DType::Text, Kind::Category, Arc::new(StringArray::from(c))),
            column("y", DType::Text, Kind::Category, Arc::new(StringArray::from(y))),
        ])
        .expect("a table")
    }

    #[test]
    fn new_levels_are_counted_and_the_profile_goes_through_json() {
        let seen = table(vec![1.0, 2.0, 3.0], vec!["a", "b", "a"], vec!["n", "y", "n"]);
        let fields = seen.schema().fields()[..2].to_vec();
        let target = seen.schema().fields()[2].clone();
        let classes = vec!["n".into(), "y".into()];
        let problem = Problem { task: Task::Binary, target, classes, fields, left_out: Vec::new() };
        let profile = Profile::of(&seen, &problem).expect("a profile");
        assert_eq!(profile.unknown_levels(&seen), []);
        let later = table(vec![1.0; 3], vec!["z", "b", "aa"], vec!["n"; 3]);
        assert_eq!(profile.unknown_levels(&later), [("c".to_owned(), 2)]);
        let json = base::json::canonical(&profile).expect("JSON");
        assert_eq!(serde_json::from_slice::<Profile>(&json).expect("reads back"), profile);
    }
}
