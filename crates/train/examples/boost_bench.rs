//! Fits boosted trees on a table of numbers and prints what it took: one side of `bench/boost.py`.
//!
//! `boost_bench TRAIN TEST PREDICTIONS THREADS TASK [name=value]…`. A table is two little-endian `u32` (rows, columns),
//! then `f64` column after column, the target last. TASK is `binary` or `regression`.

use std::error::Error;
use std::sync::Arc;
use std::time::Instant;

use almanac_train::tree::BoostParams;
use base::Cx;
use contract::{Dataset, Fit, Predict, Target};
use table::{Matrix, MatrixColumn, MatrixData};

fn read(path: &str, task: &str) -> Result<(Matrix, Target), Box<dyn Error>> {
    let bytes = std::fs::read(path)?;
    let (head, body) = bytes.split_at_checked(8).ok_or("no header")?;
    let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
    let n_rows = word(0);
    let values: Vec<f64> = body.as_chunks::<8>().0.iter().map(|c| f64::from_le_bytes(*c)).collect();
    let mut columns: Vec<Vec<f64>> = values.chunks_exact(n_rows).map(<[f64]>::to_vec).collect();
    let y = columns.pop().ok_or("no target")?;
    let named = |(i, v)| MatrixColumn { name: format!("x{i}"), data: MatrixData::Dense(Arc::new(v)) };
    let x = Matrix { n_rows, columns: columns.into_iter().enumerate().map(named).collect() };
    let y = match task {
        "binary" => Target::Class { codes: y.iter().map(|v| *v as u32).collect(), n_classes: 2 },
        _ => Target::Real(y),
    };
    Ok((x, y))
}

/// Seconds of processor time of this process, all threads.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = after_name.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [train, test, predictions, threads, task, set @ ..] = args.as_slice() else {
        return Err("boost_bench TRAIN TEST PREDICTIONS THREADS TASK [name=value]…".into());
    };
    let mut params = BoostParams::default();
    for pair in set {
        let (name, value) = pair.split_once('=').ok_or("name=value")?;
        params.set(name, value)?;
    }
    let (x, y) = read(train, task)?;
    let (x_test, _) = read(test, task)?;
    let cx = Cx::new(0, threads.parse()?);
    let (wall, cpu) = (Instant::now(), cpu_s());
    let model = params.fit(&cx, Dataset { x: &x, y: &y, weights: None }, None)?;
    let (fit_wall_s, fit_cpu_s) = (wall.elapsed().as_secs_f64(), cpu_s() - cpu);
    let (wall, cpu) = (Instant::now(), cpu_s());
    let p = model.predict(&cx, &x_test)?;
    let (predict_wall_s, predict_cpu_s) = (wall.elapsed().as_secs_f64(), cpu_s() - cpu);
    let bytes: Vec<u8> =
        p.values.chunks_exact(p.n_outputs).flat_map(|row| row[p.n_outputs - 1].to_le_bytes()).collect();
    std::fs::write(predictions, bytes)?;
    println!(
        r#"{{"fit_wall_s":{fit_wall_s:.3},"fit_cpu_s":{fit_cpu_s:.2},"predict_wall_s":{predict_wall_s:.4},"predict_cpu_s":{predict_cpu_s:.2},"bytes":{}}}"#,
        model.encode().len()
    );
    Ok(())
}
