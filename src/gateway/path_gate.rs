//! The path gate: a path is taken as it came or refused, never repaired.
//!
//! The platform hands over raw paths: `%2e%2e`, `//host`, `\` and `;` reach the Worker unchanged, and URL libraries turn some of
//! them into another path or another host. What could be read in two ways is therefore refused here, before anything reads it.

use crate::domain::fault::{Code, Fault};

/// The longest path and query, in bytes.
const LONGEST_PATH: usize = 2048;
const LONGEST_QUERY: usize = 4096;

/// Lets a raw path and query through, or refuses them.
///
/// # Errors
/// [`Code::InvalidPath`], saying what to change; [`Code::KeyInUrl`] for a key among the parameters.
pub fn admit(path: &str, query: Option<&str>) -> Result<(), Fault> {
    let refusal = |detail: &str| Err(Fault::new(Code::InvalidPath, detail));
    let query = query.unwrap_or_default();
    if path.len() > LONGEST_PATH || query.len() > LONGEST_QUERY {
        return refusal("Shorten the URL: paths end at 2048 bytes, queries at 4096.");
    }
    if !path.starts_with('/') || path.contains("//") {
        return refusal("Write the path with single slashes.");
    }
    if !(path.bytes().all(|byte| byte.is_ascii_graphic()) && query.bytes().all(|byte| byte.is_ascii_graphic())) {
        return refusal("Percent-encode everything that is not visible ASCII.");
    }
    if !path.bytes().all(is_of_a_path) {
        return refusal("Percent-encode what has no place in a path, and leave out semicolons and backslashes.");
    }
    if query.contains('#') {
        return refusal("Leave the fragment out: it is not for servers.");
    }
    if !escapes_are_whole(path) || !escapes_are_whole(query) {
        return refusal("A percent sign must be followed by two hexadecimal digits.");
    }
    if path.split('/').any(is_ambiguous) {
        return refusal(
            "Dot segments and encoded slashes, backslashes, percent signs or control characters are not taken.",
        );
    }
    if !query.is_empty() && query.split('&').any(names_a_key) {
        return Err(Fault::new(
            Code::KeyInUrl,
            "Send the key in the Authorization header, and rotate it: URLs are logged.",
        ));
    }
    Ok(())
}

/// What a path may be made of (RFC 3986, 3.3), but for the semicolon. The WHATWG parser escapes some of the rest, and ends the path
/// at others.
fn is_of_a_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,=:@".contains(&byte)
}

fn escapes_are_whole(text: &str) -> bool {
    let mut pieces = text.split('%');
    pieces.next();
    pieces.all(|piece| piece.len() >= 2 && piece.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

/// A segment that some reader takes for another one.
fn is_ambiguous(segment: &str) -> bool {
    if !segment.bytes().any(|byte| matches!(byte, b'%' | b'.')) {
        return false;
    }
    let lower = segment.to_ascii_lowercase();
    let dots = lower.replace("%2e", ".");
    let hidden = ["%2f", "%5c", "%25", "%3b", "%7f"].iter().any(|escape| lower.contains(escape));
    let control = lower.match_indices('%').any(|(at, _)| matches!(lower.as_bytes().get(at + 1), Some(b'0' | b'1')));
    dots == "." || dots == ".." || hidden || control
}

fn names_a_key(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    matches!(name.to_ascii_lowercase().as_str(), "api_key" | "apikey" | "access_token") || value.starts_with("perch_")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in ["/", "/health", "/v1/tweets/123", "/v1/accounts/acc_0aZ", "/2/users/by/username/a%20b", "/v1/a.b"]
        {
            assert_eq!(admit(path, None), Ok(()), "{path}");
        }
        assert_eq!(admit("/v1/audit", Some("action=tweet.create&limit=50&q=%2e%2e/")), Ok(()));
    }

    #[test]
    fn paths_with_two_readings_are_refused() {
        let paths = [
            "",
            "v1",
            "//evil.example/x",
            "/v1//x",
            "/v1/../x",
            "/v1/%2e%2e/x",
            "/v1/.%2E/x",
            "/v1/./x",
            "/v1/%2fx",
            "/v1/%5Cx",
            "/v1\\x",
            "/v1/;x",
            "/v1/%3bx",
            "/v1/#x",
            "/v1/\"x\"",
            "/v1/<x>",
            "/v1/[x]",
            "/v1/^x",
            "/v1/`x",
            "/v1/{x}",
            "/v1/|x",
            "/v1/%00",
            "/v1/%0d%0a",
            "/v1/%1f",
            "/v1/%7f",
            "/v1/%",
            "/v1/%zz",
            "/v1/%2",
            "/v1/%252e%252e/x",
            "/v1/é",
            "/v1/a b",
            "/v1/\u{7}",
        ];
        for path in paths {
            assert_eq!(admit(path, None).map_err(|fault| fault.code), Err(Code::InvalidPath), "{path:?}");
        }
        assert!(admit(&format!("/{}", "a".repeat(2048)), None).is_err());
        assert!(admit("/v1/tweets", Some("a=b#c")).is_err());
    }

    #[test]
    fn a_key_in_the_url_is_told_so() {
        for query in ["api_key=x", "a=1&access_token=y", "k=perch_live_0"] {
            assert_eq!(admit("/v1/tweets", Some(query)).map_err(|fault| fault.code), Err(Code::KeyInUrl), "{query}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// What passes is the same path to the WHATWG parser, on the same host.
        #[test]
        fn what_passes_has_one_reading(path in r"(/([a-zA-Z0-9._~!$&'()*+,=:@;\\|^\[\]{}/-]|%[0-9a-fA-F]{2}|%2[eEfF]|\.|\.\.|//){0,6}){1,4}") {
            if admit(&path, None).is_ok() {
                let url = Url::parse(&format!("https://api.x.com{path}")).unwrap();
                prop_assert_eq!(url.host_str(), Some("api.x.com"));
                prop_assert_eq!(url.path(), &path);
                let joined = Url::parse("https://api.x.com/").unwrap().join(&path).unwrap();
                prop_assert_eq!(joined.host_str(), Some("api.x.com"));
                prop_assert_eq!(joined.path(), url.path());
            }
        }
    }
}
