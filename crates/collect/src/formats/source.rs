//! Where rows come from: paths and globs resolved to files, what each really is, and its plain bytes.
//!
//! Not here: decoding of any form.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use base::{Cx, Finding, Findings, Place, Severity};
use objects::Sha256;
use serde::{Deserialize, Serialize};
use table::datetime::{Moment, format_rfc3339};

use super::detect::{self, Codec, Form};
use super::error::codes;
use super::{FormatError, decompress, limits};
use crate::error::CollectError;

/// A file to read, and what it was found to be.
#[derive(Debug, Clone)]
pub struct Source {
    name: String,
    path: PathBuf,
    codec: Codec,
    form: Form,
    info: SourceInfo,
}

/// What is known of a file that was read, as manifests keep it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Path as the user named it, or as the glob found it.
    pub name: String,
    /// Length in bytes, as it lies on disk.
    pub n_bytes: u64,
    /// When it was last modified, RFC 3339 in UTC; absent where the system does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<String>,
    /// SHA-256 of the bytes on disk, once they have been hashed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
}

impl Source {
    /// Looks at a file.
    ///
    /// # Errors
    /// [`CollectError::Io`]; [`FormatError::Unsupported`] if it is something that is not read.
    pub fn look(name: &str, path: &Path) -> Result<Self, CollectError> {
        // Looked at before it is opened: to open a pipe waits for whoever writes into it.
        let meta = std::fs::metadata(path).map_err(|e| io_error(name, e))?;
        if !meta.is_file() {
            let what =
                if meta.is_dir() { "it is a folder" } else { "it is a pipe or a device, which cannot be read twice" };
            return Err(FormatError::NoFile { pattern: name.to_owned(), what: what.to_owned() }.into());
        }
        let file = open(name, path)?;
        let head = read_head(file).map_err(|e| io_error(name, e))?;
        let (_, named) = detect::of_name(name);
        let codec = Codec::of_bytes(&head);
        let plain = match codec {
            Codec::Plain => head,
            _ => read_head(decompress::decompress(name, codec, open(name, path)?).map_err(|e| io_error(name, e))?)
                .map_err(|e| io_error(name, e))?,
        };
        if codec != Codec::Plain && Codec::of_bytes(&plain) != Codec::Plain {
            let hint = "decompress it once and give the result";
            let what = "compressed more than once";
            return Err(FormatError::Unsupported { file: name.to_owned(), what, hint }.into());
        }
        let form = detect::of_bytes(name, &plain, named)?;
        let modified = meta.modified().ok().map(rfc3339);
        let info = SourceInfo { name: name.to_owned(), n_bytes: meta.len(), modified, sha256: None };
        Ok(Self { name: name.to_owned(), path: path.to_owned(), codec, form, info })
    }

    /// The name as the user gave it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it is compressed as a whole.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    /// How its rows are written.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Length, time and perhaps hash.
    pub fn info(&self) -> &SourceInfo {
        &self.info
    }

    /// Opens the plain bytes from the start.
    ///
    /// # Errors
    /// Those of opening; an error while reading may carry a [`FormatError`] inside.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        decompress::decompress(&self.name, self.codec, File::open(&self.path)?)
    }

    /// An error of reading this source: ours if it carries one of ours, else the disk's.
    pub fn error(&self, e: io::Error) -> CollectError {
        io_error(&self.name, e)
    }

    /// A finding if the file is not what its name says.
    fn surprise(&self) -> Option<Finding> {
        let (codec, named) = detect::of_name(&self.name);
        let named = named?;
        if named.is_kin(self.form) && (codec == self.codec || codec == Codec::Plain && self.codec == Codec::Plain) {
            return None;
        }
        let found = match self.codec {
            Codec::Plain => self.form.as_str().to_owned(),
            codec => format!("{} compressed with {}", self.form.as_str(), codec.as_str()),
        };
        let message = format!("the file is {found}, not what its name says; it was read as what it is");
        Some(Finding::new(codes::OTHER_FORM, Severity::Warning, message).at(Place::file(&self.name)))
    }
}

impl csv::Source for Source {
    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Source::open(self)
    }
}

