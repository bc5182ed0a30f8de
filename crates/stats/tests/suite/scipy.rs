//! Equality with SciPy, NumPy and scikit-learn: the expected numbers come from `recipe_scipy.py`.

use almanac_stats::Moments;
use almanac_stats::association::{cramers_v, mutual_information, pearson, spearman};
use almanac_stats::distribution as d;
use almanac_stats::divergence::{jensen_shannon, psi};
use almanac_stats::histogram::{histogram, uniform_edges};
use almanac_stats::hypothesis::{chi2_contingency, ks_2samp, ttest_rel, wilcoxon};
use almanac_stats::quantile::quantiles;
use almanac_stats::ranks::average_ranks;
use serde_json::Value;

fn sample(seed: f64, n: f64, grid: f64, shift: f64) -> Vec<f64> {
    let mut state = seed as u64;
    (0..n as usize)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let u = (state >> 11) as f64 / (1u64 << 53) as f64;
            if grid > 0.0 { (u * grid).floor() / grid + shift } else { u + shift }
        })
        .collect()
}

fn codes(seed: f64, n: f64, k: f64) -> Vec<u32> {
    sample(seed, n, 0.0, 0.0).iter().map(|u| (u * k).floor() as u32).collect()
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("../scipy.json")).expect("the fixture is JSON")
}

fn cases<'a>(fixture: &'a Value, key: &str) -> &'a [Value] {
    fixture[key].as_array().expect("cases")
}

fn num(case: &Value, key: &str) -> f64 {
    case[key].as_f64().unwrap_or_else(|| panic!("{key} is a number in {case}"))
}

