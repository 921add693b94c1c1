mod properties;

use super::*;
use crate::domain::api_key::Quota;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn minute(quota: u32) -> Vec<Policy> {
    vec![Policy { name: PolicyName::Minute, quota }]
}

fn take(want: u32, policies: &[Policy]) -> Command {
    Command::Take { want, returned: vec![], version_known: 1, policies: policies.to_vec() }
}

fn ask(allowance: &mut Allowance, command: Command, now: Timestamp) -> Reply {
    allowance.step(command, now).reply.expect("an allowance never parks")
}

fn granted(reply: &Reply) -> u32 {
    if let Reply::Granted(grant) = reply { grant.permits } else { 0 }
}

#[test]
fn a_thousand_at_once_on_a_hundred_are_exactly_a_hundred() {
    let mut allowance = Allowance::default();
    let policies = minute(100);
    let admitted: u32 = (0..1000).map(|_| granted(&ask(&mut allowance, take(1, &policies), NOW))).sum();
    assert_eq!(admitted, 100);
}

#[test]
fn a_thousand_isolates_with_handfuls_get_exactly_the_quota() {
    let mut allowance = Allowance::default();
    let policies = minute(7_777);
    let admitted: u32 = (0..1000).map(|_| granted(&ask(&mut allowance, take(64, &policies), NOW))).sum();
    assert_eq!(admitted, 7_777);
}

#[test]
fn the_window_slides() {
    let mut allowance = Allowance::default();
    let policies = minute(2);
    for second in [0, 30] {
        assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(second * 1000))), 1);
    }
    let Reply::Refused { retry_after_ms, violated, windows } =
        ask(&mut allowance, take(1, &policies), NOW.plus_ms(40_000))
    else {
        panic!("admitted")
    };
    assert_eq!((retry_after_ms, violated), (21_000, vec![PolicyName::Minute]));
    assert_eq!((windows[0].remaining, windows[0].reset_s), (0, 21));
    assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(60_999))), 0);
    assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(61_000))), 1);
    assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(61_000))), 0, "one came back, not two");
}

#[test]
fn every_policy_must_admit() {
    let mut allowance = Allowance::default();
    let policies = Policy::of(Quota { per_minute: 2, per_day: Some(3) });
    for (second, admitted) in [(0, 1), (0, 1), (0, 0), (61, 1), (61, 0), (200, 0)] {
        assert_eq!(
            granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(second * 1000))),
            admitted,
            "{second} s"
        );
    }
    let Reply::Refused { violated, .. } = ask(&mut allowance, take(1, &policies), NOW.plus_ms(200_000)) else {
        panic!("admitted")
    };
    assert_eq!(violated, [PolicyName::Day]);
}

#[test]
fn a_refusal_costs_nothing() {
    let mut allowance = Allowance::default();
    let policies = minute(1);
    assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW)), 1);
    for ms in 0..1000 {
        assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(ms * 60))), 0);
    }
    assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(61_000))), 1);
}

#[test]
fn a_key_without_a_quota_is_always_refused_and_one_without_policies_never() {
    let mut allowance = Allowance::default();
    let Reply::Refused { retry_after_ms, .. } = ask(&mut allowance, take(1, &minute(0)), NOW) else {
        panic!("admitted")
    };
    assert_eq!(retry_after_ms, 60_000);
    assert_eq!(granted(&ask(&mut allowance, take(1_000, &[]), NOW)), LARGEST_HANDFUL);
}

#[test]
fn unspent_permits_come_back_where_they_were_counted() {
    let mut allowance = Allowance::default();
    let policies = minute(1_200);
    let spend = |allowance: &mut Allowance, returned, now| {
        ask(allowance, Command::Take { want: 2, returned, version_known: 1, policies: policies.clone() }, now)
    };
    for _ in 0..600 {
        assert_eq!(granted(&spend(&mut allowance, vec![], NOW)), 2);
    }
    assert_eq!(granted(&spend(&mut allowance, vec![], NOW)), 0);
    let unspent = Unspent { permits: 1, granted_at: NOW };
    assert_eq!(granted(&spend(&mut allowance, vec![unspent], NOW.plus_ms(2_000))), 1);
    let never_granted = Unspent { permits: 5, granted_at: NOW.minus_ms(100_000) };
    assert_eq!(granted(&spend(&mut allowance, vec![never_granted], NOW.plus_ms(2_000))), 0);
}

