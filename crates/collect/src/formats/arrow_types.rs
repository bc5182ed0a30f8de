//! Arrow's many types as the few that a table holds: integers of every width, decimals, times of every unit, text of
//! every layout. What would lose a value is refused or kept as text, with a finding.
//!
//! Not here: decoding of files (`parquet_read`, `arrow_read`).

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowDictionaryKeyType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    DecimalType, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type,
    UInt64Type,
};
use arrow_array::{
    Array, ArrayRef, ArrowPrimitiveType, DictionaryArray, Float64Array, Int32Array, Int64Array, PrimitiveArray,
    StringArray, downcast_dictionary_array,
};
use arrow_buffer::{ArrowNativeType, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};
use table::DType;

use super::FormatError;

/// Decimals of up to this many digits are the same number again when read as floats and written in shortest form.
const EXACT_DIGITS_MAX: usize = 15;

/// What became of values while they were mapped; adds up over chunks.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Changes {
    /// NaN that is missing now.
    pub n_nan: u64,
    /// Empty texts that are missing now.
    pub n_empty: u64,
    /// Times that lost digits below a microsecond.
    pub n_cut: u64,
    /// The first infinite number of a chunk, with its row in the chunk from 0; it is left as it is.
    pub infinite: Option<(usize, f64)>,
}

impl Changes {
    /// Adds another chunk's.
    pub fn add(&mut self, other: Changes) {
        self.n_nan += other.n_nan;
        self.n_empty += other.n_empty;
        self.n_cut += other.n_cut;
    }
}

/// Why a chunk cannot be mapped.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// A point in time beyond what 64 bits of microseconds hold.
    TimeRange(usize),
}

/// The type of a table that an Arrow type becomes if every value fits, or why it becomes none.
///
/// # Errors
/// [`FormatError::ColumnType`], with a hint.
pub fn dtype_of(file: &str, column: &str, arrow: &DataType) -> Result<DType, FormatError> {
    let refuse = |hint| {
        let (file, column, found) = (file.to_owned(), column.to_owned(), arrow.to_string());
        Err(FormatError::ColumnType { file, column, found, hint })
    };
    match arrow {
        DataType::Boolean => Ok(DType::Bool),
        t if t.is_integer() => Ok(DType::Int64),
        t if t.is_floating() => Ok(DType::Float64),
        t if is_decimal(t) => Ok(if scale_of(t) <= 0 { DType::Int64 } else { DType::Float64 }),
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View | DataType::Null => Ok(DType::Text),
        DataType::Date32 | DataType::Date64 => Ok(DType::Date),
        DataType::Timestamp(_, _) => Ok(DType::Datetime),
        DataType::Time32(_) | DataType::Time64(_) => Ok(DType::Time),
        DataType::Dictionary(_, value) if !matches!(**value, DataType::Dictionary(_, _)) => {
            dtype_of(file, column, value)
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            refuse("write the column as text where the file is made, or leave it out")
        }
        DataType::Struct(_) => refuse("write each field as a column of its own where the file is made"),
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(_, _) | DataType::Map(_, _) => {
            refuse("write one value a row, one column an element, or the list as text, where the file is made")
        }
        DataType::Duration(_) | DataType::Interval(_) => {
            refuse("write the duration as a number of seconds where the file is made")
        }
        _ => refuse("write the column as numbers, text or times where the file is made"),
    }
}

/// Whether the values decide if the type of [`dtype_of`] holds them: 64 unsigned bits and long decimals.
pub fn depends_on_values(arrow: &DataType) -> bool {
    match arrow {
        DataType::UInt64 => true,
        DataType::Dictionary(_, value) => depends_on_values(value),
        t if is_decimal(t) => {
            let digits = precision_of(t);
            if scale_of(t) <= 0 { digits - i32::from(scale_of(t)) > 18 } else { digits > EXACT_DIGITS_MAX as i32 }
        }
        _ => false,
    }
}

/// Whether every value of a chunk fits the type of [`dtype_of`].
pub fn fits(array: &ArrayRef) -> bool {
    if !depends_on_values(array.data_type()) {
        return true;
    }
    let array = plain(array);
    match array.data_type() {
        DataType::UInt64 => array.as_primitive::<UInt64Type>().iter().flatten().all(|v| i64::try_from(v).is_ok()),
        t => {
            let whole = scale_of(t) <= 0;
            decimal_texts(&array).iter().flatten().all(|text| decimal_fits(text, whole))
        }
    }
}

