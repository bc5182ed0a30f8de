//! What resampling plans promise, checked over many sizes and seeds.

use std::collections::{BTreeMap, BTreeSet};

use almanac_stats::StatsError;
use almanac_stats::resample::{
    self, Fold, Folds, RareClass, SplitSpec, forward, forward_holdout, given, given_holdout, group_holdout,
    group_k_fold, holdout, k_fold, stratified_group_k_fold, stratified_holdout, stratified_k_fold,
};
use base::{Rng, Stream};

fn rng(seed: u64) -> Rng {
    Rng::new(seed, Stream { stage: "test", fold: 0, purpose: "plans" })
}

/// Sides ascend, have nothing in common and no row beyond the end.
fn check_fold(fold: &Fold, n_rows: usize) {
    for side in [&fold.train, &fold.test] {
        assert!(!side.is_empty(), "{fold:?}");
        assert!(side.windows(2).all(|w| w[0] < w[1]));
        assert!(side.iter().all(|&row| (row as usize) < n_rows));
    }
    let train: BTreeSet<u32> = fold.train.iter().copied().collect();
    assert!(fold.test.iter().all(|row| !train.contains(row)));
}

/// Besides, every row is tested once and learned from in all other folds.
fn check_partition(folds: &Folds, n_rows: usize) {
    let mut tested: Vec<u32> = Vec::new();
    for fold in &folds.folds {
        check_fold(fold, n_rows);
        assert_eq!(fold.train.len() + fold.test.len(), n_rows);
        tested.extend(&fold.test);
    }
    tested.sort_unstable();
    assert_eq!(tested, (0..n_rows as u32).collect::<Vec<_>>());
}

fn spread(counts: impl Iterator<Item = usize> + Clone) -> usize {
    counts.clone().max().unwrap_or(0) - counts.min().unwrap_or(0)
}

fn count(rows: &[u32], codes: &[u32], class: u32) -> usize {
    rows.iter().filter(|&&row| codes[row as usize] == class).count()
}

/// Codes of which 0 is frequent and the last rare.
fn skewed_codes(n_rows: usize, n_classes: usize, seed: u64) -> Vec<u32> {
    let mut r = rng(seed);
    (0..n_rows).map(|_| (r.uniform() * r.uniform() * n_classes as f64) as u32).collect()
}

#[test]
fn random_folds_are_even_and_seeded() {
    for (n_rows, n_folds) in [(2, 2), (10, 3), (101, 5), (1000, 10)] {
        let folds = k_fold(n_rows, n_folds, &mut rng(1)).expect("folds");
        check_partition(&folds, n_rows);
        assert!(spread(folds.folds.iter().map(|f| f.test.len())) <= 1);
        assert_eq!(k_fold(n_rows, n_folds, &mut rng(1)), Ok(folds));
    }
    assert_ne!(k_fold(100, 5, &mut rng(1)), k_fold(100, 5, &mut rng(2)));
}

#[test]
fn stratified_folds_are_even_in_rows_and_in_every_class() {
    for seed in 0..20 {
        let (n_rows, n_classes, n_folds) = (50 + 13 * seed as usize, 2 + seed as usize % 5, 2 + seed as usize % 7);
        let codes = skewed_codes(n_rows, n_classes, seed);
        let folds = stratified_k_fold(&codes, n_folds, &mut rng(seed)).expect("folds");
        check_partition(&folds, n_rows);
        assert!(spread(folds.folds.iter().map(|f| f.test.len())) <= 1);
        for class in 0..n_classes as u32 {
            assert!(spread(folds.folds.iter().map(|f| count(&f.test, &codes, class))) <= 1, "seed {seed}");
        }
    }
}

#[test]
fn rare_classes_are_spread_and_named() {
    let mut codes = vec![0; 20];
    (codes[3], codes[9], codes[14]) = (1, 1, 2);
    let folds = stratified_k_fold(&codes, 5, &mut rng(0)).expect("folds");
    check_partition(&folds, 20);
    assert!(folds.folds.iter().all(|f| count(&f.test, &codes, 1) <= 1));
    assert_eq!(folds.rare, [RareClass { class_idx: 1, n_rows: 2 }, RareClass { class_idx: 2, n_rows: 1 }]);
}

