//! The reader of X's rate windows.
//!
//! An input is headers, a line each: `name: value`.

use http::{HeaderMap, HeaderName, HeaderValue};
use perch::{
    domain::{
        Timestamp,
        planner::{Lesson, Planner},
    },
    x::windows,
};

const OPERATION: &str = "GET /2/tweets/{id}";
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY_AND_HOUR_MS: u64 = 25 * 60 * 60 * 1000;

/// Whatever X's headers say, what is learned of it are windows of that operation that end within a day or so, with no more left
/// than they have; and nothing is learned twice.
pub fn check(input: &[u8]) {
    let headers: HeaderMap = input.split(|byte| *byte == b'\n').filter_map(header).collect();
    let heard = windows::read(OPERATION, &headers);
    assert!(heard.len() <= 3 && heard.iter().all(|window| window.name.starts_with(OPERATION)));
    let mut known = Planner::default();
    for window in &heard {
        known.learn_one(window.clone(), NOW);
        assert_eq!(known.learn_one(window.clone(), NOW), Lesson::Nothing, "learned twice");
    }
    for window in known.windows(NOW) {
        let reset_at = window.reset_at.expect("it has not passed");
        assert!(window.remaining <= window.limit && NOW < reset_at && reset_at.ms_since(NOW) <= DAY_AND_HOUR_MS);
    }
    if let Some(empty) = known.empty(OPERATION, NOW) {
        assert_eq!(empty.remaining, 0);
    }
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    Some((HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?))
}
