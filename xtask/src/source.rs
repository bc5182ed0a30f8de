//! Rust text as the rules see it: comments and literals blanked, test code marked, functions measured. A scanner, not
//! a parser: enough to count braces and find words.

/// A Rust file.
#[derive(Debug)]
pub struct Source {
    /// Path from the root of the repository.
    pub path: String,
    /// As it stands.
    pub text: String,
    /// The same bytes with comments and the insides of literals turned into spaces; line breaks stay.
    pub code: Vec<u8>,
    /// For each line, whether it is inside a `#[cfg(test)]` item or the whole file is test code.
    pub is_test: Vec<bool>,
}

/// A function's extent.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its `fn`, from 1.
    pub line: usize,
    /// Lines from `fn` to the closing brace.
    pub n_lines: usize,
}

impl Source {
    /// Scans a file.
    pub fn new(path: &str, text: String) -> Self {
        let code = blank(text.as_bytes());
        let n_lines = text.lines().count();
        let mut source = Self { path: path.to_owned(), text, code, is_test: vec![is_test_path(path); n_lines] };
        for (start, end) in source.test_items() {
            let (first, last) = (source.line_of(start), source.line_of(end));
            source.is_test[first - 1..last.min(n_lines)].fill(true);
        }
        source
    }

    /// The line of a byte, from 1.
    pub fn line_of(&self, at: usize) -> usize {
        self.code[..at].iter().filter(|b| **b == b'\n').count() + 1
    }

    /// Whether a byte is in test code.
    pub fn is_test_at(&self, at: usize) -> bool {
        self.is_test.get(self.line_of(at) - 1).copied().unwrap_or(false)
    }

    /// Where a piece of code stands, outside comments and literals; at word boundaries where it begins or ends with a
    /// word character.
    pub fn find(&self, needle: &str) -> Vec<usize> {
        let n = needle.as_bytes();
        let hits = (0..self.code.len().saturating_sub(n.len() - 1)).filter(|&i| self.code[i..].starts_with(n));
        hits.filter(|&i| {
            let before = i > 0 && is_word(n[0]) && is_word(self.code[i - 1]);
            let after = self.code.get(i + n.len()).is_some_and(|b| is_word(*b) && is_word(n[n.len() - 1]));
            !before && !after
        })
        .collect()
    }

    /// The functions with a body.
    pub fn functions(&self) -> Vec<Function> {
        self.find("fn").into_iter().filter_map(|at| self.function(at)).collect()
    }

    /// Names of the modules in other files that are test code: `#[cfg(test)] mod name;`.
    pub fn test_modules(&self) -> Vec<String> {
        let items = self.find("#[cfg(test)]").into_iter().map(|at| at + "#[cfg(test)]".len());
        items
            .filter_map(|at| {
                let rest = std::str::from_utf8(&self.code[at..]).ok()?.trim_start();
                let (name, _) = rest.strip_prefix("mod ")?.split_once(';')?;
                name.bytes().all(is_word).then(|| name.to_owned())
            })
            .collect()
    }

