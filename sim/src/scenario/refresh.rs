//! Bursts of clients around the ends of tokens, in any weather; then the sun comes out, and every account must work or say why not.

use std::sync::Arc;

use perch::{config::Config, domain::fault::Code, services::x, x::endpoints::users};

use super::account;
use crate::{
    event::{Event, Occurrence},
    isolate::Port,
    weather::one_of,
    world::{Script, State, World},
};

/// How often an account is asked for under a clear sky before it counts as not working.
const LAST_TRIES: u32 = 6;
/// How old a request may be and still get another try, in ms: half a second less than it may take at all.
const LAST_TRY_MS: u64 = 24_500;

/// The scenario's clients.
struct Clients {
    config: Arc<Config>,
    /// For each account, how many bursts are still to come.
    bursts: Vec<u32>,
}

/// Plays the scenario to its end.
pub(super) fn play(world: &World, config: &Arc<Config>) {
    let bursts = world.with(|state| {
        let accounts = state.rng.usize(1..=2);
        (0..accounts).filter_map(|number| connected(state, number)).collect()
    });
    let mut clients = Clients { config: config.clone(), bursts };
    world.rest(&mut clients);
    world.with(|state| {
        state.weather.clear();
        state.note("the sky clears", [0, 0], String::new);
    });
    for account in 0..clients.bursts.len() {
        clients.last_calls(world, account);
    }
}

/// A connected account. Gives how many bursts it will see.
fn connected(state: &mut State, number: usize) -> Option<u32> {
    account::connect(state, number)?;
    next_burst(state, number);
    Some(state.rng.u32(2..=5))
}

/// The next burst comes around the end of the account's newest token.
fn next_burst(state: &mut State, number: usize) {
    let user = state.ledger.account(number).map_or(0, |account| account.user);
    let end = state.x.tokens.ends_at(user).unwrap_or(state.now).max(state.now);
    let around = (end + 60_000).saturating_sub(state.rng.u64(0..=240_000));
    let wait = around.saturating_sub(state.now);
    state.after(wait, Event::Visit(Occurrence::Scenario(number as u64)));
}

impl Script for Clients {
    /// A burst for account `number`, or one client of it.
    fn happen(&mut self, world: &World, number: u64) {
        let account = usize::try_from(number % SINGLE).unwrap_or_default();
        if number >= SINGLE {
            return self.client(world, account);
        }
        if let Some(left) = self.bursts.get_mut(account)
            && *left > 0
        {
            *left -= 1;
            world.with(|state| burst(state, account));
        }
    }
}

/// From this number on, a scenario's event is a single client.
const SINGLE: u64 = 1_000;

fn burst(state: &mut State, account: usize) {
    let spread = one_of(&mut state.rng, [1, 500, 20_000, 90_000]);
    for _ in 0..state.rng.u32(1..=8) {
        let wait = state.rng.u64(0..=spread);
        state.after(wait, Event::Visit(Occurrence::Scenario(SINGLE + account as u64)));
    }
    next_burst(state, account);
}

impl Clients {
    /// A client asks for something on any isolate, and perhaps leaves.
    fn client(&self, world: &World, account: usize) {
        let visit = self.ask(world, account, told);
        world.with(|state| {
            let rate = state.weather.hang_up;
            if state.chance(rate) {
                let wait = state.rng.u64(0..=3_000);
                state.after(wait, Event::Visit(Occurrence::HangUp(visit)));
            }
        });
    }

    /// A client's request, handled by perch's own services.
    fn ask(&self, world: &World, account: usize, told: fn(&mut State, usize, usize, Option<Code>)) -> usize {
        let (visit, isolate, id) = world.with(|state| {
            state.verdict.counts.visits += 1;
            let many = state.objects_isolate();
            let isolate = state.rng.usize(..many);
            let visit = state.visit(isolate);
            state.note("a client asks", [visit as u64, isolate as u64], || {
                format!("visit {visit} on isolate {isolate}, account {account}")
            });
            (visit, isolate, state.ledger.account(account).map(|account| account.id.clone()))
        });
        let Some(id) = id else { return visit };
        let context = Port { world: world.clone(), visit, isolate }.context(&self.config);
        let world_of_task = world.clone();
        let handler = async move {
            let refusal = x::call(&context, &id, users::me()).await.err().map(|fault| fault.code);
            world_of_task.with(|state| {
                told(state, visit, account, refusal);
                state.answered(visit);
            });
        };
        world.with(|state| state.begin(visit, Box::pin(handler)));
        visit
    }

    /// Under a clear sky, after the newest token's end: the account works, or it was given up once and rightly.
    fn last_calls(&mut self, world: &World, account: usize) {
        for _ in 0..LAST_TRIES {
            world.with(|state| {
                let user = state.ledger.account(account).map_or(0, |account| account.user);
                let end = state.x.tokens.ends_at(user).unwrap_or_default();
                state.now = (state.now + 150_000).max(end + 1);
                state.closing = None;
            });
            self.ask(world, account, closing);
            world.rest(self);
            match world.with(|state| state.closing.take()) {
                Some(Ok(())) => return,
                Some(Err(Code::AccountNeedsReconnect)) => {
                    return world.with(|state| state.check_given_up(account));
                }
                Some(Err(_)) | None => {}
            }
        }
        world.with(|state| {
            let how = format!("account {account} does not after {LAST_TRIES} calls in fair weather");
            state.violated("at rest every account works or was given up", how);
        });
    }
}

fn closing(state: &mut State, visit: usize, account: usize, refusal: Option<Code>) {
    told(state, visit, account, refusal);
    state.closing = Some(refusal.map_or(Ok(()), Err));
}

/// A client has its answer, or is refused.
fn told(state: &mut State, visit: usize, account: usize, refusal: Option<Code>) {
    state.note("a client is answered", [visit as u64, u64::from(refusal.is_some())], || {
        format!("visit {visit}: {}", refusal.map_or("ok", Code::slug))
    });
    match refusal {
        None => state.verdict.counts.served += 1,
        Some(code) => refused(state, visit, account, code),
    }
}

/// A client is refused: it must be for a reason.
fn refused(state: &mut State, visit: usize, account: usize, code: Code) {
    let broken = match code {
        _ if state.weather.is_calm => Some("in calm weather every client is served"),
        // Known: a 401 that comes when there is no time left for another try is told as if the account were lost.
        Code::AccountNeedsReconnect if is_well(state, account) && state.age_ms(visit) < LAST_TRY_MS => {
            Some("nobody is told to connect an account anew that was not given up")
        }
        Code::AccountNeedsReconnect
        | Code::XUnavailable
        | Code::XTimeout
        | Code::XRateLimited
        | Code::XMisconfigured
        | Code::XInvalidAnswer
        | Code::BreakerOpen
        | Code::Unavailable => None,
        _ => Some("no client meets an error of perch's own making"),
    };
    if let Some(invariant) = broken {
        state.violated(invariant, format!("visit {visit} is told {}", code.slug()));
    }
}

/// Whether an account was not given up, and X has a refresh token of it that works.
fn is_well(state: &State, account: usize) -> bool {
    let account = state.ledger.account(account);
    account.is_some_and(|account| account.given_up == 0 && state.x.tokens.good(account.user).next().is_some())
}
