//! Building one column of one block: typed as it is expected to be, and giving up (keeping only the evidence) at the
//! first cell that is otherwise.

use std::sync::Arc;

use arrow_array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{ArrayRef, ArrowPrimitiveType, BooleanArray, Date32Array, PrimitiveArray, TimestampMicrosecondArray};
use arrow_buffer::{BooleanBuffer, BooleanBufferBuilder, NullBuffer, ScalarBuffer};

use crate::evidence::{ColumnType, Evidence};
use crate::plain::{Class, TimeForm, classify, is_exact};
use crate::text::{TextColumn, head_of};

/// What is wanted of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing: its cells are skipped.
    Nothing,
    /// Evidence alone.
    Evidence,
    /// Values of a type, and evidence.
    Values(ColumnType),
    /// Text without asking what it looks like.
    Verbatim,
}

/// Values of a primitive type; a missing one has a place among the values too.
#[derive(Debug)]
pub struct Values<T> {
    pub values: Vec<T>,
    pub missing: Vec<u32>,
}

impl<T: Copy + Default> Values<T> {
    fn new(rows_hint: usize) -> Self {
        Self { values: Vec::with_capacity(rows_hint), missing: Vec::new() }
    }

    #[inline(always)]
    pub fn push_missing(&mut self) {
        self.missing.push(self.values.len() as u32);
        self.values.push(T::default());
    }

    fn nulls(&self) -> Option<NullBuffer> {
        if self.missing.is_empty() {
            return None;
        }
        let mut valid = BooleanBufferBuilder::new(self.values.len());
        valid.append_n(self.values.len(), true);
        self.missing.iter().for_each(|&i| valid.set_bit(i as usize, false));
        Some(NullBuffer::new(valid.finish()))
    }
}

fn finished<P: ArrowPrimitiveType>(column: Values<P::Native>) -> PrimitiveArray<P> {
    let nulls = column.nulls();
    PrimitiveArray::new(ScalarBuffer::from(column.values), nulls)
}

/// Values as they are built.
#[derive(Debug)]
pub enum Store {
    Skip,
    Evidence,
    Int(Values<i64>),
    Float(Values<f64>),
    Bool {
        values: Values<bool>,
        yes: u8,
        no: u8,
    },
    Date(Values<i32>),
    Datetime {
        values: Values<i64>,
        form: TimeForm,
    },
    /// Text; `is_watched` while what its cells look like still matters.
    Text {
        values: TextColumn,
        is_watched: bool,
    },
}

/// A column being built.
#[derive(Debug)]
pub struct Builder {
    pub store: Store,
    pub evidence: Evidence,
    /// Whether a number beyond floats was met: the first row (of the block) and the cell.
    pub not_finite: Option<(u32, String)>,
    /// The date that was read last, as it was written (at first, what no cell begins with), and its days.
    pub last_date: ([u8; 10], i32),
}

impl Builder {
    pub fn new(wanted: Wanted, rows_hint: usize) -> Self {
        let store = match wanted {
            Wanted::Nothing => Store::Skip,
            Wanted::Evidence => Store::Evidence,
            Wanted::Verbatim => Store::Text { values: TextColumn::new(rows_hint), is_watched: false },
            Wanted::Values(ColumnType::Text) => Store::Text { values: TextColumn::new(rows_hint), is_watched: true },
            Wanted::Values(ColumnType::Int) => Store::Int(Values::new(rows_hint)),
            Wanted::Values(ColumnType::Float) => Store::Float(Values::new(rows_hint)),
            Wanted::Values(ColumnType::Bool { yes, no }) => Store::Bool { values: Values::new(rows_hint), yes, no },
            Wanted::Values(ColumnType::Date) => Store::Date(Values::new(rows_hint)),
            Wanted::Values(ColumnType::Datetime(form)) => Store::Datetime { values: Values::new(rows_hint), form },
        };
        Self { store, evidence: Evidence::NONE, not_finite: None, last_date: ([b'\n'; 10], 0) }
    }

