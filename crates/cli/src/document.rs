//! The one JSON document that every command prints under `--json`.

use std::collections::BTreeMap;

use base::{Code, Finding};
use serde::Serialize;
use serde_json::Value;

use crate::exit::Exit;

/// Version of the document's shape.
const SCHEMA: u32 = 1;

/// What a command said.
#[derive(Debug, Serialize)]
pub struct Document {
    schema: u32,
    command: String,
    status: &'static str,
    findings: Vec<Finding>,
    /// Exact numbers by code; only there if more were found than are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    finding_counts: Option<BTreeMap<Code, u64>>,
    result: Value,
}

impl Document {
    /// A document. `result` is an object, empty where there is none.
    pub fn new(command: &str, exit: Exit, findings: Vec<Finding>, result: Value) -> Self {
        let result = if result.is_null() { Value::Object(serde_json::Map::new()) } else { result };
        let (status, finding_counts) = (exit.status(), None);
        Self { schema: SCHEMA, command: command.to_owned(), status, findings, finding_counts, result }
    }

    /// The same document with the exact numbers of findings, if not all of them are kept.
    #[must_use]
    pub fn with_counts(mut self, counts: &BTreeMap<Code, u64>) -> Self {
        if counts.values().sum::<u64>() > self.findings.len() as u64 {
            self.finding_counts = Some(counts.clone());
        }
        self
    }

    /// The document as a line of JSON.
    pub fn to_line(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|e| {
            format!(
                "{{\"schema\":1,\"command\":\"\",\"status\":\"bug\",\"findings\":[],\"result\":{{\"error\":\"{e}\"}}}}"
            )
        })
    }
}
