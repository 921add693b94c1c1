use super::*;

fn in_lane(lane: Lane) -> Ask {
    Ask { lane, ..ask() }
}

#[test]
fn the_lower_lanes_leave_a_reserve_to_the_higher() {
    let mut planner = Planner::default();
    let sent: Vec<u32> = [Lane::Low, Lane::Normal, Lane::High, Lane::Critical]
        .map(|lane| sends(&mut planner, &in_lane(lane), 100, NOW))
        .into();
    assert_eq!(sent, [75, 20, 3, 2]);
}

#[test]
fn small_windows_and_large_ones_have_their_reserve() {
    assert_eq!([1, 19, 20, 75, 900].map(|limit| Lane::Normal.reserve(limit)), [0, 0, 1, 3, 45]);
    assert_eq!(Lane::Low.reserve(u32::MAX), u32::MAX / 100 * 25 + 23);
    assert!(Lane::ALL.iter().all(|lane| lane.reserve(1) == 0), "a window of one call is for everybody");
}

#[test]
fn the_words_of_the_header_are_the_lanes() {
    assert_eq!("HIGH".parse(), Ok(Lane::High));
    assert_eq!("urgent".parse::<Lane>(), Err(NoLane));
    assert_eq!(serde_json::to_string(&Lane::Low).unwrap(), "\"low\"");
    assert_eq!(Lane::default(), Lane::Normal);
}

fn waiting(id: &str, lane: Lane, since: Timestamp) -> Waiting {
    Waiting { id: id.to_owned(), ask: in_lane(lane), since }
}

#[test]
fn the_highest_lane_goes_first_and_waiting_lifts() {
    let planner = Planner::default();
    let first = |waiting: &[Waiting], now| planner.next(waiting, now).unwrap().id.clone();
    let low = waiting("low", Lane::Low, NOW);
    assert_eq!(first(&[low.clone(), waiting("critical", Lane::Critical, after(1))], after(2)), "critical");
    let later = after(3 * QUARTER_MS);
    assert_eq!(first(&[low.clone(), waiting("critical", Lane::Critical, later)], later), "low", "it is at the top now");
    assert_eq!(first(&[low, waiting("high", Lane::High, after(1))], after(2 * QUARTER_MS)), "high");
    let earlier = waiting("earlier", Lane::Normal, NOW);
    assert_eq!(first(&[waiting("later", Lane::Normal, after(1)), earlier], after(2)), "earlier");
}

#[test]
fn only_who_may_go_is_next() {
    let mut planner = Planner::default();
    let low = waiting("low", Lane::Low, NOW);
    sends(&mut planner, &in_lane(Lane::Low), 75, NOW);
    assert_eq!(planner.next(std::slice::from_ref(&low), NOW), None, "the rest is kept for others");
    let elsewhere = Waiting { ask: Ask { operation: "GET /2/x".to_owned(), ..ask() }, ..low.clone() };
    assert_eq!(planner.next(&[low, elsewhere], NOW).unwrap().ask.operation, "GET /2/x");
}
