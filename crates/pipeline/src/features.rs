//! From the columns of a table to the features of a frame, by kind; and the groups that a plan begins with.

use std::sync::Arc;

use arrow_array::StringArray;
use table::{Cell, Column, DType, Feature, FeatureData, Field, Frame, Kind, Table};

use contract::{Group, GroupForm, Width};

use crate::error::PipelineError;

/// The form that a column takes as a feature.
pub fn form_of(field: &Field) -> GroupForm {
    match (field.kind, field.dtype) {
        (Kind::Category, _) => GroupForm::Category,
        (Kind::Text, DType::Text) => GroupForm::Text,
        (_, DType::Int64 | DType::Float64 | DType::Bool) => GroupForm::Number,
        (_, DType::Date | DType::Datetime | DType::Time) => GroupForm::Datetime,
        (_, DType::Text) => GroupForm::Category,
    }
}

/// The groups that a plan begins with: one per column, known from the schema alone.
pub fn groups_of<'a>(fields: impl Iterator<Item = &'a Field>) -> Vec<Group> {
    fields
        .map(|f| Group { name: f.name.clone(), source: f.name.clone(), form: form_of(f), width: Width::Fixed(1) })
        .collect()
}

/// The frame of some columns of a table, by name and in the order of `fields`.
///
/// # Errors
/// A column that the table lacks.
pub fn frame_of<'a>(table: &Table, fields: impl Iterator<Item = &'a Field>) -> Result<Frame, PipelineError> {
    let mut features = Vec::new();
    for field in fields {
        let column = table.column(&field.name)?;
        features.push(Feature {
            name: field.name.clone(),
            source: field.name.clone(),
            data: data_of(column, form_of(field))?,
        });
    }
    Ok(Frame { n_rows: table.n_rows(), features })
}

fn data_of(column: &Column, form: GroupForm) -> Result<FeatureData, PipelineError> {
    let wrong = || PipelineError::Broken { what: format!("column `{}` is not {form:?}", column.field().name) };
    Ok(match form {
        GroupForm::Number => FeatureData::Number(Arc::new(column.to_f64().ok_or_else(wrong)?)),
        GroupForm::Datetime => FeatureData::Datetime {
            micros: Arc::new(column.to_micros().ok_or_else(wrong)?),
            dtype: column.field().dtype,
        },
        GroupForm::Text => FeatureData::Text(Arc::new(text_of(column))),
        GroupForm::Category => FeatureData::Category(Arc::new(column.to_categories())),
        GroupForm::Codes | GroupForm::Sparse => return Err(wrong()),
    })
}

/// The texts of a column; other cells than text are missing.
pub(crate) fn text_of(column: &Column) -> StringArray {
    let mut texts = Vec::with_capacity(column.n_rows());
    column.for_each_cell(|_, cell| {
        texts.push(match cell {
            Cell::Text(t) => Some(t),
            _ => None,
        });
    });
    texts.into_iter().collect()
}
