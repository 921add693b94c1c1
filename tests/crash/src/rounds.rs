//! How often each point is killed.

/// `short` in the test command, `long` where `PERCH_LONG` is set to 1.
pub fn rounds(short: usize, long: usize) -> usize {
    if std::env::var("PERCH_LONG").is_ok_and(|value| value == "1") { long } else { short }
}