#[test]
fn holdouts_have_the_size_that_was_asked_for() {
    for (n_rows, fraction, n_test) in [(10, 0.2, 2), (10, 0.001, 1), (2, 0.999, 1), (7, 0.5, 4), (1000, 0.15, 150)] {
        let fold = holdout(n_rows, fraction, &mut rng(0)).expect("a split");
        check_fold(&fold, n_rows);
        assert_eq!((fold.test.len(), fold.train.len()), (n_test, n_rows - n_test));
    }
}

#[test]
fn stratified_holdouts_keep_shares_and_learn_from_every_class() {
    for seed in 0..30 {
        let n_rows = 12 + 11 * seed as usize;
        let codes = skewed_codes(n_rows, 5, seed);
        let fraction = [0.1, 0.2, 0.5][seed as usize % 3];
        let fold = stratified_holdout(&codes, fraction, &mut rng(seed)).expect("a split");
        check_fold(&fold, n_rows);
        assert_eq!(fold.test.len() + fold.train.len(), n_rows);
        assert_eq!(fold.test.len(), (fraction * n_rows as f64).round() as usize);
        for class in 0..5 {
            let (test, train) = (count(&fold.test, &codes, class), count(&fold.train, &codes, class));
            assert!(test + train == 0 || train > 0, "seed {seed}, class {class}");
            let exact = fraction * (test + train) as f64;
            assert!((test as f64 - exact).abs() <= 1.0 + f64::EPSILON, "seed {seed}: {test} of {exact}");
        }
    }
    // Nothing but classes of one row: there is still a row to judge by.
    let fold = stratified_holdout(&[0, 1, 2, 3], 0.5, &mut rng(0)).expect("a split");
    assert_eq!((fold.test.len(), fold.train.len()), (2, 2));
}

fn check_groups_whole(fold: &Fold, groups: &[u32]) {
    let of = |rows: &[u32]| rows.iter().map(|&r| groups[r as usize]).collect::<BTreeSet<u32>>();
    assert!(of(&fold.train).is_disjoint(&of(&fold.test)));
}

#[test]
fn groups_are_never_torn_apart_and_folds_are_about_even() {
    for seed in 0..10 {
        let groups: Vec<u32> = skewed_codes(600, 40, seed).iter().map(|g| g * 1_000_003).collect();
        let folds = group_k_fold(&groups, 5, &mut rng(seed)).expect("folds");
        check_partition(&folds, 600);
        folds.folds.iter().for_each(|f| check_groups_whole(f, &groups));
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        groups.iter().for_each(|g| *sizes.entry(*g).or_default() += 1);
        let largest = sizes.values().max().expect("groups");
        assert!(spread(folds.folds.iter().map(|f| f.test.len())) <= *largest, "seed {seed}");
        let fold = group_holdout(&groups, 0.2, &mut rng(seed)).expect("a split");
        check_fold(&fold, 600);
        check_groups_whole(&fold, &groups);
        assert!((80..=160).contains(&fold.test.len()), "seed {seed}: {}", fold.test.len());
    }
    let two = group_holdout(&[7, 7, 7, 7, 7, 1], 0.5, &mut rng(0)).expect("a split");
    check_fold(&two, 6);
    let error = group_k_fold(&[1, 1, 2, 2], 3, &mut rng(0));
    assert_eq!(error, Err(StatsError::TooFewGroups { needed: 3, found: 2 }));
}

#[test]
fn groups_of_one_class_are_shared_out_by_class() {
    // Forty groups of ten rows; every tenth group is of class 1.
    let groups: Vec<u32> = (0..400).map(|i| i / 10).collect();
    let codes: Vec<u32> = groups.iter().map(|g| u32::from(g % 10 == 0)).collect();
    let folds = stratified_group_k_fold(&codes, &groups, 4, &mut rng(3)).expect("folds");
    check_partition(&folds, 400);
    for fold in &folds.folds {
        check_groups_whole(fold, &groups);
        assert_eq!((fold.test.len(), count(&fold.test, &codes, 1)), (100, 10));
    }
}

#[test]
fn forward_folds_never_learn_from_later_or_equal_times() {
    for seed in 0..20 {
        let mut r = rng(seed);
        let n_times = 6 + r.below(200);
        let times: Vec<i64> = (0..300).map(|_| r.below(n_times) as i64 - 50).collect();
        let folds = forward(&times, 5).expect("folds");
        assert_eq!(folds.folds.len(), 5);
        for fold in &folds.folds {
            check_fold(fold, 300);
            let time = |row: &u32| times[*row as usize];
            assert!(fold.train.iter().map(time).max() < fold.test.iter().map(time).min());
        }
        for pair in folds.folds.windows(2) {
            let mut next: Vec<u32> = pair[0].train.iter().chain(&pair[0].test).copied().collect();
            next.sort_unstable();
            assert_eq!(next, pair[1].train);
        }
        let last = &folds.folds[4];
        assert_eq!(last.train.len() + last.test.len(), 300);
        let fold = forward_holdout(&times, 0.25).expect("a split");
        check_fold(&fold, 300);
        assert_eq!(fold.test.len() + fold.train.len(), 300);
    }
}

