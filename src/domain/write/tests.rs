use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn write(can_be_seen: bool) -> Write {
    let terms = Terms { lease_ms: 60_000, settle_ms: 30_000, keep_ms: 1_000_000, can_be_seen, looks_per_day: 10 };
    let intent = Intent {
        operation: "POST /2/tweets".to_owned(),
        target: "/2/tweets".to_owned(),
        headers: Vec::new(),
        body: r#"{"text":"one"}"#.to_owned(),
        user: Some("7".to_owned()),
        application: "kid".to_owned(),
        request_id: "r".to_owned(),
    };
    let id = WriteId::parse("op_app_0123456789abcdef").unwrap();
    let ask = Ask {
        operation: "POST /2/tweets".to_owned(),
        limits: vec![(100, 900)],
        app_limits: Vec::new(),
        lane: crate::domain::planner::Lane::Normal,
        application: "kid".to_owned(),
    };
    Write::new(id, None, intent, terms, ask, NOW)
}

fn sending(can_be_seen: bool) -> Write {
    let mut write = write(can_be_seen);
    write.send("a".to_owned(), NOW);
    write
}

fn answer(status: u16) -> Answer {
    Answer { status, headers: Vec::new(), body: b"{}".to_vec(), request_id: String::new(), at: NOW }
}

fn did() -> Outcome {
    Outcome::Did { answer: answer(201), claim: Some("9".to_owned()) }
}

fn refused(duplicate: bool) -> Outcome {
    Outcome::Refused { answer: answer(403), duplicate }
}

#[test]
fn what_x_did_or_refused_ends_it_and_drops_its_body() {
    for outcome in [did(), refused(false), refused(true)] {
        let mut write = sending(true);
        write.finish("a", outcome, NOW);
        assert_eq!((&write.state, write.intent.body.as_str()), (&State::Done, ""));
        assert_eq!(write.record().ends_at, Some(NOW.plus_ms(1_000_000)));
        assert_eq!(write.record().due_at, None);
    }
}

#[test]
fn only_its_own_sender_may_say_anything_but_that_it_was_done() {
    for outcome in [refused(false), Outcome::Unknown] {
        let mut write = sending(true);
        write.finish("b", outcome, NOW);
        assert!(write.is_sent_under("a"));
    }
    let mut late = sending(true);
    late.lapse(NOW.plus_ms(60_000));
    late.finish("a", did(), NOW.plus_ms(61_000));
    assert_eq!((late.state, late.claim.as_deref()), (State::Done, Some("9")), "a late answer is still one");
}

#[test]
fn a_silent_sender_is_believed_dead_at_the_end_of_its_lease_and_no_sooner() {
    let mut write = sending(true);
    write.lapse(NOW.plus_ms(59_999));
    assert!(write.is_sent_under("a"));
    write.lapse(NOW.plus_ms(70_000));
    assert_eq!(
        write.state,
        State::Unknown { look_at: NOW.plus_ms(90_000) },
        "settling counts from the end of the lease"
    );
}

#[test]
fn what_cannot_be_seen_is_unconfirmed_at_once() {
    let mut write = sending(false);
    write.finish("a", Outcome::Unknown, NOW);
    assert_eq!(write.state, State::Unconfirmed { why: Why::NothingToSee });
}

#[test]
fn it_is_sent_twice_at_most_with_a_look_before_each_further_step() {
    let mut write = sending(true);
    write.finish("a", Outcome::Unknown, NOW);
    assert!(!write.is_to_be_looked_for(NOW.plus_ms(29_999)));
    let later = NOW.plus_ms(30_000);
    assert!(write.is_to_be_looked_for(later));
    write.look("b".to_owned(), later);
    assert!(!write.looked("c", Sight::NotThere, later), "somebody else's look");
    assert!(write.looked("b", Sight::NotThere, later));
    write.send("d".to_owned(), later);
    write.finish("d", Outcome::Unknown, later);
    write.look("e".to_owned(), later.plus_ms(30_000));
    assert!(!write.looked("e", Sight::NotThere, later.plus_ms(30_000)));
    assert_eq!((write.state, write.attempts), (State::Unconfirmed { why: Why::NotSeen }, 2));
}

