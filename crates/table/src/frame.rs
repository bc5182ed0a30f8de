//! A frame: the features of some rows on their way from a table to a matrix. Steps take frames and give frames.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::StringArray;

use crate::matrix::Sparse;

/// Code of a missing value among category codes.
pub const MISSING: u32 = u32::MAX;
/// Code of a level that was not seen while fitting.
pub const UNKNOWN: u32 = u32::MAX - 1;

/// Levels of a category and each row's level. The dictionary belongs to this frame alone: levels are sorted by code
/// point, and a level in another frame may have another code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Categories {
    /// Distinct texts, ascending by code point.
    pub levels: Vec<String>,
    /// Per row: position in `levels`, or [`MISSING`].
    pub codes: Vec<u32>,
}

impl Categories {
    /// Turns codes in order of first sight into codes in order of levels.
    pub fn from_first_seen(seen: BTreeMap<String, u32>, mut codes: Vec<u32>) -> Self {
        let mut rank = vec![0u32; seen.len()];
        let mut levels = Vec::with_capacity(seen.len());
        for (i, (level, first)) in seen.into_iter().enumerate() {
            rank[first as usize] = i as u32;
            levels.push(level);
        }
        for code in codes.iter_mut().filter(|c| **c != MISSING) {
            *code = rank[*code as usize];
        }
        Self { levels, codes }
    }
}

/// Values of one feature, or of one block of features.
#[derive(Debug, Clone)]
pub enum FeatureData {
    /// Numbers; NaN is missing.
    Number(Arc<Vec<f64>>),
    /// Levels, with a dictionary of this frame.
    Category(Arc<Categories>),
    /// Levels by learned codes `0..n_levels`, or [`MISSING`], or [`UNKNOWN`]; a learner splits on them natively.
    Codes {
        /// Per row.
        codes: Arc<Vec<u32>>,
        /// How many levels were learned.
        n_levels: u32,
    },
    /// Microseconds (see [`crate::DType`]); `i64::MIN` is missing.
    Datetime {
        /// Per row.
        micros: Arc<Vec<i64>>,
        /// Which of date, datetime and time they are.
        dtype: crate::DType,
    },
    /// Prose.
    Text(Arc<StringArray>),
    /// A block of many columns, mostly zero.
    Sparse(Arc<Sparse>),
}

impl FeatureData {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        match self {
            Self::Number(v) => v.len(),
            Self::Category(c) => c.codes.len(),
            Self::Codes { codes, .. } => codes.len(),
            Self::Datetime { micros, .. } => micros.len(),
            Self::Text(t) => arrow_array::Array::len(&**t),
            Self::Sparse(s) => s.n_rows(),
        }
    }

    /// Word for the variant: `number`, `category`, `codes`, `datetime`, `text`, `sparse`.
    pub fn form(&self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Category(_) => "category",
            Self::Codes { .. } => "codes",
            Self::Datetime { .. } => "datetime",
            Self::Text(_) => "text",
            Self::Sparse(_) => "sparse",
        }
    }
}

/// A feature: a name, where it comes from, its values.
#[derive(Debug, Clone)]
pub struct Feature {
    /// Name, unique in its frame: the column's own, or `column=level`, `column:month`, …
    pub name: String,
    /// Column of the table that it was made from.
    pub source: String,
    /// Values.
    pub data: FeatureData,
}

/// Features of some rows, in order.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Number of rows, also where there is no feature.
    pub n_rows: usize,
    /// Features in order; names are unique.
    pub features: Vec<Feature>,
}

impl Frame {
    /// A feature by name.
    pub fn feature(&self, name: &str) -> Option<&Feature> {
        self.features.iter().find(|f| f.name == name)
    }

    /// Rows by position, in the order given.
    ///
    /// # Panics
    /// If a row is beyond the end.
    pub fn take(&self, rows: &[u32]) -> Frame {
        let pick = |f: &Feature| Feature { name: f.name.clone(), source: f.source.clone(), data: take(&f.data, rows) };
        Frame { n_rows: rows.len(), features: self.features.iter().map(pick).collect() }
    }
}

fn take(data: &FeatureData, rows: &[u32]) -> FeatureData {
    fn by<T: Copy>(values: &[T], rows: &[u32]) -> Arc<Vec<T>> {
        Arc::new(rows.iter().map(|&r| values[r as usize]).collect())
    }
    match data {
        FeatureData::Number(v) => FeatureData::Number(by(v, rows)),
        FeatureData::Category(c) => {
            // The dictionary is kept whole: levels without a row are allowed.
            let codes = rows.iter().map(|&r| c.codes[r as usize]).collect();
            FeatureData::Category(Arc::new(Categories { levels: c.levels.clone(), codes }))
        }
        FeatureData::Codes { codes, n_levels } => FeatureData::Codes { codes: by(codes, rows), n_levels: *n_levels },
        FeatureData::Datetime { micros, dtype } => FeatureData::Datetime { micros: by(micros, rows), dtype: *dtype },
        FeatureData::Text(t) => {
            use arrow_array::Array;
            FeatureData::Text(Arc::new(
                rows.iter().map(|&r| (!t.is_null(r as usize)).then(|| t.value(r as usize))).collect(),
            ))
        }
        FeatureData::Sparse(s) => FeatureData::Sparse(Arc::new(s.take(rows))),
    }
}
