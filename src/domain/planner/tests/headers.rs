use super::*;

#[test]
fn nothing_goes_beyond_the_published_limit_while_x_says_nothing() {
    let mut planner = Planner::default();
    assert_eq!(sends(&mut planner, &ask(), 150, NOW), 100);
    let until = refused_until(&mut planner, &ask(), NOW);
    assert_eq!(until, after(QUARTER_MS + 30_000), "a window, and a call's way to X");
    assert_eq!(planner.admit(&ask(), until.minus_ms(1)), planner.clone().admit(&ask(), until.minus_ms(1)));
    assert_eq!(refused_until(&mut planner, &ask(), until.minus_ms(1)), until);
    assert_eq!(planner.admit(&ask(), until), Admission::Go);
}

#[test]
fn a_limit_that_x_names_is_believed_in_this_window_and_the_next() {
    let mut planner = Planner::default();
    assert_eq!(sends(&mut planner, &ask(), 1, NOW), 1);
    assert_eq!(planner.learn(vec![heard(17, 16, QUARTER_MS)], NOW), Lesson::Began);
    assert_eq!(sends(&mut planner, &ask(), 150, NOW), 16);
    assert_eq!(sends(&mut planner, &ask(), 150, after(QUARTER_MS + 1000)), 17);
}

#[test]
fn calls_that_were_answered_are_not_counted_into_the_next_window() {
    let mut planner = Planner::default();
    assert_eq!(sends(&mut planner, &ask(), 100, NOW), 100);
    for remaining in (0..100).rev() {
        planner.learn(vec![heard(100, remaining, QUARTER_MS)], NOW);
    }
    assert_eq!(refused_until(&mut planner, &ask(), NOW), after(QUARTER_MS + 1000), "a second for the clocks");
    assert_eq!(sends(&mut planner, &ask(), 150, after(QUARTER_MS + 1000)), 100);
}

#[test]
fn calls_that_may_still_be_under_way_are_counted_into_the_next_window() {
    let mut planner = Planner::default();
    planner.learn(vec![heard(100, 100, QUARTER_MS), heard(100, 100, QUARTER_MS)], NOW);
    assert_eq!(sends(&mut planner, &ask(), 30, after(QUARTER_MS - 90_000)), 30, "answered or lost by then");
    assert_eq!(sends(&mut planner, &ask(), 20, after(QUARTER_MS - 5_000)), 20);
    assert_eq!(sends(&mut planner, &ask(), 150, after(QUARTER_MS + 1000)), 80);
}

#[test]
fn late_answers_and_other_senders_only_lower_what_is_left() {
    let mut planner = Planner::default();
    planner.learn(vec![heard(100, 10, QUARTER_MS)], NOW);
    for ignored in [heard(100, 40, QUARTER_MS), heard(100, 90, 600_000)] {
        assert_eq!(planner.learn(vec![ignored], NOW), Lesson::Nothing);
    }
    assert_eq!(planner.learn(vec![heard(100, 9, QUARTER_MS)], NOW), Lesson::Sank);
    assert_eq!(planner.learn(vec![heard(100, 0, QUARTER_MS)], NOW), Lesson::UsedUp);
    assert_eq!(sends(&mut planner, &ask(), 1, NOW), 0);
    assert_eq!(planner.learn(vec![heard(100, 99, 2 * QUARTER_MS)], after(QUARTER_MS - 500)), Lesson::Began);
    assert_eq!(planner.window(NAME, after(QUARTER_MS)).unwrap().remaining, 99);
}

#[test]
fn senseless_headers_are_ignored() {
    let mut planner = Planner::default();
    for senseless in [heard(100, 10, 0), heard(100, 10, 1_000_000_000), heard(0, 0, QUARTER_MS), heard(1, 0, 7_200_000)]
    {
        assert_eq!(planner.learn(vec![senseless], NOW), Lesson::Nothing);
    }
    assert_eq!(planner.windows(NOW), vec![]);
    planner.learn(vec![heard(100, 500, QUARTER_MS)], NOW);
    assert_eq!(planner.window(NAME, NOW).unwrap().remaining, 100, "never above the limit");
}

