//! `--help` of every command: it ends well, and shows an example that the program understands.

use super::almanac::almanac;

/// Every command, by walking the help of those above it.
pub fn commands() -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(path) = open.pop() {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = almanac(std::path::Path::new("."), &arguments).ok().stdout;
        let listed = help.split("Commands:\n").nth(1).map(|rest| rest.split("\n\n").next().unwrap_or(""));
        for line in listed.unwrap_or("").lines() {
            let name = line.split_whitespace().next().unwrap_or("help");
            if name != "help" && line.starts_with("  ") && !line.starts_with("   ") {
                open.push([path.clone(), vec![name.to_owned()]].concat());
            }
        }
        found.push(path);
    }
    found.sort();
    found
}

#[test]
fn every_command_has_an_example() {
    let all = commands();
    assert!(all.contains(&vec!["data".to_owned(), "add".to_owned()]) && all.len() >= 10, "{all:?}");
    for path in all {
        let mut arguments: Vec<&str> = path.iter().map(String::as_str).collect();
        arguments.push("--help");
        let help = almanac(std::path::Path::new("."), &arguments).ok().stdout;
        let example = format!("  almanac {}", path.join(" "));
        let (_, examples) = help.split_once("Example").unwrap_or_else(|| panic!("{path:?} has no example:\n{help}"));
        assert!(examples.contains(example.trim_end()), "{path:?}:\n{help}");
    }
}

#[test]
fn flags_that_are_not_there_yet_are_refused_by_name() {
    for flag in ["--trials", "--time-limit"] {
        let ran = almanac(std::path::Path::new("."), &["train", "d.csv", "--target", "y", "--out", "m", flag, "1"]);
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains(flag), "{}", ran.stderr);
    }
}
