//! Times reading delimited text into typed columns, inference included:
//! `cargo run --release -p almanac-collect --example read_csv -- FILE [THREADS] [survey]`. Prints wall and CPU time, and the
//! schema that was found. Used side by side with other readers; measures nothing by itself.

use std::fs::File;
use std::io::{self, Read};
use std::time::Instant;

use base::Cx;
use csv::{CsvOptions, Source, read, survey};

struct OnDisk(String);

impl Source for OnDisk {
    fn name(&self) -> &str {
        &self.0
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.0)?))
    }
}

/// CPU time of this process, user and system, in seconds; zero where the system does not tell.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse().ok()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some(file) = args.first() else {
        eprintln!("usage: read_csv FILE [THREADS] [survey]");
        std::process::exit(1);
    };
    let threads = args.get(1).and_then(|t| t.parse().ok()).unwrap_or(2);
    let source = OnDisk(file.clone());
    let cx = Cx::new(0, threads);
    let (start, cpu) = (Instant::now(), cpu_s());
    if args.iter().any(|a| a == "survey") {
        match survey(&cx, &[&source], &CsvOptions::default()) {
            Ok(plan) => println!("{} rows surveyed", plan.n_rows),
            Err(e) => println!("{e}"),
        }
        println!("wall {:.2} s, cpu {:.2} s", start.elapsed().as_secs_f64(), cpu_s() - cpu);
        return;
    }
    let table = match read(&cx, &[&source], &CsvOptions::default()) {
        Ok(table) => table,
        Err(e) => return println!("{e} {:?}", base::Fault::place(&e)),
    };
    println!("wall {:.2} s, cpu {:.2} s, {} rows", start.elapsed().as_secs_f64(), cpu_s() - cpu, table.n_rows);
    for column in &table.columns {
        let first = if table.n_rows > 0 { format!("{:?}", column.cell(0)) } else { String::new() };
        println!("  {}: {}, {} missing, {first}", column.field().name, column.field().dtype, column.n_missing());
    }
    table.findings.kept().iter().take(20).for_each(|f| println!("  {} {}: {}", f.code, f.place, f.message));
}
