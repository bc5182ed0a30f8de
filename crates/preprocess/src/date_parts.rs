//! `date_parts`: dates and times as parts and cycles, never as absolute time. Not here: reading them from text.

use std::sync::Arc;

use base::{Cx, math};
use contract::{ApplyStep, FitError, FitStep, Group, GroupForm, ParamError, StepData, Width};
use serde::{Deserialize, Serialize};
use table::datetime::{civil_from_days, days_from_civil, weekday};
use table::{DType, Feature, FeatureData, Frame, Sparse};

use crate::columns::{Columns, Want};
use crate::rewrite::{Learned, Rewrite, check_fitted, derived, plan, rewrite};
use crate::rows;

const WANT: Want = Want { step: "date_parts", forms: &[GroupForm::Datetime] };

const DAY_US: i64 = 86_400_000_000;
const MISSING: i64 = i64::MIN;

/// A part of a date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The year. Never chosen by itself: it only grows, so that no new row has a year of the training rows.
    Year,
    /// 1 to 12.
    Month,
    /// Week of the year by ISO 8601, 1 to 53.
    Week,
    /// Day of the month, 1 to 31.
    Day,
    /// Day of the year, 1 to 366.
    DayOfYear,
    /// 0 is Monday, 6 is Sunday.
    Weekday,
    /// 1 on Saturday and Sunday, else 0.
    IsWeekend,
    /// 0 to 23.
    Hour,
    /// Minute of the hour, 0 to 59.
    Minute,
    /// Minute of the day, 0 to 1439.
    MinuteOfDay,
}

impl Part {
    /// Every part, in the order in which they come out.
    pub const ALL: [Part; 10] = [
        Self::Year,
        Self::Month,
        Self::Week,
        Self::Day,
        Self::DayOfYear,
        Self::Weekday,
        Self::IsWeekend,
        Self::Hour,
        Self::Minute,
        Self::MinuteOfDay,
    ];

    /// The name as it stands in specs and behind the feature's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::DayOfYear => "day_of_year",
            Self::Weekday => "weekday",
            Self::IsWeekend => "is_weekend",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::MinuteOfDay => "minute_of_day",
        }
    }

    fn is_of_date(self) -> bool {
        !matches!(self, Self::Hour | Self::Minute | Self::MinuteOfDay)
    }

    /// Smallest value and number of values of a part that comes round.
    fn cycle(self) -> Option<(f64, f64)> {
        match self {
            Self::Month => Some((1.0, 12.0)),
            Self::Day => Some((1.0, 31.0)),
            Self::DayOfYear => Some((1.0, 365.25)),
            Self::Weekday => Some((0.0, 7.0)),
            Self::Hour => Some((0.0, 24.0)),
            Self::MinuteOfDay => Some((0.0, 1440.0)),
            Self::Year | Self::Week | Self::IsWeekend | Self::Minute => None,
        }
    }

    /// Smallest value and number of values of a part whose values are few enough for a column each.
    fn levels(self) -> Option<(f64, usize)> {
        match self {
            Self::Month => Some((1.0, 12)),
            Self::Weekday => Some((0.0, 7)),
            Self::Hour => Some((0.0, 24)),
            _ => None,
        }
    }

    /// How many days the training rows must span before the part is chosen by itself. Within less than its own
    /// period, a part is absolute time under another name.
    fn days_min(self) -> Option<i64> {
        match self {
            Self::Month | Self::DayOfYear => Some(365),
            Self::Day => Some(61),
            Self::Weekday | Self::IsWeekend => Some(14),
            Self::Hour | Self::Minute => Some(2),
            Self::Year | Self::Week | Self::MinuteOfDay => None,
        }
    }

    fn of(self, micros: i64) -> f64 {
        let days = micros.div_euclid(DAY_US) as i32;
        let minutes = (micros.rem_euclid(DAY_US) / 60_000_000) as u32;
        match self {
            Self::Year => f64::from(civil_from_days(days).0),
            Self::Month => f64::from(civil_from_days(days).1),
            Self::Week => f64::from(iso_week(days)),
            Self::Day => f64::from(civil_from_days(days).2),
            Self::DayOfYear => f64::from(day_of_year(days)),
            Self::Weekday => f64::from(weekday(days)),
            Self::IsWeekend => f64::from(u8::from(weekday(days) >= 5)),
            Self::Hour => f64::from(minutes / 60),
            Self::Minute => f64::from(minutes % 60),
            Self::MinuteOfDay => f64::from(minutes),
        }
    }
}

