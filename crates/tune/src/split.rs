//! How rows are split for cross-validation: chosen from the columns' roles, explained, and the same rows every time.

use std::str::FromStr;

use base::{Cx, Stream};
use contract::Target;
use pipeline::problem::Given;
use pipeline::{Bound, PipelineError, roles};
use stats::{SplitSpec, resample};
use table::Table;

use crate::error::TuneError;

/// Up to this many rows, five folds; beyond, three; beyond [`THREE_FOLDS_ROWS_MAX`], one part held out.
pub const FIVE_FOLDS_ROWS_MAX: usize = 60_000;
/// Up to this many rows, three folds.
pub const THREE_FOLDS_ROWS_MAX: usize = 400_000;
/// Share of a fold's training rows that early stopping watches.
pub const WATCH_SHARE: f64 = 0.15;
/// With fewer training rows, early stopping would watch noise.
const WATCHED_ROWS_MIN: usize = 40;
/// Share of the rows that the first of several folds forward in time learns from: with less, folds would judge models
/// that know much less than the one that is kept.
const FORWARD_FIRST_SHARE: f64 = 0.5;
/// Share of the rows that are held out where there are no folds.
const HOLDOUT_SHARE: f64 = 0.2;

/// `--split`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SplitWish {
    /// Chosen from the columns.
    #[default]
    Auto,
    /// At random, in classification with equal shares of each class.
    Random,
    /// Forward in time by these columns.
    Time(Vec<String>),
    /// Groups kept together.
    Group(String),
    /// The fold stands in a column.
    Column(String),
}

impl FromStr for SplitWish {
    type Err = TuneError;

    fn from_str(s: &str) -> Result<Self, TuneError> {
        let wrong = || TuneError::SplitForm { found: s.to_owned() };
        match s.split_once(':') {
            None if s == "random" => Ok(Self::Random),
            Some((_, "")) | None => Err(wrong()),
            Some(("time", columns)) => {
                let columns: Vec<String> = columns.split(',').map(|c| c.trim().to_owned()).collect();
                if columns.iter().any(String::is_empty) { Err(wrong()) } else { Ok(Self::Time(columns)) }
            }
            Some(("group", column)) => Ok(Self::Group(column.to_owned())),
            Some(("column", column)) => Ok(Self::Column(column.to_owned())),
            Some(_) => Err(wrong()),
        }
    }
}

/// What kind of split, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitChoice {
    /// What was settled; never `Auto`.
    pub wish: SplitWish,
    /// Why: a sentence.
    pub reason: String,
}

/// Settles the kind of split: what was asked for, or what the columns say.
///
/// # Errors
/// A column that does not exist.
pub fn choose_split(table: &Table, target: &str, drop: &[String], wish: &SplitWish) -> Result<SplitChoice, TuneError> {
    if *wish != SplitWish::Auto {
        let columns: Vec<&String> = match wish {
            SplitWish::Time(columns) => columns.iter().collect(),
            SplitWish::Group(c) | SplitWish::Column(c) => vec![c],
            SplitWish::Auto | SplitWish::Random => Vec::new(),
        };
        for column in columns {
            table.column(column).map_err(PipelineError::from)?;
        }
        return Ok(SplitChoice { wish: wish.clone(), reason: "you said so".into() });
    }
    let mut except: Vec<&str> = drop.iter().map(String::as_str).collect();
    except.push(target);
    if let Some(found) = roles::group_column(table, &except)? {
        return Ok(SplitChoice { wish: SplitWish::Group(found.column), reason: found.evidence });
    }
    if let Some(found) = roles::time_column(table, &except) {
        return Ok(SplitChoice { wish: SplitWish::Time(vec![found.column]), reason: found.evidence });
    }
    let reason = "no column groups the rows or orders them in time".to_owned();
    Ok(SplitChoice { wish: SplitWish::Random, reason })
}

/// Training and test rows of one fold, as positions among the bound rows, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Rows to learn from.
    pub train: Vec<u32>,
    /// Rows to judge by.
    pub test: Vec<u32>,
}

