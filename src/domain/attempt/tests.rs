use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const LAST: Timestamp = NOW.plus_ms(TIME_TO_LIVE_MS - 1);

fn key(text: &str) -> KeyId {
    KeyId::parse(text).unwrap()
}

fn beginning() -> Beginning {
    Beginning {
        key_id: key("0123456789"),
        sealed_verifier: Sealed::from_envelope("sealed verifier".to_owned()),
        scopes: vec!["tweet.read".to_owned()],
        return_uri: Some("https://app.example/connected".to_owned()),
        client_state: Some("their state".to_owned()),
        account_expected: None,
        label: None,
        created_at: NOW,
    }
}

fn begun() -> Attempt {
    let mut attempt = Attempt::default();
    let step = attempt.step(Command::Begin(Box::new(beginning())), NOW);
    assert!(matches!(step.reply, Some(Reply::Begun)) && step.store);
    attempt
}

fn bound() -> Attempt {
    let mut attempt = begun();
    assert!(matches!(ask(&mut attempt, bind("mine"), NOW), Reply::Bound(_)));
    attempt
}

fn connected() -> Attempt {
    let mut attempt = bound();
    assert!(matches!(ask(&mut attempt, take("mine"), LAST), Reply::Taken(_)));
    assert!(matches!(ask(&mut attempt, finish(Some("code")), LAST), Reply::Finished));
    attempt
}

