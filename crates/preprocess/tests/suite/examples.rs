//! A table with a feature of every form, every step with telling parameters, and frames as tests compare them.

use std::collections::BTreeMap;
use std::sync::Arc;

use almanac_preprocess::{FittedStep, StepSpec};
use arrow_array::Array;
use base::{Cx, Rng, Stream};
use contract::{Group, GroupForm, StepData, Target, Width};
use table::{Categories, DType, Feature, FeatureData, Frame, MISSING};

/// Specs as they stand in a project file. Every step is here at least once: `every_step_has_an_example` sees to it.
pub fn specs() -> Vec<StepSpec> {
    [
        r#"{"step":"impute","columns":"all"}"#,
        r#"{"step":"impute","columns":"all","with":"mean","indicator":true}"#,
        r#"{"step":"impute","columns":"all","with":"most_frequent"}"#,
        r#"{"step":"impute","columns":"all","with":"constant","indicator":true}"#,
        r#"{"step":"impute","columns":["city"],"with":"constant","value":"m"}"#,
        r#"{"step":"one_hot","columns":"category"}"#,
        r#"{"step":"one_hot","columns":"category","min_frequency":0.05,"drop":"if_binary"}"#,
        r#"{"step":"one_hot","columns":"category","min_frequency":2,"max_levels":5}"#,
        r#"{"step":"ordinal","columns":"category"}"#,
        r#"{"step":"ordinal","columns":"category","min_count":3,"max_levels":4}"#,
        r#"{"step":"ordinal","columns":"category","as_number":true}"#,
        r#"{"step":"frequency","columns":"category"}"#,
        r#"{"step":"frequency","columns":"category","min_levels":10,"keep":true}"#,
        r#"{"step":"target","columns":"category"}"#,
        r#"{"step":"target","columns":"category","smoothing":0,"folds":3,"min_levels":10,"keep":true}"#,
        r#"{"step":"target","columns":"category","min_rows":3}"#,
        r#"{"step":"scale","columns":"number"}"#,
        r#"{"step":"scale","columns":"number","with":"min_max"}"#,
        r#"{"step":"scale","columns":"number","with":"robust"}"#,
        r#"{"step":"date_parts","columns":"datetime"}"#,
        r#"{"step":"date_parts","columns":"datetime","cycles":true}"#,
        r#"{"step":"date_parts","columns":"datetime","cycles":true,"levels":true}"#,
        r#"{"step":"date_parts","columns":["when","day"],"parts":["year","week","weekday"],"cycles":true}"#,
        r#"{"step":"date_parts","columns":"clock","parts":["minute_of_day"]}"#,
        r#"{"step":"text","columns":"text"}"#,
        r#"{"step":"text","columns":"text","max_features":9,"min_df":2,"ngrams":[1,2],"statistics":true}"#,
        r#"{"step":"text","columns":"text","with":"hashing","max_features":64,"analyzer":"char","ngrams":[2,3]}"#,
        r#"{"step":"text","columns":"text","sublinear_tf":true,"norm":"none","max_df":0.5}"#,
        r#"{"step":"drop","columns":["city","income"]}"#,
        r#"{"step":"log","columns":"number"}"#,
        r#"{"step":"log","columns":"number","min_skew":3}"#,
    ]
    .iter()
    .map(|json| serde_json::from_str(json).unwrap_or_else(|e| panic!("{json}: {e}")))
    .collect()
}

/// One row as its cells are read.
#[derive(Debug, Clone)]
pub struct Row {
    pub age: f64,
    pub income: f64,
    pub city: Option<String>,
    pub member: Option<String>,
    pub ticket: Option<String>,
    pub when: i64,
    pub day: i64,
    pub clock: i64,
    pub note: Option<String>,
}

const WORDS: [&str; 12] =
    ["late", "Train", "york", "HULL", "prize", "über", "東京", "42", "please", "don't", "ok", "x"];

/// Rows drawn under a seed; some cells of most columns are missing.
pub fn rows(n: usize, seed: u64) -> Vec<Row> {
    let mut r = Rng::new(seed, Stream { stage: "test", fold: 0, purpose: "rows" });
    let mut pick = |n: usize| r.below(n);
    let some = |missing: bool, s: String| if missing { None } else { Some(s) };
    (0..n)
        .map(|_| {
            let minutes = pick(600 * 24 * 60) as i64;
            let words: Vec<&str> = (0..pick(9)).map(|_| WORDS[pick(WORDS.len())]).collect();
            Row {
                age: if pick(10) == 0 { f64::NAN } else { pick(60) as f64 + 18.0 },
                income: (pick(1_000_000) as f64 / 1000.0).powi(2) / 7.0,
                city: some(pick(8) == 0, format!("city {}", pick(4) * pick(5))),
                member: some(false, ["no", "yes"][pick(2)].to_owned()),
                ticket: some(pick(20) == 0, format!("T{:03}", pick(60))),
                when: if pick(15) == 0 { i64::MIN } else { (19_000 * 1440 + minutes) * 60_000_000 },
                day: (19_500 + minutes / 1440) * 86_400_000_000,
                clock: (minutes % 1440) * 60_000_000,
                note: some(pick(12) == 0, words.join([" ", ", ", "! "][pick(3)])),
            }
        })
        .collect()
}

