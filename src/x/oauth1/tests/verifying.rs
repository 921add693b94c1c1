//! The vectors again, from the other side: what was signed is found right, and nothing else is.

use proptest::prelude::*;
use url::{Url, form_urlencoded};

use super::{Vector, vectors};
use crate::x::oauth1::{
    header::{self, Presented},
    verify::{Received, X_URLS, is_signed},
};

/// A signed request as it arrives. A form counts like the query, so it stands there.
#[derive(Clone, Debug)]
struct Request {
    base: String,
    method: String,
    path: String,
    query: String,
    header: String,
}

impl Request {
    fn of(vector: &Vector) -> Self {
        let url = Url::parse(&vector.url).unwrap();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(vector.query.iter().chain(&vector.form));
        Self {
            base: url.origin().ascii_serialization(),
            method: vector.method.clone(),
            path: url.path().to_owned(),
            query: query.finish(),
            header: vector.authorization.clone(),
        }
    }

    fn presented(&self) -> Option<Presented> {
        header::parse(&self.header).ok()
    }

    fn is_signed_by(&self, vector: &Vector) -> bool {
        let received = Received { method: &self.method, path: &self.path, query: &self.query };
        let bases = [self.base.as_str()].into_iter();
        self.presented().is_some_and(|presented| is_signed(&presented, &vector.credentials(), received, bases))
    }

    /// What the request says, whichever way it is written.
    fn meaning(&self) -> (String, String, String, Vec<(String, String)>, Option<Presented>) {
        let query = form_urlencoded::parse(self.query.as_bytes()).into_owned().collect();
        (self.base.clone(), self.method.clone(), self.path.clone(), query, self.presented())
    }

    fn part(&mut self, which: usize) -> &mut String {
        match which % 5 {
            0 => &mut self.base,
            1 => &mut self.method,
            2 => &mut self.path,
            3 => &mut self.query,
            _ => &mut self.header,
        }
    }
}

/// Those that act for an account; the others ask for a request token, which perch does not give.
fn acting() -> Vec<Vector> {
    vectors().into_iter().filter(|vector| !vector.token.is_empty()).collect()
}

#[test]
fn every_vector_with_a_token_is_found_right() {
    let (acting, asking): (Vec<Vector>, Vec<Vector>) =
        vectors().into_iter().partition(|vector| !vector.token.is_empty());
    assert!(acting.len() >= 20, "{}", acting.len());
    for vector in &acting {
        assert!(Request::of(vector).is_signed_by(vector), "{}", vector.name);
    }
    for vector in &asking {
        assert!(header::parse(&vector.authorization).is_err(), "{}", vector.name);
    }
}

#[test]
fn one_of_several_base_urls_is_enough() {
    for vector in acting() {
        let request = Request::of(&vector);
        let presented = request.presented().unwrap();
        let received = Received { method: &request.method, path: &request.path, query: &request.query };
        let signed = |bases: &[&str]| is_signed(&presented, &vector.credentials(), received, bases.iter().copied());
        let slashed = format!("{}/", request.base);
        assert!(signed(&["https://perch.example", &slashed]), "{}", vector.name);
        assert!(!signed(&["https://perch.example"]) && !signed(&[]), "{}", vector.name);
    }
    let official = acting().into_iter().find(|vector| vector.name == "official-status-update-x-com").unwrap();
    assert!(X_URLS.contains(&Request::of(&official).base.as_str()));
}

#[test]
fn another_secret_signs_otherwise() {
    for vector in acting() {
        let request = Request::of(&vector);
        let consumer = Vector { consumer_secret: format!("{}x", vector.consumer_secret), ..vector.clone() };
        let token = Vector { token_secret: format!("{}x", vector.token_secret), ..vector.clone() };
        let swapped = Vector {
            consumer_secret: vector.token_secret.clone(),
            token_secret: vector.consumer_secret.clone(),
            ..vector.clone()
        };
        assert!(!request.is_signed_by(&consumer) && !request.is_signed_by(&token), "{}", vector.name);
        let same = vector.consumer_secret == vector.token_secret;
        assert_eq!(request.is_signed_by(&swapped), same, "{}", vector.name);
    }
}

/// Every byte of every part in turn, changed to every one of a few others: it is found wrong, or it says the same.
#[test]
fn no_byte_of_a_signed_request_may_differ() {
    let mut found_wrong = 0;
    for vector in acting() {
        let whole = Request::of(&vector);
        for which in 0..5 {
            for at in 0..whole.clone().part(which).len() {
                for with in ["", "a", "B", "7", "%", "+", "&", "=", "\"", " ", "/"] {
                    let mut altered = whole.clone();
                    let part = altered.part(which);
                    part.replace_range(at..=at, with);
                    if altered.meaning() != whole.meaning() {
                        assert!(!altered.is_signed_by(&vector), "{}: {altered:?}", vector.name);
                        found_wrong += 1;
                    }
                }
            }
        }
    }
    assert!(found_wrong > 10_000, "{found_wrong}");
}

#[test]
fn a_parameter_added_taken_or_repeated_is_noticed() {
    for vector in acting() {
        let whole = Request::of(&vector);
        let with = |query: String| Request { query, ..whole.clone() };
        assert!(!with(format!("{}&a=1", whole.query)).is_signed_by(&vector), "{}", vector.name);
        if let Some((first, _)) = whole.query.split_once('&') {
            assert!(!with(first.to_owned()).is_signed_by(&vector), "{}", vector.name);
            assert!(!with(format!("{first}&{}", whole.query)).is_signed_by(&vector), "{}", vector.name);
            let mut pairs: Vec<&str> = whole.query.split('&').collect();
            pairs.reverse();
            assert!(with(pairs.join("&")).is_signed_by(&vector), "{}: the order is not signed", vector.name);
        }
    }
}

proptest! {
    /// Whatever is asked for: what one side signs, the other finds right, duplicates and odd characters included.
    #[test]
    fn what_is_signed_is_found_right(
        query in proptest::collection::vec(("[a-c ]{1,2}|\\PC{1,4}", "\\PC{0,6}"), 0..5),
        path in "(/[a-zA-Z0-9._~%-]{0,6}){1,4}",
        nonce in "[!-~]{1,40}",
        timestamp_s in 1_u64..999_999_999_999,
    ) {
        let vector = Vector { nonce, timestamp: timestamp_s.to_string(), ..acting().remove(0) };
        let pairs: Vec<(&str, &str)> = query.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let url = format!("https://perch.example{path}");
        let signed = super::SignedRequest { method: "GET", url: &url, query: &pairs, ..Default::default() };
        let header = super::authorization(&vector.credentials(), &signed, &vector.nonce, timestamp_s);
        let mut written = form_urlencoded::Serializer::new(String::new());
        written.extend_pairs(&pairs);
        let request = Request {
            base: "https://perch.example".to_owned(), method: "GET".to_owned(), path, query: written.finish(), header,
        };
        prop_assert!(request.is_signed_by(&vector), "{request:?}");
        let elsewhere = Request { path: format!("{}x", request.path), ..request };
        prop_assert!(!elsewhere.is_signed_by(&vector));
    }
}
