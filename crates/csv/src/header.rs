//! Names of columns: verbatim from the header, made unique, given by position where there is none.

use std::collections::{BTreeMap, BTreeSet};

use base::finding::quoted;
use base::{Finding, Findings, Place, Severity};

use crate::notes;

/// Names of a file's columns in order, all different, and whether each was made up by position.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    /// Names.
    pub names: Vec<String>,
    /// Whether the header says nothing (a blank cell).
    pub is_blank: Vec<bool>,
}

/// Names the columns of a header: a duplicate `a` becomes `a_2`, a blank becomes `column_3` (its position, from 1).
/// Blank columns get no finding here: if they hold nothing, they are left out.
pub fn name(cells: &[String], file: &str, line: u64, findings: &mut Findings) -> Names {
    let verbatim: BTreeSet<&str> = cells.iter().map(String::as_str).collect();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    // Where the search for a free number goes on: a name that stands a hundred thousand times is not searched from 2 on.
    let mut next: BTreeMap<&str, usize> = BTreeMap::new();
    let mut names = Vec::with_capacity(cells.len());
    let is_blank: Vec<bool> = cells.iter().map(|c| c.trim().is_empty()).collect();
    for (i, cell) in cells.iter().enumerate() {
        let name = if is_blank[i] {
            free(&format!("column_{}", i + 1), &taken, &verbatim)
        } else if taken.contains(cell) {
            let from = next.entry(cell).or_insert(2);
            let name = loop {
                let name = format!("{cell}_{from}");
                *from += 1;
                if !taken.contains(&name) && !verbatim.contains(name.as_str()) {
                    break name;
                }
            };
            let message = format!("the header names {} twice; the later column is {}", quoted(cell), quoted(&name));
            let place = Place { file: Some(file.to_owned()), line: Some(line), column: Some(name.clone()), row: None };
            findings.push(Finding::new(notes::DUPLICATE_NAME, Severity::Warning, message).at(place));
            name
        } else {
            cell.clone()
        };
        taken.insert(name.clone());
        names.push(name);
    }
    Names { names, is_blank }
}

fn free(name: &str, taken: &BTreeSet<String>, verbatim: &BTreeSet<&str>) -> String {
    let is_free = |n: &str| !taken.contains(n) && !verbatim.contains(n);
    if is_free(name) {
        return name.to_owned();
    }
    (2..).map(|n| format!("{name}_{n}")).find(|n| is_free(n)).expect("there are more numbers than columns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_verbatim_where_they_can_be() {
        let cells: Vec<String> = ["a", "a", "", "a_2", " ", "column_3", "a"].map(String::from).to_vec();
        let mut findings = Findings::new();
        let names = name(&cells, "f.csv", 1, &mut findings);
        assert_eq!(names.names, ["a", "a_3", "column_3_2", "a_2", "column_5", "column_3", "a_4"]);
        assert_eq!(findings.counts()[&notes::DUPLICATE_NAME], 2);
        assert_eq!(names.is_blank.iter().filter(|b| **b).count(), 2);
    }
}
