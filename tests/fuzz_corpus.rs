//! The properties of `fuzz/` hold of every seed in its corpora: what was once dangerous is tried in every run, without a fuzzer.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a property says by panicking that it does not hold"
)]

use std::{collections::BTreeSet, fs, path::Path};

#[path = "../fuzz/src/lib.rs"]
pub mod properties;

use properties::{api_key, oauth_header, path_gate, problem, trace, windows};

type Property = fn(&[u8]);

/// The targets, by the names of their folders.
const TARGETS: [(&str, Property); 6] = [
    ("api_key", api_key::check),
    ("oauth_header", oauth_header::check),
    ("path_gate", path_gate::check),
    ("problem", problem::check),
    ("trace", trace::check),
    ("windows", windows::check),
];

#[test]
fn every_property_holds_of_its_seeds() {
    for (target, property) in TARGETS {
        let seeds: Vec<_> = fs::read_dir(corpora().join(target)).unwrap().map(|seed| seed.unwrap().path()).collect();
        assert!(seeds.len() >= 10, "{target} has few seeds");
        for seed in seeds {
            println!("{}", seed.display()); // shown if it fails
            property(&fs::read(seed).unwrap());
        }
    }
}

#[test]
fn every_corpus_has_its_property() {
    let corpora = fs::read_dir(corpora()).unwrap().map(|folder| folder.unwrap().file_name().into_string().unwrap());
    assert_eq!(corpora.collect::<BTreeSet<_>>(), TARGETS.map(|(target, _)| target.to_owned()).into());
}

fn corpora() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus"))
}
