//! What must hold of every account's tokens, checked as it happens: against X's truth, not perch's word.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use perch::domain::{ids::AccountId, machine::Object};

use crate::{objects::Standing, sealed_box, visit::VisitId, world::State, x::Spent};

/// What is watched of all accounts.
#[derive(Default)]
pub(crate) struct Ledger {
    accounts: Vec<Watched>,
    /// The losses that were told in the log, by account and event.
    told: BTreeSet<(String, String)>,
    /// Which visit heard of which refresh token from X.
    heard: BTreeMap<String, VisitId>,
    /// Under which generation each refresh token was sealed first.
    sealed_under: BTreeMap<String, u64>,
}

/// What is watched of one account.
pub(crate) struct Watched {
    pub(crate) id: AccountId,
    pub(crate) user: u64,
    to: Arc<str>,
    /// The newest that is durable.
    stored: Standing,
    /// The newest that anybody was told of.
    told: u64,
    /// How often it was given up, and how often since its newest generation: tokens that come minutes late raise it again.
    pub(crate) given_up: u32,
    given_up_again: u32,
    /// Spent refresh tokens that were sent since the newest generation.
    replayed: BTreeSet<String>,
}

impl Ledger {
    /// Watches a new account.
    pub(crate) fn watch(&mut self, id: AccountId, user: u64) {
        let to = format!("{:?}/{id}", Object::Account).into();
        let stored = Standing { generation: 1, needs_reconnect: false };
        self.accounts.push(Watched {
            id,
            user,
            to,
            stored,
            told: 1,
            given_up: 0,
            given_up_again: 0,
            replayed: BTreeSet::new(),
        });
    }

    /// The account of this number.
    pub(crate) fn account(&self, number: usize) -> Option<&Watched> {
        self.accounts.get(number)
    }

    fn of_user(&mut self, user: u64) -> Option<&mut Watched> {
        self.accounts.iter_mut().find(|account| account.user == user)
    }

    fn at(&mut self, to: &Arc<str>) -> Option<&mut Watched> {
        self.accounts.iter_mut().find(|account| account.to == *to)
    }

    /// A line was logged: losses are events there, each under an id of its own.
    pub(crate) fn logged(&mut self, line: &str) {
        if !line.contains("\"account.needs_reconnect\"") {
            return;
        }
        let line: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
        let field = |name: &str| line.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        self.told.insert((field("account_id"), field("event_id")));
    }

    /// X's token endpoint has answered a visit.
    pub(crate) fn heard(&mut self, body: &[u8], visit: VisitId) {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        if let Some(token) = body.get("refresh_token").and_then(|token| token.as_str()) {
            self.heard.insert(token.to_owned(), visit);
        }
    }

    /// How many losses of an account were told.
    fn told_losses(&self, id: &AccountId) -> usize {
        self.told.iter().filter(|(account, _)| account == id.as_str()).count()
    }

    /// A refresh token has been sealed.
    pub(crate) fn sealed(&mut self, token: &str, generation: u64) {
        self.sealed_under.entry(token.to_owned()).or_insert(generation);
    }
}

impl State {
    /// A refresh token leaves for X.
    pub(crate) fn refresh_sent(&mut self, token: &str, visit: VisitId) {
        self.verdict.counts.refreshes += 1;
        let Some((user, worth)) = self.x.tokens.worth(token) else {
            return self.violated("only X's refresh tokens are sent to it", token.to_owned());
        };
        self.note("a refresh leaves", [visit as u64, user], || format!("by visit {visit}: {token}, spent: {worth:?}"));
        if self
            .flights
            .values()
            .any(|flight| flight.asked.refreshes().is_some_and(|other| self.x.tokens.is_of(other, user)))
        {
            self.violated("at most one refresh of an account is under way", format!("{token} is sent beside another"));
        }
        if worth == Spent::Yes {
            self.spent_token_sent(token, user);
        }
    }