/// The folds of a search.
#[derive(Debug, Clone)]
pub struct Splits {
    /// Word for the kind: `stratified`, `random`, `grouped`, `forward in time`, `given`.
    pub kind: &'static str,
    /// Folds.
    pub folds: Vec<Fold>,
    /// Rows that are tested in some fold, ascending.
    pub tested: Vec<u32>,
    groups: Option<Vec<u32>>,
    time: Option<Vec<i64>>,
}

impl Splits {
    /// Positions among [`Splits::tested`], fold by fold, ascending; of a single fold every other row, so that there are
    /// always two parts at least.
    pub fn tested_by_fold(&self) -> Vec<Vec<u32>> {
        if self.folds.len() < 2 {
            return (0..2).map(|part| (part..self.tested.len() as u32).step_by(2).collect()).collect();
        }
        let at = |row: &u32| self.tested.binary_search(row).ok().map(|at| at as u32);
        self.folds.iter().map(|f| f.test.iter().filter_map(at).collect()).collect()
    }

    /// The keys that rows are split by, for some of them.
    fn spec<'a>(&self, kept: &'a Keys) -> SplitSpec<'a> {
        match (&kept.time, &kept.groups, &kept.classes) {
            (Some(times), _, _) => SplitSpec::Forward { times },
            (None, Some(groups), Some(codes)) => SplitSpec::StratifiedGrouped { codes, groups },
            (None, Some(groups), None) => SplitSpec::Grouped { groups },
            (None, None, Some(codes)) => SplitSpec::Stratified { codes },
            (None, None, None) => SplitSpec::Random,
        }
    }
}

/// Keys of some rows.
struct Keys {
    time: Option<Vec<i64>>,
    groups: Option<Vec<u32>>,
    classes: Option<Vec<u32>>,
}

fn classes_of(target: &Target) -> Option<&[u32]> {
    match target {
        Target::Class { codes, .. } => Some(codes),
        Target::Real(_) => None,
    }
}

/// Splits the rows of a problem. Random folds depend on the seed, nothing else on anything but the rows.
///
/// # Errors
/// Fewer rows, groups or times than folds; a column that gives one side only; a class with a single row.
pub fn split(cx: &Cx, bound: &Bound, wish: &SplitWish, folds: Option<usize>) -> Result<Splits, TuneError> {
    let n_rows = bound.rows.len();
    let mut splits = Splits { kind: "random", folds: Vec::new(), tested: Vec::new(), groups: None, time: None };
    let kept = Keys {
        time: bound.time.clone().filter(|_| matches!(wish, SplitWish::Time(_))),
        groups: bound.groups.clone().filter(|_| matches!(wish, SplitWish::Group(_))),
        classes: classes_of(&bound.target).map(<[u32]>::to_vec),
    };
    let mut rng = cx.rng(Stream { stage: "split", fold: 0, purpose: "folds" });
    let made: Vec<resample::Fold> = match (wish, &bound.given) {
        (SplitWish::Column(_), Some(given)) => {
            splits.kind = "given";
            given_folds(given)?
        }
        _ => {
            splits.kind = match wish {
                SplitWish::Time(_) => "forward in time",
                SplitWish::Group(_) => "grouped",
                _ if kept.classes.is_some() => "stratified",
                _ => "random",
            };
            let spec = splits.spec(&kept);
            match folds.unwrap_or_else(|| usual_folds(n_rows, &bound.target)) {
                1 => vec![spec.holdout(n_rows, HOLDOUT_SHARE, &mut rng)?],
                n_folds if let Some(times) = &kept.time => {
                    resample::forward_from(times, n_folds, FORWARD_FIRST_SHARE)?.folds
                }
                n_folds => spec.folds(n_rows, n_folds, &mut rng)?.folds,
            }
        }
    };
    splits.folds = made.into_iter().map(|f| Fold { train: f.train, test: f.test }).collect();
    splits.tested = splits.folds.iter().flat_map(|f| f.test.iter().copied()).collect();
    splits.tested.sort_unstable();
    (splits.groups, splits.time) = (kept.groups, kept.time);
    Ok(splits)
}

