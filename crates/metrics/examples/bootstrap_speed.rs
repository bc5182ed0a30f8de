//! Prints how long an interval of 200 resamples of 50,000 rows takes on one thread, for every metric.
//!
//! `cargo run --release -p almanac-metrics --example bootstrap_speed`

use std::time::Instant;

use almanac_metrics::{Bootstrap, Metric, MetricError, Scores, Truth, bootstrap_interval};
use base::{Cx, Stream};

const N_ROWS: usize = 50_000;

fn main() -> Result<(), MetricError> {
    let cx = Cx::new(0, 1);
    let mut rng = cx.rng(Stream { stage: "example", fold: 0, purpose: "rows" });
    let codes: Vec<u32> = (0..N_ROWS).map(|_| u32::from(rng.uniform() < 0.3)).collect();
    let values: Vec<f64> = codes.iter().map(|c| f64::from(*c) + rng.normal()).collect();
    let reals: Vec<f64> = codes.iter().map(|c| f64::from(*c) + rng.normal()).collect();
    let probabilities: Vec<f64> = values
        .iter()
        .flat_map(|v| {
            let p = base::math::sigmoid(*v);
            [1.0 - p, p]
        })
        .collect();
    for metric in Metric::ALL {
        let (truth, scores) = if metric.judges("regression") {
            (Truth::Real(&reals), Scores::Values(&values))
        } else {
            let scores = Scores::Probabilities { values: &probabilities, n_classes: 2 };
            (Truth::Class { codes: &codes, n_classes: 2 }, scores)
        };
        let start = Instant::now();
        let i = bootstrap_interval(&cx, metric, truth, scores, None, Bootstrap { level: 0.95, n_resamples: 200 })?;
        println!("{metric:24} {:5} ms  {:.4} to {:.4}", start.elapsed().as_millis(), i.low, i.high);
    }
    Ok(())
}
