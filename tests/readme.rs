//! What README.md shows of a client is what is tested: a part of its program, letter for letter.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

/// Code that README.md shows, and where it says to have it from.
#[derive(Debug)]
struct Snippet {
    file: String,
    region: String,
    code: String,
}

#[test]
fn every_client_is_shown_as_it_is_tested() {
    let snippets = snippets(&read("README.md"));
    let mut files: Vec<&str> = snippets.iter().map(|snippet| snippet.file.as_str()).collect();
    files.sort_unstable();
    assert_eq!(files, programs());
    for snippet in &snippets {
        let tested = region(&read(&snippet.file), &snippet.region);
        assert_eq!(Some(&snippet.code), tested.as_ref(), "README.md shows another {}", snippet.file);
    }
}

#[test]
fn a_region_ends_where_it_says_so() {
    let text = "before\n# README: one\nfirst\n\nsecond\n# README: end\n// README: two\nthird\n";
    assert_eq!(region(text, "one").as_deref(), Some("first\n\nsecond\n"));
    assert_eq!(region(text, "two"), None, "it has no end");
    assert_eq!(region(text, "three"), None);
}

/// The program of each folder below `tests/clients` that has one.
fn programs() -> Vec<String> {
    let folders = fs::read_dir(root().join("tests/clients")).unwrap().flatten();
    let programs = folders.flat_map(|folder| {
        let folder = folder.file_name().into_string().unwrap();
        ["py", "mjs"].map(|extension| format!("tests/clients/{folder}/program.{extension}"))
    });
    let mut programs: Vec<String> = programs.filter(|program| root().join(program).exists()).collect();
    programs.sort_unstable();
    programs
}

/// Each block of code below a line such as `<!-- tests/clients/tweepy/program.py: the client -->`.
fn snippets(readme: &str) -> Vec<Snippet> {
    let blocks = readme.split("<!-- ").skip(1).filter_map(|text| {
        let (file, rest) = text.split_once(": ")?;
        let (region, rest) = rest.split_once(" -->\n```")?;
        let (_language, rest) = rest.split_once('\n')?;
        let (code, _) = rest.split_once("```")?;
        Some(Snippet { file: file.to_owned(), region: region.to_owned(), code: code.to_owned() })
    });
    blocks.collect()
}

/// The lines between a comment `README: {name}` and the next `README: end`.
fn region(text: &str, name: &str) -> Option<String> {
    let start = format!(" README: {name}");
    let mut lines = text.lines().skip_while(|line| !line.ends_with(&start)).skip(1);
    let mut code = String::new();
    loop {
        let line = lines.next()?;
        if line.ends_with(" README: end") {
            return Some(code);
        }
        code.push_str(line);
        code.push('\n');
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
