//! What a client prefers: `Perch-Priority`, and of `Prefer` (RFC 7240) `wait` and `respond-async`.

use http::{HeaderMap, HeaderValue};

use crate::domain::{
    fault::{Code, Fault},
    preference::Preference,
};

/// Reads the preferences. Those of `Prefer` that perch does not know, or that are malformed, are ignored, as RFC 7240 has it (§2);
/// of a repeated one the first counts.
///
/// # Errors
/// [`Code::InvalidRequest`] for a `Perch-Priority` that is none.
pub fn read(headers: &HeaderMap) -> Result<Preference, Fault> {
    let mut preference = Preference::default();
    if let Some(value) = headers.get("perch-priority") {
        let lane = value.to_str().ok().and_then(|text| text.trim().parse().ok());
        preference.lane = lane.ok_or_else(|| {
            Fault::new(Code::InvalidRequest, "Perch-Priority is one of critical, high, normal and low.")
        })?;
    }
    let lines = headers.get_all("prefer").into_iter().filter_map(|line| line.to_str().ok());
    for (name, value) in lines.flat_map(items).filter_map(name_and_value) {
        if name.eq_ignore_ascii_case("respond-async") {
            preference.respond_async = true;
        } else if name.eq_ignore_ascii_case("wait") && preference.wait_ms.is_none() {
            preference.wait_ms = value.parse::<u64>().ok().map(|seconds| seconds.saturating_mul(1000));
        }
    }
    Ok(preference)
}

/// Tells which preference was followed.
pub fn tell(answer: &mut HeaderMap, waited_s: Option<u64>) {
    if let Some(value) = waited_s.and_then(|seconds| HeaderValue::from_str(&format!("wait={seconds}")).ok()) {
        answer.insert("preference-applied", value);
    }
}

/// The preferences of one line: between commas that stand in no quotes.
fn items(line: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    line.split(move |character| {
        quoted ^= character == '"';
        character == ',' && !quoted
    })
}

/// A preference without its parameters, which none that perch knows has.
fn name_and_value(item: &str) -> Option<(&str, &str)> {
    let item = item.split(';').next()?.trim();
    let (name, value) = item.split_once('=').unwrap_or((item, ""));
    Some((name.trim(), value.trim().trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::*;
    use crate::domain::planner::Lane;

    fn read_from(lines: &[(&'static str, &str)]) -> Result<Preference, Fault> {
        let line = |(name, value): &(&'static str, &str)| (HeaderName::from_static(name), value.parse().unwrap());
        let mut headers = HeaderMap::new();
        lines.iter().map(line).for_each(|(name, value): (_, HeaderValue)| _ = headers.append(name, value));
        read(&headers)
    }

    fn wait_ms(prefer: &str) -> Option<u64> {
        read_from(&[("prefer", prefer)]).unwrap().wait_ms
    }

    #[test]
    fn nothing_said_is_the_default() {
        let default = Preference { lane: Lane::Normal, wait_ms: None, respond_async: false };
        assert_eq!(read_from(&[]), Ok(default));
    }

    #[test]
    fn a_priority_is_one_of_four_words() {
        assert_eq!(read_from(&[("perch-priority", "High")]).unwrap().lane, Lane::High);
        for bad in ["urgent", "", "high, low"] {
            assert_eq!(read_from(&[("perch-priority", bad)]).unwrap_err().code, Code::InvalidRequest, "{bad}");
        }
    }

    #[test]
    fn waiting_is_read_in_every_form_of_the_standard() {
        assert_eq!(wait_ms("wait=10"), Some(10_000));
        assert_eq!(wait_ms("return=minimal; foo=\"a, wait=3\", Wait = \"7\" ;x=1"), Some(7_000));
        assert_eq!(wait_ms("wait=5, wait=9"), Some(5_000), "the first counts");
        let lines = [("prefer", "respond-async"), ("prefer", "handling=lenient, wait=2")];
        let read = read_from(&lines).unwrap();
        assert_eq!((read.wait_ms, read.respond_async), (Some(2_000), true));
    }

    #[test]
    fn what_is_unknown_or_malformed_is_ignored() {
        for ignored in ["", ",,;=", "wait", "wait=", "wait=-1", "wait=soon", "depth-noroot", "\"wait=3"] {
            let read = read_from(&[("prefer", ignored)]).unwrap();
            assert_eq!((read.wait_ms, read.respond_async), (None, false), "{ignored}");
        }
        assert_eq!(wait_ms("wait=18446744073709551615"), Some(u64::MAX));
    }
}
