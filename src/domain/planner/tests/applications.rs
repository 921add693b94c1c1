use super::*;

fn of(application: &str) -> Ask {
    Ask { application: application.to_owned(), ..ask() }
}

#[test]
fn an_application_alone_may_use_all() {
    let mut planner = Planner::default();
    assert_eq!(sends(&mut planner, &of("one"), 100, NOW), 100);
}

#[test]
fn an_application_that_waited_has_its_share_of_the_next_window() {
    let mut planner = Planner::default();
    assert_eq!(sends(&mut planner, &of("one"), 100, NOW), 100);
    let until = refused_until(&mut planner, &of("two"), NOW);
    assert_eq!(sends(&mut planner, &of("one"), 100, until), 50, "the rest is kept for who waited");
    assert_eq!(sends(&mut planner, &of("two"), 100, until), 50);
}

#[test]
fn a_share_that_nobody_comes_for_is_free_after_a_tenth_of_the_window() {
    let mut planner = Planner::default();
    sends(&mut planner, &of("one"), 100, NOW);
    let open = refused_until(&mut planner, &of("two"), NOW);
    assert_eq!(sends(&mut planner, &of("one"), 100, open), 50);
    let free = refused_until(&mut planner, &of("one"), open);
    assert_eq!(free, open.plus_ms(QUARTER_MS / 10));
    assert_eq!(sends(&mut planner, &of("one"), 100, free), 50);
}

#[test]
fn who_has_had_less_goes_first() {
    let mut planner = Planner::default();
    sends(&mut planner, &of("one"), 3, NOW);
    let waiting = |id: &str, since| Waiting { id: id.to_owned(), ask: of(id), since };
    let both = [waiting("one", NOW), waiting("two", after(1))];
    assert_eq!(planner.next(&both, after(2)).unwrap().id, "two");
}

#[test]
fn applications_are_bounded_in_number() {
    let mut planner = Planner::default();
    for number in 0..1000 {
        planner.admit(&of(&number.to_string()), NOW);
    }
    assert!(serde_json::to_string(&planner).unwrap().len() < 5000);
}