fn given_folds(given: &Given) -> Result<Vec<resample::Fold>, TuneError> {
    let levels: Vec<&str> = given.levels.iter().map(String::as_str).collect();
    match resample::train_and_test(&levels) {
        Some(sides) => Ok(vec![resample::given_holdout(&given.codes, sides.test as u32)?]),
        None => Ok(resample::given(&given.codes)?.folds),
    }
}

/// Folds for this many rows; fewer where a class has fewer rows than that, two at least. 1 stands for one part held out.
fn usual_folds(n_rows: usize, target: &Target) -> usize {
    let by_rows = match n_rows {
        0..=FIVE_FOLDS_ROWS_MAX => 5.min(n_rows),
        n if n <= THREE_FOLDS_ROWS_MAX => 3,
        _ => return 1,
    };
    let Target::Class { codes, n_classes } = target else { return by_rows };
    let mut counts = vec![0usize; *n_classes];
    codes.iter().for_each(|&c| counts[c as usize] += 1);
    let rarest = counts.into_iter().min().unwrap_or(by_rows);
    by_rows.min(rarest.max(2))
}

/// Parts some training rows into those to learn from and those that early stopping watches, in the manner of the folds
/// (the last in time, whole groups, equal shares of classes). `None` if there are too few rows to part.
pub fn watch_part(cx: &Cx, splits: &Splits, target: &Target, train: &[u32]) -> Option<Fold> {
    if train.len() < WATCHED_ROWS_MIN {
        return None;
    }
    let pick = |keys: &Vec<u32>| train.iter().map(|&r| keys[r as usize]).collect();
    let kept = Keys {
        time: splits.time.as_ref().map(|t| train.iter().map(|&r| t[r as usize]).collect()),
        groups: splits.groups.as_ref().map(pick),
        classes: classes_of(target).map(|codes| train.iter().map(|&r| codes[r as usize]).collect()),
    };
    let mut rng = cx.rng(Stream { stage: "split", fold: 0, purpose: "watch" });
    // Too few groups or times to part: the whole is learned from, and no round is spared.
    let parted = splits.spec(&kept).holdout(train.len(), WATCH_SHARE, &mut rng).ok()?;
    let rows = |part: &[u32]| part.iter().map(|&i| train[i as usize]).collect();
    Some(Fold { train: rows(&parted.train), test: rows(&parted.test) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read() {
        assert_eq!("random".parse::<SplitWish>().ok(), Some(SplitWish::Random));
        assert_eq!("time:a, b".parse::<SplitWish>().ok(), Some(SplitWish::Time(vec!["a".into(), "b".into()])));
        assert_eq!("group:unit".parse::<SplitWish>().ok(), Some(SplitWish::Group("unit".into())));
        for wrong in ["", "time:", "time:a,,b", "fold:x", "randomly"] {
            assert!(wrong.parse::<SplitWish>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn folds_follow_from_rows_and_classes() {
        let real = |n: usize| usual_folds(n, &Target::Real(vec![0.0; n]));
        assert_eq!([real(3), real(100), real(60_001), real(400_001)], [3, 5, 3, 1]);
        let codes: Vec<u32> = (0..100).map(|i| u32::from(i < 3)).collect();
        assert_eq!(usual_folds(100, &Target::Class { codes, n_classes: 2 }), 3);
    }

    #[test]
    fn watched_rows_are_of_the_training_rows_and_come_last_in_time() {
        let splits = Splits {
            kind: "forward in time",
            folds: Vec::new(),
            tested: Vec::new(),
            groups: None,
            time: Some((0..200).rev().collect()),
        };
        let target = Target::Real(vec![0.0; 200]);
        let train: Vec<u32> = (50..200).collect();
        let Fold { train: learn, test: watch } =
            watch_part(&Cx::new(0, 1), &splits, &target, &train).expect("enough rows");
        assert_eq!(learn.len() + watch.len(), train.len());
        assert!(watch.iter().all(|w| learn.iter().all(|l| l > w)), "time runs backwards here");
        assert!(watch_part(&Cx::new(0, 1), &splits, &target, &train[..10]).is_none());
    }
}
