//! Scoring reads by the fields that training settled, and infers nothing.

use std::collections::BTreeMap;

use base::{Cx, Finding, Place, Severity};
use table::{Cell, CellReader, Column, ColumnBuilder, DType, Field, Kind, Role, Table, TableError};

use super::convert::convert_cell;
use super::error::{InferError, codes};

/// Rows between two looks at whether the work was cancelled.
const CHECK_ROWS: usize = 1 << 16;

/// A table that conforms to some fields.
#[derive(Debug, Clone)]
pub struct Conformed {
    /// Exactly the fields asked for, in their order. A numeric feature is always `Float64` (see [`conform`]).
    pub table: Table,
    /// Rows with a cell that does not fit, ascending, each with its first such cell. The cell reads as missing.
    pub refused: Vec<(u32, Finding)>,
    /// Columns that nobody asked for, in order.
    pub extra: Vec<String>,
}

/// Makes a table conform to fields, by name, never by position.
///
/// - text is read as its field says; other types are taken over where nothing is lost
/// - dates and times may also be written in ISO 8601 (as exports of snapshots are), unless the field's own form begins
///   with the year too
/// - a numeric feature takes any finite number and comes out as `Float64`, whether the training rows had fractions or
///   not; categories of whole numbers keep their type
/// - ids are carried through as they were read, of whatever type
/// - a cell that does not fit refuses its row alone; what one row gives does not depend on the rows beside it
///
/// # Errors
/// [`InferError::MissingColumns`], naming all of them; a field that cannot be read with; cancellation.
pub fn conform(cx: &Cx, raw: &Table, fields: &[Field]) -> Result<Conformed, InferError> {
    let lacks = |f: &&Field| raw.schema().index_of(&f.name).is_none();
    let missing: Vec<String> = fields.iter().filter(lacks).map(|f| f.name.clone()).collect();
    if !missing.is_empty() {
        return Err(InferError::MissingColumns { missing, names: raw.schema().names() });
    }
    let extra = raw.schema().names().into_iter().filter(|n| fields.iter().all(|f| f.name != *n)).collect();
    let parts = cx.map(fields.len(), |i| conform_column(cx, raw.column(&fields[i].name)?, &fields[i]));
    let mut columns = Vec::with_capacity(fields.len());
    let mut refused: BTreeMap<u32, Finding> = BTreeMap::new();
    for part in parts {
        let (column, refusals) = part?;
        columns.push(column);
        for (row_idx, finding) in refusals {
            refused.entry(row_idx).or_insert(finding);
        }
    }
    let table = if columns.is_empty() { raw.select(|_| false)? } else { Table::new(columns)? };
    Ok(Conformed { table, refused: refused.into_iter().collect(), extra })
}

fn conform_column(cx: &Cx, raw: &Column, field: &Field) -> Result<(Column, Vec<(u32, Finding)>), InferError> {
    let from = raw.field();
    if field.role == Role::Id {
        let as_read = Field { role: Role::Id, kind: field.kind, ..from.clone() };
        return Ok((raw.with_field(as_read)?, Vec::new()));
    }
    let mut to = field.clone();
    if to.dtype == DType::Int64 && to.role == Role::Feature && to.kind != Kind::Category {
        to.dtype = DType::Float64;
    }
    let reader = CellReader::new(&to)?;
    let mixes_zones = from.dtype == DType::Datetime && to.dtype == DType::Datetime && from.is_zoned() != to.is_zoned();
    if mixes_zones {
        return Ok(refuse_all(raw, &to));
    }
    if from.dtype == to.dtype && to.missing.is_empty() && from.dtype != DType::Float64 {
        return Ok((raw.with_field(to)?, Vec::new()));
    }
    let iso = iso_reader(&to)?;
    let mut builder = ColumnBuilder::new(&to);
    let mut refused = Vec::new();
    let mut failed: Option<InferError> = None;
    raw.for_each_cell(|row_idx, cell| {
        if failed.is_some() {
            return;
        }
        if row_idx % CHECK_ROWS == 0
            && let Err(e) = cx.check_cancelled()
        {
            failed = Some(e.into());
            return;
        }
        let read = convert_cell(&cell, from, &reader);
        let read = match (read, &iso) {
            (Err(e), Some(iso)) => convert_cell(&cell, from, iso).map_err(|_| e),
            (read, _) => read,
        };
        let pushed = match read {
            Ok(cell) => builder.push(cell),
            Err(e) => {
                refused.push((row_idx as u32, refusal(&e, row_idx)));
                builder.push(Cell::Missing)
            }
        };
        if let Err(e) = pushed {
            failed = Some(e.into());
        }
    });
    match failed {
        Some(e) => Err(e),
        None => Ok((builder.finish(), refused)),
    }
}

