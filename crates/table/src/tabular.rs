//! A table: a schema and its columns.

use crate::column::Column;
use crate::error::TableError;
use crate::schema::{Field, Schema};

/// Columns of equal length under unique names. Immutable; cheap to clone.
#[derive(Debug, Clone)]
pub struct Table {
    schema: Schema,
    columns: Vec<Column>,
    n_rows: usize,
}

impl Table {
    /// A table of some columns.
    ///
    /// # Errors
    /// [`TableError::DuplicateColumn`] or, where lengths differ, [`TableError::Shape`].
    pub fn new(columns: Vec<Column>) -> Result<Self, TableError> {
        let schema = Schema::new(columns.iter().map(|c| c.field().clone()).collect())?;
        let n_rows = columns.first().map_or(0, Column::n_rows);
        if let Some(odd) = columns.iter().find(|c| c.n_rows() != n_rows) {
            let what = format!("{} rows, the first column has {n_rows}", odd.n_rows());
            return Err(TableError::Shape { name: odd.field().name.clone(), what });
        }
        Ok(Self { schema, columns, n_rows })
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The columns in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// A column by name.
    ///
    /// # Errors
    /// [`TableError::NoSuchColumn`], with the nearest name.
    pub fn column(&self, name: &str) -> Result<&Column, TableError> {
        match self.schema.index_of(name) {
            Some(i) => Ok(&self.columns[i]),
            None => Err(TableError::NoSuchColumn { name: name.to_owned(), names: self.schema.names() }),
        }
    }

    /// The columns that `keep` accepts, in order.
    ///
    /// # Errors
    /// None in practice: names stay unique and lengths equal.
    pub fn select(&self, keep: impl Fn(&Field) -> bool) -> Result<Table, TableError> {
        let columns: Vec<Column> = self.columns.iter().filter(|c| keep(c.field())).cloned().collect();
        let n_rows = self.n_rows;
        let mut table = Table::new(columns)?;
        table.n_rows = n_rows;
        Ok(table)
    }

    /// Rows by position, in the order given.
    ///
    /// # Panics
    /// If a row is beyond the end.
    pub fn take(&self, rows: &[u32]) -> Table {
        let columns = self.columns.iter().map(|c| c.take(rows)).collect();
        Table { schema: self.schema.clone(), columns, n_rows: rows.len() }
    }

    /// A contiguous range of rows, without copying values.
    ///
    /// # Panics
    /// If the range reaches beyond the end.
    pub fn slice(&self, start: usize, n_rows: usize) -> Table {
        let columns = self.columns.iter().map(|c| c.slice(start, n_rows)).collect();
        Table { schema: self.schema.clone(), columns, n_rows }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Int64Array, StringArray};

    use super::*;
    use crate::schema::{DType, Kind};
    use crate::{Cell, MISSING};

    fn table() -> Table {
        let ints: Vec<ArrayRef> =
            vec![Arc::new(Int64Array::from(vec![Some(1), None])), Arc::new(Int64Array::from(vec![Some(3)]))];
        let text: Vec<ArrayRef> = vec![Arc::new(StringArray::from(vec![Some("b"), Some("a"), None]))];
        Table::new(vec![
            Column::new(Field::new("n", DType::Int64, Kind::Number), ints).expect("fits"),
            Column::new(Field::new("s", DType::Text, Kind::Category), text).expect("fits"),
        ])
        .expect("a table")
    }

    #[test]
    fn chunks_do_not_show() {
        let t = table();
        assert_eq!(t.n_rows(), 3);
        assert_eq!(t.column("n").expect("there").cell(2), Cell::Int(3));
        let back = t.take(&[2, 0]);
        assert_eq!(back.column("n").expect("there").cell(0), Cell::Int(3));
        assert_eq!(back.column("s").expect("there").cell(1), Cell::Text("b".into()));
        let cut = t.slice(1, 2);
        assert_eq!(cut.column("n").expect("there").cell(0), Cell::Missing);
    }

    #[test]
    fn categories_are_sorted_whatever_came_first() {
        let c = table().column("s").expect("there").to_categories();
        assert_eq!(c.levels, ["a", "b"]);
        assert_eq!(c.codes, [1, 0, MISSING]);
    }
}
