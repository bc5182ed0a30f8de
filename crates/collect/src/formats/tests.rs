//! Tests over several files of this module: every form written and read again, files that lie about themselves,
//! hostile bytes.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt64Array,
};
use arrow_schema::{DataType, Field as ArrowField, Schema as ArrowSchema};
use base::{Code, Cx, Fault};
use table::{Cell, Column, DType, Field, Kind, Table};

use super::write::write_table;
use crate::{CollectError, ReadOptions, ReadResult, read};

fn cx() -> Cx {
    Cx::new(0, 2)
}

fn column(name: &str, dtype: DType, array: ArrayRef) -> Column {
    Column::new(Field::new(name, dtype, super::rows::provisional_kind(dtype)), vec![array]).expect("it fits")
}

/// Every type with missing cells and values at its edges.
fn sample() -> Table {
    let floats = vec![Some(0.1), None, Some(-0.0), Some(1e300), Some(5e-324), Some(3.0)];
    let ints = vec![Some(i64::MIN), None, Some(0), Some(i64::MAX), Some((1 << 53) + 1), Some(-7)];
    let texts = vec![Some("a,\"b\"\nc"), None, Some(" x "), Some("Ærøskøbing"), Some("-"), Some("tab\there")];
    let levels: DictionaryArray<arrow_array::types::Int32Type> =
        vec![Some("red"), Some("blue"), None, Some("red"), Some("blue"), Some("red")].into_iter().collect();
    Table::new(vec![
        column("i", DType::Int64, Arc::new(Int64Array::from(ints))),
        column("f", DType::Float64, Arc::new(Float64Array::from(floats))),
        column("t, quoted", DType::Text, Arc::new(StringArray::from(texts))),
        column("level", DType::Text, Arc::new(levels)),
        column(
            "b",
            DType::Bool,
            Arc::new(BooleanArray::from(vec![Some(true), None, Some(false), Some(true), Some(true), None])),
        ),
        column(
            "d",
            DType::Date,
            Arc::new(Date32Array::from(vec![Some(0), None, Some(-719_162), Some(20_000), Some(1), Some(2)])),
        ),
        column(
            "when",
            DType::Datetime,
            Arc::new(TimestampMicrosecondArray::from(vec![
                Some(0),
                None,
                Some(-1),
                Some(1_700_000_000_123_456),
                Some(60_000_000),
                Some(1_000),
            ])),
        ),
    ])
    .expect("a table")
}

fn cells(table: &Table) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for column in table.columns() {
        let mut cells = vec![format!("{}:{}", column.field().name, column.field().dtype)];
        column.for_each_cell(|_, cell| {
            cells.push(match cell {
                // Minus zero and zero are different values.
                Cell::Float(x) => format!("{x:?}"),
                other => format!("{other:?}"),
            });
        });
        out.push(cells);
    }
    out
}

fn read_path(path: &Path) -> Result<ReadResult, CollectError> {
    read(&cx(), &[path.display().to_string()], &ReadOptions::default())
}

fn write_file(folder: &tempfile::TempDir, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("a file");
    path
}

fn read_bytes(name: &str, bytes: impl AsRef<[u8]>) -> Result<ReadResult, CollectError> {
    let folder = tempfile::tempdir().expect("a folder");
    read_path(&write_file(&folder, name, bytes))
}

#[test]
fn every_form_goes_round() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = sample();
    for ending in [
        "csv", "tsv", "csv.gz", "tsv.zst", "jsonl", "json", "jsonl.gz", "json.zst", "parquet", "arrow", "arrows",
        "feather",
    ] {
        let path = folder.path().join(format!("t.{ending}"));
        write_table(&cx(), &table, &path).expect(ending);
        let back = read_path(&path).unwrap_or_else(|e| panic!("{ending}: {e}"));
        assert_eq!(cells(&back.table), cells(&table), "{ending}");
    }
}

