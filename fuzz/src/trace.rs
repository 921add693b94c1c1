//! The reader of `traceparent`.
//!
//! An input is the header.

use perch::domain::trace::Trace;

/// A header is taken as it is written or not at all; what is sent on is read again as the same trace, and follows perch's own span.
pub fn check(input: &[u8]) {
    let Ok(header) = str::from_utf8(input) else {
        return;
    };
    let trace = Trace::enter(Some(header), 7, 9);
    match trace.parent() {
        Some(parent) => {
            assert!(header.starts_with(&format!("00-{}-{parent}-", trace.id())), "it was read as another");
            assert_eq!(header.len(), 55);
        }
        None => assert_eq!(trace, Trace::enter(None, 7, 9), "a refused header left something behind"),
    }
    let next = Trace::enter(Some(&trace.to_string()), 1, 2);
    assert_eq!((next.id(), next.parent()), (trace.id(), Some(trace.span())));
    assert_eq!(next.is_sampled(), trace.is_sampled());
}
