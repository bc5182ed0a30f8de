//! Roles that can be recognised from the rows themselves: a column that groups them, a column that orders them.

use table::{Column, DType, Table};

use crate::error::PipelineError;

/// A recognised role and the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recognised {
    /// The column.
    pub column: String,
    /// Why: a sentence.
    pub evidence: String,
}

/// A group column needs at least this many groups.
const GROUPS_MIN: usize = 5;
/// … and groups of at least this many rows on average.
const GROUP_ROWS_MIN: usize = 5;
/// A time column needs at least this many different times.
const TIMES_MIN: usize = 10;

/// Recognises repeated measurements: a whole-number or text column whose values stand in one unbroken run of rows
/// each, while another whole-number column counts up by one within every run from a common start.
///
/// # Errors
/// None in practice; columns are looked up by their own names.
pub fn group_column(table: &Table, except: &[&str]) -> Result<Option<Recognised>, PipelineError> {
    let whole: Vec<&Column> = table
        .columns()
        .iter()
        .filter(|c| c.field().dtype == DType::Int64 && c.n_missing() == 0)
        .filter(|c| !except.contains(&c.field().name.as_str()))
        .collect();
    let counters: Vec<(&str, Vec<f64>)> =
        whole.iter().filter_map(|c| Some((c.field().name.as_str(), c.to_f64()?))).collect();
    for column in table.columns() {
        let field = column.field();
        let eligible = matches!(field.dtype, DType::Int64 | DType::Text) && column.n_missing() == 0;
        if !eligible || except.contains(&field.name.as_str()) || column.n_rows() < GROUPS_MIN * GROUP_ROWS_MIN {
            continue;
        }
        let Some(starts) = unbroken_runs(column) else { continue };
        if starts.len() < GROUPS_MIN || column.n_rows() / starts.len() < GROUP_ROWS_MIN {
            continue;
        }
        let counter = counters.iter().find(|(name, values)| *name != field.name && counts_up(values, &starts));
        if let Some((name, _)) = counter {
            let evidence = format!(
                "`{}` has {} values, each in one unbroken run of rows, and `{name}` counts up by one within each",
                field.name,
                starts.len()
            );
            return Ok(Some(Recognised { column: field.name.clone(), evidence }));
        }
    }
    Ok(None)
}

/// First row of each run of equal values, if no value has a second run.
fn unbroken_runs(column: &Column) -> Option<Vec<usize>> {
    let categories = column.to_categories();
    let mut seen = vec![false; categories.levels.len()];
    let mut starts = Vec::new();
    let mut previous = None;
    for (row_idx, &code) in categories.codes.iter().enumerate() {
        if previous == Some(code) {
            continue;
        }
        let again = std::mem::replace(seen.get_mut(code as usize)?, true);
        if again {
            return None;
        }
        starts.push(row_idx);
        previous = Some(code);
    }
    Some(starts)
}

fn counts_up(values: &[f64], starts: &[usize]) -> bool {
    let first = values[starts[0]];
    let mut next_start = starts.iter().peekable();
    for (row_idx, value) in values.iter().enumerate() {
        if next_start.next_if(|s| **s == row_idx).is_some() {
            if *value != first {
                return false;
            }
        } else if *value != values[row_idx - 1] + 1.0 {
            return false;
        }
    }
    true
}

/// Recognises a date or datetime column in whose order the rows stand, or in the reverse of it.
pub fn time_column(table: &Table, except: &[&str]) -> Option<Recognised> {
    for column in table.columns() {
        let field = column.field();
        let eligible = matches!(field.dtype, DType::Date | DType::Datetime) && column.n_missing() == 0;
        if !eligible || except.contains(&field.name.as_str()) {
            continue;
        }
        let micros = column.to_micros()?;
        let up = micros.windows(2).all(|w| w[0] <= w[1]);
        let down = micros.windows(2).all(|w| w[0] >= w[1]);
        let n_times = 1 + micros.windows(2).filter(|w| w[0] != w[1]).count();
        if (up || down) && n_times >= TIMES_MIN {
            let order = if up { "order" } else { "reverse order" };
            let evidence = format!("the rows stand in the {order} of `{}` ({n_times} different times)", field.name);
            return Some(Recognised { column: field.name.clone(), evidence });
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::Int64Array;
    use table::{Field, Kind};

    use super::*;

    fn ints(name: &str, values: Vec<i64>) -> Column {
        let field = Field::new(name, DType::Int64, Kind::Number);
        Column::new(field, vec![Arc::new(Int64Array::from(values))]).expect("fits")
    }

    #[test]
    fn units_with_a_counter_are_groups() {
        let unit = (0..60).map(|i| i / 10 + 1).collect();
        let cycle: Vec<i64> = (0..60).map(|i| i % 10 + 1).collect();
        let t = Table::new(vec![ints("unit", unit), ints("cycle", cycle.clone())]).expect("a table");
        assert_eq!(group_column(&t, &[]).expect("runs").expect("found").column, "unit");
        let sorted_category = (0..60).map(|i| i / 10).collect();
        let noise = (0..60).map(|i| (i * 7) % 11).collect();
        let t = Table::new(vec![ints("a", sorted_category), ints("b", noise)]).expect("a table");
        assert_eq!(group_column(&t, &[]).expect("runs"), None);
    }
}
