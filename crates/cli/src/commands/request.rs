//! Flags into requests: `COL=VALUE` pairs, sizes, names.

use std::collections::BTreeMap;
use std::str::FromStr;

use base::Fault;
use workflow::WorkflowError;
use workflow::train::TrainAsk;
use workflow::{Answers, BadRows, ReadOptions, SplitWish, Wish};

use crate::args::{BadRowsArg, ReadingArgs, TrainArgs};

type Request<T> = Result<T, Box<dyn Fault>>;

fn wrong<T>(flag: &'static str, what: impl Into<String>) -> Request<T> {
    Err(Box::new(WorkflowError::Flag { flag, what: what.into() }))
}

/// The request of `train`.
pub fn train(a: &TrainArgs) -> Request<TrainAsk> {
    let task = match &a.task {
        None => None,
        Some(t) => match contract::Task::from_str(t) {
            Ok(task) => Some(task),
            Err(what) => return wrong("--task", what),
        },
    };
    let metric = a.metric.as_ref().map(|m| workflow::Metric::from_str(m)).transpose().map_err(|e| {
        let fault: Box<dyn Fault> = Box::new(WorkflowError::from(e));
        fault
    })?;
    let split = match &a.split {
        None => SplitWish::Auto,
        Some(s) => SplitWish::from_str(s).map_err(|e| {
            let fault: Box<dyn Fault> = Box::new(e);
            fault
        })?,
    };
    if a.folds.is_some_and(|k| k < 2) {
        return wrong("--folds", "at least 2 folds are needed");
    }
    Ok(TrainAsk {
        data: a.data.clone(),
        target: a.target.clone(),
        out: a.out.clone(),
        task,
        positive: a.positive.clone(),
        metric,
        wish: Wish { learners: a.learner.clone(), set: pairs("--set", &a.set)?, no_tune: a.no_tune },
        split,
        folds: a.folds,
        drop: a.drop.clone(),
        ids: a.id.clone(),
        weight: a.weight.clone(),
        reading: reading(&a.reading)?,
    })
}

/// How sources are read.
pub fn reading(a: &ReadingArgs) -> Request<ReadOptions> {
    let mut kinds = BTreeMap::new();
    for (column, kind) in pairs("--kind", &a.kind)? {
        match kind.parse() {
            Ok(kind) => kinds.insert(column, kind),
            Err(what) => return wrong("--kind", what),
        };
    }
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (column, token) in pairs("--missing", &a.missing)? {
        missing.entry(column).or_default().push(token);
    }
    let memory_limit = match &a.memory_limit {
        None => None,
        Some(text) => Some(size("--memory-limit", text)?),
    };
    let formats = pairs("--format", &a.format)?.into_iter().collect();
    Ok(ReadOptions {
        answers: Answers { kinds, missing, formats },
        bad_rows: match a.bad_rows {
            BadRowsArg::Refuse => BadRows::Refuse,
            BadRowsArg::Quarantine => BadRows::Quarantine,
        },
        memory_limit,
        ..delimiter(a.delimiter.as_deref())?
    })
}

/// `--delimiter`: one ASCII character, `\t` for a tab.
pub fn delimiter(text: Option<&str>) -> Request<ReadOptions> {
    let delimiter = match text {
        None => None,
        Some("\\t" | "tab") => Some(b'\t'),
        Some(t) if t.len() == 1 && !matches!(t, "\"" | "\n" | "\r") => Some(t.as_bytes()[0]),
        Some(t) => {
            return wrong("--delimiter", format!("{} is not one ASCII character", base::finding::quoted(t)));
        }
    };
    Ok(ReadOptions { delimiter, ..ReadOptions::default() })
}

/// Splits `COL=VALUE` at the last `=` before which a name stands; a name may hold `=` if the value does not.
fn pairs(flag: &'static str, given: &[String]) -> Request<Vec<(String, String)>> {
    let mut out = Vec::new();
    for text in given {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => out.push((name.to_owned(), value.to_owned())),
            _ => return wrong(flag, format!("{} is not NAME=VALUE", base::finding::quoted(text))),
        }
    }
    Ok(out)
}

/// Bytes of a size such as `2GiB`, `500MB` or `1000000`.
fn size(flag: &'static str, text: &str) -> Request<u64> {
    let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let factor: f64 = match text[digits.len()..].trim() {
        "" | "B" => 1.0,
        "kB" | "KB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "KiB" => 1024.0,
        "MiB" => 1_048_576.0,
        "GiB" => 1_073_741_824.0,
        _ => f64::NAN,
    };
    match digits.parse::<f64>() {
        Ok(n) if (n * factor) >= 1.0 => Ok((n * factor) as u64),
        _ => wrong(flag, format!("{} is not a size such as 2GiB or 500MB", base::finding::quoted(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_pairs() {
        assert_eq!(size("--memory-limit", "2GiB").ok(), Some(2 << 30));
        assert_eq!(size("--memory-limit", "1.5MB").ok(), Some(1_500_000));
        assert!(size("--memory-limit", "-3").is_err());
        assert!(size("--memory-limit", "2 parsecs").is_err());
        assert_eq!(pairs("--set", &["boost.trees=5".into()]).ok(), Some(vec![("boost.trees".into(), "5".into())]));
        assert!(pairs("--set", &["=5".into()]).is_err());
    }
}
