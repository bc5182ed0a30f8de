//! What is proposed for every file of the shared data, written down.

use base::Cx;
use table::{DType, Kind, Role};

use super::samples::{shared, table};
use super::{Proposal, apply, propose, type_columns};
use crate::answers::Answers;

/// Expectations for one file. Columns that are not named are plain numbers or, of text, categories, and lose nothing.
#[derive(Default)]
struct Expected {
    file: &'static str,
    target: &'static str,
    ids: &'static [&'static str],
    ignored: &'static [&'static str],
    prose: &'static [&'static str],
    booleans: &'static [&'static str],
    /// Column and pattern.
    times: &'static [(&'static str, &'static str)],
    /// Column and token; `*` is every column that is neither a time nor left out.
    missing: &'static [(&'static str, &'static str)],
    /// Text columns that are numbers once their tokens are missing.
    numbers: &'static [&'static str],
    questions: &'static [&'static str],
}

fn check(e: &Expected) {
    let Some(columns) = shared(e.file) else { return };
    let cx = Cx::new(0, 2);
    let options = Answers::default();
    let (columns, _) = type_columns(&cx, columns, &options).expect(e.file);
    let t = table(columns);
    let proposals = propose(&cx, &t, &options, Some(e.target).filter(|t| !t.is_empty())).expect(e.file);
    for p in &proposals {
        check_one(e, p, t.column(&p.column).expect("there").field().dtype);
    }
    let (read, _) = apply(&cx, &t, &proposals).expect(e.file);
    for p in &proposals {
        assert_eq!(read.column(&p.column).expect("there").field(), &p.field, "{}", e.file);
    }
    let named = [e.ids, e.ignored, e.prose, e.booleans, e.numbers, e.questions].concat();
    for name in named.into_iter().chain(e.times.iter().map(|t| t.0)).chain(e.missing.iter().map(|m| m.0)) {
        assert!(name == "*" || t.column(name).is_ok(), "{}: no column {name}", e.file);
    }
}

fn check_one(e: &Expected, p: &Proposal, read: DType) {
    let name = p.column.as_str();
    let what = format!("{}: {name}: {p:?}", e.file);
    let f = &p.field;
    let time = e.times.iter().find(|t| t.0 == name);
    let expected = if e.ids.contains(&name) {
        Kind::Identifier
    } else if e.prose.contains(&name) {
        Kind::Text
    } else if e.booleans.contains(&name) {
        Kind::Boolean
    } else if time.is_some() {
        Kind::Datetime
    } else if read.is_numeric() || e.numbers.contains(&name) {
        Kind::Number
    } else {
        Kind::Category
    };
    assert_eq!(f.kind, expected, "{what}");
    let role = match expected {
        Kind::Identifier => Role::Id,
        _ if e.ignored.contains(&name) => Role::Ignore,
        _ => Role::Feature,
    };
    assert_eq!(f.role, role, "{what}");
    assert_eq!(f.dtype.is_numeric(), read.is_numeric() || e.numbers.contains(&name), "{what}");
    assert_eq!(f.datetime.as_ref().map(|d| d.0.as_str()), time.map(|t| t.1), "{what}");
    let everywhere = time.is_none() && role == Role::Feature;
    let tokens: Vec<&str> =
        e.missing.iter().filter(|m| m.0 == name || (m.0 == "*" && everywhere)).map(|m| m.1).collect();
    assert_eq!(f.missing, tokens, "{what}");
    assert_eq!(p.question.is_some(), e.questions.contains(&name), "{what}");
    assert_eq!(p.changes, !tokens.is_empty() || f.dtype != read, "{what}");
    assert!(!p.evidence.is_empty(), "{what}");
}

