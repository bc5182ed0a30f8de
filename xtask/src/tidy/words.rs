//! Words that do not stand in code, or only in some of it.

use crate::Violation;
use crate::source::Source;

/// Never in a product, and why.
const NEVER: [(&str, &str); 4] = [
    (".unwrap()", "return an error, or `expect` why it cannot fail"),
    ("todo!", "finish it, or leave it out"),
    ("unimplemented!", "finish it, or leave it out"),
    ("dbg!", "remove it"),
];

/// Files with kernels that measurement justifies; each has a safe twin as its oracle.
const UNSAFE_FILES: [&str; 0] = [];

/// Crates whose inside may be async.
const ASYNC_CRATES: [&str; 3] = ["remote", "collect", "serve"];

/// Checks one file.
pub fn check(source: &Source) -> Vec<Violation> {
    let mut found = Vec::new();
    for (word, instead) in NEVER {
        for at in source.find(word).into_iter().filter(|at| !source.is_test_at(*at)) {
            found.push(Violation::new(&source.path, source.line_of(at), format!("`{word}` outside tests: {instead}")));
        }
    }
    if !UNSAFE_FILES.contains(&source.path.as_str()) {
        for at in source.find("unsafe") {
            let message = "`unsafe` outside the files listed in xtask/src/tidy/words.rs";
            found.push(Violation::new(&source.path, source.line_of(at), message));
        }
    }
    let may_be_async = ASYNC_CRATES.iter().any(|c| source.path.starts_with(&format!("crates/{c}/")));
    if !may_be_async {
        for word in ["async", ".await", "tokio"] {
            for at in source.find(word) {
                let message = format!("`{word}`: async code lives only in {ASYNC_CRATES:?}");
                found.push(Violation::new(&source.path, source.line_of(at), message));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&Source::new(path, text.to_owned())).into_iter().map(|v| v.line).collect()
    }

    #[test]
    fn words_are_found_in_code_only() {
        let text =
            "x.unwrap();\n// x.unwrap()\n\"todo!\";\ntodo!();\nx.unwrap_or(1);\n#[cfg(test)]\nmod t { x.unwrap() }\n";
        assert_eq!(lines("crates/a/src/b.rs", text), [1, 4]);
        assert_eq!(lines("crates/a/tests/b.rs", text), [0; 0]);
    }

    #[test]
    fn unsafe_and_async_have_their_places() {
        assert_eq!(lines("crates/a/src/b.rs", "unsafe { }\n"), [1]);
        assert_eq!(lines("crates/a/src/b.rs", "#![forbid(unsafe_code)]\n"), [0; 0]);
        assert_eq!(lines("crates/a/src/b.rs", "async fn f() {\n  g().await\n}\n"), [1, 2]);
        assert_eq!(lines("crates/serve/src/b.rs", "async fn f() {\n  tokio::x().await\n}\n"), [0; 0]);
    }
}
