//! Building a text column of one block: a dictionary while values repeat, plain text as soon as they do not.

use std::sync::Arc;

use arrow_array::{ArrayRef, DictionaryArray, Int32Array, StringArray};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};

use crate::limits::DICTIONARY_MAX;

const NONE: i32 = -1;
/// A dictionary is given up if over half of at least so many rows are distinct.
const TRIAL_ROWS: usize = 2_048;
/// A dictionary is given up if a look-up takes more steps than this (many values of one hash).
const PROBES_MAX: usize = 64;

/// A text column being built. Values must be UTF-8; [`TextColumn::finish`] checks it.
#[derive(Debug, Default)]
pub struct TextColumn {
    /// Distinct values or all values, one after the other.
    arena: Vec<u8>,
    /// End of each value in `arena`, after a leading zero.
    ends: Vec<i32>,
    /// Per row: position of its value, or [`NONE`].
    keys: Vec<i32>,
    /// Hash slots: position of a value, or [`NONE`]. Empty once values are stored plainly.
    slots: Vec<i32>,
    /// Of each distinct value: its first eight bytes (padded with zeros) and its length.
    heads: Vec<(u64, u32)>,
    is_plain: bool,
}

impl TextColumn {
    /// An empty column that expects about so many rows.
    pub fn new(rows_hint: usize) -> Self {
        Self { ends: vec![0], keys: Vec::with_capacity(rows_hint), slots: vec![NONE; 64], ..Self::default() }
    }

    /// Appends a missing value.
    #[inline]
    pub fn push_missing(&mut self) {
        self.keys.push(NONE);
    }

    /// Appends a value. `head` is its first eight bytes, little-endian, zero beyond its end.
    #[inline]
    pub fn push(&mut self, value: &[u8], head: u64) {
        if self.is_plain {
            self.append(value);
            self.keys.push(self.ends.len() as i32 - 2);
            return;
        }
        let key = self.intern(value, head);
        self.keys.push(key);
        if self.heads.len() > DICTIONARY_MAX
            || (self.heads.len() * 2 > self.keys.len() && self.keys.len() >= TRIAL_ROWS)
        {
            self.make_plain();
        }
    }

    /// Whether any value is not missing.
    pub fn has_values(&self) -> bool {
        self.ends.len() > 1
    }

    fn append(&mut self, value: &[u8]) {
        self.arena.extend_from_slice(value);
        self.ends.push(self.arena.len() as i32);
    }

    #[inline]
    fn intern(&mut self, value: &[u8], head: u64) -> i32 {
        let mask = self.slots.len() - 1;
        let mut slot = hash(value, head) as usize & mask;
        for _ in 0..PROBES_MAX {
            let key = self.slots[slot];
            if key == NONE {
                return self.insert(value, head, slot);
            }
            let (other, len) = self.heads[key as usize];
            if other == head && len as usize == value.len() && (len <= 8 || self.value(key) == value) {
                return key;
            }
            slot = (slot + 1) & mask;
        }
        // Too many values share a hash: store this one again; correct, and soon plain.
        self.append(value);
        self.heads.push((head, value.len() as u32));
        self.heads.len() as i32 - 1
    }

    fn insert(&mut self, value: &[u8], head: u64, slot: usize) -> i32 {
        let key = self.heads.len() as i32;
        self.append(value);
        self.heads.push((head, value.len() as u32));
        self.slots[slot] = key;
        if self.heads.len() * 2 > self.slots.len() {
            self.grow();
        }
        key
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 4 - 1;
        let mut slots = vec![NONE; mask + 1];
        for key in 0..self.heads.len() as i32 {
            let mut slot = hash(self.value(key), self.heads[key as usize].0) as usize & mask;
            while slots[slot] != NONE {
                slot = (slot + 1) & mask;
            }
            slots[slot] = key;
        }
        self.slots = slots;
    }

    fn value(&self, key: i32) -> &[u8] {
        let key = key as usize;
        &self.arena[self.ends[key] as usize..self.ends[key + 1] as usize]
    }

    fn make_plain(&mut self) {
        let mut plain = Self { ends: vec![0], is_plain: true, ..Self::default() };
        plain.keys.reserve(self.keys.capacity());
        for &key in &self.keys {
            if key == NONE {
                plain.keys.push(NONE);
            } else {
                plain.append(self.value(key));
                plain.keys.push(plain.ends.len() as i32 - 2);
            }
        }
        *self = plain;
    }

