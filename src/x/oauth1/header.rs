//! Reading the `Authorization` header of a signed request (RFC 5849, 3.5.1).
//!
//! Any order, with or without white space behind the commas, and a scheme without case: clients differ in all of these. What has
//! two readings is refused: a member that comes twice, a character that should have been escaped, something behind the last
//! member.

use percent_encoding::percent_decode_str;

/// The longest header that is read, in bytes.
const LONGEST: usize = 4096;
/// The most members. A request has at most nine that RFC 5849 knows; extensions sign a few more.
const MOST: usize = 24;
const LONGEST_NONCE: usize = 128;
/// HMAC-SHA1 has twenty bytes: 28 characters of base64.
const SIGNATURE_LENGTH: usize = 28;
const WHITE_SPACE: [char; 2] = [' ', '\t'];

/// The header of a signed request, read. Whether the signature is right is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presented {
    /// `oauth_consumer_key`.
    pub consumer_key: String,
    /// `oauth_token`.
    pub token: String,
    /// `oauth_nonce`: 1 to 128 characters of visible ASCII.
    pub nonce: String,
    /// `oauth_timestamp`, in seconds since 1970.
    pub timestamp_s: u64,
    /// `oauth_signature`.
    pub(super) signature: String,
    /// Every member that is signed, decoded: all but the signature and the realm.
    pub(super) signed: Vec<(String, String)>,
}

/// The header is none that perch takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the header of a request signed with HMAC-SHA1")]
pub struct MalformedHeader;

/// Whether a header's scheme is `OAuth`, which has no case (RFC 9110, 11.1).
pub fn is_oauth(header: &str) -> bool {
    list(header).is_some()
}

/// Reads a header.
///
/// # Errors
/// When it is too long, malformed, or lacks a member; when it is signed by another method or version than HMAC-SHA1 and 1.0.
pub fn parse(header: &str) -> Result<Presented, MalformedHeader> {
    let list = list(header).filter(|_| header.len() <= LONGEST);
    list.and_then(members).and_then(presented).ok_or(MalformedHeader)
}

/// What follows the scheme.
fn list(header: &str) -> Option<&str> {
    let (scheme, list) = header.trim_matches(WHITE_SPACE).split_once(WHITE_SPACE)?;
    scheme.eq_ignore_ascii_case("OAuth").then(|| list.trim_matches(WHITE_SPACE))
}

/// The members, decoded, in their order; the realm is left out.
fn members(list: &str) -> Option<Vec<(String, String)>> {
    let (mut members, mut realms, mut rest) = (Vec::new(), 0, list);
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = after.strip_prefix('"')?.split_once('"')?;
        if name.eq_ignore_ascii_case("realm") {
            realms += 1;
        } else {
            members.push((decoded(name)?, decoded(value)?));
        }
        if realms > 1 || members.len() > MOST || repeats(&members) {
            return None;
        }
        let after = after.trim_start_matches(WHITE_SPACE);
        if after.is_empty() {
            return Some(members);
        }
        rest = after.strip_prefix(',')?.trim_start_matches(WHITE_SPACE);
    }
}

/// Whether the last member has come before.
fn repeats(members: &[(String, String)]) -> bool {
    members.split_last().is_some_and(|((last, _), before)| before.iter().any(|(name, _)| name == last))
}

/// Undoes RFC 5849, 3.6: unreserved characters and whole escapes of UTF-8, nothing else.
fn decoded(text: &str) -> Option<String> {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let mut pieces = text.split('%');
    let plain = pieces.next().is_some_and(|piece| piece.bytes().all(is_unreserved));
    let escaped = pieces.all(|piece| {
        let is_whole = piece.len() >= 2 && piece.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
        is_whole && piece.bytes().skip(2).all(is_unreserved)
    });
    let text = percent_decode_str(text).decode_utf8().ok().filter(|_| plain && escaped)?;
    Some(text.into_owned())
}

/// Takes out what every request must have.
fn presented(members: Vec<(String, String)>) -> Option<Presented> {
    let member = |name: &str| members.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let right_method = member("oauth_signature_method") == Some("HMAC-SHA1");
    let right_version = member("oauth_version").is_none_or(|version| version == "1.0");
    if !right_method || !right_version {
        return None;
    }
    let (consumer_key, token) = (member("oauth_consumer_key")?.to_owned(), member("oauth_token")?.to_owned());
    let nonce = member("oauth_nonce").filter(|nonce| is_nonce(nonce))?.to_owned();
    let timestamp_s = seconds(member("oauth_timestamp")?)?;
    let signature = member("oauth_signature").filter(|signature| signature.len() == SIGNATURE_LENGTH)?.to_owned();
    let signed = members.into_iter().filter(|(name, _)| name != "oauth_signature").collect();
    Some(Presented { consumer_key, token, nonce, timestamp_s, signature, signed })
}