#[test]
fn churn_and_census() {
    check(&Expected {
        file: "telco_churn.csv",
        target: "Churn",
        ids: &["customerID"],
        booleans: &["Partner", "Dependents", "PhoneService", "PaperlessBilling", "Churn"],
        missing: &[("TotalCharges", " ")],
        numbers: &["TotalCharges"],
        ..Expected::default()
    });
    check(&Expected {
        file: "adult.csv",
        target: "income",
        missing: &[("workclass", "?"), ("occupation", "?"), ("native_country", "?")],
        questions: &["capital_gain"],
        ..Expected::default()
    });
    check(&Expected {
        file: "census_income_kdd.parquet",
        target: "label",
        missing: &[
            ("migration code-change in msa", "?"),
            ("migration code-change in reg", "?"),
            ("migration code-move within reg", "?"),
            ("migration prev res in sunbelt", "?"),
            ("country of birth father", "?"),
            ("country of birth mother", "?"),
            ("country of birth self", "?"),
            ("state of previous residence", "?"),
        ],
        questions: &["capital gains"],
        ..Expected::default()
    });
}

#[test]
fn money() {
    check(&Expected {
        file: "credit_default.csv",
        target: "default.payment.next.month",
        ids: &["ID"],
        ..Expected::default()
    });
    check(&Expected {
        file: "german_credit.csv",
        target: "default",
        booleans: &["foreign_worker"],
        ..Expected::default()
    });
    check(&Expected { file: "creditcard_fraud.csv", target: "Class", ..Expected::default() });
    check(&Expected {
        file: "online_shoppers.csv",
        target: "Revenue",
        booleans: &["Weekend", "Revenue"],
        ..Expected::default()
    });
    check(&Expected { file: "online_retail.parquet", questions: &["CustomerID"], ..Expected::default() });
    check(&Expected {
        file: "olist_products.csv",
        target: "product_weight_g",
        ids: &["product_id"],
        ..Expected::default()
    });
    check(&Expected { file: "olist_sellers.csv", ids: &["seller_id"], ..Expected::default() });
}

#[test]
fn machines_and_sensors() {
    check(&Expected {
        file: "ai4i2020.csv",
        target: "Machine_failure",
        ids: &["UDI", "Product ID"],
        ..Expected::default()
    });
    check(&Expected { file: "cmapss_fd001_train.csv", ..Expected::default() });
    check(&Expected { file: "cmapss_fd001_test.csv", ..Expected::default() });
    check(&Expected { file: "cmapss_fd001_rul.csv", target: "rul", ids: &["unit"], ..Expected::default() });
    check(&Expected {
        file: "occupancy.csv",
        target: "Occupancy",
        times: &[("date", "%Y-%m-%d %H:%M:%S")],
        ..Expected::default()
    });
    check(&Expected {
        file: "bike_hour.csv",
        target: "cnt",
        ids: &["instant"],
        times: &[("dteday", "%Y-%m-%d")],
        ..Expected::default()
    });
    check(&Expected {
        file: "air_quality.csv",
        target: "CO(GT)",
        ignored: &["column_16", "column_17"],
        times: &[("Date", "%d/%m/%Y"), ("Time", "%H.%M.%S")],
        missing: &[("*", "-200")],
        ..Expected::default()
    });
    check(&Expected { file: "elec2.csv", target: "class", ..Expected::default() });
}

#[test]
fn houses_people_and_flowers() {
    check(&Expected { file: "california_housing.csv", target: "median_house_value", ..Expected::default() });
    check(&Expected {
        file: "ames_housing.csv",
        target: "price",
        ids: &["Order", "PID"],
        booleans: &["Central.Air"],
        ..Expected::default()
    });
    check(&Expected {
        file: "titanic.csv",
        target: "Survived",
        ids: &["PassengerId"],
        prose: &["Name"],
        ..Expected::default()
    });
    check(&Expected { file: "sms_spam.csv", target: "type", prose: &["text"], ..Expected::default() });
    check(&Expected { file: "iris.csv", target: "target", ..Expected::default() });
    check(&Expected { file: "breast_cancer.csv", target: "target", ..Expected::default() });
    check(&Expected { file: "diabetes.csv", target: "target", ..Expected::default() });
}
