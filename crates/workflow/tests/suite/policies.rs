//! What scoring does with a column that is missing, extra or of another type, a level that was never seen, a cell that
//! does not fit; by name, never by position.

use std::path::PathBuf;

use base::Fault;

use super::files::{ask, mixed, scored, trained};

/// A model for `binary` that carries `id` through, and the lines of a table to score.
fn model() -> (tempfile::TempDir, PathBuf, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("d.csv"), folder.path().join("m.almanac"));
    std::fs::write(&data, mixed(500, "policies")).expect("writes");
    let mut ask = ask(&data, "binary", &out);
    ask.drop = vec!["multiclass".into(), "regression".into()];
    ask.wish.no_tune = true;
    let (report, _) = trained(&ask, 2);
    assert!(report.left_out.iter().any(|l| l.column == "id"), "{:?}", report.left_out);
    (folder, out, mixed(40, "to score").lines().map(str::to_owned).collect())
}

fn joined(lines: &[String]) -> String {
    lines.iter().map(|l| format!("{l}\n")).collect()
}

fn cell(line: &str, at: usize) -> &str {
    line.split(',').nth(at).expect("a cell")
}

#[test]
fn the_output_has_the_pinned_columns() {
    let (_folder, model, lines) = model();
    let (text, report) = scored(&model, &joined(&lines)).expect("scores");
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows[0], "id,prediction,probability_no,probability_yes");
    assert_eq!((rows.len(), report.n_rows), (lines.len(), 40));
    assert_eq!((report.n_refused, report.unknown_levels.len()), (0, 0));
    assert_eq!(report.extra_columns, ["multiclass", "regression"]);
    for (row, line) in rows.iter().zip(&lines).skip(1) {
        assert_eq!(cell(row, 0), cell(line, 0), "rows keep their order");
        let (no, yes): (f64, f64) = (cell(row, 2).parse().expect("p"), cell(row, 3).parse().expect("p"));
        assert!((no + yes - 1.0).abs() < 1e-12);
        assert_eq!(cell(row, 1), if yes >= 0.5 { "yes" } else { "no" });
    }
}

#[test]
fn columns_may_stand_in_any_order_and_rows_in_any_batch() {
    let (_folder, model, lines) = model();
    let (whole, _) = scored(&model, &joined(&lines)).expect("scores");
    let turn = |line: &String| -> String {
        // The prose, quoted, holds a comma or none; it is taken out first.
        let (before, rest) = line.split_once(",\"").unwrap_or((line.as_str(), ""));
        match rest.split_once("\",") {
            Some((prose, after)) => format!("{after},\"{prose}\",{before}"),
            None => {
                let cells: Vec<&str> = line.split(',').collect();
                [&cells[7..], &cells[6..7], &cells[..6]].concat().join(",")
            }
        }
    };
    let turned: Vec<String> = lines.iter().map(turn).collect();
    assert!(turned[0].starts_with("binary,multiclass,regression,prose,id"), "{}", turned[0]);
    assert_eq!(scored(&model, &joined(&turned)).expect("scores").0, whole);
    for row in [1, 17, 40] {
        let one = scored(&model, &joined(&[lines[0].clone(), lines[row].clone()])).expect("scores").0;
        assert_eq!(one.lines().nth(1), whole.lines().nth(row), "row {row} alone");
    }
}

#[test]
fn a_missing_column_is_an_error_by_name() {
    let (_folder, model, lines) = model();
    let renamed = joined(&lines).replacen("city", "town", 1);
    let e = scored(&model, &renamed).expect_err("a column is missing");
    assert!(e.to_string().contains("`city`"), "{e}");
    assert_eq!(e.family(), base::Family::Yours);
}

#[test]
fn a_level_that_was_never_seen_is_scored_and_counted() {
    let (_folder, model, lines) = model();
    let text = joined(&lines).replace(",hull,", ",atlantis,");
    let n = text.matches("atlantis").count() as u64;
    let (out, report) = scored(&model, &text).expect("scores");
    assert_eq!(report.unknown_levels, [("city".to_owned(), n)].into());
    assert!(out.lines().skip(1).all(|l| !cell(l, 1).is_empty()));
}

