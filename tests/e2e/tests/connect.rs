//! Connecting an X account, as a browser goes through it.

use perch_e2e::{Client, Page, Stack};
use serde_json::{Value, json};
use url::Url;

const RETURN_URI: &str = "http://localhost:9/connected";

async fn a_person_at_a_terminal_connects_an_account(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    let (key, _) = stack.key(json!({})).await;
    let client = stack.anonymous().with_key(&key);
    let (user, username) = stack.new_user();
    let url = begin(&client, json!({"label": "press"})).await;
    let page = stack.browser().follow(&url, stack.agreeing(&username)).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&username), "the page names the account");
    assert!(page.url.path() == "/connect/callback", "{}", page.url.path());

    let accounts = client.get("/v1/accounts").await.must(200).json();
    assert_eq!(accounts["data"].as_array().map(Vec::len), Some(1), "only its own: {accounts}");
    assert_eq!(accounts["data"][0]["x_user_id"], *user);
    assert_eq!(accounts["data"][0]["label"], "press");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.effects_of("code.issue", &user).count(), 1);
    assert_eq!(ledger.effects_of("token.issue", &user).count(), 1);
    let authorize = ledger.requests_to("GET", "/i/oauth2/authorize").next().expect("X was asked");
    assert!(authorize.query.contains("code_challenge_method=S256"));
}

async fn a_client_application_redeems_its_connect_code_once(stack: &Stack) {
    let (client, url) = application(stack, json!({"return_uri": RETURN_URI, "state": "s&1"})).await;
    let (user, username) = stack.new_user();
    let page = stack.browser().follow(&url, stack.agreeing(&username)).await;
    let returned = returned(&page);
    assert!(returned.as_str().starts_with(RETURN_URI));
    assert_eq!(parameter(&returned, "state").as_deref(), Some("s&1"));
    let before = client.get("/v1/accounts").await.must(200).json();
    assert_eq!(before["meta"]["result_count"], 0, "nothing is granted before the code is redeemed");

    let code = json!({"connect_code": parameter(&returned, "connect_code").expect("a connect code")});
    let (other, _) = stack.key(json!({})).await;
    let thief = stack.anonymous().with_key(&other);
    let _refused = thief.post("/v1/connect/redeem", &code).await.must_be_problem(400, "attempt-invalid");
    let redeemed = client.post("/v1/connect/redeem", &code).await.must(200);
    assert_eq!(redeemed.text("/data/x_user_id"), user);
    let _replayed = client.post("/v1/connect/redeem", &code).await.must_be_problem(400, "attempt-invalid");
    let account = redeemed.text("/data/id");
    let _tweeted = client.acting_for(&account).post("/v1/tweets", &json!({"text": "connected"})).await.must(201);
}

async fn who_declines_is_not_connected(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    stack.sandbox.control("consent", &json!({"mode": "deny"})).await;
    let (_, url) = application(stack, json!({"return_uri": RETURN_URI})).await;
    let page = stack.browser().follow(&url, stays(stack)).await;
    assert_eq!(parameter(&returned(&page), "error").as_deref(), Some("access_denied"));
    let (_, url) = application(stack, json!({})).await;
    let page = stack.browser().follow(&url, stays(stack)).await;
    stack.sandbox.control("consent", &json!({"mode": "page"})).await;
    assert_eq!(page.status, 403);
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert!(ledger.effects.is_empty(), "X issued nothing: {:?}", ledger.effects);
}

async fn a_callback_works_once(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    let (_, url) = application(stack, json!({})).await;
    let (user, username) = stack.new_user();
    let mut browser = stack.browser();
    let page = browser.follow(&url, stack.agreeing(&username)).await;
    assert_eq!(page.status, 200);
    let again = browser.open(&page.url).await;
    assert_eq!(again.status, 400, "a second callback is refused");
    assert!(again.body.contains("attempt-invalid"));
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests_to("POST", "/2/oauth2/token").count(), 1);
    assert_eq!(ledger.effects_of("token.issue", &user).count(), 1);
    assert_eq!(ledger.effects_of("family.revoke", &user).count(), 0, "a replay harms nobody");
}

