//! Callers in any order and at any time: a refresh token is in one hand at a time.

use proptest::prelude::*;

use super::*;

/// What happens next. The number picks one of three callers.
#[derive(Clone, Copy, Debug)]
enum Move {
    Ask(usize, bool),
    Commit(usize),
    Fail(usize, FailureClass),
    Wait(u64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let class =
        prop_oneof![Just(FailureClass::Transient), Just(FailureClass::GrantDead), Just(FailureClass::Misconfigured)];
    let wait = prop_oneof![1_u64..2_000, 10_000_u64..40_000, Just(LIFE_MS)];
    let one = prop_oneof![
        4 => (0_usize..3, any::<bool>()).prop_map(|(who, rejected)| Move::Ask(who, rejected)),
        2 => (0_usize..3).prop_map(Move::Commit),
        1 => (0_usize..3, class).prop_map(|(who, class)| Move::Fail(who, class)),
        2 => wait.prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 1..40)
}

/// The account, and what an onlooker knows.
struct World {
    account: Account,
    now: Timestamp,
    asked: u32,
    /// One more than the renewals that were taken.
    generation: u64,
    /// Each caller's lease and when it was given.
    hands: [Option<(Lease, Timestamp)>; 3],
}

impl World {
    fn new() -> Self {
        Self { account: connected(), now: NOW, asked: 0, generation: 1, hands: [None, None, None] }
    }

    fn play(&mut self, next: Move) {
        match next {
            Move::Wait(ms) => self.now = self.now.plus_ms(ms),
            Move::Ask(who, is_rejected) => self.ask(who, is_rejected),
            Move::Commit(who) => self.commit(who),
            Move::Fail(who, class) => self.fail(who, class),
        }
    }

    fn ask(&mut self, who: usize, is_rejected: bool) {
        self.asked += 1;
        let rejected_generation = is_rejected.then_some(self.generation);
        let command = question(rejected_generation, &format!("{who}/{}", self.asked));
        let reply = self.account.step(command, self.now).reply;
        if matches!(reply, Some(Reply::LookInEscrow { .. })) {
            ask(&mut self.account, Command::Looked, self.now);
        }
        if let Some(Reply::Leased(lease)) = reply {
            let also_held = self
                .hands
                .iter()
                .flatten()
                .any(|(held, since)| held.generation == lease.generation && self.now.ms_since(*since) < 30_000);
            assert!(!also_held, "two hands hold the refresh token of generation {}", lease.generation);
            self.hands[who] = Some((lease, self.now));
        }
    }

    fn commit(&mut self, who: usize) {
        let Some((lease, _)) = self.hands[who].take() else {
            return;
        };
        let next = lease.generation + 1;
        if commit(&mut self.account, &lease.lease_id, next, self.now) == (Reply::Committed { generation: next }) {
            self.generation += 1;
        }
    }

    /// A refused grant may be saved by one late commit.
    fn fail(&mut self, who: usize, class: FailureClass) {
        let Some((lease, _)) = self.hands[who].take() else {
            return;
        };
        if let Reply::Stale { generation } = fail(&mut self.account, &lease.lease_id, class, self.now) {
            assert!((self.generation..=self.generation + 1).contains(&generation));
            self.generation = generation;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn a_refresh_token_is_in_one_hand_at_a_time(moves in moves()) {
        let mut world = World::new();
        for next in moves {
            world.play(next);
            prop_assert_eq!(health(&mut world.account, world.now).generation, world.generation);
        }
    }
}