/// Maps a chunk to a type: the one of [`dtype_of`], or text if some chunk of the column does not fit.
///
/// # Errors
/// [`Refusal`].
///
/// # Panics
/// Never for a type that [`dtype_of`] accepts.
pub fn convert(array: &ArrayRef, dtype: DType) -> Result<(ArrayRef, Changes), Refusal> {
    let mut changes = Changes::default();
    let array = match array.data_type() {
        DataType::Dictionary(_, value) if is_text(value) && dtype == DType::Text => {
            let dict = text_dictionary(array);
            return Ok((without_empty_keys(dict, &mut changes), changes));
        }
        DataType::Dictionary(_, _) => plain(array),
        _ => array.clone(),
    };
    let mapped: ArrayRef = match dtype {
        DType::Bool => array,
        DType::Int64 => integers(&array),
        DType::Float64 => Arc::new(finite(floats(&array), &mut changes)),
        DType::Text => Arc::new(without_empty(texts(&array), &mut changes)),
        DType::Date => dates(&array, &mut changes)?,
        DType::Datetime => timestamps(&array, &mut changes)?,
        DType::Time => times(&array, &mut changes),
    };
    Ok((mapped, changes))
}

fn is_text(t: &DataType) -> bool {
    matches!(t, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn is_decimal(t: &DataType) -> bool {
    matches!(
        t,
        DataType::Decimal32(_, _) | DataType::Decimal64(_, _) | DataType::Decimal128(_, _) | DataType::Decimal256(_, _)
    )
}

fn scale_of(t: &DataType) -> i8 {
    match t {
        DataType::Decimal32(_, s)
        | DataType::Decimal64(_, s)
        | DataType::Decimal128(_, s)
        | DataType::Decimal256(_, s) => *s,
        _ => 0,
    }
}

fn precision_of(t: &DataType) -> i32 {
    match t {
        DataType::Decimal32(p, _)
        | DataType::Decimal64(p, _)
        | DataType::Decimal128(p, _)
        | DataType::Decimal256(p, _) => i32::from(*p),
        _ => 0,
    }
}

/// A dictionary's values row by row.
fn plain(array: &ArrayRef) -> ArrayRef {
    let array: &dyn Array = array;
    downcast_dictionary_array!(
        array => arrow_select::take::take(array.values(), array.keys(), None)
            .expect("the keys of a dictionary lie inside its values"),
        _ => arrow_array::make_array(array.to_data())
    )
}

fn widen<T: ArrowPrimitiveType>(array: &ArrayRef, f: impl Fn(T::Native) -> i64) -> ArrayRef {
    Arc::new(array.as_primitive::<T>().unary::<_, Int64Type>(f))
}

fn integers(array: &ArrayRef) -> ArrayRef {
    match array.data_type() {
        DataType::Int64 => array.clone(),
        DataType::Int32 => widen::<Int32Type>(array, i64::from),
        DataType::Int16 => widen::<Int16Type>(array, i64::from),
        DataType::Int8 => widen::<Int8Type>(array, i64::from),
        DataType::UInt8 => widen::<UInt8Type>(array, i64::from),
        DataType::UInt16 => widen::<UInt16Type>(array, i64::from),
        DataType::UInt32 => widen::<UInt32Type>(array, i64::from),
        // `fits` has seen that no value in use is beyond; what lies under a null does not matter.
        DataType::UInt64 => widen::<UInt64Type>(array, |v| v as i64),
        _ => Arc::new(
            decimal_texts(array).iter().map(|t| t.as_deref().and_then(|t| t.parse().ok())).collect::<Int64Array>(),
        ),
    }
}

fn floats(array: &ArrayRef) -> Float64Array {
    match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>().clone(),
        DataType::Float32 => array.as_primitive::<Float32Type>().unary(f64::from),
        DataType::Float16 => array.as_primitive::<Float16Type>().unary(f64::from),
        _ => decimal_texts(array).iter().map(|t| t.as_deref().and_then(|t| t.parse::<f64>().ok())).collect(),
    }
}

/// NaN becomes missing, infinity is refused.
fn finite(array: Float64Array, changes: &mut Changes) -> Float64Array {
    // Branch-free over the whole chunk: nearly all chunks are clean.
    let is_clean = array.values().iter().fold(true, |clean, v| clean & v.is_finite());
    if is_clean {
        return array;
    }
    let nulls: Vec<bool> = (0..array.len()).map(|i| array.is_valid(i) && !array.value(i).is_nan()).collect();
    let infinite = (0..array.len()).find(|&i| nulls[i] && array.value(i).is_infinite());
    changes.infinite = infinite.map(|i| (i, array.value(i)));
    let n_valid = nulls.iter().filter(|v| **v).count();
    changes.n_nan += (array.len() - array.null_count() - n_valid) as u64;
    Float64Array::new(array.values().clone(), Some(NullBuffer::from(nulls)))
}

fn texts(array: &ArrayRef) -> StringArray {
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().clone(),
        DataType::LargeUtf8 => narrow(array.as_string::<i64>()),
        DataType::Utf8View => array.as_string_view().iter().collect(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().iter().map(|v| v.map(|v| v.to_string())).collect(),
        DataType::Null => StringArray::new_null(array.len()),
        _ => decimal_texts(array).into_iter().collect(),
    }
}

/// Text with 32-bit offsets that shares its bytes where they reach that far (see [`split_wide`]).
fn narrow(array: &arrow_array::LargeStringArray) -> StringArray {
    let offsets = array.value_offsets();
    let (start, end) = (offsets[0], offsets[array.len()]);
    let Ok(_) = i32::try_from(end - start) else { return array.iter().collect() };
    let values = array.values().slice_with_length(start as usize, (end - start) as usize);
    let narrow: Vec<i32> = offsets.iter().map(|o| (o - start) as i32).collect();
    StringArray::new(OffsetBuffer::new(ScalarBuffer::from(narrow)), values, array.nulls().cloned())
}

/// Cuts a chunk into pieces whose text is short enough for 32-bit offsets.
pub fn split_wide(array: &ArrayRef) -> Vec<ArrayRef> {
    let n_bytes = match array.data_type() {
        DataType::LargeUtf8 => {
            let o = array.as_string::<i64>().value_offsets();
            o[array.len()] - o[0]
        }
        DataType::Utf8View => array.as_string_view().lengths().map(i64::from).sum(),
        _ => 0,
    };
    if n_bytes <= i64::from(i32::MAX) || array.len() < 2 {
        return vec![array.clone()];
    }
    let half = array.len() / 2;
    let mut parts = split_wide(&array.slice(0, half));
    parts.extend(split_wide(&array.slice(half, array.len() - half)));
    parts
}

/// An empty text is a missing cell, as it is in delimited text.
fn without_empty(array: StringArray, changes: &mut Changes) -> StringArray {
    let n = array.offsets().windows(2).enumerate().filter(|(i, w)| w[0] == w[1] && array.is_valid(*i)).count();
    if n == 0 {
        return array;
    }
    changes.n_empty += n as u64;
    let nulls: NullBuffer =
        array.offsets().windows(2).enumerate().map(|(i, w)| w[0] != w[1] && array.is_valid(i)).collect();
    let (offsets, values, _) = array.into_parts();
    StringArray::new(offsets, values, Some(nulls))
}

fn text_dictionary(array: &ArrayRef) -> DictionaryArray<Int32Type> {
    fn of<K: ArrowDictionaryKeyType>(array: &DictionaryArray<K>) -> DictionaryArray<Int32Type> {
        let keys: Int32Array = match (array.keys() as &dyn Array).as_primitive_opt::<Int32Type>() {
            Some(keys) => keys.clone(),
            None => array.keys().iter().map(|k| k.map(|k| k.as_usize() as i32)).collect(),
        };
        let values = texts(array.values());
        DictionaryArray::new(keys, Arc::new(values))
    }
    let array: &dyn Array = array;
    downcast_dictionary_array!(array => of(array), _ => unreachable_dictionary())
}

fn unreachable_dictionary() -> DictionaryArray<Int32Type> {
    DictionaryArray::new(Int32Array::from(Vec::<i32>::new()), Arc::new(StringArray::new_null(0)))
}

/// Rows whose level is the empty text are missing.
fn without_empty_keys(array: DictionaryArray<Int32Type>, changes: &mut Changes) -> ArrayRef {
    let values = array.values().as_string::<i32>();
    let is_empty: Vec<bool> = (0..values.len()).map(|i| values.is_null(i) || values.value(i).is_empty()).collect();
    if !is_empty.contains(&true) {
        return Arc::new(array);
    }
    let mut n = 0;
    let keys: Int32Array = array
        .keys()
        .iter()
        .map(|key| {
            let key = key?;
            if !is_empty[key as usize] {
                return Some(key);
            }
            n += u64::from(values.is_valid(key as usize));
            None
        })
        .collect();
    changes.n_empty += n;
    Arc::new(DictionaryArray::new(keys, array.values().clone()))
}

fn dates(array: &ArrayRef, changes: &mut Changes) -> Result<ArrayRef, Refusal> {
    const DAY_MS: i64 = 86_400_000;
    if *array.data_type() == DataType::Date32 {
        return Ok(array.clone());
    }
    let array = array.as_primitive::<Date64Type>();
    if let Some(i) = (0..array.len()).find(|&i| array.is_valid(i) && i32::try_from(array.value(i) / DAY_MS).is_err()) {
        return Err(Refusal::TimeRange(i));
    }
    changes.n_cut += array.iter().flatten().filter(|v| v % DAY_MS != 0).count() as u64;
    Ok(Arc::new(array.unary::<_, Date32Type>(|v| v.div_euclid(DAY_MS) as i32)))
}

fn timestamps(array: &ArrayRef, changes: &mut Changes) -> Result<ArrayRef, Refusal> {
    let DataType::Timestamp(unit, _) = array.data_type() else { return Ok(array.clone()) };
    let micros = match unit {
        TimeUnit::Second => scaled(array.as_primitive::<TimestampSecondType>(), 1_000_000)?,
        TimeUnit::Millisecond => scaled(array.as_primitive::<TimestampMillisecondType>(), 1_000)?,
        TimeUnit::Microsecond => array.as_primitive::<TimestampMicrosecondType>().clone(),
        TimeUnit::Nanosecond => {
            let nanos = array.as_primitive::<TimestampNanosecondType>();
            changes.n_cut += nanos.iter().flatten().filter(|v| v % 1_000 != 0).count() as u64;
            nanos.unary(|v| v.div_euclid(1_000))
        }
    };
    Ok(Arc::new(micros.with_timezone_opt(None::<Arc<str>>)))
}

fn scaled<T: ArrowPrimitiveType<Native = i64>>(
    array: &PrimitiveArray<T>,
    factor: i64,
) -> Result<PrimitiveArray<TimestampMicrosecondType>, Refusal> {
    let bound = i64::MAX / factor;
    let is_clean = array.values().iter().fold(true, |clean, v| clean & (-bound..=bound).contains(v));
    if !is_clean
        && let Some(i) = (0..array.len()).find(|&i| array.is_valid(i) && array.value(i).checked_mul(factor).is_none())
    {
        return Err(Refusal::TimeRange(i));
    }
    Ok(array.unary(|v| v.wrapping_mul(factor)))
}

fn times(array: &ArrayRef, changes: &mut Changes) -> ArrayRef {
    match array.data_type() {
        DataType::Time32(TimeUnit::Second) => Arc::new(
            array.as_primitive::<Time32SecondType>().unary::<_, Time64MicrosecondType>(|v| i64::from(v) * 1_000_000),
        ),
        DataType::Time32(_) => Arc::new(
            array.as_primitive::<Time32MillisecondType>().unary::<_, Time64MicrosecondType>(|v| i64::from(v) * 1_000),
        ),
        DataType::Time64(TimeUnit::Nanosecond) => {
            let nanos = array.as_primitive::<Time64NanosecondType>();
            changes.n_cut += nanos.iter().flatten().filter(|v| v % 1_000 != 0).count() as u64;
            Arc::new(nanos.unary::<_, Time64MicrosecondType>(|v| v.div_euclid(1_000)))
        }
        _ => array.clone(),
    }
}

fn decimal_texts(array: &ArrayRef) -> Vec<Option<String>> {
    fn of<T: DecimalType>(array: &ArrayRef) -> Vec<Option<String>> {
        let (p, s) = match array.data_type() {
            DataType::Decimal32(p, s)
            | DataType::Decimal64(p, s)
            | DataType::Decimal128(p, s)
            | DataType::Decimal256(p, s) => (*p, *s),
            _ => (0, 0),
        };
        array.as_primitive::<T>().iter().map(|v| v.map(|v| T::format_decimal(v, p, s))).collect()
    }
    match array.data_type() {
        DataType::Decimal32(_, _) => of::<Decimal32Type>(array),
        DataType::Decimal64(_, _) => of::<Decimal64Type>(array),
        DataType::Decimal128(_, _) => of::<Decimal128Type>(array),
        DataType::Decimal256(_, _) => of::<Decimal256Type>(array),
        _ => vec![None; array.len()],
    }
}

fn decimal_fits(text: &str, whole: bool) -> bool {
    if whole {
        return text.parse::<i64>().is_ok();
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0');
    let significant = if text.contains('.') { significant.trim_end_matches('0') } else { significant };
    significant.len() <= EXACT_DIGITS_MAX
}

#[cfg(test)]
mod tests {
    use arrow_array::{Decimal128Array, Float32Array, LargeStringArray, TimestampNanosecondArray, UInt64Array};

    use super::*;

    fn map(array: ArrayRef) -> (DType, ArrayRef, Changes) {
        let dtype = dtype_of("f", "c", array.data_type()).expect("a type");
        let dtype = if fits(&array) { dtype } else { DType::Text };
        let (mapped, changes) = convert(&array, dtype).expect("it maps");
        assert!(table::column::holds(dtype, mapped.data_type()), "{dtype} {}", mapped.data_type());
        (dtype, mapped, changes)
    }

    #[test]
    fn large_unsigned_numbers_stay_text() {
        let (dtype, ..) = map(Arc::new(UInt64Array::from(vec![Some(1), None])));
        assert_eq!(dtype, DType::Int64);
        let (dtype, mapped, _) = map(Arc::new(UInt64Array::from(vec![1, u64::MAX])));
        assert_eq!(dtype, DType::Text);
        assert_eq!(mapped.as_string::<i32>().value(1), "18446744073709551615");
    }

    #[test]
    fn decimals_are_exact_or_text() {
        let decimal = |v: Vec<i128>, p, s| -> ArrayRef {
            Arc::new(Decimal128Array::from(v).with_precision_and_scale(p, s).expect("a decimal"))
        };
        let (dtype, mapped, _) = map(decimal(vec![1050, -1], 10, 2));
        assert_eq!(dtype, DType::Float64);
        assert_eq!(mapped.as_primitive::<Float64Type>().values(), &[10.5, -0.01]);
        let (dtype, mapped, _) = map(decimal(vec![12_345_678_901_234_567_891], 30, 5));
        assert_eq!(dtype, DType::Text);
        assert_eq!(mapped.as_string::<i32>().value(0), "123456789012345.67891");
        assert_eq!(map(decimal(vec![42], 38, 0)).0, DType::Int64);
        assert_eq!(map(decimal(vec![i128::from(i64::MAX) + 1], 38, 0)).0, DType::Text);
    }

    #[test]
    fn nan_is_missing_and_infinity_told() {
        let (_, mapped, changes) = map(Arc::new(Float32Array::from(vec![Some(1.5), Some(f32::NAN), None])));
        assert_eq!(mapped.null_count(), 2);
        assert_eq!(changes.n_nan, 1);
        let array: ArrayRef = Arc::new(Float32Array::from(vec![0.0, f32::INFINITY]));
        let (_, changes) = convert(&array, DType::Float64).expect("it maps");
        assert_eq!(changes.infinite, Some((1, f64::INFINITY)));
    }

    #[test]
    fn text_of_every_layout() {
        let (_, mapped, changes) = map(Arc::new(LargeStringArray::from(vec![Some("a"), Some(""), None]).slice(1, 2)));
        assert_eq!((mapped.len(), mapped.null_count(), changes.n_empty), (2, 2, 1));
        let dict: DictionaryArray<Int8Type> = vec![Some("x"), Some(""), None].into_iter().collect();
        let (_, mapped, changes) = map(Arc::new(dict));
        assert_eq!((mapped.logical_null_count(), changes.n_empty), (2, 1));
    }

    #[test]
    fn nanoseconds_are_cut_with_a_count() {
        let array = TimestampNanosecondArray::from(vec![1_500, -1]).with_timezone("UTC");
        let (_, mapped, changes) = map(Arc::new(array));
        assert_eq!(mapped.as_primitive::<TimestampMicrosecondType>().values(), &[1, -1]);
        assert_eq!(changes.n_cut, 2);
    }
}
