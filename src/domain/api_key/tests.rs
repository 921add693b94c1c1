use proptest::prelude::*;

use super::*;

fn key() -> ApiKey {
    ApiKey::make(Mode::Live, &[7; 16], &[9; 32])
}

#[test]
fn a_made_key_is_read_back() {
    let text = key().expose();
    assert_eq!(text.len(), LENGTH);
    let read = ApiKey::parse(&text).unwrap();
    assert_eq!(read.kid(), key().kid());
    assert_eq!(read.mode(), Mode::Live);
    assert_eq!(read.expose(), text);
}

#[test]
fn the_first_failed_check_is_named() {
    let text = key().expose();
    assert_eq!(ApiKey::parse("").err(), Some(KeyFormatError::Length));
    assert_eq!(ApiKey::parse(&text.replace("perch", "porch")).err(), Some(KeyFormatError::Prefix));
    assert_eq!(ApiKey::parse(&text.replace("live", "wild")).err(), Some(KeyFormatError::Prefix));
    assert_eq!(
        ApiKey::parse(&text.replacen(key().kid().as_str(), "0123456-89", 1)).err(),
        Some(KeyFormatError::Alphabet)
    );
    assert_eq!(ApiKey::parse(&text.replace("live", "test")).err(), Some(KeyFormatError::Checksum));
}

#[test]
fn a_key_is_never_printed() {
    let key = key();
    let printed = format!("{key:?}");
    assert_eq!(printed, format!("ApiKey({})", key.kid()));
    assert!(!printed.contains(key.secret.expose_secret()));
    assert!(!format!("{:?}", key.hash(&pepper(1))).contains(&String::from(key.hash(&pepper(1)))));
}

fn pepper(byte: u8) -> Pepper {
    Pepper::new(vec![byte; 32]).unwrap()
}

#[test]
fn the_hash_depends_on_secret_and_pepper() {
    let hash = key().hash(&pepper(1));
    assert!(hash.matches(&key().hash(&pepper(1))));
    assert!(!hash.matches(&key().hash(&pepper(2))));
    assert!(!hash.matches(&ApiKey::make(Mode::Live, &[7; 16], &[8; 32]).hash(&pepper(1))));
    assert!(!hash.matches(&KeyHash::nobody()));
}

/// RFC 4231 test case 2 needs a 4-byte key, which a pepper may not be; this vector was computed with Python's `hmac`.
#[test]
fn the_hash_is_hmac_sha256_of_the_secret_part() {
    let hash = pepper(1).hash("0000000000000000000000000000000000000000000");
    assert_eq!(String::from(hash), "NMROd1ag2dHAOwbytUDBmu6Pvx0gpKSIsuBLJNDsI6Y");
}

/// The few ways a key goes wrong on its way: one character replaced, dropped, doubled or swapped, a changed case, a cut.
#[derive(Clone, Debug)]
enum Mutation {
    Replace(usize, char),
    Drop(usize),
    Double(usize),
    Swap(usize, usize),
    FlipCase(usize),
    Cut(usize),
    Overwrite(usize, String),
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = 0..LENGTH;
    prop_oneof![
        (at.clone(), "[0-9A-Za-z_]").prop_map(|(i, c)| Mutation::Replace(i, c.chars().next().unwrap())),
        (at.clone(), any::<char>()).prop_map(|(i, c)| Mutation::Replace(i, c)),
        at.clone().prop_map(Mutation::Drop),
        at.clone().prop_map(Mutation::Double),
        (at.clone(), at.clone()).prop_map(|(i, j)| Mutation::Swap(i, j)),
        at.clone().prop_map(Mutation::FlipCase),
        at.clone().prop_map(Mutation::Cut),
        (at, "[0-9A-Za-z]{2,20}").prop_map(|(i, text)| Mutation::Overwrite(i, text)),
    ]
}

fn mutate(text: &str, mutation: Mutation) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    match mutation {
        Mutation::Replace(i, c) => chars[i] = c,
        Mutation::Drop(i) => drop(chars.remove(i)),
        Mutation::Double(i) => chars.insert(i, chars[i]),
        Mutation::Swap(i, j) => chars.swap(i, j),
        Mutation::FlipCase(i) if chars[i].is_ascii_lowercase() => chars[i] = chars[i].to_ascii_uppercase(),
        Mutation::FlipCase(i) => chars[i] = chars[i].to_ascii_lowercase(),
        Mutation::Cut(i) => chars.truncate(i),
        Mutation::Overwrite(i, new) => chars.iter_mut().skip(i).zip(new.chars()).for_each(|(old, new)| *old = new),
    }
    chars.into_iter().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn a_mutated_key_never_parses(kid: [u8; 16], secret: [u8; 32], mutation in mutation()) {
        let text = ApiKey::make(Mode::Test, &kid, &secret).expose();
        let mutated = mutate(&text, mutation);
        prop_assert_eq!(ApiKey::parse(&mutated).is_ok(), mutated == text);
    }

    #[test]
    fn an_arbitrary_text_of_the_right_shape_never_parses(text in PATTERN) {
        prop_assert_eq!(ApiKey::parse(&text).err(), Some(KeyFormatError::Checksum));
    }
}

proptest! {
    #[test]
    fn every_key_survives_the_round_trip(kid: [u8; 16], secret: [u8; 32]) {
        let key = ApiKey::make(Mode::Live, &kid, &secret);
        let read = ApiKey::parse(&key.expose()).unwrap();
        prop_assert_eq!(read.kid(), key.kid());
        prop_assert!(read.hash(&pepper(3)).matches(&key.hash(&pepper(3))));
    }

    #[test]
    fn arbitrary_text_never_panics(text in ".{0,100}") {
        prop_assert!(ApiKey::parse(&text).is_err());
    }
}
