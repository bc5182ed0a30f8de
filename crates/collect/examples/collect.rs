//! Reads, keeps and exports data from the command line, with the time that each took: for measuring this crate alone.
//!
//! ```console
//! $ cargo run --release -p almanac-collect --example collect -- read data.parquet
//! $ cargo run --release -p almanac-collect --example collect -- add .almanac data.csv
//! $ cargo run --release -p almanac-collect --example collect -- export .almanac ID out.parquet
//! ```

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use almanac_collect::{ReadOptions, read, read_text, snapshot};
use base::Cx;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let threads = std::env::var("THREADS").ok().and_then(|t| t.parse().ok()).unwrap_or(2);
    let cx = Cx::new(0, threads);
    let options = ReadOptions::default();
    let start = Instant::now();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read", ..] => {
            let result = read(&cx, &args[1..], &options)?;
            for p in &result.proposals {
                eprintln!("{} {} {} {:?}", p.column, p.field.dtype, p.field.kind, p.evidence);
            }
            result.findings.kept().iter().take(20).for_each(|f| eprintln!("{} {}", f.code, f.message));
            eprintln!("{} rows", result.table.n_rows());
        }
        ["text", ..] => eprintln!("{} rows", read_text(&cx, &args[1..], &options)?.table.n_rows()),
        ["add", root, ..] => {
            let added = snapshot::add(&cx, Path::new(root), &args[2..], &options)?;
            eprintln!("{} new: {}, {} rows", added.manifest.id, added.is_new, added.manifest.n_rows);
        }
        ["export", root, id, to] => {
            snapshot::export(&cx, Path::new(root), id, Path::new(to))?;
        }
        _ => return Err("read PATH… | text PATH… | add ROOT PATH… | export ROOT ID PATH".into()),
    }
    eprintln!("{:.2} s", start.elapsed().as_secs_f64());
    Ok(())
}
