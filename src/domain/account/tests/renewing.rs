//! Who gets the lease, and what the others get meanwhile.

use super::*;

#[test]
fn a_token_is_good_until_its_last_ten_minutes() {
    let mut account = connected();
    assert_eq!(generation(token(&mut account, "a", EXPIRED.minus_ms(600_001))), Some(1));
    let step = account.step(question(None, "a"), EXPIRED.minus_ms(480_000));
    assert!(step.store, "a lease outlives the process");
    let lease = lease(step.reply);
    assert_eq!((lease.generation, lease.sealed_refresh), (1, sealed("refresh", 1)));
    assert_eq!(lease.access.unwrap().generation, 1);
}

#[test]
fn accounts_connected_together_renew_one_after_the_other() {
    let due_at = |id: u64| {
        let user = UserId::parse(&id.to_string()).unwrap();
        let due_at = grant::renew_at(&user, 1, EXPIRED, NOW);
        assert_eq!(due_at, grant::renew_at(&user, 1, EXPIRED, NOW), "the same each time");
        EXPIRED.ms_since(due_at)
    };
    let mut ahead: Vec<u64> = (1_000..2_000).map(due_at).collect();
    ahead.sort_unstable();
    assert!((480_001..481_000).contains(&ahead[0]) && (599_000..=600_000).contains(&ahead[999]));
    assert!(ahead.windows(2).all(|pair| pair[1] - pair[0] < 2_000), "spread over two minutes");
}

#[test]
fn a_short_token_is_not_always_due() {
    let mut account = Account::default();
    connect(&mut account, Grant::OAuth2(pair(1, NOW.plus_ms(60_000))), 1);
    assert_eq!(generation(token(&mut account, "a", NOW.plus_ms(53_999))), Some(1));
    assert!(is_leased(token(&mut account, "a", NOW.plus_ms(54_000)).as_ref()));
}

#[test]
fn a_rejected_token_is_renewed_at_once_but_only_if_it_is_the_current_one() {
    let mut account = connected();
    let Some(Reply::Leased(lease)) = rejected(&mut account, 1, "a", NOW) else { panic!("no lease") };
    assert_eq!(lease.access, None, "a rejected token is not usable");
    assert_eq!(rejected(&mut account, 1, "b", NOW), None, "parked");
    assert_eq!(generation(token(&mut account, "c", NOW)), Some(1), "the others have not seen it rejected");
    commit(&mut account, "a", 2, NOW);
    assert_eq!(generation(rejected(&mut account, 1, "b", NOW)), Some(2));
}

#[test]
fn while_one_renews_the_others_use_the_old_token() {
    let mut account = connected();
    assert!(is_leased(token(&mut account, "a", DUE).as_ref()));
    assert_eq!(generation(token(&mut account, "b", DUE)), Some(1));
    assert!(is_leased(token(&mut account, "a", DUE).as_ref()), "the holder asks again after a lost answer");
}

#[test]
fn a_thousand_askers_on_an_expired_token_get_one_lease() {
    let mut account = connected();
    let names: Vec<String> = (0..1000).map(|n| format!("lease{n}")).collect();
    let replies: Vec<_> = names.iter().map(|name| token(&mut account, name, EXPIRED)).collect();
    assert_eq!(replies.iter().filter(|reply| is_leased(reply.as_ref())).count(), 1);
    assert_eq!(replies.iter().filter(|reply| reply.is_none()).count(), 999);
    assert_eq!(commit(&mut account, "lease0", 2, EXPIRED), Reply::Committed { generation: 2 });
    for name in &names {
        assert_eq!(generation(token(&mut account, name, EXPIRED)), Some(2));
    }
}

#[test]
fn nobody_waits_longer_than_ten_seconds() {
    let mut account = connected();
    token(&mut account, "a", EXPIRED);
    assert_eq!(token(&mut account, "b", EXPIRED.plus_ms(9_999)), None);
    let busy = Reply::Busy { retry_after_ms: 1_000, cause: BusyCause::Refreshing };
    assert_eq!(token(&mut account, "b", EXPIRED.plus_ms(10_000)), Some(busy));
}

#[test]
fn without_a_refresh_token_the_access_token_is_used_up() {
    let mut account = Account::default();
    connect(&mut account, Grant::OAuth2(TokenPair { sealed_refresh: None, ..pair(1, EXPIRED) }), 1);
    assert_eq!(generation(token(&mut account, "a", EXPIRED.minus_ms(1))), Some(1));
    assert_eq!(token(&mut account, "a", EXPIRED), Some(Reply::NoRefresh));
    assert_eq!(rejected(&mut account, 1, "a", NOW), Some(Reply::NoRefresh));
    assert_eq!(health(&mut account, EXPIRED).state, TokenState::NoRefresh);
}
