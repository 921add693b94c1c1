use super::*;

fn shared() -> Ask {
    Ask { app_limits: vec![(10_000, 86_400)], ..ask() }
}

/// Asks the account, and the app where it has to be asked.
fn admit(account: &mut Planner, app: &mut Planner, ask: &Ask, now: Timestamp) -> Admission {
    match account.admit(ask, now) {
        Admission::AppLease { want } => match app.lease_out(&want, now) {
            Ok(lease) => {
                account.take_lease(lease, now);
                account.admit(ask, now)
            }
            Err(refusal) => refusal.into(),
        },
        answer => answer,
    }
}

#[test]
fn a_shared_window_is_leased_a_handful_at_a_time() {
    let (mut account, mut app) = (Planner::default(), Planner::default());
    let Admission::AppLease { want } = account.admit(&shared(), NOW) else { panic!("no lease") };
    assert_eq!((want.permits, want.returned), (20, 0));
    let lease = app.lease_out(&want, NOW).unwrap();
    assert_eq!((lease.permits, lease.until), (20, after(3_600_000)));
    account.take_lease(lease, NOW);
    assert_eq!(sends(&mut account, &shared(), 25, NOW), 20);
    assert!(matches!(account.admit(&shared(), NOW), Admission::AppLease { .. }));
}

#[test]
fn many_calls_at_once_do_not_take_a_handful_each() {
    let mut account = Planner::default();
    let wished = |account: &mut Planner, now| match account.admit(&shared(), now) {
        Admission::AppLease { want } => want.permits,
        other => panic!("{other:?}"),
    };
    assert_eq!([0, 1, 2, 1999, 2000].map(|ms| wished(&mut account, after(ms))), [20, 1, 1, 1, 20]);
}

#[test]
fn what_an_ended_lease_has_left_is_handed_back() {
    let (mut account, mut app) = (Planner::default(), Planner::default());
    admit(&mut account, &mut app, &shared(), NOW);
    let Admission::AppLease { want } = account.admit(&shared(), after(3_600_000)) else { panic!("no lease") };
    assert_eq!(want.returned, 19);
    app.lease_out(&want, after(3_600_000)).unwrap();
    let window = app.window("POST /2/tweets 24h app", after(3_600_000)).unwrap();
    assert_eq!(window.remaining, 10_000 - 1 - 20);
}

#[test]
fn all_accounts_together_stay_within_a_shared_window_and_use_it_up() {
    let ask = Ask { limits: vec![], app_limits: vec![(50, 86_400)], ..ask() };
    let (mut app, mut accounts) = (Planner::default(), vec![Planner::default(); 5]);
    let mut sent = 0;
    for round in 0..40 {
        let at = after(round * 60_000);
        sent += accounts
            .iter_mut()
            .filter_map(|account| (admit(account, &mut app, &ask, at) == Admission::Go).then_some(()))
            .count();
    }
    assert_eq!(sent, 50);
    let refused = admit(&mut accounts[0], &mut app, &ask, after(3_000_000));
    let Admission::NotBefore { pause, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(pause, Some(PauseReason::AppWindow));
}

#[test]
fn an_account_s_own_windows_are_asked_first() {
    let mut account = Planner::default();
    account.take_lease(AppLease { operation: NAME.to_owned(), permits: 500, until: after(1_000_000) }, NOW);
    assert_eq!(sends(&mut account, &shared(), 150, NOW), 100);
    account.give_back(&shared(), NOW);
    assert_eq!(sends(&mut account, &shared(), 5, NOW), 1);
}

#[test]
fn the_app_hears_from_x_s_headers_too() {
    let (mut account, mut app) = (Planner::default(), Planner::default());
    let told = LearnedWindow { name: "POST /2/tweets 24h app".to_owned(), ..heard(10_000, 0, 1_000_000) };
    app.learn(vec![told], NOW);
    let refused = admit(&mut account, &mut app, &shared(), NOW);
    let Admission::NotBefore { until, .. } = refused else { panic!("{refused:?}") };
    assert_eq!(until, after(1_001_000));
}
