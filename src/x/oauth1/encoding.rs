//! Percent-encoding as OAuth 1.0a wants it (RFC 5849, section 3.6): all but the unreserved characters of RFC 3986.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `text` with all bytes but `A-Z a-z 0-9 - . _ ~` as `%XX`, in capitals; a space is `%20`.
pub(super) fn encode(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, RESERVED)
}
