use proptest::prelude::*;

use super::*;
use crate::domain::api_key::Quota;

const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn minute(quota: u32) -> Vec<Policy> {
    vec![Policy {
        name: PolicyName::Minute,
        quota,
    }]
}

fn take(want: u32, policies: &[Policy]) -> Command {
    Command::Take {
        want,
        returned: vec![],
        version_known: 1,
        policies: policies.to_vec(),
    }
}

fn ask(allowance: &mut Allowance, command: Command, now: Timestamp) -> Reply {
    allowance.step(command, now).reply.expect("an allowance never parks")
}

fn granted(reply: &Reply) -> u32 {
    if let Reply::Granted(grant) = reply {
        grant.permits
    } else {
        0
    }
}

#[test]
fn a_thousand_at_once_on_a_hundred_are_exactly_a_hundred() {
    let mut allowance = Allowance::default();
    let policies = minute(100);
    let admitted: u32 = (0..1000)
        .map(|_| granted(&ask(&mut allowance, take(1, &policies), NOW)))
        .sum();
    assert_eq!(admitted, 100);
}

#[test]
fn a_thousand_isolates_with_handfuls_get_exactly_the_quota() {
    let mut allowance = Allowance::default();
    let policies = minute(7_777);
    let admitted: u32 = (0..1000)
        .map(|_| granted(&ask(&mut allowance, take(64, &policies), NOW)))
        .sum();
    assert_eq!(admitted, 7_777);
}

#[test]
fn the_window_slides() {
    let mut allowance = Allowance::default();
    let policies = minute(2);
    for second in [0, 30] {
        assert_eq!(
            granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(second * 1000))),
            1
        );
    }
    let Reply::Refused {
        retry_after_ms,
        violated,
        windows,
    } = ask(&mut allowance, take(1, &policies), NOW.plus_ms(40_000))
    else {
        panic!("admitted")
    };
    assert_eq!((retry_after_ms, violated), (21_000, vec![PolicyName::Minute]));
    assert_eq!((windows[0].remaining, windows[0].reset_s), (0, 21));
    assert_eq!(
        granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(60_999))),
        0
    );
    assert_eq!(
        granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(61_000))),
        1
    );
    assert_eq!(
        granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(61_000))),
        0,
        "one came back, not two"
    );
}

#[test]
fn every_policy_must_admit() {
    let mut allowance = Allowance::default();
    let policies = Policy::of(Quota {
        per_minute: 2,
        per_day: Some(3),
    });
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
        assert_eq!(
            granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(ms * 60))),
            0
        );
    }
    assert_eq!(
        granted(&ask(&mut allowance, take(1, &policies), NOW.plus_ms(61_000))),
        1
    );
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
        ask(
            allowance,
            Command::Take {
                want: 2,
                returned,
                version_known: 1,
                policies: policies.clone(),
            },
            now,
        )
    };
    for _ in 0..600 {
        assert_eq!(granted(&spend(&mut allowance, vec![], NOW)), 2);
    }
    assert_eq!(granted(&spend(&mut allowance, vec![], NOW)), 0);
    let unspent = Unspent {
        permits: 1,
        granted_at: NOW,
    };
    assert_eq!(granted(&spend(&mut allowance, vec![unspent], NOW.plus_ms(2_000))), 1);
    let never_granted = Unspent {
        permits: 5,
        granted_at: NOW.minus_ms(100_000),
    };
    assert_eq!(
        granted(&spend(&mut allowance, vec![never_granted], NOW.plus_ms(2_000))),
        0
    );
}

#[test]
fn an_old_copy_of_the_key_gets_nothing() {
    let mut allowance = Allowance::default();
    let policies = minute(100);
    assert_eq!(granted(&ask(&mut allowance, take(1, &policies), NOW)), 1);
    assert!(allowance.step(Command::Announce { version: 2 }, NOW).store);
    assert!(!allowance.step(Command::Announce { version: 1 }, NOW).store);
    assert_eq!(
        ask(&mut allowance, take(1, &policies), NOW),
        Reply::Outdated { version: 2 }
    );
    let newer = Command::Take {
        want: 1,
        returned: vec![],
        version_known: 3,
        policies: policies.clone(),
    };
    let step = allowance.step(newer, NOW);
    assert!(step.store, "a lost announcement is made good");
    assert_eq!(granted(&step.reply.unwrap()), 1);
    let known = Command::Take {
        want: 1,
        returned: vec![],
        version_known: 2,
        policies,
    };
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
        let beyond: u32 = (0..=quota)
            .map(|_| granted(&ask(&mut stored, take(1, &policies), NOW)))
            .sum();
        assert!(beyond <= budget, "{beyond} beyond a quota of {quota}");
    }
}