/// A frame of rows, whose dictionaries hold just the levels that stand in them.
pub fn frame(rows: &[Row]) -> Frame {
    let number = |of: fn(&Row) -> f64| FeatureData::Number(Arc::new(rows.iter().map(of).collect()));
    let micros =
        |dtype, of: fn(&Row) -> i64| FeatureData::Datetime { micros: Arc::new(rows.iter().map(of).collect()), dtype };
    let category = |of: fn(&Row) -> &Option<String>| {
        let mut seen = BTreeMap::new();
        let mut codes = Vec::new();
        for row in rows {
            let next = seen.len() as u32;
            codes.push(of(row).as_ref().map_or(MISSING, |level| *seen.entry(level.clone()).or_insert(next)));
        }
        FeatureData::Category(Arc::new(Categories::from_first_seen(seen, codes)))
    };
    let data = [
        ("age", number(|r| r.age)),
        ("income", number(|r| r.income)),
        ("city", category(|r| &r.city)),
        ("member", category(|r| &r.member)),
        ("ticket", category(|r| &r.ticket)),
        ("when", micros(DType::Datetime, |r| r.when)),
        ("day", micros(DType::Date, |r| r.day)),
        ("clock", micros(DType::Time, |r| r.clock)),
        ("note", FeatureData::Text(Arc::new(rows.iter().map(|r| r.note.clone()).collect()))),
    ];
    let features = data.into_iter().map(|(name, data)| Feature { name: name.into(), source: name.into(), data });
    Frame { n_rows: rows.len(), features: features.collect() }
}

/// The groups of that frame, as a plan begins with them.
pub fn groups() -> Vec<Group> {
    let form = |data: &FeatureData| match data {
        FeatureData::Number(_) => GroupForm::Number,
        FeatureData::Category(_) => GroupForm::Category,
        FeatureData::Datetime { .. } => GroupForm::Datetime,
        FeatureData::Text(_) => GroupForm::Text,
        _ => panic!("not in the table"),
    };
    let features = frame(&[]).features;
    let group = |f: Feature| Group { form: form(&f.data), name: f.name, source: f.source, width: Width::Fixed(1) };
    features.into_iter().map(group).collect()
}

/// Truth for each row, of every task.
pub fn targets(n: usize) -> Vec<Target> {
    vec![
        Target::Real((0..n).map(|i| (i * i % 17) as f64 / 3.0).collect()),
        Target::Class { codes: (0..n).map(|i| (i * i % 3 == 1) as u32).collect(), n_classes: 2 },
        Target::Class { codes: (0..n).map(|i| (i * i % 7 % 4) as u32).collect(), n_classes: 4 },
    ]
}

/// Fits without weights.
pub fn fit(spec: &StepSpec, frame: &Frame, target: &Target) -> FittedStep {
    let data = StepData { frame, target: Some(target), weights: None };
    spec.fit(&Cx::new(1, 1), data).unwrap_or_else(|e| panic!("{spec:?}: {e}"))
}

/// Canonical bytes of a fitted step: what stands in a bundle.
pub fn bytes(fitted: &FittedStep) -> String {
    String::from_utf8(base::json::canonical(fitted).expect("a fitted step is JSON")).expect("JSON is UTF-8")
}

/// The cells of each feature, bit by bit, whatever the dictionary.
pub fn cells(frame: &Frame) -> Vec<(String, Vec<String>)> {
    let of = |data: &FeatureData| -> Vec<String> {
        match data {
            FeatureData::Number(v) => v.iter().map(|x| format!("{x} {:x}", x.to_bits())).collect(),
            FeatureData::Category(c) => {
                c.codes.iter().map(|&code| format!("{:?}", c.levels.get(code as usize))).collect()
            }
            FeatureData::Codes { codes, n_levels } => codes.iter().map(|c| format!("{c} of {n_levels}")).collect(),
            FeatureData::Datetime { micros, dtype } => micros.iter().map(|m| format!("{dtype} {m}")).collect(),
            FeatureData::Text(t) => t.iter().map(|t| format!("{t:?}")).collect(),
            FeatureData::Sparse(s) => {
                let row = |i| {
                    let (columns, values): (&[u32], &[f64]) = s.row(i);
                    let bits: Vec<u64> = values.iter().map(|v| v.to_bits()).collect();
                    format!("{columns:?} {bits:?} of {}", s.n_cols)
                };
                (0..s.n_rows()).map(row).collect()
            }
        }
    };
    frame.features.iter().map(|f| (f.name.clone(), of(&f.data))).collect()
}

/// How many values of a feature are missing.
pub fn n_missing(data: &FeatureData) -> usize {
    match data {
        FeatureData::Number(v) => v.iter().filter(|x| x.is_nan()).count(),
        FeatureData::Category(c) => c.codes.iter().filter(|c| **c == MISSING).count(),
        FeatureData::Text(t) => t.null_count(),
        FeatureData::Datetime { micros, .. } => micros.iter().filter(|m| **m == i64::MIN).count(),
        FeatureData::Codes { codes, .. } => codes.iter().filter(|c| **c == MISSING).count(),
        FeatureData::Sparse(_) => 0,
    }
}
