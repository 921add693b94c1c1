//! Weighted length against the reference's own answers, and what must hold of any text.

use proptest::prelude::*;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Vector {
    text: String,
    weighted_length: u32,
    valid: bool,
    note: String,
}

#[test]
fn every_vector_of_the_reference_is_measured_alike() {
    let vectors: Vec<Vector> =
        serde_json::from_str(include_str!("../../../tests/fixtures/length-vectors.json")).unwrap();
    assert_eq!(vectors.len(), 208);
    for vector in vectors {
        let measure = measure(&vector.text);
        let found = (measure.weighted, measure.is_valid(MAX_WEIGHTED));
        assert_eq!(found, (vector.weighted_length, vector.valid), "{}", vector.note);
    }
}
fn weighted(text: &str) -> u32 {
    measure(text).weighted
}

#[test]
fn urls_are_counted_for_the_price() {
    for (text, urls) in [("no link", 0), ("main.rs", 1), ("http://a.co/ b.co", 2), ("someone@example.com", 0)] {
        assert_eq!(measure(text).urls, urls, "{text}");
    }
}

#[test]
fn a_name_glued_to_other_script_is_linked_by_its_ascii_part() {
    assert_eq!(measure("example.com日example.org").urls, 2);
    assert_eq!(weighted("example.com日example.org"), 23 + 2 + 23);
}

#[test]
fn a_port_without_a_path_stays_outside_a_bare_name() {
    assert_eq!(weighted("example.com:8080"), 23 + 5);
    assert_eq!(weighted("example.com:8080/"), 23);
}

#[test]
fn a_path_keeps_balanced_parentheses_and_drops_the_full_stop() {
    assert_eq!(weighted("https://a.co/x_(y_(z))"), 23);
    assert_eq!(weighted("https://a.co/x_(y."), 23 + 3);
    assert_eq!(weighted("https://a.co/x."), 23 + 1);
}

#[test]
fn a_t_co_code_may_be_of_forty_characters_and_no_more() {
    let link = |length| format!("https://t.co/{}", "a".repeat(length));
    assert_eq!(weighted(&link(40)), 23);
    assert_eq!(weighted(&link(41)), 13 + 41);
}

#[test]
fn a_long_text_without_urls_is_weighed_in_one_walk() {
    // A search that tries each start and each label anew would take minutes for these.
    for (unit, weight) in [("a.", 2), ("é.", 2), ("(/", 2), ("日", 2), ("a.é日.", 6), ("-.", 2), ("x_.", 3)] {
        assert_eq!(weighted(&unit.repeat(25_000)), 25_000 * weight, "{unit}");
    }
}

proptest! {
    #[test]
    fn any_text_weighs_at_most_two_a_character_and_23_a_url(text in any::<String>()) {
        let measure = measure(&text);
        let characters = u32::try_from(text.nfc().count()).unwrap();
        prop_assert!(measure.weighted <= 2 * characters + 23 * measure.urls);
    }

    #[test]
    fn a_letter_after_a_space_adds_one(text in "([a-z./:@#日👨👩\u{200D}\u{FE0F}é-]|http://|\\.com| ){0,40}", letter in "[a-zA-Z]") {
        let text = format!("{text} ");
        prop_assert_eq!(weighted(&format!("{text}{letter}")), weighted(&text) + 1);
    }

    #[test]
    fn a_url_between_spaces_weighs_23(before in "[a-z ]{0,20}", path in "[a-z0-9/_-]{0,50}") {
        prop_assert_eq!(weighted(&format!("{before} https://example.com/{path} ")), weighted(&before) + 25);
    }
}