/// The files that some paths and globs name: in the order given, a glob's matches in the order of their names; a file
/// named twice is read once. All of them must be of one kin (delimited text, JSON, Parquet, Arrow).
///
/// # Errors
/// [`FormatError::NoFile`] naming the pattern that matches nothing; [`FormatError::FilesDiffer`]; what
/// [`Source::look`] says.
pub fn resolve(cx: &Cx, patterns: &[String]) -> Result<(Vec<Source>, Findings), CollectError> {
    if patterns.is_empty() {
        return Err(FormatError::NoFile { pattern: String::new(), what: "no path was given".into() }.into());
    }
    let mut seen = BTreeSet::new();
    let mut sources: Vec<Source> = Vec::new();
    let mut findings = Findings::new();
    for pattern in patterns {
        for path in expand(pattern)? {
            cx.check_cancelled()?;
            if !seen.insert(std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone())) {
                continue;
            }
            let source = Source::look(&path.to_string_lossy(), &path)?;
            if let Some(first) = sources.first().filter(|first| !first.form.is_kin(source.form)) {
                let what = format!("it is {}, the other is {}", source.form.as_str(), first.form.as_str());
                let (file, first) = (source.name, first.name.clone());
                return Err(FormatError::FilesDiffer { file, first, what }.into());
            }
            source.surprise().into_iter().for_each(|f| findings.push(f));
            sources.push(source);
        }
    }
    Ok((sources, findings))
}

/// What is known of the sources, with the SHA-256 of each: reads them once more.
///
/// # Errors
/// [`CollectError::Io`].
pub fn hashed(cx: &Cx, sources: &[Source]) -> Result<Vec<SourceInfo>, CollectError> {
    let all = cx.map(sources.len(), |i| {
        cx.check_cancelled()?;
        let source = &sources[i];
        let found = objects::sha256_file(&source.path).map_err(|e| io_error(&source.name, e.into()))?;
        Ok(SourceInfo { sha256: Some(found.sha256), n_bytes: found.size_bytes, ..source.info.clone() })
    });
    all.into_iter().collect()
}

/// A path that exists is a path, whatever characters it has; else it may be a glob.
fn expand(pattern: &str) -> Result<Vec<PathBuf>, CollectError> {
    let path = Path::new(pattern);
    let refuse = |what: String| FormatError::NoFile { pattern: pattern.to_owned(), what };
    if pattern.is_empty() {
        return Err(refuse("the path is empty".into()).into());
    }
    if path.exists() || !pattern.contains(['*', '?', '[']) {
        return Ok(vec![path.to_owned()]);
    }
    let matches = glob::glob(pattern).map_err(|e| refuse(format!("the pattern is wrong: {}", e.msg)))?;
    let mut found = Vec::new();
    for entry in matches {
        let entry = entry.map_err(|e| {
            let path = e.path().display().to_string();
            CollectError::Io { path, source: e.into() }
        })?;
        if !entry.is_dir() {
            found.push(entry);
        }
        if found.len() > limits::FILES_MAX {
            return Err(refuse(format!("it matches more than {} files", limits::FILES_MAX)).into());
        }
    }
    if let Some(name) = unnameable(pattern) {
        let what = format!("it matches a file whose name is not UTF-8, {}: rename it", base::finding::quoted(&name));
        return Err(refuse(what).into());
    }
    if found.is_empty() {
        return Err(refuse("no file matches the pattern".into()).into());
    }
    found.sort();
    Ok(found)
}

/// A file that a pattern without wildcards in its folder would match, were its name UTF-8: matching passes over it.
fn unnameable(pattern: &str) -> Option<String> {
    let path = Path::new(pattern);
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let matcher = glob::Pattern::new(path.file_name()?.to_str()?).ok()?;
    let names = std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.file_name());
    let mut odd = names.filter(|name| name.to_str().is_none()).map(|name| name.to_string_lossy().into_owned());
    odd.find(|name| matcher.matches(name))
}

/// An error of the disk, or ours that a reader carried.
pub(crate) fn io_error(name: &str, e: io::Error) -> CollectError {
    match e.downcast::<FormatError>() {
        Ok(ours) => ours.into(),
        Err(e) => CollectError::Io { path: name.to_owned(), source: e },
    }
}

fn open(name: &str, path: &Path) -> Result<File, CollectError> {
    File::open(path).map_err(|e| io_error(name, e))
}

fn read_head(from: impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    from.take(limits::SNIFF_BYTES as u64).read_to_end(&mut head)?;
    Ok(head)
}

fn rfc3339(time: std::time::SystemTime) -> String {
    let us = match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_micros()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_micros()).unwrap_or(i64::MAX),
    };
    // Whole seconds: copies between file systems keep no more.
    format_rfc3339(Moment::Datetime(us.div_euclid(1_000_000) * 1_000_000))
}