#[test]
fn a_later_reset_in_the_midst_of_a_window_does_not_fill_it() {
    let mut planner = Planner::default();
    planner.learn(vec![heard(100, 5, 300_000)], NOW);
    planner.learn(vec![heard(100, 80, 800_000)], NOW);
    let window = planner.window(NAME, NOW).unwrap();
    assert_eq!((window.remaining, window.reset_at), (5, Some(after(800_000))));
}

#[test]
fn an_early_reset_that_perch_s_own_calls_do_not_explain_takes_two_witnesses() {
    for (witnesses, expected) in [(1, 0), (2, 40)] {
        let mut planner = Planner::default();
        assert_eq!(sends(&mut planner, &ask(), 100, NOW), 100);
        for _ in 0..witnesses {
            planner.learn(vec![heard(100, 0, 40_000)], NOW);
        }
        let later = after(60_000);
        assert_eq!(sends(&mut planner, &ask(), 40, later), expected, "{witnesses} witnesses");
    }
}

#[test]
fn an_operation_is_out_of_calls_until_its_last_empty_window_resets() {
    let mut planner = Planner::default();
    let learn = |planner: &mut Planner, name: &str, reset_in_ms| {
        planner.learn(vec![LearnedWindow { name: name.to_owned(), ..heard(1, 0, reset_in_ms) }], NOW);
    };
    learn(&mut planner, NAME, 900_000);
    learn(&mut planner, "POST /2/tweets 24h", 9_000_000);
    learn(&mut planner, "POST /2/tweets/{id}/more", 900_000);
    let reset_at = |now| planner.empty(NAME, now).and_then(|window| window.reset_at);
    assert_eq!(reset_at(NOW), Some(after(9_000_000)));
    assert_eq!(reset_at(after(9_001_000)), None, "it has reset");
    assert_eq!(planner.empty("GET /2/tweets", NOW), None);
    assert_eq!(planner.empty("POST /2/tweets/{id}", NOW), None, "another operation's name begins so");
    assert_eq!(planner.opens_at(&ask(), NOW), after(9_001_000));
}

#[test]
fn a_window_of_a_second_has_headers_of_its_own() {
    let mut planner = Planner::default();
    let ask = Ask { limits: vec![(1, 1), (300, 900)], ..ask() };
    assert_eq!(planner.admit(&ask, NOW), Admission::Go);
    planner.learn(vec![heard(1, 0, 1000)], NOW);
    assert_eq!(planner.window("POST /2/tweets 1s", NOW).unwrap().remaining, 0);
    assert_eq!(planner.window(NAME, NOW).unwrap().limit, 300);
    let until = refused_until(&mut planner, &ask, NOW);
    assert_eq!(until, after(2000));
    assert_eq!(planner.admit(&ask, until), Admission::Go);
}

#[test]
fn a_window_shows_where_its_figures_come_from_and_is_forgotten_after_a_day() {
    let mut planner = Planner::default();
    sends(&mut planner, &ask(), 3, NOW);
    let window = planner.window(NAME, NOW).unwrap();
    assert_eq!((window.limit, window.remaining, window.source), (100, 97, Source::Prior));
    planner.learn(vec![heard(50, 46, QUARTER_MS)], NOW);
    let window = planner.window(NAME, NOW).unwrap();
    let expected = (50, 46, Some(after(QUARTER_MS)), Source::Learned);
    assert_eq!((window.limit, window.remaining, window.reset_at, window.source), expected);
    let other = Ask { operation: "GET /2/x".to_owned(), ..ask() };
    planner.admit(&other, after(90_000_000));
    assert_eq!(planner.windows(after(90_000_000)).len(), 1);
}

#[test]
fn a_call_that_was_not_sent_is_given_back() {
    let mut planner = Planner::default();
    assert_eq!(sends(&mut planner, &ask(), 100, NOW), 100);
    planner.give_back(&ask(), NOW);
    assert_eq!(sends(&mut planner, &ask(), 5, NOW), 1);
}

#[test]
fn what_is_stored_by_an_older_release_is_read() {
    assert_eq!(serde_json::from_str::<Planner>("{}").unwrap(), Planner::default());
    let mut planner = Planner::default();
    sends(&mut planner, &ask(), 3, NOW);
    planner.pause(NAME, after(5), PauseReason::Credits);
    let stored = serde_json::to_string(&planner).unwrap();
    assert_eq!(serde_json::from_str::<Planner>(&stored).unwrap(), planner);
}
