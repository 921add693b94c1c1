//! What holds for every history of requests.

use proptest::prelude::*;

use super::*;

/// Requests at random gaps, the large ones long enough to leave the window.
fn gaps() -> impl Strategy<Value = Vec<u64>> {
    prop::collection::vec(prop_oneof![8 => 0_u64..300, 4 => 0_u64..5_000, 1 => 0_u64..70_000], 1..300)
}

/// The most that `spent` (moments, permits) holds in any closed window of a minute.
fn busiest_minute(spent: &[(u64, u32)]) -> u32 {
    let windows = spent.iter().map(|(end, _)| {
        let inside = spent.iter().filter(|(moment, _)| (end.saturating_sub(60_000)..=*end).contains(moment));
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