fn day_of_year(days: i32) -> i32 {
    days - days_from_civil(civil_from_days(days).0, 1, 1) + 1
}

/// The week of the Thursday that is nearest.
fn iso_week(days: i32) -> i32 {
    (day_of_year(days + 3 - weekday(days) as i32) - 1) / 7 + 1
}

/// Turns dates and times into numbers that come round.
///
/// - input: dates, datetimes, times of day; output, in the place of each: numbers `name:month`, `name:hour`, …, and
///   with `cycles` also `name:month_sin`, `name:month_cos` for the parts that come round
/// - with `levels`, the month, the weekday and the hour also become a block of columns, one a value (`name:hour=7`): a sum
///   of weighted columns can then have two rush hours a day
/// - without `parts`, they are chosen by the training rows: of a date the month, day, day of the year, weekday and
///   whether it is a weekend; of a datetime also hour and minute; of a time of day hour, minute and minute of the day.
///   Of these, only parts that vary, and only where the rows span the part's period: a year for the month and the day
///   of the year, two months for the day, two weeks for the weekday, two days for the hour. A month that grows from
///   first row to last is absolute time, which no new row shares.
/// - the year is there only if it is asked for
/// - missing is missing in every part
///
/// # Errors
/// [`FitError::Form`] if a part of a date is asked of a time of day, or a time of day of a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateParts {
    /// Dates, datetimes and times.
    pub columns: Columns,
    /// Which parts, rather than those that the rows suggest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<Part>>,
    /// Whether sine and cosine stand beside the parts that come round.
    #[serde(default)]
    pub cycles: bool,
    /// Whether a column for each value stands beside the parts of few values.
    #[serde(default)]
    pub levels: bool,
}

impl DateParts {
    /// Parts by the rows, without cycles.
    pub fn new(columns: Columns) -> Self {
        Self { columns, parts: None, cycles: false, levels: false }
    }

    /// The parts asked for, each once, in the order of [`Part::ALL`].
    fn asked(&self) -> Result<Option<Vec<Part>>, FitError> {
        let Some(parts) = &self.parts else { return Ok(None) };
        if parts.is_empty() {
            return Err(FitError::Params(ParamError::Value {
                table: WANT.step,
                name: "parts",
                found: "empty".into(),
                expected: "one part at least; step `drop` leaves a column out".into(),
            }));
        }
        Ok(Some(Part::ALL.into_iter().filter(|p| parts.contains(p)).collect()))
    }

    fn learn(&self, feature: &Feature, weights: Option<&[f64]>) -> Result<DateFeature, FitError> {
        let (micros, dtype) = micros_of(feature)?;
        let asked = self.asked()?;
        let wrong = asked.iter().flatten().find(|p| !is_part_of(**p, dtype));
        if let Some(part) = wrong {
            return Err(FitError::Form {
                feature: feature.name.clone(),
                expected: format!("something with a {}", part.as_str()),
                found: format!("a {dtype}"),
            });
        }
        let parts = asked.unwrap_or_else(|| suggested(micros, dtype, weights));
        Ok(DateFeature { feature: feature.name.clone(), dtype, parts, cycles: self.cycles, levels: self.levels })
    }
}

fn micros_of(feature: &Feature) -> Result<(&[i64], DType), FitError> {
    match &feature.data {
        FeatureData::Datetime { micros, dtype } => Ok((micros, *dtype)),
        _ => Err(rows::wrong_form(feature, "datetime")),
    }
}

