use super::*;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);
const EFFECTS: [Effect; 3] = [Effect::Read, Effect::Set, Effect::Create];

/// One request with a full budget and ten seconds' time.
struct Request {
    attempts: Attempts,
    budget: Budget,
    deadline: Deadline,
}

impl Request {
    fn new() -> Self {
        let budget = Budget::new(NOW.minus_ms(20_000));
        Self { attempts: Attempts::default(), budget, deadline: Deadline::after(10_000, NOW) }
    }

    fn decide(&mut self, effect: Effect, setback: Setback) -> Retry {
        self.attempts.decide(effect, setback, &mut self.budget, self.deadline, NOW, 0)
    }
}

fn first(effect: Effect, setback: Setback) -> Retry {
    Request::new().decide(effect, setback)
}

#[test]
fn the_table_holds() {
    let soon = Setback::RateLimited { reset_at: Some(NOW.plus_ms(3_000)) };
    let late = Setback::RateLimited { reset_at: Some(NOW.plus_ms(9_501)) };
    let silent = Setback::RateLimited { reset_at: None };
    let (no, deadline) = (Retry::Never(Because::Final), Retry::Never(Because::Deadline));
    let (again, find_out) = (Retry::After(100), Retry::Reconcile);
    for (setback, read, set, create) in [
        (soon, Retry::After(3_000), Retry::After(3_000), Retry::After(3_000)),
        (late, deadline, deadline, deadline),
        (silent, deadline, deadline, deadline),
        (Setback::Unauthorized, Retry::Refresh, Retry::Refresh, Retry::Refresh),
        (Setback::Refused, no, no, no),
        (Setback::Duplicate, no, no, no),
        (Setback::Gone, no, no, no),
        (Setback::ServerError, again, again, find_out),
        (Setback::Lost, again, again, find_out),
        (Setback::NotSent, again, again, again),
    ] {
        let decided = EFFECTS.map(|effect| first(effect, setback));
        assert_eq!(decided, [read, set, create], "{setback:?}");
    }
}

#[test]
fn a_token_is_refreshed_once() {
    for effect in EFFECTS {
        let mut request = Request::new();
        assert_eq!(request.decide(effect, Setback::Unauthorized), Retry::Refresh);
        assert_eq!(request.decide(effect, Setback::Unauthorized), Retry::Never(Because::Final));
    }
}

#[test]
fn a_failure_is_repeated_twice() {
    let mut request = Request::new();
    for retry in [Retry::After(100), Retry::After(100), Retry::Never(Because::Attempts)] {
        assert_eq!(request.decide(Effect::Read, Setback::ServerError), retry);
    }
}

#[test]
fn a_reset_in_the_past_is_no_leave_to_hammer() {
    let mut request = Request::new();
    let limited = Setback::RateLimited { reset_at: Some(NOW.minus_ms(1)) };
    for retry in [Retry::After(100), Retry::After(100), Retry::Never(Because::Attempts)] {
        assert_eq!(request.decide(Effect::Create, limited), retry);
    }
}

#[test]
fn a_duplicate_after_an_unknown_attempt_is_probably_ours() {
    let mut request = Request::new();
    assert_eq!(request.decide(Effect::Create, Setback::Lost), Retry::Reconcile);
    assert_eq!(request.decide(Effect::Create, Setback::Duplicate), Retry::Reconcile);
    let mut never_left = Request::new();
    never_left.decide(Effect::Create, Setback::NotSent);
    assert_eq!(never_left.decide(Effect::Create, Setback::Duplicate), Retry::Never(Because::Final));
}

#[test]
fn a_deletion_that_finds_nothing_on_the_second_try_has_succeeded_on_the_first() {
    let mut request = Request::new();
    assert_eq!(request.decide(Effect::Set, Setback::Lost), Retry::After(100));
    assert_eq!(request.decide(Effect::Set, Setback::Gone), Retry::Settled);
    let mut look_up = Request::new();
    look_up.decide(Effect::Read, Setback::Lost);
    assert_eq!(look_up.decide(Effect::Read, Setback::Gone), Retry::Never(Because::Final));
}

#[test]
fn an_empty_budget_ends_it() {
    let mut request = Request::new();
    assert_eq!((0..20).filter(|_| request.budget.withdraw(NOW)).count(), 10);
    assert_eq!(request.decide(Effect::Read, Setback::Lost), Retry::Never(Because::Budget));
    assert_eq!(request.decide(Effect::Read, Setback::Unauthorized), Retry::Refresh, "adds no load to a failing X");
}

#[test]
fn a_retry_that_would_be_late_costs_no_budget() {
    let mut request = Request { deadline: Deadline::after(599, NOW), ..Request::new() };
    assert_eq!(request.decide(Effect::Read, Setback::Lost), Retry::Never(Because::Deadline));
    assert_eq!((0..20).filter(|_| request.budget.withdraw(NOW)).count(), 10);
    let mut late = Request { deadline: Deadline::after(499, NOW), ..Request::new() };
    assert_eq!(late.decide(Effect::Read, Setback::Unauthorized), Retry::Never(Because::Deadline));
}
