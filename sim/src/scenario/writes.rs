//! Clients write for an hour, in any weather; then the sun comes out, and X's ledger, perch's records and what clients were told must
//! agree.

use std::sync::Arc;

use futures_channel::oneshot;
use perch::{
    config::Config,
    domain::{
        fault::{Code, Fault},
        ids::UserId,
        write::Write,
    },
    services::writes::{self, Wish, Written},
    x::endpoints::tweets,
};

use super::account;
use crate::{
    event::{Event, Occurrence},
    isolate::Port,
    weather::one_of,
    wishes::{Told, Wished},
    world::{Script, State, World},
};

/// When clients begin to write, in ms: at most so late.
const LATEST_WISH_MS: u64 = 1_800_000;
/// When the storm is over, in ms from the beginning.
const STORM_MS: u64 = 2_700_000;
/// How long after the storm everything is settled, in ms: longer than the rarest look.
const REST_MS: u64 = 14_400_000;
/// How late X may do what it was asked, in ms: with its timeline's lag less than perch's settle time.
const LATE_AT_X_MS: u64 = 25_000;
/// How late a command may reach its object, in ms.
const LATE_COMMAND_MS: u64 = 60_000;
/// How often a client with a name for its wish asks for it.
const ASKS: u32 = 5;

struct Clients {
    config: Arc<Config>,
}

/// Plays the scenario to its end.
pub(super) fn play(world: &World, config: &Arc<Config>) {
    world.with(|state| {
        state.weather.x.latest_ms = LATE_AT_X_MS;
        state.weather.latest_ms = LATE_COMMAND_MS;
        account::connect(state, 0);
        for number in 0..state.rng.u64(3..=12) {
            wish(state, number);
        }
    });
    let mut clients = Clients { config: config.clone() };
    let start = world.with(|state| state.now);
    world.rest_until(&mut clients, start + STORM_MS);
    world.with(|state| {
        state.now = state.now.max(start + STORM_MS);
        state.weather.clear();
        state.note("the sky clears", [0, 0], String::new);
    });
    world.rest_until(&mut clients, start + STORM_MS + REST_MS);
    world.with(|state| state.now = state.now.max(start + STORM_MS + REST_MS));
    clients.settle(world);
}

/// A client will want something.
fn wish(state: &mut State, number: u64) {
    let text = match state.rng.u8(..3) {
        0 => format!("tweet {number}"),
        1 => format!("tweet {number} & more"),
        _ => format!("read https://example.com/{number} now"),
    };
    let is_named = state.rng.bool();
    state.wishes.push(Wished { text, is_named, told: Vec::new(), asked: 0 });
    let wait = state.rng.u64(..LATEST_WISH_MS);
    state.after(wait, Event::Visit(Occurrence::Scenario(number)));
}

impl Script for Clients {
    /// A client asks for wish `number`.
    fn happen(&mut self, world: &World, number: u64) {
        let Ok(wish) = usize::try_from(number) else { return };
        self.ask(world, wish);
        world.with(|state| ask_again(state, wish));
    }
}

/// Whoever has a name for its wish asks for it again, whatever it was told: at once, soon, or later.
fn ask_again(state: &mut State, wish: usize) {
    let Some(wished) = state.wishes.get_mut(wish) else { return };
    wished.asked += 1;
    if wished.is_named && wished.asked < ASKS {
        let soonest = one_of(&mut state.rng, [1, 1_000, 60_000]);
        let wait = state.rng.u64(0..=soonest * 3);
        state.after(wait, Event::Visit(Occurrence::Scenario(wish as u64)));
    }
}

impl Clients {
    /// A client's request, in work that outlives it, as the gateway runs whatever may change something.
    fn ask(&self, world: &World, wish: usize) {
        let Some((visit, isolate, asked)) = world.with(|state| arrive(state, wish)) else { return };
        let context = Port { world: world.clone(), visit, isolate }.context(&self.config);
        let (done, answer) = oneshot::channel();
        let worker = context.clone();
        let work = async move {
            let _ = done.send(writes::write(&worker, asked).await);
        };
        context.ports.background.spawn(Box::pin(work));
        let world_of_task = world.clone();
        let handler = async move {
            let answer = answer.await;
            world_of_task.with(|state| {
                if let Ok(answer) = answer {
                    told(state, visit, wish, answer);
                }
                state.answered(visit);
            });
        };
        world.with(|state| state.begin(visit, Box::pin(handler)));
    }