fn is_part_of(part: Part, dtype: DType) -> bool {
    match dtype {
        DType::Date => part.is_of_date(),
        DType::Time => !part.is_of_date(),
        _ => true,
    }
}

/// The parts that vary and whose period the rows span.
fn suggested(micros: &[i64], dtype: DType, weights: Option<&[f64]>) -> Vec<Part> {
    let is_used = |i: &usize| micros[*i] != MISSING && rows::weight(weights, *i) > 0.0;
    let used: Vec<i64> = (0..micros.len()).filter(is_used).map(|i| micros[i]).collect();
    let (Some(&first), Some(&last)) = (used.iter().min(), used.iter().max()) else { return Vec::new() };
    let days = last.div_euclid(DAY_US) - first.div_euclid(DAY_US);
    let is_spanned = |part: &Part| match dtype {
        DType::Time => true,
        _ => part.days_min().is_some_and(|min| days >= min),
    };
    let varies = |part: &Part| {
        let value = part.of(first);
        used.iter().any(|m| part.of(*m) != value)
    };
    Part::ALL.into_iter().filter(|p| is_part_of(*p, dtype)).filter(is_spanned).filter(varies).collect()
}

impl FitStep for DateParts {
    type Fitted = FittedDateParts;

    fn name(&self) -> &'static str {
        WANT.step
    }

    fn plan(&self, groups: &[Group]) -> Result<Vec<Group>, FitError> {
        let asked = self.asked()?;
        let picked = self.columns.of_groups(WANT, groups)?;
        Ok(plan(groups, &picked, |g| {
            let names = asked.as_ref().map(|parts| names_of(&g.name, parts, self.cycles));
            let (name, width) = match (names.as_deref(), g.width) {
                (Some([one]), Width::Fixed(1)) => (one.clone(), Width::Fixed(1)),
                (Some(names), Width::Fixed(n)) => (g.name.clone(), Width::Fixed(names.len() * n)),
                _ => (g.name.clone(), Width::Learned),
            };
            let mut made = vec![Group { name, source: g.source.clone(), form: GroupForm::Number, width }];
            if self.levels {
                let (name, source) = (format!("{}:levels", g.name), g.source.clone());
                made.push(Group { name, source, form: GroupForm::Sparse, width: Width::Learned });
            }
            made
        }))
    }

    fn fit(&self, cx: &Cx, data: StepData<'_>) -> Result<FittedDateParts, FitError> {
        rows::check(&data)?;
        let picked = self.columns.of_frame(WANT, data.frame)?;
        let learned = cx.map(picked.len(), |i| self.learn(&data.frame.features[picked[i]], data.weights));
        Ok(FittedDateParts { features: learned.into_iter().collect::<Result<_, _>>()? })
    }
}

fn names_of(feature: &str, parts: &[Part], cycles: bool) -> Vec<String> {
    let mut names = Vec::new();
    for part in parts {
        names.push(format!("{feature}:{}", part.as_str()));
        if cycles && part.cycle().is_some() {
            names.push(format!("{feature}:{}_sin", part.as_str()));
            names.push(format!("{feature}:{}_cos", part.as_str()));
        }
    }
    names
}

/// The parts of each date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FittedDateParts {
    /// One entry a feature.
    pub features: Vec<DateFeature>,
}

/// The parts of one date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateFeature {
    /// Its name.
    pub feature: String,
    /// Date, datetime or time.
    pub dtype: DType,
    /// Parts, in the order of [`Part::ALL`].
    pub parts: Vec<Part>,
    /// Whether sine and cosine come out.
    pub cycles: bool,
    /// Whether a block of columns comes out for each part of few values.
    #[serde(default)]
    pub levels: bool,
}

impl DateFeature {
    /// The parts with a block of columns.
    fn blocks(&self) -> impl Iterator<Item = (Part, f64, usize)> {
        let parts = self.parts.iter().filter(|_| self.levels);
        parts.filter_map(|part| part.levels().map(|(low, n)| (*part, low, n)))
    }

