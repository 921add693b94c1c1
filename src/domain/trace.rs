//! W3C Trace Context: a caller's trace goes through perch and on to X.
//!
//! Only version 00 is read, exactly as it is written (Trace Context, section 3.2). Anything else is as if there were no header:
//! a new trace begins, and no request ever fails for it.

use std::fmt;

/// The trace a request belongs to, and perch's own span in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    id: u128,
    parent: Option<u64>,
    span: u64,
    flags: u8,
}

/// The caller asked for its trace to be recorded.
const SAMPLED: u8 = 1;

impl Trace {
    /// Goes on with the trace of a `traceparent` header, or starts one. `trace_id` and `span_id` are uniform; the first is
    /// used only for a new trace.
    pub fn enter(traceparent: Option<&str>, trace_id: u128, span_id: u64) -> Self {
        let span = span_id.max(1);
        match traceparent.and_then(parse) {
            Some((id, parent, flags)) => Self { id, parent: Some(parent), span, flags },
            None => Self { id: trace_id.max(1), parent: None, span, flags: 0 },
        }
    }

    /// The trace's id, 32 hexadecimal digits. The correlation id of logs and problems.
    pub fn id(&self) -> String {
        format!("{:032x}", self.id)
    }

    /// Perch's own span, 16 hexadecimal digits.
    pub fn span(&self) -> String {
        format!("{:016x}", self.span)
    }

    /// The caller's span, if it sent one.
    pub fn parent(&self) -> Option<String> {
        self.parent.map(|parent| format!("{parent:016x}"))
    }

    /// Whether the caller asked for the trace to be recorded.
    pub const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }
}

/// The `traceparent` to send on. Of the flags only the one this version knows is passed.
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.id, self.span, self.flags & SAMPLED)
    }
}

fn parse(header: &str) -> Option<(u128, u64, u8)> {
    let mut parts = header.split('-');
    let (version, trace_id, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let shape = version == "00" && trace_id.len() == 32 && parent.len() == 16 && flags.len() == 2;
    let lower_hex = |part: &str| part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !shape || parts.next().is_some() || ![trace_id, parent, flags].into_iter().all(lower_hex) {
        return None;
    }
    let trace_id = u128::from_str_radix(trace_id, 16).ok().filter(|id| *id != 0)?;
    let parent = u64::from_str_radix(parent, 16).ok().filter(|id| *id != 0)?;
    Some((trace_id, parent, u8::from_str_radix(flags, 16).ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The example of Trace Context, section 3.2.3.
    const HEADER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_trace_goes_on_under_our_own_span() {
        let trace = Trace::enter(Some(HEADER), 7, 0xabc);
        assert_eq!(trace.id(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(trace.parent().as_deref(), Some("00f067aa0ba902b7"));
        assert_eq!(trace.to_string(), "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000abc-01");
        assert!(trace.is_sampled());
    }

    #[test]
    fn without_a_header_a_trace_starts() {
        let trace = Trace::enter(None, 7, 9);
        assert_eq!(trace.to_string(), "00-00000000000000000000000000000007-0000000000000009-00");
        assert_eq!((trace.parent(), trace.is_sampled()), (None, false));
        assert_eq!(Trace::enter(None, 0, 0).to_string(), "00-00000000000000000000000000000001-0000000000000001-00");
    }

    #[test]
    fn unknown_flags_are_not_passed_on() {
        let header = HEADER.replace("-01", "-ff");
        assert!(Trace::enter(Some(&header), 7, 9).to_string().ends_with("-01"));
    }

    #[test]
    fn anything_malformed_starts_a_new_trace() {
        for header in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-+0f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Trace::enter(Some(header), 7, 9), Trace::enter(None, 7, 9), "{header}");
        }
    }

    proptest! {
        #[test]
        fn what_we_send_we_also_read(trace_id in 1_u128.., span_id in 1_u64..) {
            let sent = Trace::enter(None, trace_id, span_id);
            let read = Trace::enter(Some(&sent.to_string()), 7, 9);
            prop_assert_eq!((read.id(), read.parent()), (sent.id(), Some(sent.span())));
        }

        #[test]
        fn no_header_does_harm(header in ".{0,80}") {
            Trace::enter(Some(&header), 7, 9);
        }
    }
}
