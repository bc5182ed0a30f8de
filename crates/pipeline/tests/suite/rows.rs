//! A row's numbers depend on that row alone: the same bits by itself, in any batch, in any order, with the columns in
//! another order, with others beside them, after a bundle was written and read.

use almanac_pipeline::{Bundle, read_bundle, write_bundle};
use base::Cx;
use contract::Predictions;
use table::Table;

use super::tables::{N_ROWS, bundles, table};

fn bits(p: &Predictions) -> Vec<u64> {
    p.values.iter().map(|v| v.to_bits()).collect()
}

fn predict(bundle: &Bundle, table: &Table, threads: usize) -> Predictions {
    bundle.fitted.predict(&Cx::new(9, threads), table).expect("predicts")
}

#[test]
fn a_row_scores_the_same_everywhere() {
    let table = table();
    for (name, bundle) in bundles(&table) {
        let whole = predict(&bundle, &table, 1);
        let expected = bits(&whole);
        assert_eq!(bits(&predict(&bundle, &table, 3)), expected, "{name}: threads");
        for row in (0..N_ROWS).step_by(37) {
            let alone = predict(&bundle, &table.slice(row, 1), 1);
            assert_eq!(alone.row(0), whole.row(row), "{name}: row {row} alone");
        }
        let order: Vec<u32> = (0..N_ROWS as u32).rev().collect();
        let turned = predict(&bundle, &table.take(&order), 2);
        assert!((0..N_ROWS).all(|r| turned.row(N_ROWS - 1 - r) == whole.row(r)), "{name}: order of rows");
        let columns = Table::new(table.columns().iter().rev().cloned().collect()).expect("a table");
        assert_eq!(bits(&predict(&bundle, &columns, 1)), expected, "{name}: order of columns");
        let read = read_bundle(write_bundle(&bundle).expect("writes")).expect("reads");
        assert_eq!(bits(&predict(&read, &table, 1)), expected, "{name}: read back");
    }
}

#[test]
fn columns_go_by_name() {
    let table = table();
    for (name, bundle) in bundles(&table) {
        let without = table.select(|f| f.name != "city").expect("a table");
        let e = bundle.fitted.predict(&Cx::new(0, 1), &without).expect_err("a column is missing");
        assert!(e.to_string().contains("`city`"), "{name}: {e}");
    }
}