fn nums(case: &Value, key: &str) -> Vec<f64> {
    case[key].as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn is_near(expected: f64, found: f64, tolerance: f64) -> bool {
    // Relative, also far out in the tails, down to where doubles become subnormal.
    expected == found || (expected - found).abs() <= tolerance * expected.abs().max(1e-290)
}

#[track_caller]
fn check(place: &str, expected: f64, found: f64, tolerance: f64) {
    assert!(is_near(expected, found, tolerance), "{place}: expected {expected:?}, found {found:?}");
}

#[test]
fn distributions_are_scipys_to_ten_digits() {
    let fixture = fixture();
    let mut wrong = Vec::new();
    for case in cases(&fixture, "distributions") {
        let a = nums(case, "args");
        let name = case["name"].as_str().expect("a name");
        let found = match name {
            "normal_sf" => d::normal_sf(a[0]),
            "normal_cdf" => d::normal_cdf(a[0]),
            "normal_quantile" => d::normal_quantile(a[0]),
            "student_t_sf" => d::student_t_sf(a[0], a[1]),
            "student_t_quantile" => d::student_t_quantile(a[0], a[1]),
            "chi2_sf" => d::chi2_sf(a[0], a[1]),
            "chi2_cdf" => d::chi2_cdf(a[0], a[1]),
            "chi2_quantile" => d::chi2_quantile(a[0], a[1]),
            "binomial_pmf" => d::binomial_pmf(a[0] as u64, a[1] as u64, a[2]),
            "binomial_cdf" => d::binomial_cdf(a[0] as u64, a[1] as u64, a[2]),
            "binomial_sf" => d::binomial_sf(a[0] as u64, a[1] as u64, a[2]),
            "kolmogorov_sf" => Ok(d::kolmogorov_sf(a[0])),
            "gamma_p" => d::gamma_regularised(a[0], a[1]).map(|t| t.0),
            "gamma_q" => d::gamma_regularised(a[0], a[1]).map(|t| t.1),
            "beta_p" => d::beta_regularised(a[0], a[1], a[2]).map(|t| t.0),
            "beta_q" => d::beta_regularised(a[0], a[1], a[2]).map(|t| t.1),
            other => panic!("a function: {other}"),
        }
        .expect("a number");
        let expected = match case["value"].as_str() {
            Some("inf") => f64::INFINITY,
            Some(_) => f64::NEG_INFINITY,
            None => num(case, "value"),
        };
        if !is_near(expected, found, 1e-10) {
            wrong.push(format!("{name}{a:?}: expected {expected:e}, found {found:e}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn arguments_out_of_range_are_refused() {
    for refused in [
        d::normal_sf(f64::NAN),
        d::normal_quantile(1.5),
        d::normal_quantile(f64::NAN),
        d::student_t_sf(1.0, 0.0),
        d::student_t_sf(1.0, f64::INFINITY),
        d::student_t_quantile(-0.1, 3.0),
        d::chi2_sf(1.0, -1.0),
        d::chi2_quantile(0.5, f64::NAN),
        d::binomial_cdf(1, 2, 1.1),
        d::gamma_regularised(1.0, -1.0).map(|t| t.0),
        d::beta_regularised(0.0, 1.0, 0.5).map(|t| t.0),
    ] {
        assert!(refused.is_err(), "{refused:?}");
    }
    assert_eq!(d::binomial_cdf(7, 3, 0.5), Ok(1.0));
    assert_eq!(d::chi2_sf(-1.0, 2.0), Ok(1.0));
    assert_eq!(d::student_t_sf(f64::INFINITY, 2.0), Ok(0.0));
    assert_eq!(d::normal_cdf(f64::NEG_INFINITY), Ok(0.0));
    // Ends of the range end.
    assert!(d::chi2_quantile(1e-300, 0.01).is_ok_and(|x| x >= 0.0));
    assert!(d::student_t_quantile(1e-300, 0.01).is_ok_and(|t| t < -1e100));
}

#[test]
fn tests_of_hypotheses_are_scipys() {
    let fixture = fixture();
    for case in cases(&fixture, "ks") {
        let a = sample(num(case, "seed"), num(case, "n"), num(case, "grid"), 0.0);
        let b = sample(num(case, "seed2"), num(case, "m"), num(case, "grid"), num(case, "shift"));
        let found = ks_2samp(&a, &b).expect("a test");
        check("ks", num(case, "statistic"), found.statistic, 1e-14);
        check("p of ks", num(case, "p_value"), found.p_value, 1e-10);
    }
    for case in cases(&fixture, "paired") {
        let (seed, n, grid) = (num(case, "seed"), num(case, "n"), num(case, "grid"));
        let a = sample(seed, n, grid, num(case, "shift"));
        let b = sample(seed + 100.0, n, grid, 0.0);
        let t = ttest_rel(&a, &b).expect("a test");
        check("t", num(case, "t"), t.statistic, 1e-11);
        check("p of t", num(case, "t_p"), t.p_value, 1e-10);
        let w = wilcoxon(&a, &b).expect("a test");
        check("w", num(case, "w"), w.statistic, 1e-14);
        check("p of w", num(case, "w_p"), w.p_value, 1e-10);
    }
    for case in cases(&fixture, "tables") {
        let correction = case["correction"].as_bool().expect("a boolean");
        let n_columns = num(case, "n_columns") as usize;
        let found = chi2_contingency(&nums(case, "counts"), n_columns, correction).expect("a test");
        check("χ²", num(case, "statistic"), found.test.statistic, 1e-12);
        check("p of χ²", num(case, "p_value"), found.test.p_value, 1e-10);
        assert_eq!(num(case, "dof") as u64, found.dof);
        nums(case, "expected").iter().zip(&found.expected).for_each(|(e, f)| check("expected", *e, *f, 1e-14));
    }
}

#[test]
fn tests_that_cannot_be_made_say_so() {
    assert!(ttest_rel(&[1.0, 2.0], &[0.0, 1.0]).is_err());
    assert!(ttest_rel(&[1.0], &[0.0]).is_err());
    assert!(wilcoxon(&[1.0, 2.0], &[1.0, 2.0]).is_err());
    assert!(wilcoxon(&[1.0], &[f64::NAN]).is_err());
    assert!(ks_2samp(&[], &[1.0]).is_err());
    assert!(chi2_contingency(&[1.0, 2.0, 0.0, 0.0], 2, false).is_err());
    assert!(chi2_contingency(&[1.0, 2.0, 3.0], 2, false).is_err());
    assert!(chi2_contingency(&[1.0], 0, false).is_err());
    assert!(chi2_contingency(&[], 0, false).is_err());
    assert!(pearson(&[0.1; 5], &[1.0, 2.0, 3.0, 4.0, 5.0]).is_err());
    assert!(pearson(&[1e308, -1e308], &[1.0, 0.0]).is_ok_and(|r| (r - 1.0).abs() < 1e-15));
    assert!(cramers_v(&[1, 1], &[0, 1]).is_err());
    assert!(psi(&[0.0, 0.0], &[1.0, 1.0]).is_err());
    assert!(psi(&[1.0, -1.0], &[1.0, 1.0]).is_err());
}

#[test]
fn divergences_and_associations_are_scipys() {
    let fixture = fixture();
    for case in cases(&fixture, "divergences") {
        let (p, q) = (nums(case, "p"), nums(case, "q"));
        check("psi", num(case, "psi"), psi(&p, &q).expect("a number"), 1e-12);
        let distance = jensen_shannon(&p, &q).expect("a number");
        assert!((distance - num(case, "jensen_shannon")).abs() < 1e-12, "{distance}");
    }
    for case in cases(&fixture, "associations") {
        let (seed, n, grid) = (num(case, "seed"), num(case, "n"), num(case, "grid"));
        let x = sample(seed, n, grid, 0.0);
        let noise = sample(seed + 1.0, n, grid, 0.0);
        let y: Vec<f64> = noise.iter().zip(&x).map(|(e, x)| e + 0.5 * x).collect();
        let a = codes(seed + 2.0, n, num(case, "k"));
        let b: Vec<u32> =
            codes(seed + 3.0, n, num(case, "l")).iter().zip(&a).map(|(b, a)| if *a == 0 { 0 } else { *b }).collect();
        check("pearson", num(case, "pearson"), pearson(&x, &y).expect("a number"), 1e-12);
        check("spearman", num(case, "spearman"), spearman(&x, &y).expect("a number"), 1e-12);
        check("information", num(case, "mutual_information"), mutual_information(&a, &b).expect("a number"), 1e-11);
        check("Cramér's V", num(case, "cramers_v"), cramers_v(&a, &b).expect("a number"), 1e-11);
    }
}

#[test]
fn summaries_are_numpys() {
    let fixture = fixture();
    for case in cases(&fixture, "summaries") {
        let v = sample(num(case, "seed"), num(case, "n"), num(case, "grid"), num(case, "shift"));
        let m = Moments::of(&v);
        check("mean", num(case, "mean"), m.mean, 1e-13);
        check("std", num(case, "std"), m.std(0).expect("a number"), 1e-12);
        if !case["skewness"].is_null() {
            check("skewness", num(case, "skewness"), m.skewness().expect("a number"), 1e-9);
            check("kurtosis", num(case, "kurtosis"), m.kurtosis().expect("a number"), 1e-9);
        }
        assert_eq!(quantiles(&v, &nums(case, "shares")), Ok(nums(case, "quantiles")));
        let edges = uniform_edges(num(case, "low"), num(case, "high"), 7).expect("edges");
        let counts: Vec<f64> = histogram(&v, &edges).expect("counts").iter().map(|c| *c as f64).collect();
        assert_eq!(counts, nums(case, "histogram"));
        let ranks = average_ranks(&v).iter().zip(1..).map(|(r, i)| r * f64::from(i)).sum::<f64>();
        check("ranks", num(case, "ranks"), ranks, 1e-14);
    }
}