fn is_nonce(text: &str) -> bool {
    (1..=LONGEST_NONCE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A positive number without sign and leading zeros: one second is written in one way.
fn seconds(text: &str) -> Option<u64> {
    let plain = (1..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain && !text.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = concat!(
        r#"OAuth oauth_consumer_key="key", oauth_nonce="n%2B1", oauth_signature="tnnArxj06cWHq44gCs1OSKk%2FjLY%3D", "#,
        r#"oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", oauth_token="7-t", oauth_version="1.0""#
    );

    #[test]
    fn a_header_is_read() {
        let read = parse(HEADER).unwrap();
        assert_eq!((read.consumer_key.as_str(), read.token.as_str(), read.nonce.as_str()), ("key", "7-t", "n+1"));
        assert_eq!((read.timestamp_s, read.signature.as_str()), (1_318_622_958, "tnnArxj06cWHq44gCs1OSKk/jLY="));
        let signed: Vec<&str> = read.signed.iter().map(|(name, _)| name.as_str()).collect();
        let expected = ["consumer_key", "nonce", "signature_method", "timestamp", "token", "version"];
        assert_eq!(signed, expected.map(|name| format!("oauth_{name}")));
    }

    #[test]
    fn clients_may_write_it_differently() {
        let read = parse(HEADER).unwrap();
        let tight = HEADER.replace(", ", ",");
        let wide = HEADER.replace(", ", " ,\t ").replace("OAuth ", "OAuth \t");
        let small = HEADER.replace("OAuth ", "oauth ");
        let realm = HEADER.replace("OAuth ", r#"OAuth realm="http://perch, \example=/",  "#);
        for header in [&tight, &wide, &small, &realm, &format!("  {HEADER} ")] {
            assert_eq!(parse(header).as_ref(), Ok(&read), "{header}");
        }
        let mut members: Vec<&str> = HEADER.strip_prefix("OAuth ").unwrap().split(", ").collect();
        members.reverse();
        let reversed = parse(&format!("OAuth {}", members.join(", "))).unwrap();
        assert_eq!((reversed.nonce, reversed.signature), (read.nonce, read.signature));
        assert!(parse(&HEADER.replace(r#", oauth_version="1.0""#, "")).is_ok(), "the version may be left out");
        assert!(parse(&HEADER.replace("OAuth ", r#"OAuth oauth_body_hash="x%3D", "#)).is_ok());
    }

    #[test]
    fn what_has_two_readings_or_lacks_something_is_refused() {
        let with = |from: &str, to: &str| {
            let header = HEADER.replacen(from, to, 1);
            assert_ne!(header, HEADER);
            header
        };
        let mut refused = vec![
            with("OAuth ", "OAuth"),
            with("OAuth ", "Bearer "),
            with("OAuth ", "OAuth , "),
            with("OAuth ", r#"OAuth realm="a", REALM="b", "#),
            with("OAuth ", r#"OAuth realm="a" "b", "#),
            with("OAuth ", r#"OAuth oauth_nonce="x", "#),
            with("OAuth ", r#"OAuth oauth%5Fnonce="x", "#),
            with("OAuth ", "OAuth =, "),
            with("n%2B1", "n+1"),
            with("n%2B1", "n%2"),
            with("n%2B1", "n%zz"),
            with("n%2B1", "n%FF"),
            with("n%2B1", "n%20"),
            with("n%2B1", "n%C3%A9"),
            with("n%2B1", ""),
            with("n%2B1", &"n".repeat(129)),
            with("\"1318622958\"", "1318622958"),
            with("1318622958", "-1"),
            with("1318622958", "01318622958"),
            with("1318622958", "0"),
            with("1318622958", "1318622958000"),
            with("1318622958", "1.3e9"),
            with("HMAC-SHA1", "HMAC-SHA256"),
            with("HMAC-SHA1", "PLAINTEXT"),
            with("\"1.0\"", "\"1.1\""),
            with("\"1.0\"", "\"1.0\","),
            with("\"1.0\"", "\"1.0\" x"),
            with("\"1.0\"", "\"1.0"),
            with("LY%3D", "LY"),
            format!("{HEADER}, {HEADER}"),
            format!("{HEADER}, x=\"{}\"", "y".repeat(4096)),
            (0..30).fold(HEADER.to_owned(), |header, at| format!("{header}, x{at}=\"y\"")),
        ];
        for member in HEADER.strip_prefix("OAuth ").unwrap().split(", ").filter(|member| !member.contains("version")) {
            refused.push(with(member, "x=\"y\""));
        }
        for header in refused {
            assert_eq!(parse(&header), Err(MalformedHeader), "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = parse(&text);
            let _ = parse(&format!("OAuth {text}"));
        }

        #[test]
        fn any_nearly_right_text_is_read_or_refused(at in 0_usize..400, with in "\\PC{0,3}", cut in 0_usize..3) {
            let at = at % HEADER.len();
            let end = (at + cut).min(HEADER.len());
            let altered = format!("{}{with}{}", &HEADER[..at], &HEADER[end..]);
            if let Ok(read) = parse(&altered) {
                prop_assert!(read.signed.len() <= MOST && read.timestamp_s > 0);
                prop_assert!(is_oauth(&altered));
            }
        }
    }
}