#[test]
fn empty_tables_keep_their_columns() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = sample().slice(0, 0);
    for ending in ["csv", "parquet", "arrow", "arrows"] {
        let path = folder.path().join(format!("t.{ending}"));
        write_table(&cx(), &table, &path).expect(ending);
        let back = read_path(&path).unwrap_or_else(|e| panic!("{ending}: {e}"));
        assert_eq!(back.table.schema().names(), table.schema().names(), "{ending}");
        assert_eq!(back.table.n_rows(), 0);
    }
}

#[test]
fn an_unknown_ending_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["t.xlsx", "t", "t.parquet.gz"] {
        let e = write_table(&cx(), &sample(), &folder.path().join(name)).expect_err(name);
        assert_eq!(e.code(), Code(853));
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_file_is_read_as_what_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = sample();
    for ending in ["parquet", "arrow", "arrows", "json", "jsonl"] {
        let path = folder.path().join(format!("t.{ending}"));
        write_table(&cx(), &table, &path).expect(ending);
        let lie = folder.path().join(format!("{ending}.csv"));
        fs::rename(&path, &lie).expect("renamed");
        let back = read_path(&lie).unwrap_or_else(|e| panic!("{ending}: {e}"));
        assert_eq!(cells(&back.table), cells(&table));
        assert_eq!(back.findings.counts()[&Code(855)], 1, "{ending}");
    }
    let gz = folder.path().join("t.csv.gz");
    write_table(&cx(), &table, &gz).expect("gzip");
    fs::rename(&gz, folder.path().join("plain.csv")).expect("renamed");
    let back = read_path(&folder.path().join("plain.csv")).expect("it reads");
    assert_eq!((back.findings.counts()[&Code(855)], cells(&back.table)), (1, cells(&table)));
    let e = read_bytes("book.csv", b"PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml").expect_err("a workbook");
    assert_eq!((e.code(), e.to_string().contains("an Excel workbook")), (Code(841), true));
    assert!(e.hint().is_some_and(|h| h.contains("CSV")));
}

#[test]
fn globs_are_sorted_and_misses_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, row) in [("b.csv", "3,4"), ("a.csv", "1,2"), ("c.csv", "5,6.5")] {
        write_file(&folder, name, format!("x,y\n{row}\n"));
    }
    let pattern = |p: &str| folder.path().join(p).display().to_string();
    let back = read(&cx(), &[pattern("*.csv")], &ReadOptions::default()).expect("it reads");
    assert_eq!(
        cells(&back.table),
        [vec!["x:int64", "Int(1)", "Int(3)", "Int(5)"], vec!["y:float64", "2.0", "4.0", "6.5"]]
    );
    assert_eq!(back.sources.len(), 3);
    // Named twice, read once.
    let twice = read(&cx(), &[pattern("a.csv"), pattern("?.csv")], &ReadOptions::default()).expect("it reads");
    assert_eq!(twice.table.n_rows(), 3);
    for missing in ["*.parquet", "no.csv"] {
        let e = read(&cx(), &[pattern(missing)], &ReadOptions::default()).expect_err(missing);
        assert!(e.to_string().contains(missing) && e.family() == base::Family::Yours, "{e}");
    }
    write_file(&folder, "d.json", "{\"x\":1}");
    let e = read(&cx(), &[pattern("*")], &ReadOptions::default()).expect_err("mixed forms");
    assert_eq!(e.code(), Code(852));
}

#[test]
fn parquet_files_join_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, columns: Vec<Column>| {
        write_table(&cx(), &Table::new(columns).expect("a table"), &folder.path().join(name)).expect("written");
    };
    let ints = |name: &str, v: i64| column(name, DType::Int64, Arc::new(Int64Array::from(vec![v])));
    let floats = |name: &str, v: f64| column(name, DType::Float64, Arc::new(Float64Array::from(vec![v])));
    write("1.parquet", vec![ints("a", 1), ints("b", 2)]);
    write("2.parquet", vec![floats("b", 2.5), ints("a", 3)]);
    let pattern = folder.path().join("[12].parquet").display().to_string();
    let back = read(&cx(), &[pattern], &ReadOptions::default()).expect("it reads");
    assert_eq!(cells(&back.table), [vec!["a:int64", "Int(1)", "Int(3)"], vec!["b:float64", "2.0", "2.5"]]);
    write("3.parquet", vec![ints("a", 1)]);
    let e = read(&cx(), &[folder.path().join("*.parquet").display().to_string()], &ReadOptions::default());
    let e = e.expect_err("a column lacks");
    assert!(e.code() == Code(852) && e.to_string().contains("`b`"), "{e}");
}

