//! The identity of data: a hash of names, types and canonical values, by column and by chunks of a fixed number of
//! rows. How the source was cut into blocks, whether text was held as a dictionary, and Parquet do not enter.
//!
//! A chunk's digest covers its number of rows, one bit a row (has a value or not), and its values: numbers and times as
//! eight bytes (dates as four, booleans as one), little-endian, zero where there is none; texts as a length of four
//! bytes and UTF-8, the length `u32::MAX` where there is none.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int32Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, PrimitiveArray};
use arrow_buffer::NullBuffer;
use arrow_schema::DataType;
use base::{Digest, StableHasher};
use table::{DType, Kind};

/// Rows of a chunk.
pub const CHUNK_ROWS: usize = 65_536;

/// What identifies a column.
#[derive(Debug, Clone, Copy)]
pub struct Identified<'a> {
    /// Name, verbatim.
    pub name: &'a str,
    /// Type.
    pub dtype: DType,
    /// Whether the values are instants in UTC rather than local times.
    pub is_zoned: bool,
    /// The kind, if a person said it: then it is part of the data.
    pub told: Option<Kind>,
    /// Digest of the values, from [`ColumnHasher`].
    pub digest: Digest,
}

/// The identity of a table.
pub fn identity(n_rows: u64, columns: &[Identified<'_>]) -> Digest {
    let mut hasher = StableHasher::new("almanac.snapshot.v1").number(n_rows).number(columns.len() as u64);
    for column in columns {
        hasher.add(column.name.as_bytes());
        hasher.add(column.dtype.as_str().as_bytes());
        if column.is_zoned {
            hasher.add(b"UTC");
        }
        hasher.add(column.told.map_or("", Kind::as_str).as_bytes());
        hasher.add(&column.digest.0);
    }
    hasher.finish()
}

/// Digests the values of one column as they come.
#[derive(Clone)]
pub struct ColumnHasher {
    dtype: DType,
    all: StableHasher,
    values: StableHasher,
    bits: Vec<u8>,
    n_rows: usize,
    n_missing: u64,
    scratch: Vec<u8>,
}

impl ColumnHasher {
    /// For a column of a type.
    pub fn new(dtype: DType) -> Self {
        Self {
            dtype,
            all: StableHasher::new("almanac.snapshot.column"),
            values: StableHasher::new("almanac.snapshot.values"),
            bits: Vec::new(),
            n_rows: 0,
            n_missing: 0,
            scratch: Vec::new(),
        }
    }

    /// Adds values. Where an array ends means nothing.
    ///
    /// # Panics
    /// If the array is of a type that the column's type does not hold.
    pub fn add(&mut self, array: &ArrayRef) {
        let mut start = 0;
        while start < array.len() {
            let n = (array.len() - start).min(CHUNK_ROWS - self.n_rows);
            self.add_within_chunk(&array.slice(start, n));
            start += n;
            if self.n_rows == CHUNK_ROWS {
                self.close_chunk();
            }
        }
    }

    /// Values that were missing.
    pub fn n_missing(&self) -> u64 {
        self.n_missing
    }

    /// The digest of all chunks.
    pub fn finish(mut self) -> Digest {
        if self.n_rows > 0 {
            self.close_chunk();
        }
        self.all.finish()
    }

    fn close_chunk(&mut self) {
        let values = std::mem::replace(&mut self.values, StableHasher::new("almanac.snapshot.values"));
        self.all.add(&(self.n_rows as u64).to_le_bytes());
        self.all.add(&self.bits);
        self.all.add(&values.finish().0);
        self.bits.clear();
        self.n_rows = 0;
    }

    fn add_within_chunk(&mut self, array: &ArrayRef) {
        let nulls = array.logical_nulls();
        self.add_bits(array.len(), nulls.as_ref());
        self.scratch.clear();
        match self.dtype {
            DType::Int64 => self.fixed(array.as_primitive::<Int64Type>(), |v| v.to_le_bytes()),
            DType::Float64 => self.fixed(array.as_primitive::<Float64Type>(), |v| v.to_bits().to_le_bytes()),
            DType::Date => self.fixed(array.as_primitive::<Date32Type>(), |v| v.to_le_bytes()),
            DType::Datetime => self.fixed(array.as_primitive::<TimestampMicrosecondType>(), |v| v.to_le_bytes()),
            DType::Time => self.fixed(array.as_primitive::<Time64MicrosecondType>(), |v| v.to_le_bytes()),
            DType::Bool => {
                let values = array.as_boolean();
                self.scratch.extend((0..values.len()).map(|i| u8::from(values.is_valid(i) && values.value(i))));
            }
            DType::Text => self.texts(array),
        }
        self.values.stream(&self.scratch);
    }

    fn add_bits(&mut self, n: usize, nulls: Option<&NullBuffer>) {
        self.bits.resize((self.n_rows + n).div_ceil(8), 0);
        for i in 0..n {
            if nulls.is_none_or(|nulls| nulls.is_valid(i)) {
                let at = self.n_rows + i;
                self.bits[at / 8] |= 1 << (at % 8);
            }
        }
        self.n_rows += n;
        self.n_missing += nulls.map_or(0, |nulls| nulls.null_count() as u64);
    }

    fn fixed<T: ArrowPrimitiveType, const N: usize>(
        &mut self,
        array: &PrimitiveArray<T>,
        bytes: impl Fn(T::Native) -> [u8; N],
    ) {
        match array.nulls() {
            None => array.values().iter().for_each(|v| self.scratch.extend_from_slice(&bytes(*v))),
            Some(nulls) => array.values().iter().zip(nulls.iter()).for_each(|(v, is_valid)| {
                self.scratch.extend_from_slice(&if is_valid { bytes(*v) } else { [0; N] });
            }),
        }
    }

    fn texts(&mut self, array: &ArrayRef) {
        let push = |scratch: &mut Vec<u8>, text: Option<&str>| match text {
            Some(text) => {
                scratch.extend_from_slice(&(text.len() as u32).to_le_bytes());
                scratch.extend_from_slice(text.as_bytes());
            }
            None => scratch.extend_from_slice(&u32::MAX.to_le_bytes()),
        };
        if let DataType::Dictionary(_, _) = array.data_type() {
            let dict = array.as_dictionary::<Int32Type>();
            let values = dict.values().as_string::<i32>();
            for key in dict.keys() {
                let text = key.map(|k| k as usize).filter(|k| values.is_valid(*k)).map(|k| values.value(k));
                push(&mut self.scratch, text);
            }
            return;
        }
        array.as_string::<i32>().iter().for_each(|text| push(&mut self.scratch, text));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{DictionaryArray, Int64Array, StringArray};

    use super::*;

    fn digest(dtype: DType, arrays: &[ArrayRef]) -> Digest {
        let mut hasher = ColumnHasher::new(dtype);
        arrays.iter().for_each(|a| hasher.add(a));
        hasher.finish()
    }

    #[test]
    fn chunks_and_dictionaries_do_not_show() {
        let texts: Vec<Option<String>> =
            (0..200_000).map(|i| (i % 7 != 0).then(|| format!("level {}", i % 13))).collect();
        let plain: ArrayRef = Arc::new(texts.iter().map(Option::as_deref).collect::<StringArray>());
        let dict: DictionaryArray<Int32Type> = texts.iter().map(Option::as_deref).collect();
        let dict: ArrayRef = Arc::new(dict);
        let whole = digest(DType::Text, std::slice::from_ref(&plain));
        assert_eq!(whole, digest(DType::Text, &[dict.slice(0, 70_001), dict.slice(70_001, 129_999)]));
        assert_eq!(whole, digest(DType::Text, &[plain.slice(0, 1), dict.slice(1, 199_999)]));
        assert_ne!(whole, digest(DType::Text, &[plain.slice(1, 199_999), plain.slice(0, 1)]));
    }

    #[test]
    fn what_lies_under_a_null_does_not_show() {
        let one: ArrayRef = Arc::new(Int64Array::from(vec![Some(1), None]));
        let two = Int64Array::new(vec![1, 99].into(), Some(NullBuffer::from(vec![true, false])));
        assert_eq!(digest(DType::Int64, &[one]), digest(DType::Int64, &[Arc::new(two)]));
    }

    #[test]
    fn a_missing_zero_is_not_a_zero() {
        let zero: ArrayRef = Arc::new(Int64Array::from(vec![Some(0)]));
        let none: ArrayRef = Arc::new(Int64Array::from(vec![None]));
        assert_ne!(digest(DType::Int64, &[zero]), digest(DType::Int64, &[none]));
    }
}
