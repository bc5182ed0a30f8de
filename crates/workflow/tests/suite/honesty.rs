//! Nothing is learned from rows that judge: where there is nothing to learn, no score says that there is.

use std::fmt::Write;

use almanac_workflow::SplitWish;
use base::{Cx, Stream};

use super::files::{ask, trained};

/// Categories of so many levels that they nearly name rows, and a target that has nothing to do with them: over several
/// tables the kept model's score stays within the noise of one half, though each time the best of several is kept.
#[test]
fn target_encoding_of_noise_is_worth_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("d.csv"), folder.path().join("m.almanac"));
    let mut sum = 0.0;
    for table in 0..4 {
        let mut rng = Cx::new(table, 1).rng(Stream { stage: "test", fold: 0, purpose: "noise" });
        let mut text = String::from("shop,shelf,y\n");
        for _ in 0..1_500 {
            let y = if rng.uniform() < 0.5 { "yes" } else { "no" };
            let _ = writeln!(text, "s{},b{},{y}", rng.below(400), rng.below(90));
        }
        std::fs::write(&data, text).expect("writes");
        let (report, _) = trained(&ask(&data, "y", &out), 2);
        let auc = report.scores.iter().find(|s| s.metric == "roc_auc").expect("judged");
        assert!(auc.value < 0.57, "{auc:?}");
        sum += auc.value;
    }
    assert!(sum / 4.0 < 0.53, "{}", sum / 4.0);
}

/// Rows of one group are near copies of each other; a random split would leak them.
#[test]
fn groups_are_recognised_and_kept_together() {
    let mut rng = Cx::new(0, 1).rng(Stream { stage: "test", fold: 0, purpose: "groups" });
    let mut text = String::from("unit,cycle,x,y\n");
    for unit in 0..60 {
        let (x, y) = (rng.normal(), rng.normal());
        for cycle in 1..=20 {
            let _ = writeln!(text, "{unit},{cycle},{:.5},{:.5}", x + 0.001 * rng.normal(), y + 0.001 * rng.normal());
        }
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("d.csv"), folder.path().join("m.almanac"));
    std::fs::write(&data, text).expect("writes");
    let mut wanted = ask(&data, "y", &out);
    let r2 = |report: &almanac_workflow::train::TrainReport| {
        report.scores.iter().find(|s| s.metric == "r2").expect("judged").value
    };
    let (report, _) = trained(&wanted, 2);
    assert_eq!(report.split.kind, "grouped", "{:?}", report.split);
    assert!(r2(&report) < 0.1, "the target of a new unit cannot be known: {}", r2(&report));
    assert!(report.left_out.iter().any(|l| l.column == "unit"), "{:?}", report.left_out);
    wanted.split = SplitWish::Random;
    assert!(r2(&trained(&wanted, 2).0) > 0.4, "a random split leaks");
}

/// A series that drifts: judged forward, the past does not know the future.
#[test]
fn time_is_judged_forward_and_never_a_feature_by_itself() {
    let mut rng = Cx::new(0, 1).rng(Stream { stage: "test", fold: 0, purpose: "time" });
    let mut text = String::from("day,x,y\n");
    for day in 0..900 {
        let date = (day / 336 + 2024, day / 28 % 12 + 1, day % 28 + 1);
        let x = rng.normal();
        let _ = writeln!(text, "{}-{:02}-{:02},{x:.5},{:.5}", date.0, date.1, date.2, x + 0.01 * f64::from(day));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (data, out) = (folder.path().join("d.csv"), folder.path().join("m.almanac"));
    std::fs::write(&data, text).expect("writes");
    let (report, _) = trained(&ask(&data, "y", &out), 2);
    assert_eq!(report.split.kind, "forward in time", "{:?}", report.split);
}