fn arrow_file(folder: &tempfile::TempDir, name: &str, columns: Vec<(&str, ArrayRef)>) -> PathBuf {
    let fields: Vec<ArrowField> =
        columns.iter().map(|(n, a)| ArrowField::new(*n, a.data_type().clone(), true)).collect();
    let schema = Arc::new(ArrowSchema::new(fields));
    let batch = RecordBatch::try_new(schema.clone(), columns.into_iter().map(|c| c.1).collect()).expect("a batch");
    let path = folder.path().join(name);
    let file = fs::File::create(&path).expect("a file");
    if name.ends_with(".parquet") {
        let mut writer = parquet::arrow::ArrowWriter::try_new(file, schema, None).expect("a writer");
        writer.write(&batch).expect("written");
        writer.close().expect("closed");
    } else {
        let mut writer = arrow_ipc::writer::FileWriter::try_new(file, &schema).expect("a writer");
        writer.write(&batch).expect("written");
        writer.finish().expect("closed");
    }
    path
}

#[test]
fn foreign_types_map_or_are_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["parquet", "arrow"] {
        let big: ArrayRef = Arc::new(UInt64Array::from(vec![Some(u64::MAX), None]));
        let nan: ArrayRef = Arc::new(Float64Array::from(vec![f64::NAN, 1.0]));
        let twice: ArrayRef = Arc::new(StringArray::from(vec!["", "x"]));
        let path = arrow_file(&folder, &format!("a.{ending}"), vec![("u", big), ("n", nan), ("s", twice)]);
        let back = read_path(&path).expect("it reads");
        let u = back.table.column("u").expect("there");
        assert_eq!(u.cell(0), Cell::Text("18446744073709551615".into()), "{ending}");
        assert_eq!(back.table.column("n").expect("there").cell(0), Cell::Missing);
        assert_eq!(back.table.column("s").expect("there").cell(0), Cell::Missing);
        assert_eq!((back.findings.counts()[&Code(857)], back.findings.counts()[&Code(859)]), (2, 1));

        let inf: ArrayRef = Arc::new(Float64Array::from(vec![1.0, f64::NEG_INFINITY]));
        let e = read_path(&arrow_file(&folder, &format!("b.{ending}"), vec![("x", inf)])).expect_err("infinite");
        assert_eq!((e.code(), e.place().row, e.place().column.as_deref()), (Code(848), Some(2), Some("x")));

        let bytes: ArrayRef = Arc::new(arrow_array::BinaryArray::from_vec(vec![b"a"]));
        let e = read_path(&arrow_file(&folder, &format!("c.{ending}"), vec![("raw", bytes)])).expect_err("bytes");
        assert!(e.code() == Code(850) && e.to_string().contains("`raw`") && e.hint().is_some(), "{e}");
    }
}

#[test]
fn a_damaged_file_is_an_error_or_values_and_never_a_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    let table = sample();
    for ending in ["parquet", "arrow", "arrows"] {
        let path = folder.path().join(format!("t.{ending}"));
        write_table(&cx(), &table, &path).expect(ending);
        let whole = fs::read(&path).expect("bytes");
        let victim = folder.path().join(format!("damaged.{ending}"));
        let step = (whole.len() / 250).max(1);
        for n in (0..whole.len()).step_by(step) {
            fs::write(&victim, &whole[..n]).expect("a file");
            if n > 8 && ending != "arrows" {
                assert!(read_path(&victim).is_err(), "{ending} cut at {n} of {}", whole.len());
            } else {
                let _either = read_path(&victim);
            }
        }
        for at in (0..whole.len()).step_by(step) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&victim, &flipped).expect("a file");
            let _either = read_path(&victim);
        }
    }
}