    fn function(&self, at: usize) -> Option<Function> {
        let name_at = at + 2 + self.code[at + 2..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let name_len = self.code[name_at..].iter().take_while(|b| is_word(**b) || **b == b'$').count();
        let open = (name_len > 0).then(|| self.body(name_at)).flatten()?;
        let close = self.matching(open)?;
        let line = self.line_of(at);
        let name = String::from_utf8_lossy(&self.code[name_at..name_at + name_len]).into_owned();
        Some(Function { name, line, n_lines: self.line_of(close) - line + 1 })
    }

    /// The first `{` outside parentheses and brackets, unless a `;` comes first.
    fn body(&self, from: usize) -> Option<usize> {
        let mut depth = 0i32;
        for (i, b) in self.code[from..].iter().enumerate() {
            match b {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth -= 1,
                b'{' if depth == 0 => return Some(from + i),
                b';' if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    fn matching(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        for (i, b) in self.code[open..].iter().enumerate() {
            match b {
                b'{' => depth += 1,
                b'}' if depth == 1 => return Some(open + i),
                b'}' => depth -= 1,
                _ => {}
            }
        }
        None
    }

    fn test_items(&self) -> Vec<(usize, usize)> {
        let starts = self.find("#[cfg(test)]");
        starts
            .into_iter()
            .map(|at| {
                let after = at + "#[cfg(test)]".len();
                (at, self.body(after).and_then(|open| self.matching(open)).unwrap_or(after))
            })
            .collect()
    }
}

/// Test code by where it stands: `tests`, `benches`, `examples`, and the crate that only tests use.
pub fn is_test_path(path: &str) -> bool {
    path.starts_with("crates/testkit/") || path.split('/').any(|p| matches!(p, "tests" | "benches" | "examples"))
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Turns comments and the insides of literals into spaces, keeping every position and line break.
fn blank(text: &[u8]) -> Vec<u8> {
    let mut out = text.to_vec();
    let mut i = 0;
    while i < text.len() {
        let end = literal_end(text, i);
        match end {
            Some(end) => {
                for b in &mut out[i..end] {
                    if *b != b'\n' {
                        *b = b' ';
                    }
                }
                i = end;
            }
            // A whole word at once, so that the `r` of `for"` is not taken for a raw string.
            None if is_word(text[i]) => i += text[i..].iter().take_while(|b| is_word(**b)).count(),
            None => i += 1,
        }
    }
    out
}

/// Where the comment or literal ends that begins at `i`, if one does.
fn literal_end(text: &[u8], i: usize) -> Option<usize> {
    let rest = &text[i..];
    let line = || rest.iter().position(|b| *b == b'\n').map_or(text.len(), |n| i + n);
    match rest {
        [b'/', b'/', ..] => Some(line()),
        [b'/', b'*', ..] => Some(block_comment_end(text, i)),
        [b'"', ..] => Some(quoted_end(text, i + 1, b'"')),
        [b'b' | b'c', b'"', ..] => Some(quoted_end(text, i + 2, b'"')),
        [b'b', b'\'', ..] => Some(quoted_end(text, i + 2, b'\'')),
        [b'b' | b'c', b'r', b'"' | b'#', ..] => raw_end(text, i + 2),
        [b'r', b'"' | b'#', ..] => raw_end(text, i + 1),
        // A lifetime has no quote after one character.
        [b'\'', b'\\', ..] => Some(quoted_end(text, i + 1, b'\'')),
        [b'\'', first, ..] => {
            let n = match first {
                0..=0x7f => 1,
                0x80..=0xdf => 2,
                0xe0..=0xef => 3,
                _ => 4,
            };
            (rest.get(1 + n) == Some(&b'\'')).then_some(i + n + 2)
        }
        _ => None,
    }
}

fn block_comment_end(text: &[u8], start: usize) -> usize {
    let (mut depth, mut i) = (0usize, start);
    while i < text.len() {
        match &text[i..] {
            [b'/', b'*', ..] => (depth, i) = (depth + 1, i + 2),
            [b'*', b'/', ..] if depth == 1 => return i + 2,
            [b'*', b'/', ..] => (depth, i) = (depth - 1, i + 2),
            _ => i += 1,
        }
    }
    text.len()
}

fn quoted_end(text: &[u8], mut i: usize, quote: u8) -> usize {
    while i < text.len() {
        match text[i] {
            b'\\' => i += 2,
            b if b == quote => return i + 1,
            _ => i += 1,
        }
    }
    text.len()
}

/// The end of a raw string whose hashes begin at `i`; nothing for a raw identifier.
fn raw_end(text: &[u8], i: usize) -> Option<usize> {
    let n_hashes = text[i..].iter().take_while(|b| **b == b'#').count();
    if text.get(i + n_hashes) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', n_hashes)).collect();
    let from = i + n_hashes + 1;
    let at = text[from..].windows(close.len()).position(|w| w == close);
    Some(at.map_or(text.len(), |n| from + n + close.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        String::from_utf8(blank(text.as_bytes())).expect("blanking keeps UTF-8")
    }

    #[test]
    fn comments_and_literals_are_blank() {
        assert_eq!(code("a // b\nc"), "a     \nc");
        assert_eq!(code("a /* b /* c */ d */ e"), "a                   e");
        assert_eq!(code(r#"f("x{\"", y)"#), "f(      , y)");
        assert_eq!(code("f(r#\"}\"#, br\"{\", r#type)"), "f(      ,      , r#type)");
        assert_eq!(code("'{' '\\'' b'}' 'ä' &'a str for\"x\""), "                   &'a str for   ");
        assert_eq!(code("\"never closed"), "             ");
        assert_eq!(code("'a'"), "   ");
    }

    #[test]
    fn functions_are_measured() {
        let text = "fn a() {}\nfn b(x: [u8; 3]) -> u8 {\n  if x { '{' }\n  fn c() {\n  }\n}\ntrait T { fn d(); }\ntype F = fn(u8);\n";
        let source = Source::new("x.rs", text.to_owned());
        let found: Vec<(String, usize, usize)> =
            source.functions().into_iter().map(|f| (f.name, f.line, f.n_lines)).collect();
        assert_eq!(found, [("a".to_owned(), 1, 1), ("b".to_owned(), 2, 5), ("c".to_owned(), 4, 2)]);
    }

    #[test]
    fn test_code_is_marked() {
        let text =
            "fn a() { b.unwrap() }\n#[cfg(test)]\nmod tests {\n  x.unwrap();\n}\nfn c() {}\n#[cfg(test)]\nmod d;\n";
        let source = Source::new("crates/x/src/lib.rs", text.to_owned());
        let hits = source.find(".unwrap()");
        assert_eq!(hits.iter().map(|at| source.is_test_at(*at)).collect::<Vec<_>>(), [false, true]);
        assert_eq!(source.is_test, [false, true, true, true, true, false, true, false]);
        assert_eq!(source.test_modules(), ["d"]);
        assert!(Source::new("crates/x/tests/suite.rs", "a".to_owned()).is_test_at(0));
    }

    #[test]
    fn words_are_whole() {
        let source = Source::new("x.rs", "unsafe_code unsafe { } not_unsafe // unsafe\n".to_owned());
        assert_eq!(source.find("unsafe"), [12]);
    }
}
