//! The parser of API keys.
//!
//! An input is a text to read. Its first 48 bytes, if it has so many, are also the entropy of a new key, and the two that follow
//! say where that key is mistyped and how.

use perch::domain::api_key::{ApiKey, Mode};

/// Whatever parses is a key: it prints back, letter for letter, has a key's form, and keeps its secret out of `Debug`. A new key
/// parses, and no longer once one of its bytes is another.
pub fn check(input: &[u8]) {
    if let Ok(text) = str::from_utf8(input) {
        is_a_key_or_refused(text);
    }
    if let Some((kid, rest)) = input.split_first_chunk::<16>()
        && let Some((secret, rest)) = rest.split_first_chunk::<32>()
    {
        let text = ApiKey::make(Mode::Test, kid, secret).expose();
        is_a_key(&text);
        if let [at, byte, ..] = rest {
            mistyped(&text, usize::from(*at) % text.len(), *byte);
        }
    }
}

fn is_a_key_or_refused(text: &str) {
    if ApiKey::parse(text).is_ok() {
        is_a_key(text);
    }
}

fn is_a_key(text: &str) {
    let key = ApiKey::parse(text).expect("it is a key");
    assert!(key.expose() == text, "it prints as another");
    let parts: Vec<&str> = text.split('_').collect();
    let [prefix, mode, kid, secret, checksum] = parts[..] else {
        panic!("it has {} parts", parts.len());
    };
    assert_eq!((prefix, mode), ("perch", if key.mode() == Mode::Live { "live" } else { "test" }));
    assert_eq!([kid.len(), secret.len(), checksum.len()], [10, 43, 6]);
    assert!([kid, secret, checksum].concat().bytes().all(|byte| byte.is_ascii_alphanumeric()));
    assert_eq!(key.kid().as_str(), kid);
    assert!(!format!("{key:?}").contains(secret), "Debug tells the secret");
}

/// One replaced byte is a burst of at most eight bits, which CRC-32 always notices.
fn mistyped(text: &str, at: usize, byte: u8) {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = byte;
    if let Ok(mistyped) = str::from_utf8(&bytes) {
        assert!(mistyped == text || ApiKey::parse(mistyped).is_err(), "a mistyped key is taken");
    }
}