    fn block_name(&self, part: Part) -> String {
        format!("{}:levels:{}", self.feature, part.as_str())
    }
}

impl Rewrite for DateFeature {
    fn feature(&self) -> &str {
        &self.feature
    }

    fn rewrite(&self, feature: &Feature) -> Result<Vec<Feature>, FitError> {
        let (micros, dtype) = micros_of(feature)?;
        if dtype != self.dtype {
            return Err(FitError::Form {
                feature: feature.name.clone(),
                expected: format!("a {}", self.dtype),
                found: format!("a {dtype}"),
            });
        }
        let column = |of: &dyn Fn(i64) -> f64| {
            let value = |m: &i64| if *m == MISSING { f64::NAN } else { of(*m) };
            FeatureData::Number(Arc::new(micros.iter().map(value).collect()))
        };
        let mut made = Vec::new();
        for part in &self.parts {
            made.push(column(&|m| part.of(m)));
            if let Some((low, length)) = part.cycle().filter(|_| self.cycles) {
                let angle = |m: i64| std::f64::consts::TAU * (part.of(m) - low) / length;
                made.push(column(&|m| math::sin(angle(m))));
                made.push(column(&|m| math::cos(angle(m))));
            }
        }
        let names = names_of(&self.feature, &self.parts, self.cycles);
        let mut out: Vec<Feature> =
            names.into_iter().zip(made).map(|(name, data)| derived(feature, name, data)).collect();
        for (part, low, n_cols) in self.blocks() {
            let mut block = Sparse { n_cols, row_starts: vec![0], columns: Vec::new(), values: Vec::new() };
            for m in micros {
                if *m != MISSING {
                    block.columns.push((part.of(*m) - low) as u32);
                    block.values.push(1.0);
                }
                block.row_starts.push(block.columns.len());
            }
            out.push(derived(feature, self.block_name(part), FeatureData::Sparse(Arc::new(block))));
        }
        Ok(out)
    }
}

impl ApplyStep for FittedDateParts {
    fn apply(&self, frame: &Frame) -> Result<Frame, FitError> {
        rewrite(WANT.step, &self.features, frame)
    }
}

impl Learned for FittedDateParts {
    fn validate(&self) -> Result<(), String> {
        check_fitted(&self.features)?;
        for f in &self.features {
            if !f.dtype.is_temporal() || f.parts.iter().any(|p| !is_part_of(*p, f.dtype)) {
                return Err(format!("`{}` is a {}, which does not have all of its parts", f.feature, f.dtype));
            }
            if f.parts.windows(2).any(|w| w[0] >= w[1]) {
                return Err(format!("the parts of `{}` are out of order", f.feature));
            }
        }
        Ok(())
    }