fn hash(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

fn bind(cookie: &str) -> Command {
    Command::Bind { cookie_hash: hash(cookie) }
}

fn take(cookie: &str) -> Command {
    Command::Take { cookie_hash: hash(cookie) }
}

fn deny(cookie: &str) -> Command {
    Command::Deny { cookie_hash: hash(cookie) }
}

fn finish(code: Option<&str>) -> Command {
    Command::Finish { account_id: AccountId::make(&[1; 16]), connect_code_hash: code.map(hash) }
}

fn redeem(code: &str, kid: &str) -> Command {
    Command::Redeem { connect_code_hash: hash(code), key_id: key(kid) }
}

fn ask(attempt: &mut Attempt, command: Command, now: Timestamp) -> Reply {
    attempt.step(command, now).reply.expect("an attempt never parks")
}

fn is_refused(attempt: &mut Attempt, command: Command, now: Timestamp) -> bool {
    matches!(ask(attempt, command, now), Reply::Refused)
}

#[test]
fn a_connection_goes_from_begin_to_redeem() {
    let mut attempt = bound();
    let Reply::Taken(taken) = ask(&mut attempt, take("mine"), LAST) else { panic!("not taken") };
    assert_eq!(taken.sealed_verifier.as_envelope(), "sealed verifier");
    assert_eq!(taken.client_state.as_deref(), Some("their state"));
    assert!(!serde_json::to_string(&attempt).unwrap().contains("sealed verifier"), "used up, and gone");
    assert!(matches!(ask(&mut attempt, finish(Some("code")), LAST), Reply::Finished));
    let Reply::Redeemed { account_id } = ask(&mut attempt, redeem("code", "0123456789"), LAST) else {
        panic!("not redeemed")
    };
    assert_eq!(account_id, AccountId::make(&[1; 16]));
}

#[test]
fn an_unknown_state_is_refused_like_a_used_one() {
    for command in [bind("mine"), take("mine"), deny("mine"), finish(Some("code")), redeem("code", "0123456789")] {
        let step = Attempt::default().step(command, NOW);
        assert!(matches!(step.reply, Some(Reply::Refused)));
        assert!(!step.store, "a stranger's guess writes nothing");
    }
}

#[test]
fn a_state_begins_once() {
    assert!(is_refused(&mut begun(), Command::Begin(Box::new(beginning())), NOW));
    assert!(is_refused(&mut connected(), Command::Begin(Box::new(beginning())), LAST));
}

#[test]
fn the_first_browser_keeps_the_attempt() {
    let mut attempt = bound();
    assert!(is_refused(&mut attempt, bind("theirs"), NOW));
    assert!(is_refused(&mut attempt, take("theirs"), NOW));
    assert!(is_refused(&mut attempt, deny("theirs"), NOW));
    assert!(matches!(ask(&mut attempt, bind("mine"), NOW), Reply::Bound(_)), "the page may be opened again");
    assert!(matches!(ask(&mut attempt, take("mine"), NOW), Reply::Taken(_)), "no refusal used it up");
}

#[test]
fn without_a_browser_nothing_is_taken() {
    assert!(is_refused(&mut begun(), take("mine"), NOW));
}

#[test]
fn twenty_callbacks_at_once_take_it_once() {
    let mut attempt = bound();
    let taken = (0..20).filter(|_| matches!(ask(&mut attempt, take("mine"), NOW), Reply::Taken(_))).count();
    assert_eq!(taken, 1);
    assert!(is_refused(&mut attempt, bind("mine"), NOW));
    assert!(is_refused(&mut attempt, deny("mine"), NOW));
}

#[test]
fn a_denial_ends_the_attempt() {
    let mut attempt = bound();
    assert!(matches!(ask(&mut attempt, deny("mine"), NOW), Reply::Denied(_)));
    assert!(is_refused(&mut attempt, take("mine"), NOW));
    assert!(is_refused(&mut attempt, finish(Some("code")), NOW));
}

#[test]
fn ten_minutes_end_the_attempt_and_clear_it() {
    let end = NOW.plus_ms(TIME_TO_LIVE_MS);
    for command in [bind("mine"), take("mine"), deny("mine")] {
        let mut attempt = bound();
        assert!(is_refused(&mut attempt, command, end));
        assert!(!serde_json::to_string(&attempt).unwrap().contains("sealed verifier"));
    }
    let mut taken = bound();
    ask(&mut taken, take("mine"), LAST);
    assert!(is_refused(&mut taken, finish(Some("code")), end));
}

#[test]
fn a_beginning_from_the_future_lives_no_longer() {
    let mut attempt = Attempt::default();
    let late = Beginning { created_at: NOW.plus_ms(1_000_000), ..beginning() };
    ask(&mut attempt, Command::Begin(Box::new(late)), NOW);
    assert!(is_refused(&mut attempt, bind("mine"), NOW.plus_ms(TIME_TO_LIVE_MS)));
}

#[test]
fn a_connect_code_is_redeemed_once_by_its_own_key() {
    let mut attempt = connected();
    assert!(is_refused(&mut attempt, redeem("code", "abcdefghij"), LAST));
    assert!(is_refused(&mut attempt, redeem("other", "0123456789"), LAST));
    assert!(matches!(ask(&mut attempt, redeem("code", "0123456789"), LAST), Reply::Redeemed { .. }));
    assert!(is_refused(&mut attempt, redeem("code", "0123456789"), LAST));
}

#[test]
fn a_connect_code_lives_a_minute_beyond_the_attempt_if_need_be() {
    assert!(!is_refused(&mut connected(), redeem("code", "0123456789"), LAST.plus_ms(CONNECT_CODE_MS - 1)));
    assert!(is_refused(&mut connected(), redeem("code", "0123456789"), LAST.plus_ms(CONNECT_CODE_MS)));
}

#[test]
fn a_person_at_a_terminal_has_nothing_to_redeem() {
    let mut attempt = bound();
    ask(&mut attempt, take("mine"), NOW);
    assert!(matches!(ask(&mut attempt, finish(None), NOW), Reply::Finished));
    assert!(is_refused(&mut attempt, redeem("code", "0123456789"), NOW));
}

#[test]
fn the_state_survives_storage() {
    let stored = serde_json::to_string(&bound()).unwrap();
    let mut restored: Attempt = serde_json::from_str(&stored).unwrap();
    assert!(is_refused(&mut restored, bind("theirs"), NOW));
    assert!(matches!(ask(&mut restored, take("mine"), NOW), Reply::Taken(_)));
    assert!(!format!("{restored:?}").contains("verifier\""));
}
