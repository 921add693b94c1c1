//! Refresh tokens: each works once, and a replay may end the whole family.

use serde_json::json;

use crate::oauth2::grant::{self, Grant, Tokens};
use crate::state::State;

/// A refresh token's meaning. Spent ones are remembered, to recognise a replay.
#[derive(Debug, Clone)]
pub(crate) struct Refresh {
    pub(crate) grant: Grant,
    pub(crate) family: u64,
    /// Which refresh of its grant it came from; 0 for the first.
    pub(crate) generation: u64,
    pub(crate) spent: bool,
}

/// Trades a refresh token for a new pair. `None`: unknown, another client's, revoked, or spent.
///
/// A spent token revokes its whole family when that switch is on.
pub(crate) fn rotate(state: &mut State, client_id: &str, token: &str) -> Option<Tokens> {
    let entry = state.oauth2.refresh.get_mut(token).filter(|entry| entry.grant.client_id == client_id)?;
    let known = entry.clone();
    entry.spent = true;
    if !known.spent {
        return Some(grant::issue(state, known.grant, known.family, known.generation + 1, "token.refresh"));
    }
    let revoke = state.oauth2.switches.revoke_family_on_replay;
    let details = json!({ "family": known.family, "generation": known.generation, "family_revoked": revoke });
    state.commit("token.replay", Some(&known.grant.user_id), details);
    if revoke {
        revoke_family(state, known.family, &known.grant.user_id);
    }
    None
}

/// Ends every token of a family.
pub(crate) fn revoke_family(state: &mut State, family: u64, user_id: &str) {
    state.oauth2.access.retain(|_, access| access.family != family);
    state.oauth2.refresh.retain(|_, refresh| refresh.family != family);
    state.commit("family.revoke", Some(user_id), json!({ "family": family }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth2::code::tests::{redeemed, state};

    #[test]
    fn a_refresh_token_works_once() {
        let mut state = state();
        let first = redeemed(&mut state).refresh.unwrap();
        let second = rotate(&mut state, "perch-client", &first).unwrap().refresh.unwrap();
        assert!(rotate(&mut state, "perch-client", &first).is_none());
        assert!(rotate(&mut state, "perch-client", &second).is_some(), "the family lives on");
    }

    #[test]
    fn a_replay_revokes_the_family_when_told_to() {
        let mut state = state();
        state.oauth2.switches.revoke_family_on_replay = true;
        let first = redeemed(&mut state).refresh.unwrap();
        let second = rotate(&mut state, "perch-client", &first).unwrap();
        assert!(rotate(&mut state, "perch-client", &first).is_none());
        assert!(rotate(&mut state, "perch-client", &second.refresh.unwrap()).is_none());
        assert!(grant::access(&state, &second.access).is_none());
    }

    #[test]
    fn another_client_does_not_spend_a_refresh_token() {
        let mut state = state();
        let token = redeemed(&mut state).refresh.unwrap();
        assert!(rotate(&mut state, "perch-public", &token).is_none());
        assert!(rotate(&mut state, "perch-client", &token).is_some());
    }
}