#[test]
fn an_old_copy_of_the_key_gets_nothing() {
    let mut allowance = Allowance::default();
    let policies = minute(100);
    assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW)), 1);
    assert!(allowance.step(Command::Announce { version: 2 }, NOW).store);
    assert!(!allowance.step(Command::Announce { version: 1 }, NOW).store);
    assert_eq!(ask(&mut allowance, take(1, &policies), NOW), Reply::Outdated { version: 2 });
    let newer = Command::Take { want: 1, returned: vec![], version_known: 3, policies: policies.clone() };
    let step = allowance.step(newer, NOW);
    assert!(step.store, "a lost announcement is made good");
    assert_eq!(granted(&step.reply.unwrap()), 1);
    let known = Command::Take { want: 1, returned: vec![], version_known: 2, policies };
    assert_eq!(ask(&mut allowance, known, NOW), Reply::Outdated { version: 3 });
}

#[test]
fn a_crash_admits_at_most_a_seconds_budget_more() {
    for (quota, budget) in [(100, 2), (6_000, 100), (1, 1)] {
        let policies = minute(quota);
        let (mut allowance, mut stored, mut admitted) = (Allowance::default(), Allowance::default(), 0);
        for _ in 0..=quota {
            let step = allowance.step(take(1, &policies), NOW);
            if step.store {
                stored = serde_json::from_str(&serde_json::to_string(&allowance).unwrap()).unwrap();
            }
            admitted += granted(&step.reply.unwrap());
        }
        assert_eq!(admitted, quota);
        let beyond: u32 = (0..=quota).map(|_| granted(&ask(&mut stored, take(1, &policies), NOW))).sum();
        assert!(beyond <= budget, "{beyond} beyond a quota of {quota}");
    }
}

#[test]
fn a_busy_key_is_seldom_stored() {
    let policies = minute(18_000);
    let mut allowance = Allowance::default();
    let stores = (0..3_000).filter(|n| allowance.step(take(1, &policies), NOW.plus_ms(n * 3)).store).count();
    assert!((5..=15).contains(&stores), "{stores} stores of 3,000 requests");
}

#[test]
fn a_clock_that_goes_back_admits_no_more() {
    let mut allowance = Allowance::default();
    let policies = minute(10);
    for back_ms in [0, 7_000, 70_000, 70_000, 70_000, 70_000, 70_000, 70_000, 70_000, 70_000] {
        let now = NOW.minus_ms(back_ms);
        assert_eq!(granted(&ask(&mut allowance, take(1, &policies), now)), 1);
    }
    for back_ms in [70_000, 0] {
        let now = NOW.minus_ms(back_ms);
        assert_eq!(granted(&ask(&mut allowance, take(1, &policies), now)), 0);
    }
}

/// Granted at the very end of a bucket, spent as late as an isolate may: the bucket must count a second longer.
#[test]
fn a_handful_counts_until_its_last_permit_has_left_the_window() {
    let mut allowance = Allowance::default();
    let policies = minute(1_200);
    let end_of_bucket = NOW.plus_ms(999);
    for _ in 0..600 {
        assert_eq!(granted(&ask(&mut allowance, take(2, &policies), end_of_bucket)), 2);
    }
    let last_spent = end_of_bucket.plus_ms(PERMIT_LIFE_MS - 1);
    for still_within in [NOW.plus_ms(61_000), last_spent.plus_ms(60_000)] {
        assert_eq!(granted(&ask(&mut allowance, take(2, &policies), still_within)), 0);
    }
    assert_eq!(granted(&ask(&mut allowance, take(2, &policies), NOW.plus_ms(62_000))), 2);
}

#[test]
fn a_bucket_that_was_given_back_whole_resets_nothing() {
    let mut allowance = Allowance::default();
    let policies = minute(1_200);
    ask(&mut allowance, take(2, &policies), NOW);
    let returned = vec![Unspent { permits: 2, granted_at: NOW }];
    let again = Command::Take { want: 2, returned, version_known: 1, policies };
    let Reply::Granted(grant) = ask(&mut allowance, again, NOW.plus_ms(5_000)) else { panic!("refused") };
    assert_eq!((grant.windows[0].remaining, grant.windows[0].reset_s), (1_198, 62));
}

#[test]
fn a_lowered_quota_promises_the_moment_at_which_it_admits() {
    let mut allowance = Allowance::default();
    for second in 0..10 {
        let now = NOW.plus_ms(second * 1_000);
        assert_eq!(granted(&ask(&mut allowance, take(1, &minute(10)), now)), 1);
    }
    let now = NOW.plus_ms(10_000);
    let Reply::Refused { retry_after_ms, .. } = ask(&mut allowance, take(1, &minute(5)), now) else {
        panic!("admitted")
    };
    assert_eq!(retry_after_ms, 56_000, "when six of the ten have left");
    assert_eq!(granted(&ask(&mut allowance, take(1, &minute(5)), now.plus_ms(56_000))), 1);
}