/// A JSON text that is read, as names, types and cells.
fn check_json(text: &str, expected: &[&[&str]]) {
    let back = read_bytes("t.json", text).unwrap_or_else(|e| panic!("{text}: {e}"));
    assert_eq!(cells(&back.table), expected, "{text}");
}

fn check_refused(text: impl AsRef<[u8]>, code: u16, line: u64, part: &str) {
    let shown = String::from_utf8_lossy(&text.as_ref()[..text.as_ref().len().min(60)]).into_owned();
    let e = match read_bytes("t.jsonl", text) {
        Ok(back) => panic!("{shown} was read as {:?}", cells(&back.table)),
        Err(e) => e,
    };
    assert_eq!((e.code(), e.place().line), (Code(code), Some(line)), "{shown}: {e}");
    assert!(e.to_string().contains(part), "{shown}: {e}");
}

#[test]
fn json_keeps_digits_and_spelling() {
    check_json(
        "[{\"n\":9007199254740993,\"x\":0.5},\n{\"n\":null,\"x\":2}]",
        &[&["n:int64", "Int(9007199254740993)", "Missing"], &["x:float64", "0.5", "2.0"]],
    );
    check_json(
        "{\"id\":12345678901234567890123}\n{\"id\":1}",
        &[&["id:text", "Text(\"12345678901234567890123\")", "Text(\"1\")"]],
    );
    check_json(
        "{\"m\":1.50}\n{\"m\":\"x\"}\n{\"m\":true}",
        &[&["m:text", "Text(\"1.50\")", "Text(\"x\")", "Text(\"true\")"]],
    );
    check_json("{\"n\":9007199254740993}\n{\"n\":0.5}", &[&["n:text", "Text(\"9007199254740993\")", "Text(\"0.5\")"]]);
    check_json("{\"b\":true}\n{}\n{\"b\":false}", &[&["b:bool", "Bool(true)", "Missing", "Bool(false)"]]);
    check_json("[{\"a\": -0}]", &[&["a:float64", "-0.0"]]);
}

#[test]
fn json_is_flattened_and_arrays_are_text() {
    check_json(
        "{\"a\":{\"b\":1,\"c\":{\"d\":\"x\"}},\"e\":[1, {\"k\": \"v w\"}],\"f\":{}}\n{\"z\":1,\"a\":{\"b\":2}}",
        &[
            &["a.b:int64", "Int(1)", "Int(2)"],
            &["a.c.d:text", "Text(\"x\")", "Missing"],
            &["e:text", "Text(\"[1,{\\\"k\\\":\\\"v w\\\"}]\")", "Missing"],
            &["f:text", "Text(\"{}\")", "Missing"],
            &["z:int64", "Missing", "Int(1)"],
        ],
    );
    check_json("\u{feff}[ {\"a\\u00e9\\ud83d\\ude00\":\"\\n\\\"\"} ]", &[&["aé😀:text", "Text(\"\\n\\\"\")"]]);
    check_json("{\n \"a\" : 1\n}\n{\n \"a\" : 2\n}", &[&["a:int64", "Int(1)", "Int(2)"]]);
    check_json("[]", &[]);
}