#[test]
fn a_second_refusal_stands_but_a_duplicate_is_looked_for() {
    let second = || {
        let mut write = sending(true);
        write.finish("a", Outcome::Unknown, NOW);
        write.look("b".to_owned(), NOW);
        assert!(write.looked("b", Sight::NotThere, NOW));
        write.send("c".to_owned(), NOW);
        write
    };
    let mut write = second();
    write.finish("c", refused(false), NOW);
    assert_eq!(write.state, State::Done);
    let mut write = second();
    write.finish("c", refused(true), NOW);
    assert_eq!(write.state, State::Unknown { look_at: NOW.plus_ms(30_000) });
}

#[test]
fn an_attempt_that_did_not_reach_x_does_not_count() {
    let not_sent = || Outcome::NotSent { code: String::new(), detail: String::new(), again_after_ms: Some(100_000) };
    let mut write = sending(true);
    write.finish("a", not_sent(), NOW);
    assert_eq!((&write.state, write.attempts, write.sent_at), (&State::Waiting, 0, None));
    let mut write = sending(true);
    write.finish("a", Outcome::Unknown, NOW);
    write.look("b".to_owned(), NOW);
    assert!(write.looked("b", Sight::NotThere, NOW));
    write.send("c".to_owned(), NOW);
    write.finish("c", not_sent(), NOW);
    assert_eq!((write.state, write.attempts), (State::Unknown { look_at: NOW.plus_ms(100_000) }, 1));
}

#[test]
fn looks_that_see_nothing_grow_rarer_and_end() {
    let mut write = sending(true);
    write.finish("a", Outcome::Unknown, NOW);
    let mut waits = Vec::new();
    while let State::Unknown { look_at } = write.state {
        write.look("b".to_owned(), look_at);
        assert!(!write.looked("b", Sight::Hidden, look_at));
        if let State::Unknown { look_at: next } = write.state {
            waits.push(next.ms_since(look_at) / 1000);
        }
    }
    assert_eq!(waits, [60, 120, 240, 480]);
    assert_eq!(write.state, State::Unconfirmed { why: Why::NotSeen });
    let mut looker_died = sending(true);
    looker_died.finish("a", Outcome::Unknown, NOW);
    looker_died.look("b".to_owned(), NOW);
    looker_died.lapse(NOW.plus_ms(60_000));
    assert!(matches!(looker_died.state, State::Unknown { .. }));
}

#[test]
fn what_is_too_old_is_not_sent_again() {
    let mut write = sending(true);
    write.finish("a", Outcome::Unknown, NOW);
    let much_later = NOW.plus_ms(TOO_LATE_MS);
    write.look("b".to_owned(), much_later);
    assert!(!write.looked("b", Sight::NotThere, much_later));
    assert_eq!(write.state, State::Unconfirmed { why: Why::TooLate });
}

#[test]
fn only_who_waits_is_cancelled() {
    let mut waiting = write(true);
    assert!(waiting.cancel(NOW) && waiting.cancel(NOW));
    assert_eq!(waiting.state, State::Cancelled);
    let mut sent = sending(true);
    assert!(!sent.cancel(NOW));
    assert!(sent.is_sent_under("a"));
}

#[test]
fn a_row_holds_all_of_it() {
    let mut write = sending(true);
    assert_eq!(write.record().due_at, Some(NOW.plus_ms(60_000)));
    assert_eq!(write.record().ends_at, None, "what is open is not forgotten");
    write.finish("a", did(), NOW);
    assert_eq!(write.record().claim.as_deref(), Some("9"));
    assert_eq!(Write::of(&write.record()), Some(write));
}