    fn block_columns(&self, feature: &str) -> Option<Vec<String>> {
        self.features.iter().find_map(|f| {
            let (part, low, n) = f.blocks().find(|(part, _, _)| f.block_name(*part) == feature)?;
            let name = |i: usize| format!("{}:{}={}", f.feature, part.as_str(), i + low as usize);
            Some((0..n).map(name).collect())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::tests::{Made, datetime, frame};

    fn at(year: i32, month: u32, day: u32, minutes: i64) -> i64 {
        i64::from(days_from_civil(year, month, day)) * DAY_US + minutes * 60_000_000
    }

    fn names(spec: &DateParts, dtype: DType, micros: &[i64]) -> Vec<String> {
        let train = frame(vec![datetime("t", dtype, micros)]);
        let data = StepData { frame: &train, target: None, weights: None };
        let (_, out) = spec.fit_apply(&Cx::new(0, 1), data).expect("fits");
        out.features.iter().map(|f| f.name.strip_prefix("t:").expect("a part").to_owned()).collect()
    }

    #[test]
    fn parts_of_known_moments() {
        let check = |m: i64, expected: [f64; 10]| assert_eq!(Part::ALL.map(|p| p.of(m)), expected);
        check(at(2024, 2, 29, 23 * 60 + 59), [2024.0, 2.0, 9.0, 29.0, 60.0, 3.0, 0.0, 23.0, 59.0, 1439.0]);
        check(at(2021, 1, 3, 0), [2021.0, 1.0, 53.0, 3.0, 3.0, 6.0, 1.0, 0.0, 0.0, 0.0]);
        check(at(1969, 12, 31, 1), [1969.0, 12.0, 1.0, 31.0, 365.0, 2.0, 0.0, 0.0, 1.0, 1.0]);
        for extreme in [i64::MIN + 1, i64::MAX] {
            assert!(Part::ALL.iter().all(|p| p.of(extreme).is_finite()));
        }
    }

    #[test]
    fn by_themselves_only_parts_whose_period_is_spanned() {
        let spec = DateParts::new(Columns::word("datetime"));
        let days = |n: i64| (0..n).map(|i| at(2024, 1, 1, i * 24 * 60)).collect::<Vec<_>>();
        assert_eq!(names(&spec, DType::Date, &days(7)), [""; 0]);
        assert_eq!(names(&spec, DType::Date, &days(30)), ["weekday", "is_weekend"]);
        let all = ["month", "day", "day_of_year", "weekday", "is_weekend"];
        assert_eq!(names(&spec, DType::Date, &days(400)), all);
        let hours: Vec<i64> = (0..72).map(|i| at(2024, 1, 1, i * 60)).collect();
        assert_eq!(names(&spec, DType::Datetime, &hours), ["hour"]);
        let times = [0, 60_000_000, 3_600_000_000, MISSING];
        assert_eq!(names(&spec, DType::Time, &times), ["hour", "minute", "minute_of_day"]);
        assert_eq!(names(&spec, DType::Date, &[MISSING, MISSING]), [""; 0]);
    }

    #[test]
    fn cycles_close_and_missing_is_missing() {
        let spec = DateParts { parts: Some(vec![Part::Hour]), cycles: true, ..DateParts::new(Columns::word("t")) };
        let train = frame(vec![datetime("t", DType::Datetime, &[at(2024, 5, 1, 6 * 60), MISSING])]);
        let data = StepData { frame: &train, target: None, weights: None };
        let (_, out) = spec.fit_apply(&Cx::new(0, 1), data).expect("fits");
        let nan = f64::NAN;
        assert_eq!(Made::of(&out.features[0]), Made::number("t:hour", &[6.0, nan]));
        assert_eq!(Made::of(&out.features[1]), Made::number("t:hour_sin", &[1.0, nan]));
        assert_eq!(out.features[2].name, "t:hour_cos");
    }

    #[test]
    fn hours_may_have_a_column_each() {
        let spec = DateParts { parts: Some(vec![Part::Hour]), levels: true, ..DateParts::new(Columns::word("t")) };
        let train = frame(vec![datetime("t", DType::Datetime, &[at(2024, 5, 1, 6 * 60), MISSING])]);
        let data = StepData { frame: &train, target: None, weights: None };
        let (fitted, out) = spec.fit_apply(&Cx::new(0, 1), data).expect("fits");
        let FeatureData::Sparse(block) = &out.features[1].data else { panic!("{:?}", out.features[1]) };
        assert_eq!((block.n_cols, block.row(0), block.row(1)), (24, (&[6u32][..], &[1.0][..]), (&[][..], &[][..])));
        assert_eq!(fitted.block_columns("t:levels:hour").expect("a block")[6], "t:hour=6");
    }

    #[test]
    fn the_hour_of_a_date_is_refused() {
        let spec = DateParts { parts: Some(vec![Part::Hour]), ..DateParts::new(Columns::word("t")) };
        let train = frame(vec![datetime("t", DType::Date, &[0])]);
        let data = StepData { frame: &train, target: None, weights: None };
        assert!(matches!(spec.fit(&Cx::new(0, 1), data), Err(FitError::Form { .. })));
    }
}
