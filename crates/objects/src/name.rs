//! Which names a store accepts: by a list of what is allowed, so that no name leads outside the root.

use std::path::PathBuf;

use crate::error::ObjectsError;
use crate::limits::{NAME_PART_CHARS_MAX, NAME_PARTS_MAX};

/// First parts that the store keeps for itself.
const RESERVED: [&str; 3] = ["objects", "tmp", "locks"];

/// A relative path of one to four parts, none of them reserved to the store.
pub(crate) fn folder(name: &str) -> Result<PathBuf, ObjectsError> {
    let refuse = |problem| ObjectsError::Name { name: name.to_owned(), problem };
    let parts: Vec<&str> = name.split('/').collect();
    if parts.len() > NAME_PARTS_MAX {
        return Err(refuse("it has too many parts"));
    }
    if RESERVED.contains(&parts[0]) {
        return Err(refuse("its first part belongs to the store itself"));
    }
    for part in &parts {
        part_problem(part).map_or(Ok(()), |problem| Err(refuse(problem)))?;
    }
    Ok(parts.iter().collect())
}

/// A single part.
pub(crate) fn part(name: &str) -> Result<&str, ObjectsError> {
    match part_problem(name) {
        Some(problem) => Err(ObjectsError::Name { name: name.to_owned(), problem }),
        None => Ok(name),
    }
}

fn part_problem(part: &str) -> Option<&'static str> {
    if part.is_empty() {
        return Some("a part of it is empty");
    }
    if part.len() > NAME_PART_CHARS_MAX {
        return Some("a part of it is too long");
    }
    if !part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        return Some("a part of it does not begin with a lower-case letter or a digit");
    }
    if !part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-')) {
        return Some("it has a character outside `a-z 0-9 . _ -`");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let long = "a".repeat(129);
        for bad in [
            "",
            "/",
            "a/",
            "/a",
            "..",
            ".",
            "a/..",
            "../a",
            "a/../b",
            "a//b",
            "a\\b",
            "A",
            "a b",
            "a\0",
            "ä",
            "-a",
            ".hidden",
            "a/b/c/d/e",
            "objects/b3",
            "objects",
            "tmp",
            "tmp/x",
            "locks/a",
            "c:",
            &long,
        ] {
            assert!(matches!(folder(bad), Err(ObjectsError::Name { .. })), "{bad:?} was accepted");
        }
        for good in ["snapshots/0a1b", "cache", "a/b/c/d", "x.y_z-1"] {
            assert_eq!(folder(good).expect("a name"), PathBuf::from(good));
        }
        assert!(part("a/b").is_err());
    }
}