    fn spent_token_sent(&mut self, token: &str, user: u64) {
        self.verdict.counts.replays += 1;
        let sealed_under = self.ledger.sealed_under.get(token).copied().unwrap_or_default();
        let Some(account) = self.ledger.of_user(user) else { return };
        account.replayed.insert(token.to_owned());
        let (many, stored) = (account.replayed.len(), account.stored);
        if many > 1 {
            self.violated(
                "never two spent refresh tokens of an account are sent for one loss",
                format!("{token} is the second"),
            );
        }
        if stored.generation > sealed_under {
            let how = format!("{token} of generation {sealed_under} is sent, and {} is stored", stored.generation);
            self.violated("no refresh token is sent that is known to be spent", how);
        }
        if stored.needs_reconnect {
            self.violated("nothing is sent for an account that was given up", token.to_owned());
        }
    }

    /// An account's value has become durable.
    pub(crate) fn account_stored(&mut self, to: &Arc<str>, value: &[u8], standing: Standing) {
        let Some(account) = self.ledger.at(to) else { return };
        let (user, before) = (account.user, account.stored);
        account.stored = standing;
        if standing.generation > before.generation {
            account.replayed.clear();
            account.given_up_again = 0;
        }
        let gives_up = standing.needs_reconnect && !before.needs_reconnect;
        account.given_up += u32::from(gives_up);
        account.given_up_again += u32::from(gives_up);
        if standing.generation < before.generation {
            let how = format!("{} was stored, and now {} is", before.generation, standing.generation);
            self.violated("an account's generation never goes back", how);
        }
        if gives_up {
            self.note("an account is given up", [user, standing.generation], || to.to_string());
            let text = String::from_utf8_lossy(value).into_owned();
            if let Some(token) = self.recoverable(user, &[&text]) {
                let how = format!("{token} still works, and is in the object's storage");
                self.violated("no account is given up that could be recovered", how);
            }
        }
    }

    /// Somebody is told something that rests on this standing.
    pub(crate) fn account_told(&mut self, to: &Arc<str>, standing: Standing) {
        let Some(account) = self.ledger.at(to) else { return };
        let before = std::mem::replace(&mut account.told, standing.generation);
        if standing.generation < before {
            let how = format!("somebody was told of {before}, and now of {}", standing.generation);
            self.violated("an account's generation never goes back", how);
        }
    }

    /// A refresh token of `user` that works and stands in one of `texts`.
    fn recoverable(&self, user: u64, texts: &[&str]) -> Option<String> {
        let stands = |token: &&str| texts.iter().any(|text| text.contains(&sealed_box::inside(token)));
        self.x.tokens.good(user).find(stands).map(str::to_owned)
    }

    /// At the end: an account that was given up is lost at X too, as far as anything that perch has stored goes.
    pub(crate) fn check_given_up(&mut self, number: usize) {
        let Some(account) = self.ledger.account(number) else { return };
        let (user, given_up, again, told) =
            (account.user, account.given_up, account.given_up_again, self.ledger.told_losses(&account.id));
        let stored = self.seats.stored(Object::Account, account.id.as_str());
        let stored = String::from_utf8_lossy(stored.unwrap_or_default()).into_owned();
        let mut texts = vec![stored.as_str()];
        texts.extend(self.kv.all(self.now));
        let recoverable = self.recoverable(user, &texts);
        self.verdict.counts.lost += 1;
        let heard = self.x.tokens.good(user).find_map(|token| self.ledger.heard.get(token));
        self.verdict.counts.lost_though_heard += u64::from(heard.is_some_and(|visit| self.came_to_its_end(*visit)));
        if again != 1 {
            self.violated("a generation is given up exactly once", format!("it was {again} times"));
        }
        if told != given_up as usize {
            self.violated("a loss is told as one event", format!("there were {told} for {given_up}"));
        }
        if let Some(token) = recoverable {
            let how = format!("{token} still works, and stands in storage");
            self.violated("no account is given up that could be recovered", how);
        }
    }
}
