//! No result depends on how the bytes are cut into blocks, on threads, or on whether rows are kept or streamed.

use almanac_collect::BadRows;
use almanac_collect::CollectError;
use base::{Cx, Fault};
use csv::{Bytes, CsvOptions, Source, for_each_batch, read, survey};
use proptest::prelude::*;
use table::{Cell, Column};

/// Everything that was read, as text.
fn told(sources: &[&dyn Source], options: &CsvOptions, threads: usize) -> String {
    match read(&Cx::new(0, threads), sources, options) {
        Err(e) => told_error(&e.into()),
        Ok(read) => {
            let mut out = String::new();
            for column in &read.columns {
                out += &format!("{:?}\n{}", column.field(), cells(column));
            }
            let lines: Vec<_> = (0..read.n_rows).map(|r| read.line_of(r)).collect();
            out += &format!("{lines:?}\n{:?}\n{:?}\n{:?}\n", read.findings, read.quarantine, read.layouts);
            out
        }
    }
}

fn told_error(e: &CollectError) -> String {
    format!("{} {:?} {e}", e.code(), e.place())
}

fn cells(column: &Column) -> String {
    let mut out = String::new();
    column.for_each_cell(|_, cell| match cell {
        Cell::Float(x) => out += &format!("{:x}\n", x.to_bits()),
        other => out += &format!("{other:?}\n"),
    });
    out
}

/// The same, surveyed first and then read in batches.
fn streamed(sources: &[&dyn Source], options: &CsvOptions, threads: usize) -> String {
    let cx = Cx::new(0, threads);
    let plan = match survey(&cx, sources, options) {
        Ok(plan) => plan,
        Err(e) => return told_error(&e.into()),
    };
    let mut chunks = vec![Vec::new(); plan.fields.len()];
    let mut bad = Vec::new();
    let done = for_each_batch(&cx, sources, &plan, &mut |batch| {
        chunks.iter_mut().zip(batch.arrays).for_each(|(c, a)| c.push(a));
        bad.extend(batch.bad_rows);
        Ok(())
    });
    if let Err(e) = done {
        return told_error(&e.into());
    }
    let mut out = String::new();
    for (field, chunks) in plan.fields.iter().zip(chunks) {
        let column = Column::new(field.clone(), chunks).expect("batches have the types of the plan");
        assert_eq!(column.n_rows(), plan.n_rows);
        out += &format!("{field:?}\n{}", cells(&column));
    }
    out + &format!("{:?}\n{bad:?}\n{:?}\n", plan.findings, plan.layouts)
}

/// `told` without the lines, which a stream does not keep.
fn without_lines(told: &str) -> String {
    told.lines()
        .filter(|l| !l.starts_with("[Some((") && *l != "[]" || l.starts_with("[BadRow"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn check(bytes: &[u8], block_sizes: &[usize], compares_errors: bool) {
    let source = Bytes::new("a.csv", bytes.to_vec());
    for bad_rows in [BadRows::Refuse, BadRows::Quarantine] {
        for all_text in [false, true] {
            let options = |block_bytes: usize| CsvOptions { bad_rows, all_text, block_bytes, ..CsvOptions::default() };
            let whole = told(&[&source], &options(1 << 22), 1);
            let is_error = whole.starts_with("AL");
            for (i, &block_bytes) in block_sizes.iter().enumerate() {
                let cut = told(&[&source], &options(block_bytes), [1, 2, 3, 8][i % 4]);
                if is_error && !compares_errors {
                    assert!(cut.starts_with("AL"), "blocks of {block_bytes}: {cut}");
                } else {
                    assert_eq!(
                        cut,
                        whole,
                        "blocks of {block_bytes}, {bad_rows:?}, text {all_text}: {}",
                        bytes.escape_ascii()
                    );
                }
                let batches = streamed(&[&source], &options(block_bytes), [8, 3, 2, 1][i % 4]);
                if !is_error {
                    assert_eq!(without_lines(&batches), without_lines(&whole), "{}", bytes.escape_ascii());
                }
            }
        }
    }
}

#[test]
fn the_corpus_is_read_alike_in_blocks_of_any_size() {
    for case in crate::reading::all() {
        for (name, bytes) in &case.inputs {
            if bytes.len() < 5_000 && !name.contains("json") {
                check(bytes, &[1, 2, 3, 7, 16, 64], true);
            }
        }
    }
}

#[test]
fn a_late_conflict_is_the_same_in_small_blocks() {
    let mut text = String::from("id,x,y,z\n");
    for i in 0..60_000 {
        text += &format!("{i},{},{},2024-01-{:02}\n", i % 7, i * 3, i % 28 + 1);
    }
    text += "60000,0.5,word,2024-02-30\n";
    check(text.as_bytes(), &[1 << 12, 1 << 16, 100_003], true);
}

/// Rows made of what files are made of.
fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "-?[0-9]{1,4}",
        2 => "-?[0-9]{1,3}\\.[0-9]{1,3}",
        2 => Just(String::new()),
        1 => Just("true".to_owned()),
        1 => Just("2024-01-31".to_owned()),
        1 => Just("2024-01-31 10:00:00".to_owned()),
        2 => "[a-c \u{e5}]{1,10}",
        1 => "\"[a-c,\n\r ]{0,6}(\"\"[a-c]{0,2})?\"",
        1 => "[a-c\"]{1,4}",
        1 => "[0-9a\" ]{1,4}",
    ]
}

fn table() -> impl Strategy<Value = String> {
    (1..4usize, 0..12usize).prop_flat_map(|(width, n_rows)| {
        let row = proptest::collection::vec(field(), width);
        let end = prop_oneof![6 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\n\n")];
        let names: Vec<String> = (0..width).map(|i| format!("col{i}")).collect();
        proptest::collection::vec((row, end), n_rows).prop_map(move |rows| {
            let rows = rows.iter().map(|(cells, end)| format!("{}{end}", cells.join(",")));
            format!("{}\n{}", names.join(","), rows.collect::<String>())
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_tables_are_read_alike_in_blocks_of_any_size(text in table(), block_bytes in 1..64usize) {
        check(text.as_bytes(), &[block_bytes], true);
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(prop_oneof![
        Just(b','), Just(b'\n'), Just(b'\r'), Just(b'"'), Just(b' '), Just(b'1'), Just(b'a'), Just(0xc3), Just(0xa5), Just(0), any::<u8>(),
    ], 0..80), block_bytes in 1..40usize) {
        check(&bytes, &[block_bytes], false);
    }
}