    /// The column as Arrow: a dictionary, or plain text. `None` if a value is not UTF-8.
    pub fn finish(mut self) -> Option<ArrayRef> {
        if !self.is_plain && self.heads.len() * 2 > self.keys.len() {
            self.make_plain();
        }
        let has_missing = self.keys.contains(&NONE);
        let nulls = has_missing.then(|| self.keys.iter().map(|&k| k != NONE).collect::<NullBuffer>());
        if !self.is_plain {
            let values = StringArray::try_new(offsets(self.ends), self.arena.into(), None).ok()?;
            let mut keys = self.keys;
            if has_missing {
                keys.iter_mut().filter(|k| **k == NONE).for_each(|k| *k = 0);
            }
            let keys = Int32Array::new(ScalarBuffer::from(keys), nulls);
            return Some(Arc::new(DictionaryArray::try_new(keys, Arc::new(values)).ok()?));
        }
        let ends = if has_missing { spread(&self.ends, &self.keys) } else { self.ends };
        Some(Arc::new(StringArray::try_new(offsets(ends), self.arena.into(), nulls).ok()?))
    }
}

/// Ends of the values of all rows, where missing rows have none of their own.
fn spread(ends: &[i32], keys: &[i32]) -> Vec<i32> {
    let mut out = Vec::with_capacity(keys.len() + 1);
    out.push(0);
    let mut last = 0;
    for &key in keys {
        if key != NONE {
            last = ends[key as usize + 1];
        }
        out.push(last);
    }
    out
}

fn offsets(ends: Vec<i32>) -> OffsetBuffer<i32> {
    OffsetBuffer::new(ScalarBuffer::from(ends))
}

/// The first eight bytes of a value as a little-endian word, zero beyond its end.
#[inline]
pub fn head_of(value: &[u8]) -> u64 {
    if let Some(first) = value.get(..8) {
        return u64::from_le_bytes(first.try_into().expect("eight bytes"));
    }
    value.iter().rev().fold(0, |word, &b| word << 8 | u64::from(b))
}

#[inline(always)]
fn hash(value: &[u8], head: u64) -> u64 {
    const K: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut h = (head ^ value.len() as u64).wrapping_mul(K);
    if value.len() > 8 {
        for chunk in value[8..].chunks(8) {
            h = (h.rotate_left(23) ^ head_of(chunk)).wrapping_mul(K);
        }
    }
    h ^ h >> 32
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow_array::Array;
    use table::{Column, DType, Field, Kind};

    fn check(cells: &[Option<String>], is_dictionary: bool) {
        let mut column = TextColumn::new(0);
        for cell in cells {
            match cell {
                Some(v) => column.push(v.as_bytes(), head_of(v.as_bytes())),
                None => column.push_missing(),
            }
        }
        let array = column.finish().expect("UTF-8");
        assert_eq!(array.len(), cells.len());
        assert_eq!(array.as_any().is::<DictionaryArray<arrow_array::types::Int32Type>>(), is_dictionary);
        let column = Column::new(Field::new("a", DType::Text, Kind::Text), vec![array]).expect("text");
        column.for_each_cell(|i, cell| match (&cells[i], cell) {
            (Some(v), table::Cell::Text(t)) => assert_eq!(*v, t),
            (None, table::Cell::Missing) => {}
            (v, t) => panic!("row {i}: {v:?} was read as {t:?}"),
        });
    }

    #[test]
    fn values_come_back() {
        check(&[], true);
        check(&[None, None], true);
        let few: Vec<_> = (0..5_000).map(|i| (i % 7 != 0).then(|| format!("level number {}", i % 13))).collect();
        check(&few, true);
        let many: Vec<_> = (0..5_000).map(|i| (i % 7 != 0).then(|| format!("{i}"))).collect();
        check(&many, false);
        let zeros: Vec<_> = (0..300).map(|i| Some("\0".repeat(i % 12))).collect();
        check(&zeros, true);
    }

    #[test]
    fn bytes_that_are_not_text_are_refused() {
        let mut column = TextColumn::new(0);
        column.push(&[0xff], 0xff);
        assert!(column.finish().is_none());
    }
}