#[test]
fn a_cell_that_does_not_fit_refuses_its_row_alone() {
    let (_folder, model, mut lines) = model();
    let (whole, _) = scored(&model, &joined(&lines)).expect("scores");
    let n = cell(&lines[7], 2).to_owned();
    lines[7] = lines[7].replacen(&format!(",{n},"), ",many,", 1);
    let (out, report) = scored(&model, &joined(&lines)).expect("scores");
    assert_eq!(report.n_refused, 1);
    assert!(out.starts_with("id,prediction,probability_no,probability_yes,finding\n"));
    for (row, (before, after)) in whole.lines().zip(out.lines()).enumerate().skip(1) {
        if row == 7 {
            assert!(after.contains(",,,") && after.contains("`many`"), "{after}");
        } else {
            assert_eq!(after, format!("{before},"));
        }
    }
}

#[test]
fn ids_that_clash_with_the_output_are_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("d.csv"), folder.path().join("m.almanac"));
    let text = mixed(200, "clash").replacen("id,x", "prediction,x", 1);
    std::fs::write(&data, &text).expect("writes");
    let mut ask = ask(&data, "binary", &out);
    ask.ids = vec!["prediction".into()];
    ask.wish.no_tune = true;
    let e = almanac_workflow::train::train(&base::Cx::new(0, 1), &ask).expect_err("two columns of one name");
    assert!(e.to_string().contains("`prediction`"), "{e}");
}

#[test]
fn every_row_has_an_answer_even_one_without_a_cell() {
    let (_folder, model, mut lines) = model();
    lines.push(",".repeat(9));
    lines.push(",".repeat(9));
    let (out, report) = scored(&model, &joined(&lines)).expect("scores");
    assert_eq!((out.lines().count(), report.n_rows), (lines.len(), 42));
}

#[test]
fn dates_may_come_in_iso_8601_whatever_the_training_rows_had() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("d.csv"), folder.path().join("m.almanac"));
    let iso = mixed(300, "dates");
    let national: String = iso
        .lines()
        .map(|line| {
            let turned = line.split(',').map(|cell| match cell.split('-').collect::<Vec<_>>().as_slice() {
                ["2026", month, day] => format!("{day}/{month}/2026"),
                _ => cell.to_owned(),
            });
            turned.collect::<Vec<_>>().join(",") + "\n"
        })
        .collect();
    std::fs::write(&data, &national).expect("writes");
    let mut ask = ask(&data, "regression", &out);
    ask.wish.no_tune = true;
    let (report, _) = trained(&ask, 2);
    assert!(report.columns.iter().any(|c| c.name == "day" && c.dtype == "date"));
    let (one, two) = (scored(&out, &national).expect("scores"), scored(&out, &iso).expect("scores"));
    assert_eq!((one.1.n_refused, two.1.n_refused), (0, 0));
    assert_eq!(one.0, two.0);
}

#[test]
fn labels_come_back_as_they_were_spelt() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("d.csv"), folder.path().join("m.almanac"));
    let text = mixed(300, "labels").replace(",yes,", ",1.0,").replace(",no,", ",0.0,");
    std::fs::write(&data, &text).expect("writes");
    let mut ask = ask(&data, "binary", &out);
    ask.wish.no_tune = true;
    trained(&ask, 2);
    let (out, _) = scored(&out, &text).expect("scores");
    assert!(out.starts_with("id,prediction,probability_0.0,probability_1.0\n"), "{}", &out[..60]);
    assert!(out.lines().skip(1).all(|l| ["0.0", "1.0"].contains(&cell(l, 1))));
}

#[test]
fn an_infinite_number_in_a_typed_source_refuses_its_row_alone() {
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array};
    use table::{Column, DType, Field, Kind, Table};

    let folder = tempfile::tempdir().expect("a folder");
    let f = |name: &str| folder.path().join(name);
    let text: String = (0..200).map(|i| format!("{},{}\n", i % 17, if i % 17 > 8 { "y" } else { "n" })).collect();
    std::fs::write(f("d.csv"), format!("x,t\n{text}")).expect("writes");
    let mut ask = ask(&f("d.csv"), "t", &f("m.almanac"));
    ask.wish.no_tune = true;
    trained(&ask, 1);
    let x: ArrayRef = Arc::new(Float64Array::from(vec![1.0, f64::INFINITY, 12.0]));
    let x = Column::new(Field::new("x", DType::Float64, Kind::Number), vec![x]).expect("fits");
    let cx = base::Cx::new(0, 1);
    let table = Table::new(vec![x]).expect("a table");
    collect::formats::write::write_table(&cx, &table, &f("new.parquet")).expect("writes");
    let data = [f("new.parquet").display().to_string()];
    let options = almanac_workflow::ReadOptions::default();
    let (report, _) =
        almanac_workflow::predict::predict(&cx, &f("m.almanac"), &data, &f("s.csv"), &options).expect("scores");
    assert_eq!((report.n_rows, report.n_refused), (3, 1));
}
