//! Making a snapshot of sources: in one reading where the table fits into memory, else in several passes over the
//! sources, each in bounded memory. Both give the same snapshot.

use std::path::Path;

use arrow_array::ArrayRef;
use base::{Cx, Finding, Findings, Severity};
use csv::{BadRow, CsvOptions, CsvPlan, ReadError};
use infer::ColumnSummary;
use objects::Store;
use table::{Column, Field, Kind};

use super::error::codes;
use super::manifest::{Manifest, Part};
use super::writer::{About, PartWriter, SnapshotWriter};
use super::{SnapshotError, name_of};
use crate::error::CollectError;
use crate::formats::rows::{EachBatch, Rows};
use crate::formats::{self, Form, Source, source};
use crate::options::ReadOptions;
use crate::read::{keep_strings, must_convert, quarantine_arrays, quarantine_fields};

/// A snapshot that was asked for.
#[derive(Debug, Clone)]
pub struct Added {
    /// The manifest in the store: of the first snapshot of these values.
    pub manifest: Manifest,
    /// Whether it was made just now; else it was there, and nothing was written.
    pub is_new: bool,
    /// Its folder.
    pub folder: std::path::PathBuf,
    /// What reading had to say this time.
    pub findings: Findings,
}

/// Makes a snapshot of what some paths and globs name, under a store's root (mode 0700 if it is made). Memory is
/// bounded whatever the size of the sources.
///
/// # Errors
/// Those of finding, decoding and typing, of the disk and of the store; cancellation.
pub fn add(cx: &Cx, root: &Path, patterns: &[String], options: &ReadOptions) -> Result<Added, CollectError> {
    let (sources, mut findings) = source::resolve(cx, patterns)?;
    let store = Store::open(root).map_err(SnapshotError::from)?;
    let has_types = sources[0].form() != Form::Delimited;
    let mut csv = options.csv();
    let mut input = Input::survey(cx, &sources, &csv)?;
    let mut summaries = input.summaries(cx)?;
    let mut typing = infer::decide(&summaries, &options.answers)?;
    if has_types {
        keep_strings(&summaries, &mut typing, options);
    } else if !typing.may_be_groups.is_empty() {
        // As in reading for training: typed again from their text.
        csv.verbatim.extend(typing.may_be_groups);
        input = Input::survey(cx, &sources, &csv)?;
        summaries = input.summaries(cx)?;
        typing = infer::decide(&summaries, &options.answers)?;
    }
    findings.extend(input.findings().clone());
    findings.extend(typing.findings);
    let fields: Vec<Field> = typing.fields.iter().map(|f| with_provisional_kind(f, options)).collect();
    let told = fields.iter().map(|f| options.answers.kinds.get(&f.name).copied()).collect();
    let mut writer = SnapshotWriter::start(&store, &fields, told)?;
    let (summaries, quarantine, more) = write(cx, &input, &fields, summaries, &mut writer)?;
    findings.extend(more);
    let proposals = infer::propose_from(&summaries, &options.answers, None);
    let sources = source::hashed(cx, &sources)?;
    let n_aside: u64 = quarantine.iter().map(|p| p.n_rows).sum();
    let about = About { sources, proposals, findings: findings.clone(), quarantine };
    let (manifest, is_new) = writer.publish(cx, &store, about)?;
    if !is_new {
        let message = format!("a snapshot of the same values is there since {}", manifest.created);
        findings.push(Finding::new(codes::ALREADY_THERE, Severity::Info, message));
    }
    if !is_new && n_aside > 0 && manifest.quarantine.iter().map(|p| p.n_rows).sum::<u64>() != n_aside {
        let message =
            format!("{n_aside} rows were set aside and are not kept: the snapshot of the other rows is there already");
        let hint =
            "correct these rows in the source, or add it to an empty store with `--store` to have them as Parquet";
        findings.push(Finding::new(codes::ASIDE_NOT_KEPT, Severity::Warning, message).hint(hint));
    }
    let folder = store.root().join(name_of(&manifest.id.to_hex()));
    Ok(Added { manifest, is_new, folder, findings })
}

/// The kind that a person said, or what the type alone suggests: a proposal is no part of a snapshot's cells.
fn with_provisional_kind(field: &Field, options: &ReadOptions) -> Field {
    let kind: Option<Kind> = options.answers.kinds.get(&field.name).copied();
    Field { kind: kind.unwrap_or_else(|| formats::rows::provisional_kind(field.dtype)), ..field.clone() }
}

