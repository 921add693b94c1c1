//! The floors of `src`: a module names only what stands below it. ARCHITECTURE.md draws them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Every module of `src` and the modules it may name besides itself, from the ground up.
const FLOORS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("ports", &["domain"]),
    ("config", &["domain"]),
    ("crashpoints", &["ports"]),
    ("x", &["domain", "ports"]),
    ("adapters", &["config", "crashpoints", "domain", "ports"]),
    ("services", &["config", "crashpoints", "domain", "ports", "x"]),
    ("gateway", &["config", "domain", "ports", "services"]),
    ("relay", &["config", "domain", "gateway", "ports", "services", "x"]),
    ("api", &["config", "domain", "gateway", "ports", "services", "x"]),
    ("jobs", &["config", "domain", "ports", "services"]),
    ("app", &["api", "config", "domain", "gateway", "jobs", "ports", "relay", "services"]),
    ("entry", &["adapters", "app", "config", "domain", "gateway", "jobs", "ports", "relay"]),
];

/// Names that say nothing about what is inside.
const MEANINGLESS: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "manager"];

/// The platform's crates, and the only places that may name them.
const PLATFORM: &[&str] = &["worker", "web_sys", "js_sys", "wasm_bindgen", "wasm_bindgen_futures"];
const PLATFORM_PLACES: &[&str] = &["entry", "adapters/cloudflare"];

#[test]
fn every_module_has_a_floor() {
    let known: BTreeSet<String> = FLOORS.iter().map(|(module, _)| (*module).to_owned()).collect();
    let mut found: BTreeSet<String> = sources().iter().map(Source::floor).collect();
    found.remove("lib");
    assert_eq!(found, known);
}

#[test]
fn no_module_looks_up() {
    let mut upward = Vec::new();
    for source in sources() {
        let floor = source.floor();
        let below = FLOORS.iter().find(|(module, _)| *module == floor).map_or(&[][..], |(_, below)| below);
        let named = crate_modules(&source.code);
        upward.extend(
            named
                .into_iter()
                .filter(|module| *module != floor && !below.contains(&module.as_str()))
                .map(|module| format!("{} names crate::{module}", source.path)),
        );
    }
    assert!(upward.is_empty(), "{upward:#?}");
}

#[test]
fn floors_have_no_cycle() {
    for (at, (module, below)) in FLOORS.iter().enumerate() {
        let lower: Vec<&str> = FLOORS.iter().take(at).map(|(module, _)| *module).collect();
        assert!(below.iter().all(|module| lower.contains(module)), "{module} may name a module above it");
    }
}

#[test]
fn only_the_doors_and_the_platforms_adapters_name_the_platform() {
    let mut named = Vec::new();
    for source in sources() {
        let allowed = PLATFORM_PLACES.iter().any(|place| source.is_in(place));
        let platform = PLATFORM.iter().filter(|name| !allowed && names_crate(&source.code, name));
        named.extend(platform.map(|name| format!("{} names {name}", source.path)));
    }
    assert!(named.is_empty(), "{named:#?}");
}

#[test]
fn every_module_is_called_after_what_it_holds() {
    for source in sources() {
        let meaningless = source.path.split(['/', '.']).find(|part| MEANINGLESS.contains(part));
        assert_eq!(meaningless, None, "{}", source.path);
        assert!(!source.path.ends_with("/mod.rs"), "{}: a module's file stands beside its folder", source.path);
    }
}

#[test]
fn every_module_opens_with_its_purpose() {
    // Unit tests speak for the module they stand under.
    let is_test = |source: &Source| source.path.split(['/', '.']).any(|part| part == "tests");
    let silent = sources().into_iter().filter(|source| !is_test(source) && !source.text.starts_with("//! "));
    let silent: Vec<String> = silent.map(|source| source.path).collect();
    assert!(silent.is_empty(), "{silent:#?} do not say what they are for");
}

/// One file of `src`.
struct Source {
    /// Below `src`, with slashes.
    path: String,
    text: String,
    /// The text without comments, in which words would be taken for names.
    code: String,
}

impl Source {
    fn floor(&self) -> String {
        let first = self.path.split('/').next().unwrap();
        first.trim_end_matches(".rs").to_owned()
    }

    fn is_in(&self, place: &str) -> bool {
        self.path == format!("{place}.rs") || self.path.starts_with(&format!("{place}/"))
    }
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut paths = Vec::new();
    collect(&root, &mut paths);
    let source = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let is_code = |line: &&str| !line.trim_start().starts_with("//");
        let code = text.lines().filter(is_code).collect::<Vec<_>>().join("\n");
        let path = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
        Source { path, text, code }
    };
    paths.into_iter().map(source).collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// The first segments of all `crate::…` paths, those in `crate::{…}` too.
fn crate_modules(code: &str) -> BTreeSet<String> {
    let mut modules = BTreeSet::new();
    for (at, found) in code.match_indices("crate::") {
        let after = &code[at + found.len()..];
        match after.strip_prefix('{') {
            Some(group) => modules.extend(members(group).into_iter().map(|member| word(&member))),
            None => _ = modules.insert(word(after)),
        }
    }
    modules.remove("");
    modules
}

/// The members of a brace group whose opening brace has been read.
fn members(group: &str) -> Vec<String> {
    let (mut depth, mut members) = (0, vec![String::new()]);
    for character in group.chars() {
        match character {
            '}' if depth == 0 => break,
            ',' if depth == 0 => members.push(String::new()),
            other => {
                depth += i32::from(other == '{') - i32::from(other == '}');
                members.last_mut().unwrap().push(other);
            }
        }
    }
    members
}

fn word(text: &str) -> String {
    text.trim_start().chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect()
}

/// Whether `name::` stands in the code as a crate's name, or `name` is imported whole.
fn names_crate(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    let begins = |at: usize| !code[..at].ends_with(|before: char| before.is_alphanumeric() || "_:".contains(before));
    code.match_indices(&path).any(|(at, _)| begins(at)) || code.contains(&format!("use {name};"))
}

#[test]
fn the_scan_sees_every_form_of_a_path() {
    let code = "use crate::{\n    domain::{a, b::{c, d}},\n    ports,\n};\nlet x = crate::api::y;";
    let expected = ["api", "domain", "ports"].map(str::to_owned);
    assert_eq!(crate_modules(code), BTreeSet::from(expected));
    assert!(names_crate("let x = worker::Env;", "worker"));
    assert!(!names_crate("let x = coworker::Env; let y = self::worker::Env;", "worker"));
}