/// A column of which no value fits: instants where local times were learned from, or the other way round. To take one for
/// the other would shift every hour.
fn refuse_all(raw: &Column, to: &Field) -> (Column, Vec<(u32, Finding)>) {
    let mut builder = ColumnBuilder::new(to);
    let mut refused = Vec::new();
    raw.for_each_cell(|row_idx, cell| {
        if cell != Cell::Missing {
            let (expected, found) =
                if to.is_zoned() { ("instants", "a local time") } else { ("local times", "an instant") };
            let (column, expected) = (to.name.clone(), expected.to_owned());
            refused
                .push((row_idx as u32, refusal(&TableError::Cell { column, expected, found: found.into() }, row_idx)));
        }
        // A missing value fits a builder of any type.
        let _ = builder.push(Cell::Missing);
    });
    (builder.finish(), refused)
}

/// Reads dates and times in ISO 8601, for a field that has another form of its own which cannot be taken for it.
fn iso_reader(field: &Field) -> Result<Option<CellReader>, InferError> {
    match &field.datetime {
        Some(format) if field.dtype.is_temporal() && !format.0.starts_with("%Y") => {
            Ok(Some(CellReader::new(&Field { datetime: None, ..field.clone() })?))
        }
        _ => Ok(None),
    }
}

fn refusal(e: &TableError, row_idx: usize) -> Finding {
    let column = match e {
        TableError::Cell { column, .. } => Some(column.clone()),
        _ => None,
    };
    Finding::new(codes::CELL_REFUSED, Severity::Error, e.to_string())
        .at(Place { column, row: Some(row_idx as u64 + 1), ..Place::default() })
        .hint("correct the cell, or leave it empty if its value is not known")
}

#[cfg(test)]
mod tests {
    use table::BoolWords;
    use table::datetime::DatetimeFormat;

    use super::*;
    use crate::samples::{floats, ints, table, text};

    fn fields() -> Vec<Field> {
        let mut number = Field::new("n", DType::Int64, Kind::Number);
        number.missing = vec!["-999".into(), "?".into()];
        let mut day = Field::new("day", DType::Date, Kind::Datetime);
        day.datetime = Some(DatetimeFormat("%d/%m/%Y".into()));
        let mut flag = Field::new("flag", DType::Bool, Kind::Boolean);
        flag.words = Some(BoolWords { yes: "Yes".into(), no: "No".into() });
        let id = Field::new("id", DType::Int64, Kind::Identifier).with_role(Role::Id);
        vec![number, day, flag, id, Field::new("code", DType::Int64, Kind::Category)]
    }

    fn raw() -> Table {
        table(vec![
            text("code", &["1", "2.0", "2.5", "9", ""]),
            text("extra", &["a"; 5]),
            text("n", &["3.5", "?", "much", "-999.0", ""]),
            text("day", &["02/01/1970", "1970-01-02", "2/1/1970", "31/02/1970", "1970-13-02"]),
            text("flag", &["Yes", "No", "no", "Yes", ""]),
            text("id", &["A1", "2", "3", "4", "5"]),
        ])
    }

