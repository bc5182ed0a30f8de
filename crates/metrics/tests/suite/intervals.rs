//! What intervals promise: the same bits at any thread count, coverage, classes that never vanish, paired noise.

use almanac_metrics::{
    Bootstrap, FoldScores, Metric, MetricError, Scores, Truth, bootstrap_difference, bootstrap_fold_mean,
    bootstrap_interval, evaluate,
};
use base::{Cx, Rng, Stream};

use crate::sklearn::Lcg;

struct Binary {
    codes: Vec<u32>,
    probabilities: Vec<f64>,
}

impl Binary {
    /// Scores that are the better the larger `skill` is.
    fn new(n_rows: usize, share: f64, skill: f64, seed: u64) -> Self {
        let mut g = Lcg(seed);
        let codes: Vec<u32> = (0..n_rows).map(|_| u32::from(g.next() < share)).collect();
        let probabilities = codes
            .iter()
            .flat_map(|&c| {
                let p = (g.next() + skill * f64::from(c)) / (1.0 + skill);
                [1.0 - p, p]
            })
            .collect();
        Self { codes, probabilities }
    }

    fn truth(&self) -> Truth<'_> {
        Truth::Class { codes: &self.codes, n_classes: 2 }
    }

    fn scores(&self) -> Scores<'_> {
        Scores::Probabilities { values: &self.probabilities, n_classes: 2 }
    }
}

#[test]
fn intervals_are_the_same_bits_at_any_thread_count() {
    let b = Binary::new(300, 0.3, 0.5, 1);
    let weights: Vec<f64> = (0..300).map(|i| f64::from(i % 5)).collect();
    let bootstrap = Bootstrap { level: 0.9, n_resamples: 101 };
    for metric in Metric::ALL.into_iter().filter(|m| m.judges("binary")) {
        let at = |threads, seed| {
            let cx = Cx::new(seed, threads);
            bootstrap_interval(&cx, metric, b.truth(), b.scores(), Some(&weights), bootstrap).expect("an interval")
        };
        let one = at(1, 7);
        for threads in [2, 3, 8] {
            assert_eq!(one, at(threads, 7), "{metric}");
        }
        assert_ne!(one, at(1, 8), "{metric}");
        assert!(one.low < one.high && one.level == 0.9, "{metric}: {one:?}");
    }
}

#[test]
fn an_interval_of_a_mean_covers_it_as_often_as_it_says() {
    let (n_trials, n_rows) = (400, 200);
    let mut n_covered = 0;
    let mut rng = Rng::new(11, Stream { stage: "test", fold: 0, purpose: "coverage" });
    let zeros = vec![0.0; n_rows];
    for trial in 0..n_trials {
        let errors: Vec<f64> = (0..n_rows).map(|_| rng.uniform()).collect();
        let cx = Cx::new(trial, 1);
        let bootstrap = Bootstrap { level: 0.9, n_resamples: 200 };
        let truth = Truth::Real(&errors);
        let i = bootstrap_interval(&cx, Metric::Mae, truth, Scores::Values(&zeros), None, bootstrap).expect("one");
        n_covered += usize::from(i.low <= 0.5 && 0.5 <= i.high);
    }
    let share = n_covered as f64 / n_trials as f64;
    assert!((0.85..0.95).contains(&share), "{share}");
}

#[test]
fn a_class_of_one_row_never_vanishes() {
    let mut b = Binary::new(50, 0.0, 0.0, 3);
    b.codes[17] = 1;
    let cx = Cx::new(0, 1);
    let bootstrap = Bootstrap { level: 0.95, n_resamples: 500 };
    bootstrap_interval(&cx, Metric::RocAuc, b.truth(), b.scores(), None, bootstrap).expect("an interval");
    // Nor by rows of weight zero being drawn in its place.
    b.codes[18] = 1;
    let mut weights = vec![1.0; 50];
    weights[18] = 0.0;
    bootstrap_interval(&cx, Metric::RocAuc, b.truth(), b.scores(), Some(&weights), bootstrap).expect("an interval");
}

#[test]
fn a_pair_has_less_noise_than_its_parts() {
    let good = Binary::new(2_000, 0.3, 0.3, 5);
    let mut g = Lcg(99);
    let worse: Vec<f64> = good
        .probabilities
        .chunks_exact(2)
        .flat_map(|p| {
            let q = 0.8 * p[1] + 0.2 * g.next();
            [1.0 - q, q]
        })
        .collect();
    let (cx, bootstrap) = (Cx::new(0, 2), Bootstrap::default());
    let worse = Scores::Probabilities { values: &worse, n_classes: 2 };
    let of = |pair| bootstrap_difference(&cx, Metric::RocAuc, good.truth(), pair, None, bootstrap).expect("one");
    let d = of([good.scores(), worse]);
    let alone = bootstrap_interval(&cx, Metric::RocAuc, good.truth(), good.scores(), None, bootstrap).expect("one");
    assert!(d.interval.low > 0.0 && d.share_better > 0.97, "{d:?}");
    assert!(d.interval.high - d.interval.low < alone.high - alone.low, "{d:?} {alone:?}");
    let back = of([worse, good.scores()]);
    assert_eq!((back.value, back.interval.high), (-d.value, -d.interval.low));
    assert!((back.share_better + d.share_better - 1.0).abs() < 1e-12);
    let same = of([worse, worse]);
    assert_eq!((same.value, same.standard_error, same.share_better), (0.0, 0.0, 0.5));
}

#[test]
fn the_mean_over_folds_is_the_mean_of_the_folds_values() {
    let folds: Vec<Binary> = (0..5).map(|f| Binary::new(100, 0.4, 0.5, 20 + f)).collect();
    let inputs: Vec<FoldScores<'_>> =
        folds.iter().map(|b| FoldScores { truth: b.truth(), scores: b.scores(), weights: None }).collect();
    let cx = Cx::new(0, 2);
    let (value, interval) =
        bootstrap_fold_mean(&cx, Metric::F1, &inputs, Bootstrap::default()).expect("a mean and its interval");
    let values = folds.iter().map(|b| evaluate(Metric::F1, b.truth(), b.scores(), None).expect("a value"));
    assert_eq!(value, values.sum::<f64>() / 5.0);
    assert!(interval.low < value && value < interval.high);
    assert_eq!(bootstrap_fold_mean(&cx, Metric::F1, &[], Bootstrap::default()), Err(MetricError::NoRows));
}

#[test]
fn an_interval_that_cannot_be_is_refused() {
    let b = Binary::new(50, 0.5, 0.5, 3);
    let of = |bootstrap| bootstrap_interval(&Cx::new(0, 1), Metric::F1, b.truth(), b.scores(), None, bootstrap);
    for (level, n_resamples) in [(0.0, 100), (1.0, 100), (f64::NAN, 100), (0.9, 0), (0.9, usize::MAX)] {
        assert!(matches!(of(Bootstrap { level, n_resamples }), Err(MetricError::Asked { .. })));
    }
    let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let cx = Cx::new(0, 1).with_cancel(stop);
    let stopped = bootstrap_interval(&cx, Metric::F1, b.truth(), b.scores(), None, Bootstrap::default());
    assert_eq!(stopped, Err(MetricError::Cancelled));
}