async fn an_attempt_belongs_to_the_browser_that_opened_it(stack: &Stack) {
    let mark = stack.sandbox.mark().await;
    let (_, url) = application(stack, json!({})).await;
    let (_, username) = stack.new_user();
    let mut victim = stack.browser();
    let sandbox = stack.sandbox.base().to_owned();
    let mut agree = stack.agreeing(&username);
    // The victim's browser stops before it brings X's code back.
    let page = victim.follow(&url, |next| next.as_str().starts_with(&sandbox) && agree(next)).await;
    let callback = page.location.expect("X sends the browser back");
    let mut thief = stack.browser();
    let _own_attempt = thief.open(&begin(&admin_like(stack).await, json!({})).await).await;
    for browser in [&mut stack.browser(), &mut thief] {
        let page = browser.open(&callback).await;
        assert_eq!(page.status, 400, "a browser without the attempt's cookie is refused");
    }
    let second = stack.browser().open(&url).await;
    assert_eq!(second.status, 400, "the attempt is bound already");
    assert_eq!(victim.open(&callback).await.status, 200, "refusals do not use the attempt up");
    let ledger = stack.sandbox.ledger_since(mark).await;
    assert_eq!(ledger.requests_to("POST", "/2/oauth2/token").count(), 1);
}

async fn an_unknown_attempt_and_a_foreign_return_address_are_refused(stack: &Stack) {
    let base = stack.anonymous().base().to_owned();
    for path in ["/connect/unknown", "/connect/callback", "/connect/callback?state=a&code=b"] {
        let page = stack.browser().open(&Url::parse(&format!("{base}{path}")).expect("an address")).await;
        assert_eq!(page.status, 400, "{path}");
        assert!(page.location.is_none());
    }
    let client = admin_like(stack).await;
    let wish = json!({"return_uri": "https://attacker.example/"});
    let _refused = client.post("/v1/connect", &wish).await.must_be_problem(422, "invalid-fields");
}

async fn the_cookie_is_for_perch_alone(stack: &Stack) {
    let (_, url) = application(stack, json!({})).await;
    let page = stack.browser().open(&url).await;
    assert_eq!(page.status, 303);
    let cookie = page.cookies.first().cloned().unwrap_or_default();
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.contains(attribute), "the cookie has {attribute}");
    }
}

/// A key that may return to the application's address, and an attempt begun with it.
async fn application(stack: &Stack, wish: Value) -> (Client, Url) {
    let client = admin_like(stack).await;
    let url = begin(&client, wish).await;
    (client, url)
}

async fn admin_like(stack: &Stack) -> Client {
    let (key, _) = stack.key(json!({"return_uris": [RETURN_URI]})).await;
    stack.anonymous().with_key(&key)
}

async fn begin(client: &Client, wish: Value) -> Url {
    let begun = client.post("/v1/connect", &wish).await.must(201);
    Url::parse(&begun.text("/data/url")).expect("an address to open")
}

/// Follows redirects between the gateway and X, and not to anybody else.
fn stays(stack: &Stack) -> impl FnMut(&mut Url) -> bool + use<> {
    let (sandbox, gateway) = (stack.sandbox.base().to_owned(), stack.anonymous().base().to_owned());
    move |url| url.as_str().starts_with(&sandbox) || url.as_str().starts_with(&gateway)
}

/// Where the browser is sent in the end.
fn returned(page: &Page) -> Url {
    assert_eq!(page.status, 303, "the browser is sent back to the application");
    page.location.clone().expect("an address")
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

crate::trials!(
    a_person_at_a_terminal_connects_an_account,
    a_client_application_redeems_its_connect_code_once,
    who_declines_is_not_connected,
    a_callback_works_once,
    an_attempt_belongs_to_the_browser_that_opened_it,
    an_unknown_attempt_and_a_foreign_return_address_are_refused,
    the_cookie_is_for_perch_alone,
);
