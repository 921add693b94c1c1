//! X's windows under load: 20 client applications on 5 accounts use them up, and X never has to say so.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use perch_e2e::{App, Call, Client, Stack};
use reqwest::Method;
use serde_json::json;

const ACCOUNTS: usize = 5;
const APPLICATIONS: usize = 20;
/// Likes that each application asks for: four together ask for twice what X allows.
const LIKES: usize = 25;
/// Looks at the trends: four together ask for twice what X allows.
const LOOKS: usize = 5;
const AT_ONCE: usize = 60;
/// X lets a user ask for these ten times in 15 minutes.
const TRENDS: &str = "/2/users/personalized_trends";

/// Four clients for each account, one after the other of different accounts.
async fn clients(stack: &Stack, owners: &[App]) -> Vec<Client> {
    let mut clients = Vec::new();
    for number in 0..APPLICATIONS {
        let account = &owners[number % ACCOUNTS].account;
        let terms = json!({"accounts": [account], "scopes": ["relay:read", "likes:write"]});
        let (key, _) = stack.key(terms).await;
        clients.push(stack.anonymous().with_key(&key).acting_for(account));
    }
    clients
}

/// Makes `calls`, many at once; gives how often each application was answered with which status.
async fn crowd(calls: impl Iterator<Item = (usize, Call)>) -> BTreeMap<u16, Vec<u32>> {
    let made = stream::iter(calls).map(|(application, call)| async move { (application, call.send().await.status) });
    let answers: Vec<_> = made.buffer_unordered(AT_ONCE).collect().await;
    let mut counts: BTreeMap<u16, Vec<u32>> = BTreeMap::new();
    for (application, status) in answers {
        counts.entry(status.as_u16()).or_insert_with(|| vec![0; APPLICATIONS])[application] += 1;
    }
    counts
}

async fn x_never_says_that_a_window_is_used_up(stack: &Stack) {
    let stack = stack.direct();
    let mut owners = Vec::new();
    for _ in 0..ACCOUNTS {
        owners.push(stack.app(json!({})).await);
    }
    let tweet = owners[0].client.post("/v1/tweets", &json!({"text": "liked by many"})).await.must(201).text("/data/id");
    let clients = clients(stack, &owners).await;
    let mark = stack.sandbox.mark().await;
    let rounds = |calls: usize| (0..calls * APPLICATIONS).map(|number| number % APPLICATIONS);
    let path = format!("/v1/tweets/{tweet}/like");
    let likes = crowd(rounds(LIKES).map(|one| (one, clients[one].call(Method::PUT, &path)))).await;
    let looks = crowd(rounds(LOOKS).map(|one| (one, clients[one].call(Method::GET, TRENDS)))).await;
    let ledger = stack.sandbox.ledger_since(mark).await;
    let refused = ledger.requests.iter().filter(|seen| seen.status == Some(429)).count();
    eprintln!("  likes {likes:?}");
    eprintln!("  looks {looks:?}");
    eprintln!("  X saw {} calls and answered 429 to {refused}", ledger.requests.len());
    assert_eq!(refused, 0, "X is not asked for more than it has");
    let (served, shown) = (&likes[&200], &looks[&200]);
    assert_eq!(served.iter().sum::<u32>(), 5 * 48, "all of each window but what the higher lanes keep");
    assert_eq!(shown.iter().sum::<u32>(), 5 * 10);
    assert!(served.iter().all(|one| (11..=13).contains(one)), "a quarter of 48 each, within a tenth: {served:?}");
    assert_eq!(likes.keys().chain(looks.keys()).copied().filter(|status| ![200, 429].contains(status)).count(), 0);
    let windows = owners[0].client.get(&format!("/v1/accounts/{}/windows", owners[0].account)).await.must(200).json();
    let windows = windows["data"]["windows"].as_array().cloned().unwrap_or_default();
    let window = windows.iter().find(|window| window["name"] == "POST /2/users/{id}/likes").expect("it is shown");
    assert_eq!((&window["limit"], &window["remaining"], &window["source"]), (&json!(50), &json!(2), &json!("learned")));
}

crate::trials!(x_never_says_that_a_window_is_used_up);
