//! A table with columns of every kind, and models of every learner on it.

use std::sync::Arc;

use almanac_pipeline::plan::TargetForm;
use almanac_pipeline::problem::is_input;
use almanac_pipeline::profile::Profile;
use almanac_pipeline::{Ask, Bundle, Candidate, Card, FitRows, Fitted, Learning, StepsSpec, bind, fit, frame_of, plan};
use arrow_array::{ArrayRef, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray};
use base::{Cx, Stream};
use contract::Task;
use table::{Column, DType, Field, Kind, Table};
use train::LearnerSpec;

pub const N_ROWS: usize = 400;

fn column(name: &str, dtype: DType, kind: Kind, array: ArrayRef) -> Column {
    Column::new(Field::new(name, dtype, kind), vec![array]).expect("fits")
}

/// Numbers with gaps, whole numbers, a boolean, categories few and many, dates, prose, an id; a target of each task.
pub fn table() -> Table {
    let mut rng = Cx::new(0, 1).rng(Stream { stage: "test", fold: 0, purpose: "table" });
    let x: Vec<Option<f64>> = (0..N_ROWS).map(|i| (i % 9 != 0).then(|| rng.normal())).collect();
    let n: Vec<i64> = (0..N_ROWS).map(|_| rng.below(7) as i64).collect();
    let flag: Vec<bool> = (0..N_ROWS).map(|_| rng.uniform() < 0.3).collect();
    let city: Vec<Option<String>> =
        (0..N_ROWS).map(|i| (i % 23 != 0).then(|| format!("city {}", rng.below(5)))).collect();
    let shop: Vec<String> = (0..N_ROWS).map(|_| format!("shop {}", rng.below(70))).collect();
    let day: Vec<i32> = (0..N_ROWS).map(|_| 19_000 + rng.below(900) as i32).collect();
    let words = ["slow", "fast", "kind", "rude", "again", "never"];
    let prose: Vec<String> =
        (0..N_ROWS).map(|_| (0..4).map(|_| words[rng.below(6)]).collect::<Vec<_>>().join(" ")).collect();
    let score: Vec<f64> = (0..N_ROWS)
        .map(|i| x[i].unwrap_or(0.8) + 0.3 * n[i] as f64 - if flag[i] { 1.0 } else { 0.0 } + 0.5 * rng.normal())
        .collect();
    let id: Vec<String> = (0..N_ROWS).map(|i| format!("r{i:05}")).collect();
    Table::new(vec![
        column("id", DType::Text, Kind::Identifier, Arc::new(StringArray::from(id))),
        column("x", DType::Float64, Kind::Number, Arc::new(Float64Array::from(x))),
        column("n", DType::Int64, Kind::Number, Arc::new(Int64Array::from(n))),
        column("flag", DType::Bool, Kind::Boolean, Arc::new(BooleanArray::from(flag))),
        column("city", DType::Text, Kind::Category, Arc::new(StringArray::from(city))),
        column("shop", DType::Text, Kind::Category, Arc::new(StringArray::from(shop))),
        column("day", DType::Date, Kind::Datetime, Arc::new(Date32Array::from(day))),
        column("prose", DType::Text, Kind::Text, Arc::new(StringArray::from(prose))),
        column("binary", DType::Text, Kind::Category, words_of(&score, &["no", "yes"])),
        column("multiclass", DType::Text, Kind::Category, words_of(&score, &["a", "b", "c"])),
        column("regression", DType::Float64, Kind::Number, Arc::new(Float64Array::from(score))),
    ])
    .expect("a table")
}

fn words_of(score: &[f64], words: &[&str]) -> ArrayRef {
    let level = |s: f64| words[((s + 1.0).max(0.0) as usize).min(words.len() - 1)];
    Arc::new(score.iter().map(|s| Some(level(*s))).collect::<StringArray>())
}

/// A bundle of one member, or of two where `blend`, for each task and learner.
pub fn bundles(table: &Table) -> Vec<(String, Bundle)> {
    let mut out = Vec::new();
    for task in Task::ALL {
        for name in LearnerSpec::NAMES {
            out.push((format!("{name} for {task}"), bundle(table, task, &[(1.0, name)])));
        }
        out.push((format!("blend for {task}"), bundle(table, task, &[(0.75, "boost"), (0.25, "linear")])));
    }
    out
}

/// A bundle of weighted learners.
pub fn bundle(table: &Table, task: Task, learners: &[(f64, &str)]) -> Bundle {
    let cx = Cx::new(1, 2);
    let others = Task::ALL.map(Task::as_str).into_iter().filter(|t| *t != task.as_str()).map(str::to_owned);
    let ask = Ask { target: task.to_string(), drop: others.collect(), ..Ask::default() };
    let bound = bind(table, &ask).expect("binds");
    let frame = frame_of(table, bound.problem.fields.iter().filter(|f| is_input(f))).expect("a frame");
    let rows: Vec<u32> = (0..N_ROWS as u32).collect();
    let learning = Learning { frame: &frame, target: &bound.target, weights: None };
    let mut members = Vec::new();
    for (weight, name) in learners {
        let mut learner = LearnerSpec::from_name(name).expect("a learner");
        if *name == "boost" {
            learner.set("boost.trees", "15").expect("a parameter");
        }
        let candidate = Candidate {
            name: (*name).to_owned(),
            steps: StepsSpec::Auto,
            learner,
            target_form: TargetForm::AsIs,
            n_bags: 1,
        };
        let plan = plan(&bound.problem, &candidate, N_ROWS).expect("plans");
        members.push((*weight, fit(&cx, &plan, learning, FitRows { train: &rows, watch: None }, None).expect("fits")));
    }
    let profile = Profile::of(table, &bound.problem).expect("a profile");
    Bundle { fitted: Fitted { problem: bound.problem, members }, card: Card::default(), profile }
}
