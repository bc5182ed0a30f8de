//! The tour, on a small table.

use super::almanac::almanac;

#[test]
fn the_tour_keeps_its_promises_for_three_seeds() {
    let folder = tempfile::tempdir().expect("a folder");
    for seed in ["0", "1", "2"] {
        let ran =
            almanac(folder.path(), &["demo", "--rows", "1500", "--seed", seed, "--folder", "tour", "--json"]).ok();
        let r = ran.json()["result"].clone();
        assert_eq!(r["as_promised"], true, "seed {seed}: {} and {}", r["next_month_roc_auc"], r["train"]["scores"]);
        assert!(r["next_month_roc_auc"].as_f64().is_some_and(|v| v > 0.75), "{}", r["next_month_roc_auc"]);
        let column = |name: &str| {
            let columns = r["train"]["columns"].as_array().expect("a list").clone();
            columns.into_iter().find(|c| c["name"] == name).unwrap_or_else(|| panic!("no column {name}"))
        };
        assert_eq!(column("customer_id")["role"], "id");
        assert_eq!(column("region")["dtype"], "text", "007 keeps its zeros");
        assert_eq!(column("age")["kind"], "number", "`?` among numbers is missing");
        assert_eq!(column("total_charge")["kind"], "number");
        assert_eq!(column("signed_up")["dtype"], "date");
        assert_eq!(column("currency")["role"], "left out");
    }
    for file in ["customers.csv", "next-month.csv", "churn.almanac", "scored.csv"] {
        assert!(folder.path().join("tour").join(file).is_file(), "{file}");
    }
}