    #[test]
    fn columns_go_by_name_and_rows_are_refused_alone() {
        let c = conform(&Cx::new(0, 2), &raw(), &fields()).expect("all columns are there");
        assert_eq!(c.extra, ["extra"]);
        assert_eq!(c.table.schema().names(), ["n", "day", "flag", "id", "code"]);
        let n = c.table.column("n").expect("there");
        assert_eq!(n.field().dtype, DType::Float64);
        assert_eq!((n.cell(0), n.cell(1), n.cell(3)), (Cell::Float(3.5), Cell::Missing, Cell::Missing));
        assert_eq!(c.table.column("id").expect("there").cell(0), Cell::Text("A1".into()));
        assert_eq!(c.table.column("code").expect("there").cell(1), Cell::Int(2));
        let refused: Vec<(u32, Option<&str>)> =
            c.refused.iter().map(|(row, f)| (*row, f.place.column.as_deref())).collect();
        assert_eq!(refused, [(2, Some("n")), (3, Some("day")), (4, Some("day"))]);
        assert_eq!(c.refused[0].1.place.row, Some(3));
        assert!(c.refused[0].1.message.contains("`much`"), "{}", c.refused[0].1.message);
    }

    #[test]
    fn instants_are_not_taken_for_local_times() {
        let mut local = Field::new("t", DType::Datetime, Kind::Datetime);
        local.datetime = Some(DatetimeFormat("%d/%m/%Y %H:%M".into()));
        let mut zoned = local.clone();
        zoned.datetime = Some(DatetimeFormat("%Y-%m-%dT%H:%M:%S%.f%z".into()));
        let mut builder = ColumnBuilder::new(&zoned);
        for cell in [Cell::Datetime(0), Cell::Missing] {
            builder.push(cell).expect("fits");
        }
        let raw = table(vec![builder.finish()]);
        let cx = Cx::new(0, 1);
        let refused = |field: &Field| conform(&cx, &raw, std::slice::from_ref(field)).expect("conforms").refused.len();
        assert_eq!((refused(&local), refused(&zoned)), (1, 0));
    }

    #[test]
    fn a_row_alone_gives_what_it_gives_among_others() {
        let cx = Cx::new(0, 1);
        let whole = conform(&cx, &raw(), &fields()).expect("conforms");
        for row in 0..5 {
            let one = conform(&cx, &raw().slice(row, 1), &fields()).expect("conforms");
            let was_refused = whole.refused.iter().any(|(r, _)| *r as usize == row);
            assert_eq!(one.refused.len(), usize::from(was_refused), "row {row}");
            for (a, b) in one.table.columns().iter().zip(whole.table.columns()) {
                assert_eq!(a.cell(0), b.cell(row), "row {row}, {}", a.field().name);
            }
        }
    }

    #[test]
    fn typed_sources_conform_where_nothing_is_lost() {
        let t = table(vec![
            floats("n", [3.0, -999.0, f64::NAN, f64::INFINITY]),
            ints("code", [1, 2, 3, 4]),
            text("flag", &["Yes"; 4]),
            text("day", &[""; 4]),
            ints("id", [1, 2, 3, 4]),
        ]);
        let c = conform(&Cx::new(0, 1), &t, &fields()).expect("conforms");
        let n = c.table.column("n").expect("there");
        assert_eq!((n.cell(0), n.cell(1), n.cell(2)), (Cell::Float(3.0), Cell::Missing, Cell::Missing));
        assert_eq!(c.refused.iter().map(|r| r.0).collect::<Vec<_>>(), [3]);
        let e = conform(&Cx::new(0, 1), &t, &[Field::new("cod", DType::Text, Kind::Category)]).expect_err("absent");
        assert!(e.to_string().contains("the nearest name is `code`"), "{e}");
    }
}