#[test]
fn a_busy_key_is_seldom_stored() {
    let policies = minute(18_000);
    let mut allowance = Allowance::default();
    let stores = (0..3_000)
        .filter(|n| allowance.step(take(1, &policies), NOW.plus_ms(n * 3)).store)
        .count();
    assert!((5..=15).contains(&stores), "{stores} stores of 3,000 requests");
}

#[test]
fn a_clock_that_goes_back_admits_no_more() {
    let mut allowance = Allowance::default();
    let policies = minute(10);
    for n in 0..10 {
        assert_eq!(
            granted(&ask(&mut allowance, take(1, &policies), NOW.minus_ms(n * 7_000))),
            1
        );
    }
    assert_eq!(
        granted(&ask(&mut allowance, take(1, &policies), NOW.minus_ms(70_000))),
        0
    );
}

/// Requests at random gaps, the large ones long enough to leave the window.
fn gaps() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(
        prop_oneof![8 => 0_u64..300, 4 => 0_u64..5_000, 1 => 0_u64..70_000],
        1..300,
    )
}

/// The most that `spent` (moments, permits) holds in any closed window of a minute.
fn busiest_minute(spent: &[(u64, u32)]) -> u32 {
    let windows = spent.iter().map(|(end, _)| {
        let inside = spent
            .iter()
            .filter(|(moment, _)| (end.saturating_sub(60_000)..=*end).contains(moment));
        inside.map(|(_, permits)| permits).sum()
    });
    windows.max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_window_holds_more_than_the_quota(quota in 1_u32..40, gaps in gaps()) {
        let (mut allowance, mut now, policies) = (Allowance::default(), NOW, minute(quota));
        let mut spent = Vec::new();
        for gap in gaps {
            now = now.plus_ms(gap);
            let permits = granted(&ask(&mut allowance, take(3, &policies), now));
            spent.push((now.as_ms(), permits));
        }
        prop_assert!(busiest_minute(&spent) <= quota);
    }

    /// Handfuls, spent as late as an isolate may, in part, and the rest returned.
    #[test]
    fn no_window_holds_more_than_the_quota_however_late_permits_are_spent(
        gaps in gaps(), spend in prop::collection::vec((0_u32..4, 0_u64..PERMIT_LIFE_MS), 300),
    ) {
        let policies = minute(1_800);
        let (mut allowance, mut now, mut spent) = (Allowance::default(), NOW, Vec::new());
        for n in 0..590 {
            spent.push((now.as_ms(), granted(&ask(&mut allowance, take(3, &policies), NOW.plus_ms(n)))));
        }
        let mut returned = Vec::new();
        for (gap, (use_up, late)) in gaps.into_iter().zip(spend) {
            now = now.plus_ms(gap + 600);
            let command = Command::Take { want: 3, returned: std::mem::take(&mut returned), version_known: 1, policies: policies.clone() };
            let permits = granted(&ask(&mut allowance, command, now));
            let used = use_up.min(permits);
            spent.push((now.as_ms() + late, used));
            if used < permits {
                returned.push(Unspent { permits: permits - used, granted_at: now });
            }
        }
        prop_assert!(busiest_minute(&spent) <= 1_800);
    }

    #[test]
    fn the_promised_moment_is_the_first_that_admits(quota in 1_u32..40, per_day in 1_u32..60, gaps in gaps()) {
        let policies = Policy::of(Quota { per_minute: quota, per_day: Some(per_day) });
        let (mut allowance, mut now) = (Allowance::default(), NOW);
        for gap in gaps {
            now = now.plus_ms(gap);
            if let Reply::Refused { retry_after_ms, .. } = ask(&mut allowance, take(1, &policies), now) {
                let promised = now.plus_ms(retry_after_ms);
                prop_assert_eq!(granted(&ask(&mut allowance.clone(), take(1, &policies), promised)), 1);
                prop_assert_eq!(granted(&ask(&mut allowance.clone(), take(1, &policies), promised.minus_ms(1))), 0);
            }
        }
    }

    /// Never more than a bucket's time late: whatever was admitted is back a minute and a second later.
    #[test]
    fn it_under_admits_by_at_most_one_bucket(quota in 1_u32..40, gaps in gaps()) {
        let (mut allowance, mut now, policies) = (Allowance::default(), NOW, minute(quota));
        for gap in gaps {
            now = now.plus_ms(gap);
            ask(&mut allowance, take(3, &policies), now);
        }
        now = now.plus_ms(61_000);
        let admitted: u32 = (0..quota).map(|_| granted(&ask(&mut allowance, take(1, &policies), now))).sum();
        prop_assert_eq!(admitted, quota);
    }
}
