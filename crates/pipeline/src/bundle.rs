//! The bundle: what a model file holds, written and read. Sections are version 0 until 0.1.0; only the container is
//! promised before.
//!
//! | section | required | holds |
//! | --- | --- | --- |
//! | `manifest` | yes | who wrote the file |
//! | `problem` | yes | task, target, classes, input columns and how their cells are read |
//! | `members` | yes | weights, learners and fitted steps of each member |
//! | `model.000`, … | yes | one learned model each |
//! | `card` | no | the model card |
//! | `profile` | no | what the training rows looked like, for drift |

use std::collections::BTreeSet;

use contract::Predict;
use pack::{Codec, Limits, Pack, PackWriter, Required};
use preprocess::FittedStep;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use table::Schema;
use train::Model;

use crate::card::Card;
use crate::error::PipelineError;
use crate::fit::{Member, MemberForm};
use crate::predict::Fitted;
use crate::problem::{CLASSES_MAX, Problem};
use crate::profile::Profile;

/// Version of every section of this release.
const SECTION_VERSION: u32 = 0;

/// The most members a model may have.
pub const MEMBERS_MAX: usize = 256;

/// Everything in a model file.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// What was learned.
    pub fitted: Fitted,
    /// The model card.
    pub card: Card,
    /// What the training rows looked like.
    pub profile: Profile,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemberEntry {
    weight: f64,
    target_form: MemberForm,
    model_kind: String,
    steps: Vec<FittedStep>,
}

/// Writes a model file's bytes: equal bundles give equal bytes.
///
/// # Errors
/// If a number that JSON cannot hold got into a fitted step, or a limit of the container is passed.
pub fn write_bundle(bundle: &Bundle) -> Result<Vec<u8>, PipelineError> {
    let mut writer = PackWriter::new();
    let mut entries = Vec::new();
    for (i, (weight, member)) in bundle.fitted.members.iter().enumerate() {
        let (kind, bytes) = member.model.encode();
        entries.push(MemberEntry {
            weight: *weight,
            target_form: member.target_form,
            model_kind: kind.to_owned(),
            steps: member.steps.clone(),
        });
        writer.section(&model_section(i), SECTION_VERSION, Required::Yes, Codec::Zstd, bytes)?;
    }
    for (name, required, bytes) in [
        ("problem", Required::Yes, json("problem", &bundle.fitted.problem)?),
        ("members", Required::Yes, json("members", &entries)?),
        ("card", Required::No, json("card", &bundle.card)?),
        ("profile", Required::No, json("profile", &bundle.profile)?),
    ] {
        writer.section(name, SECTION_VERSION, required, Codec::Zstd, bytes)?;
    }
    let about = serde_json::json!({ "written_by": concat!("almanac ", env!("CARGO_PKG_VERSION")) });
    writer.manifest(SECTION_VERSION, &about)?;
    Ok(writer.finish())
}

fn model_section(i: usize) -> String {
    format!("model.{i:03}")
}

fn json<T: Serialize>(section: &str, value: &T) -> Result<Vec<u8>, PipelineError> {
    base::json::canonical(value).map_err(|e| bad(section, format!("cannot be written: {e}")))
}

fn bad(section: &str, what: impl Into<String>) -> PipelineError {
    PipelineError::Section { section: section.to_owned(), what: what.into() }
}

/// Reads a model file. Never panics and never allocates beyond the container's limits, whatever the bytes.
///
/// # Errors
/// The container's, and [`PipelineError::Section`] for a section that does not hold what it should.
pub fn read_bundle(bytes: Vec<u8>) -> Result<Bundle, PipelineError> {
    let pack = Pack::open(bytes, &Limits::default())?;
    pack.verify()?;
    let problem: Problem = required(&pack, "problem")?;
    check_problem(&problem)?;
    let entries: Vec<MemberEntry> = required(&pack, "members")?;
    if entries.is_empty() || entries.len() > MEMBERS_MAX {
        return Err(bad("members", format!("{} members, expected 1 to {MEMBERS_MAX}", entries.len())));
    }
    let models: BTreeSet<String> = (0..entries.len()).map(model_section).collect();
    let about = ["manifest", "problem", "members", "card", "profile"];
    pack.check_known(|name| about.contains(&name) || models.contains(name))?;
    let mut members = Vec::with_capacity(entries.len());
    for (i, entry) in entries.into_iter().enumerate() {
        members.push((entry.weight, member_of(&pack, &problem, i, entry)?));
    }
    let total: f64 = members.iter().map(|(w, _)| w).sum();
    if (total - 1.0).abs() > 1e-9 {
        return Err(bad("members", "the weights do not sum to 1"));
    }
    Ok(Bundle {
        fitted: Fitted { problem, members },
        card: optional(&pack, "card")?.unwrap_or_default(),
        profile: optional(&pack, "profile")?.unwrap_or_default(),
    })
}

fn member_of(pack: &Pack, problem: &Problem, i: usize, entry: MemberEntry) -> Result<Member, PipelineError> {
    if !(entry.weight >= 0.0 && entry.weight <= 1.0) {
        return Err(bad("members", format!("member {i} has weight {}", entry.weight)));
    }
    if matches!(entry.target_form, MemberForm::Log { cap } if !cap.is_finite() || cap <= 0.0) {
        return Err(bad("members", format!("member {i} has an unusable cap")));
    }
    for step in &entry.steps {
        step.validate().map_err(|e| bad("members", format!("member {i}: {e}")))?;
    }
    let name = model_section(i);
    let section = pack.require(&name, &[SECTION_VERSION])?;
    let model = Model::decode(&entry.model_kind, &section.bytes()?).map_err(|e| bad(&name, e.to_string()))?;
    let expected = if problem.classes.is_empty() { 1 } else { problem.classes.len() };
    if model.n_outputs() != expected {
        return Err(bad(&name, format!("{} outputs, the problem has {expected}", model.n_outputs())));
    }
    Ok(Member { steps: entry.steps, model, target_form: entry.target_form })
}

fn check_problem(problem: &Problem) -> Result<(), PipelineError> {
    Schema::new(problem.fields.clone()).map_err(|e| bad("problem", e.to_string()))?;
    let n_classes = problem.classes.len();
    let fits = match problem.task {
        contract::Task::Regression => n_classes == 0,
        contract::Task::Binary => n_classes == 2,
        contract::Task::Multiclass => (3..=CLASSES_MAX).contains(&n_classes),
    };
    if !fits {
        return Err(bad("problem", format!("task {} with {n_classes} classes", problem.task)));
    }
    let distinct: BTreeSet<&String> = problem.classes.iter().collect();
    if distinct.len() != n_classes {
        return Err(bad("problem", "a class stands twice"));
    }
    Ok(())
}

fn required<T: DeserializeOwned>(pack: &Pack, name: &str) -> Result<T, PipelineError> {
    let section = pack.require(name, &[SECTION_VERSION])?;
    serde_json::from_slice(&section.bytes()?).map_err(|e| bad(name, e.to_string()))
}

fn optional<T: DeserializeOwned>(pack: &Pack, name: &str) -> Result<Option<T>, PipelineError> {
    match pack.section(name) {
        Some(s) if s.version() == SECTION_VERSION => {
            serde_json::from_slice(&s.bytes()?).map(Some).map_err(|e| bad(name, e.to_string()))
        }
        _ => Ok(None),
    }
}