/// The last pass: reads, converts, hashes, writes. Returns the summaries of the columns as they are written.
fn write(
    cx: &Cx,
    input: &Input<'_>,
    fields: &[Field],
    summaries: Vec<ColumnSummary>,
    writer: &mut SnapshotWriter,
) -> Result<(Vec<ColumnSummary>, Vec<Part>, Findings), CollectError> {
    let raw = input.fields();
    let changes: Vec<bool> = raw.iter().zip(fields).map(|(from, to)| must_convert(from, to)).collect();
    let mut changed: Vec<Option<ColumnSummary>> = vec![None; fields.len()];
    let mut aside: Option<PartWriter> = None;
    let folder = writer.folder().to_owned();
    let mut row = 0u64;
    let findings = input.for_each_batch(cx, &mut |batch, bad_rows| {
        if !bad_rows.is_empty() {
            let out = match &mut aside {
                Some(out) => out,
                none => none.insert(PartWriter::start(&folder, "quarantine", &quarantine_fields())?),
            };
            out.add(cx, &quarantine_arrays(&bad_rows))?;
        }
        let n_rows = batch.first().map_or(0, |a| a.len()) as u64;
        let done = cx.map(batch.len(), |i| {
            if !changes[i] {
                return Ok((batch[i].clone(), None));
            }
            let column = Column::new(raw[i].clone(), vec![batch[i].clone()])?;
            let column = infer::convert_chunk(&column, &fields[i], row)?;
            Ok::<_, CollectError>((formats::write::one_array(&column), Some(ColumnSummary::of(&column))))
        });
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(done.len());
        for (i, done) in done.into_iter().enumerate() {
            let (array, summary) = done?;
            arrays.push(array);
            if let Some(summary) = summary {
                changed[i] = Some(match changed[i].take() {
                    Some(before) => before.merge(summary),
                    None => summary,
                });
            }
        }
        row += n_rows;
        writer.add(cx, &arrays)
    })?;
    let quarantine = match aside {
        Some(out) => out.finish(cx)?,
        None => Vec::new(),
    };
    let summaries = summaries.into_iter().zip(changed).zip(fields);
    let summaries = summaries.map(|((before, after), field)| {
        let mut summary = after.unwrap_or(before);
        summary.field = field.clone();
        summary
    });
    Ok((summaries.collect(), quarantine, findings))
}

type EachBatchWithBad<'a> = dyn FnMut(Vec<ArrayRef>, Vec<BadRow>) -> Result<(), CollectError> + 'a;

/// Sources whose own types are known, to be read as often as is needed.
enum Input<'a> {
    Delimited { sources: &'a [Source], plan: Box<CsvPlan> },
    Other(Box<dyn Rows>),
}

impl<'a> Input<'a> {
    fn survey(cx: &Cx, sources: &'a [Source], csv: &CsvOptions) -> Result<Self, CollectError> {
        if sources[0].form() != Form::Delimited {
            return Ok(Self::Other(formats::survey(cx, sources)?));
        }
        let refs: Vec<&dyn csv::Source> = sources.iter().map(|s| s as &dyn csv::Source).collect();
        Ok(Self::Delimited { sources, plan: Box::new(csv::survey(cx, &refs, csv)?) })
    }

    fn fields(&self) -> &[Field] {
        match self {
            Self::Delimited { plan, .. } => &plan.fields,
            Self::Other(rows) => rows.fields(),
        }
    }

    fn findings(&self) -> &Findings {
        match self {
            Self::Delimited { plan, .. } => &plan.findings,
            Self::Other(rows) => rows.findings(),
        }
    }

    fn for_each_batch(&self, cx: &Cx, each: &mut EachBatchWithBad<'_>) -> Result<Findings, CollectError> {
        match self {
            Self::Delimited { sources, plan } => {
                let refs: Vec<&dyn csv::Source> = sources.iter().map(|s| s as &dyn csv::Source).collect();
                let mut failed = None;
                let read = csv::for_each_batch(cx, &refs, plan, &mut |batch| {
                    // The reader need not know why its taker had enough.
                    each(batch.arrays, batch.bad_rows).map_err(|e| {
                        failed = Some(e);
                        ReadError::Cancelled
                    })
                });
                match failed {
                    Some(e) => Err(e),
                    None => Ok(read.map(|()| Findings::new())?),
                }
            }
            Self::Other(rows) => {
                let mut plain = |batch: Vec<ArrayRef>| each(batch, Vec::new());
                let each: &mut EachBatch<'_> = &mut plain;
                rows.for_each_batch(cx, each)
            }
        }
    }

    fn summaries(&self, cx: &Cx) -> Result<Vec<ColumnSummary>, CollectError> {
        let fields = self.fields();
        let mut whole: Vec<Option<ColumnSummary>> = vec![None; fields.len()];
        self.for_each_batch(cx, &mut |batch, _| {
            let parts = cx.map(batch.len(), |i| {
                let column = Column::new(fields[i].clone(), vec![batch[i].clone()])?;
                Ok::<_, CollectError>(ColumnSummary::of(&column))
            });
            for (whole, part) in whole.iter_mut().zip(parts) {
                let part = part?;
                *whole = Some(match whole.take() {
                    Some(before) => before.merge(part),
                    None => part,
                });
            }
            Ok(())
        })?;
        let mut out = Vec::with_capacity(fields.len());
        for (field, summary) in fields.iter().zip(whole) {
            out.push(match summary {
                Some(summary) => summary,
                None => ColumnSummary::of(&Column::new(field.clone(), Vec::new())?),
            });
        }
        Ok(out)
    }
}