#[test]
fn hostile_json_is_refused_with_its_line() {
    check_refused("{\"a\":1}\n{\"a\":1,\"a\":2}", 845, 2, "`a`");
    check_refused("{\"a\":{\"b\":1,\"b\":2}}", 845, 1, "`a.b`");
    check_refused("{\"a\":{\"b\":1},\"a\":{\"c\":2}}", 845, 1, "`a`");
    check_refused("{\"a\":1,\"a\":{\"c\":2}}", 845, 1, "`a`");
    check_refused("{\"a\":{\"c\":2},\"a\":1}", 845, 1, "`a`");
    check_refused("{\"a\":1}\n{\"a\":1e400}", 848, 2, "1e400");
    check_refused("{\"a\":-Infinity}", 848, 1, "-Infinity");
    check_refused(format!("{{\"a\":1}}\n{{\"a\":{}", "[".repeat(100_000)), 846, 2, "nested");
    check_refused(format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000)), 846, 1, "nested");
    check_refused("{\"a\":1}\n[1,2]\n", 847, 2, "an array");
    check_refused("{\"a\":1}\n5\n", 847, 2, "a number");
    check_refused("{\"a\":1}\n{\"a\":", 844, 2, "ends within");
    check_refused("{\"a\":\"x\n\"}", 844, 1, "not closed");
    check_refused("{\"a\":01}", 844, 1, "zero");
    check_refused("{\"a\":1.}", 844, 1, "digit");
    check_refused("{\"a\":tru}", 844, 1, "a value");
    check_refused("{\"a\":1,}", 844, 1, "key");
    check_refused("{\"a\" 1}", 844, 1, "colon");
    check_refused("{\"a\":1]", 844, 1, "comma");
    check_refused("{\"a\":\"\\x\"}", 844, 1, "escape");
    check_refused("{\"a\":\"\\ud800\"}", 844, 1, "escape");
    check_refused(b"{\"a\":1}\n{\"a\":\"\xff\"}".as_slice(), 844, 2, "0xff");
    check_refused("[{\"a\":1} {\"a\":2}]", 844, 1, "comma");
    check_refused("[{\"a\":1},\n]", 844, 2, "an object");
    check_refused("[{\"a\":1}", 844, 1, "ends before");
    check_refused("[{\"a\":1}]\nx", 844, 2, "nothing");
}

#[test]
fn json_does_not_depend_on_threads_or_blocks() {
    let mut text = String::new();
    for i in 0..60_000 {
        let late = if i == 59_999 { ",\"late\":\"x\"" } else { "" };
        text.push_str(&format!("{{\"i\":{i},\"t\":\"{}\"{late}}}\n", "pad ".repeat(i % 40)));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = write_file(&folder, "t.jsonl", &text).display().to_string();
    let with = |threads| {
        let back = read(&Cx::new(0, threads), std::slice::from_ref(&path), &ReadOptions::default()).expect("it reads");
        cells(&back.table)
    };
    let one = with(1);
    assert_eq!(one.len(), 3);
    assert_eq!(one[2][60_000], "Text(\"x\")");
    assert!(one == with(8));
}

#[test]
fn memory_is_refused_before_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.parquet");
    let array: ArrayRef = Arc::new(Int64Array::from((0..100_000).collect::<Vec<i64>>()));
    let table = Table::new(vec![column("x", DType::Int64, array)]).expect("a table");
    write_table(&cx(), &table, &path).expect("written");
    let options = ReadOptions { memory_limit: Some(500_000), ..ReadOptions::default() };
    let e = read(&cx(), &[path.display().to_string()], &options).expect_err("too much");
    assert_eq!(e.code(), Code(851));
    let options = ReadOptions { memory_limit: Some(50_000_000), ..ReadOptions::default() };
    assert!(read(&cx(), &[path.display().to_string()], &options).is_ok());
}

#[test]
fn parquet_text_is_a_dictionary_where_the_file_has_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("t.parquet");
    let levels: ArrayRef = Arc::new((0..5_000).map(|i| Some(["red", "blue"][i % 2])).collect::<StringArray>());
    let names: ArrayRef = Arc::new((0..5_000).map(|i| Some(format!("{i:064}"))).collect::<StringArray>());
    let table =
        Table::new(vec![column("level", DType::Text, levels), column("name", DType::Text, names)]).expect("a table");
    write_table(&cx(), &table, &path).expect("written");
    let back = read_path(&path).expect("it reads");
    let is_dictionary = |name: &str| {
        let column = back.table.column(name).expect("there");
        matches!(column.chunks()[0].data_type(), DataType::Dictionary(_, _))
    };
    assert!(is_dictionary("level"));
    assert_eq!(cells(&back.table), cells(&table));
    assert_eq!(back.table.column("level").expect("there").field().kind, Kind::Category);
}