    /// Appends the row's cell, given whole and unescaped. `row_idx` is the row's place in the block.
    pub fn push(&mut self, cell: &[u8], row_idx: u32) {
        if cell.is_empty() {
            return self.push_missing();
        }
        match &mut self.store {
            Store::Skip => return,
            Store::Text { values, is_watched } => {
                values.push(cell, head_of(cell));
                if !*is_watched {
                    return;
                }
            }
            _ => {}
        }
        let class = classify(trimmed(cell));
        let class = if class == Class::Empty { Class::Text } else { class };
        self.evidence = self.evidence.and(Evidence::of(class));
        if class == Class::Huge && self.not_finite.is_none() {
            self.not_finite = Some((row_idx, String::from_utf8_lossy(cell).into_owned()));
        }
        if let Store::Text { is_watched, .. } = &mut self.store {
            // Once a cell is only text, so is the column.
            *is_watched = class != Class::Text;
            return;
        }
        if !self.store_class(class) {
            self.store = Store::Evidence;
        }
    }

    fn store_class(&mut self, class: Class) -> bool {
        match (&mut self.store, class) {
            (Store::Int(s), Class::Int(v)) => s.values.push(v),
            (Store::Float(s), Class::Float(v)) => s.values.push(v),
            (Store::Float(s), Class::Int(v)) if is_exact(v) => s.values.push(v as f64),
            (Store::Bool { values, yes, no }, Class::Word(w)) if w == *yes || w == *no => {
                values.values.push(w == *yes);
            }
            (Store::Date(s), Class::Date(v)) => s.values.push(v),
            (Store::Datetime { values, form }, Class::Datetime(v, found)) if found == *form => values.values.push(v),
            (Store::Evidence, _) => {}
            _ => return false,
        }
        true
    }

    /// Appends a missing value.
    #[inline]
    pub fn push_missing(&mut self) {
        match &mut self.store {
            Store::Skip | Store::Evidence => {}
            Store::Int(s) => s.push_missing(),
            Store::Float(s) => s.push_missing(),
            Store::Bool { values, .. } => values.push_missing(),
            Store::Date(s) => s.push_missing(),
            Store::Datetime { values, .. } => values.push_missing(),
            Store::Text { values, .. } => values.push_missing(),
        }
    }

    /// What was seen; where nobody asked what text looks like, whether there is any.
    pub fn seen(&self) -> Evidence {
        match &self.store {
            Store::Text { values, is_watched: false } if values.has_values() => self.evidence.and(Evidence::ANY_TEXT),
            _ => self.evidence,
        }
    }

    /// The values, if they were kept, and whether they could be made (text may turn out not to be UTF-8).
    pub fn finish(self) -> Option<ArrayRef> {
        Some(match self.store {
            Store::Skip | Store::Evidence => return None,
            Store::Int(s) => Arc::new(finished::<Int64Type>(s)),
            Store::Float(s) => Arc::new(finished::<Float64Type>(s)),
            Store::Date(s) => Arc::new(finished::<Date32Type>(s)) as Arc<Date32Array>,
            Store::Datetime { values, .. } => {
                Arc::new(finished::<TimestampMicrosecondType>(values)) as Arc<TimestampMicrosecondArray>
            }
            Store::Bool { values, .. } => {
                let nulls = values.nulls();
                Arc::new(BooleanArray::new(values.values.iter().copied().collect::<BooleanBuffer>(), nulls))
            }
            Store::Text { values, .. } => return values.finish(),
        })
    }
}

/// A cell without surrounding spaces.
pub fn trimmed(cell: &[u8]) -> &[u8] {
    let start = cell.iter().position(|&c| c != b' ').unwrap_or(cell.len());
    let end = cell.iter().rposition(|&c| c != b' ').map_or(start, |i| i + 1);
    &cell[start..end]
}