    /// Reads perch's records, and checks each wish against them.
    fn settle(&mut self, world: &World) {
        let owner = world.with(|state| state.ledger.account(0).map(|account| account.id.clone()));
        let (Some(owner), visit) = (owner, world.with(|state| state.visit(0))) else { return };
        let context = Port { world: world.clone(), visit, isolate: 0 }.context(&self.config);
        let (done, mut kept) = oneshot::channel();
        let world_of_task = world.clone();
        let handler = async move {
            let _ = done.send(writes::list(&context, &owner, None, 100).await);
            world_of_task.with(|state| state.answered(visit));
        };
        world.with(|state| state.begin(visit, Box::pin(handler)));
        let until = world.with(|state| state.now + 60_000);
        world.rest_until(self, until);
        let Ok(Some(Ok(kept))) = kept.try_recv() else {
            return world.with(|state| state.violated("at rest every account can be asked", String::new()));
        };
        for number in 0..world.with(|state| state.wishes.len()) {
            let of_wish: Vec<Write> =
                kept.iter().filter(|write| write.intent.application == application(number)).cloned().collect();
            world.with(|state| state.check_wish(number, &of_wish));
        }
    }
}

/// A client arrives on any isolate, and perhaps leaves.
fn arrive(state: &mut State, number: usize) -> Option<(usize, usize, Wish)> {
    let wished = state.wishes.get(number)?;
    let (text, is_named) = (wished.text.clone(), wished.is_named);
    let account = state.ledger.account(0)?;
    let (owner, user) = (account.id.clone(), UserId::parse(&account.user.to_string()).ok());
    let many = state.objects_isolate();
    let isolate = state.rng.usize(..many);
    let visit = state.visit(isolate);
    state.verdict.counts.visits += 1;
    state.note("a client writes", [visit as u64, number as u64], || {
        format!("visit {visit} on isolate {isolate}, wish {number} ({})", if is_named { "named" } else { "not named" })
    });
    let rate = state.weather.hang_up;
    if state.chance(rate) {
        let wait = state.rng.u64(0..=3_000);
        state.after(wait, Event::Visit(Occurrence::HangUp(visit)));
    }
    let wish = Wish {
        owner,
        user,
        operation: tweets::CREATE,
        target: "/2/tweets".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: serde_json::json!({ "text": text }).to_string(),
        application: application(number),
        idempotency_key: is_named.then(|| format!("wish-{number}")),
        hears_x_anyway: false,
        part_of: None,
    };
    Some((visit, isolate, wish))
}

fn application(wish: usize) -> String {
    format!("application-{wish}")
}

/// A client has its answer.
fn told(state: &mut State, visit: usize, wish: usize, answer: Result<Written, Fault>) {
    let told = match answer {
        Ok(Written::Answered { answer, .. }) => Told::Answer(answer.status, answer.body),
        Ok(Written::Open(_)) => Told::Open,
        Ok(Written::Shut(_)) => Told::NotSent("shut"),
        Err(fault) if fault.code == Code::IdempotencyKeyInUse => Told::Busy,
        Err(fault) => Told::NotSent(fault.code.slug()),
    };
    let number = u64::from(matches!(told, Told::Answer(200..300, _)));
    state.verdict.counts.served += number;
    state.note("a client is answered", [visit as u64, number], || {
        format!("visit {visit}, wish {wish}: {}", told.name())
    });
    let is_own_fault = matches!(told, Told::NotSent("internal" | "idempotency-key-reused"));
    if is_own_fault {
        state.violated(
            "no client meets an error of perch's own making",
            format!("visit {visit} is told {}", told.name()),
        );
    }
    if let Some(wished) = state.wishes.get_mut(wish) {
        wished.told.push(told);
    }
}