#[test]
fn forward_blocks_are_even_where_times_differ() {
    let times: Vec<i64> = (0..24).rev().collect();
    let folds = forward(&times, 3).expect("folds");
    assert_eq!(folds.folds.iter().map(|f| f.test.len()).collect::<Vec<_>>(), [6, 6, 6]);
    assert_eq!(folds.folds[0].train, [18, 19, 20, 21, 22, 23]);
    // One long tie takes its place whole; there are just enough times.
    let times = [1, 2, 2, 2, 2, 2, 2, 3, 4];
    let tests: Vec<Vec<u32>> = forward(&times, 3).expect("folds").folds.into_iter().map(|f| f.test).collect();
    assert_eq!(tests, [vec![1, 2, 3, 4, 5, 6], vec![7], vec![8]]);
    assert_eq!(forward(&times, 4), Err(StatsError::TooFewTimes { needed: 5, found: 4 }));
    assert_eq!(forward_holdout(&[5; 9], 0.2), Err(StatsError::TooFewTimes { needed: 2, found: 1 }));
}

#[test]
fn given_folds_are_those_of_the_column() {
    let codes = [9, 4, 9, 2, 2];
    let folds = given(&codes).expect("folds");
    check_partition(&folds, 5);
    assert_eq!(folds.folds.iter().map(|f| f.test.clone()).collect::<Vec<_>>(), [vec![3, 4], vec![1], vec![0, 2]]);
    assert_eq!(given_holdout(&codes, 4).expect("a split").test, [1]);
    assert_eq!(given_holdout(&codes, 5), Err(StatsError::OneSided));
    assert_eq!(given(&[1, 1]), Err(StatsError::OneSided));
    assert!(given(&[]).is_err());
    assert!(given(&(0..5000).collect::<Vec<_>>()).is_err());
}

#[test]
fn every_plan_works_through_the_spec_and_refuses_what_cannot_be() {
    let codes: Vec<u32> = (0..60).map(|i| i % 3).collect();
    let groups: Vec<u32> = (0..60).map(|i| i / 4).collect();
    let times: Vec<i64> = (0..60).map(|i| i64::from(i) / 2).collect();
    let specs = [
        SplitSpec::Random,
        SplitSpec::Stratified { codes: &codes },
        SplitSpec::Grouped { groups: &groups },
        SplitSpec::StratifiedGrouped { codes: &codes, groups: &groups },
        SplitSpec::Forward { times: &times },
        SplitSpec::Given { codes: &codes },
    ];
    for spec in specs {
        let folds = spec.folds(60, 3, &mut rng(0)).expect("folds");
        assert_eq!(folds.folds.len(), 3, "{spec:?}");
        folds.folds.iter().for_each(|f| check_fold(f, 60));
        check_fold(&spec.holdout(60, 0.3, &mut rng(0)).expect("a split"), 60);
        for fraction in [0.0, 1.0, -0.5, f64::NAN, f64::INFINITY] {
            let refused = spec.holdout(60, fraction, &mut rng(0));
            assert!(matches!(refused, Err(StatsError::Asked { .. })), "{spec:?}");
        }
        if spec != SplitSpec::Random {
            assert!(matches!(spec.folds(59, 3, &mut rng(0)), Err(StatsError::Lengths { .. })), "{spec:?}");
        }
        if !matches!(spec, SplitSpec::Given { .. }) {
            for n_folds in [0, 1, usize::MAX] {
                assert!(matches!(spec.folds(60, n_folds, &mut rng(0)), Err(StatsError::Asked { .. })), "{spec:?}");
            }
            assert!(matches!(spec.folds(60, 61, &mut rng(0)), Err(StatsError::TooFewRows { .. })), "{spec:?}");
        }
    }
    assert!(resample::holdout(1, 0.5, &mut rng(0)).is_err());
    assert!(resample::k_fold(0, 2, &mut rng(0)).is_err());
}
