//! Single tweets.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::domain::tweet::TweetId;

#[test]
fn what_was_given_is_sent_and_nothing_else() {
    for given in [json!({ "text": "hi" }), rich(), json!({ "media": { "media_ids": ["1"] } })] {
        assert_eq!(serde_json::to_value(check(given.clone()).unwrap()).unwrap(), given);
    }
}

#[test]
fn a_member_x_does_not_know_is_no_body() {
    for json in [r#"{"text":"a","txt":"b"}"#, r#"{"text":"a","reply":{"in_reply_to_tweet_id":"1","to":"2"}}"#] {
        assert!(serde_json::from_str::<TweetBody>(json).is_err());
    }
    assert!(serde_json::from_str::<TweetBody>(r#"{"text":"a","text":"b"}"#).is_err(), "a member twice");
}

#[test]
fn a_tweet_needs_a_text_or_media() {
    assert_eq!(broken(check(json!({}))), one("text", Rule::Required));
    for blank in ["", " ", "\n\t\u{3000}"] {
        assert_eq!(broken(check(json!({ "text": blank }))), one("text", Rule::Empty));
        assert!(check(json!({ "text": blank, "media": { "media_ids": ["1"] } })).is_ok());
    }
}

#[test]
fn the_text_is_as_long_as_the_account_may_post() {
    let text = |length| json!({ "text": "a".repeat(length) });
    assert!(check(text(280)).is_ok());
    assert_eq!(broken(check(text(281))), one("text", Rule::TooLong));
    assert!(TweetDraft::check(body(text(25_000)), measure, 25_000).is_ok());
}

#[test]
fn the_text_holds_no_forbidden_character() {
    assert_eq!(broken(check(json!({ "text": "a\u{FEFF}b" }))), one("text", Rule::ForbiddenCharacter));
}

#[test]
fn ids_are_digits_wherever_they_stand() {
    let json = json!({
        "text": "a",
        "reply": { "in_reply_to_tweet_id": "x", "exclude_reply_user_ids": ["1", ""] },
        "media": { "media_ids": ["1", "12345678901234567890"], "tagged_user_ids": ["@me"], "preview_media_id": "-1" },
        "community_id": "1 ",
        "edit_options": { "previous_post_id": "" },
    });
    let fields: Vec<_> = broken(check(json)).into_iter().collect();
    assert!(fields.iter().all(|(_, rule)| *rule == Rule::MalformedId));
    let fields: Vec<_> = fields.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "reply.in_reply_to_tweet_id",
            "reply.exclude_reply_user_ids[1]",
            "media.media_ids[1]",
            "media.tagged_user_ids[0]",
            "media.preview_media_id",
            "community_id",
            "edit_options.previous_post_id",
        ]
    );
    assert_eq!(broken(check(json!({ "text": "a", "quote_tweet_id": "q" }))), one("quote_tweet_id", Rule::MalformedId));
}

#[test]
fn media_are_one_to_four_with_ten_people_at_most() {
    let media = |media: usize, tagged: usize| json!({ "media": { "media_ids": vec!["1"; media], "tagged_user_ids": vec!["1"; tagged] } });
    assert!(check(media(1, 0)).is_ok());
    assert!(check(media(4, 10)).is_ok());
    assert_eq!(broken(check(media(0, 0))), one("media.media_ids", Rule::Count));
    assert_eq!(broken(check(media(5, 0))), one("media.media_ids", Rule::Count));
    assert_eq!(broken(check(media(1, 11))), one("media.tagged_user_ids", Rule::Count));
}

#[test]
fn media_have_one_call_to_action() {
    let media = |actions: Value| json!({ "media": { "media_ids": ["1"], "call_to_actions": actions } });
    let link = json!({ "url": "https://example.com" });
    assert!(check(media(json!({}))).is_ok());
    assert!(check(media(json!({ "app_install": { "play_store_id": "com.example" } }))).is_ok());
    assert_eq!(
        broken(check(media(json!({ "visit_site": link, "watch_now": link })))),
        one("media.call_to_actions", Rule::Exclusive)
    );
    assert_eq!(
        broken(check(media(json!({ "app_install": { "app_store_id": " " } })))),
        one("media.call_to_actions.app_install", Rule::Required)
    );
    for url in ["http://example.com", "example.com", "https://", "javascript:alert(1)"] {
        let found = broken(check(media(json!({ "watch_now": { "url": url } }))));
        assert_eq!(found, one("media.call_to_actions.watch_now.url", Rule::MalformedUrl), "{url}");
    }
}

#[test]
fn a_poll_has_two_to_four_choices_of_1_to_25_characters() {
    let poll = |options: Vec<&str>| json!({ "text": "?", "poll": { "options": options, "duration_minutes": 60 } });
    let (longest, too_long) = ("é".repeat(25), "é".repeat(26));
    assert!(check(poll(vec!["a", &longest])).is_ok());
    assert!(check(poll(vec!["a", "b", "c", "d"])).is_ok());
    assert_eq!(broken(check(poll(vec!["a"]))), one("poll.options", Rule::Count));
    assert_eq!(broken(check(poll(vec!["a", "b", "c", "d", "e"]))), one("poll.options", Rule::Count));
    assert_eq!(broken(check(poll(vec!["a", "b", &too_long]))), one("poll.options[2]", Rule::TooLong));
    assert_eq!(broken(check(poll(vec!["a", " "]))), one("poll.options[1]", Rule::Empty));
}

#[test]
fn a_poll_lasts_five_minutes_to_seven_days() {
    let poll = |minutes: i64| json!({ "text": "?", "poll": { "options": ["a", "b"], "duration_minutes": minutes } });
    for (minutes, is_ok) in [(-1, false), (4, false), (5, true), (10_080, true), (10_081, false)] {
        let expected = if is_ok { vec![] } else { one("poll.duration_minutes", Rule::Range) };
        assert_eq!(broken(check(poll(minutes))), expected, "{minutes}");
    }
}

#[test]
fn who_may_reply_is_one_of_four() {
    for value in ["following", "mentionedUsers", "subscribers", "verified"] {
        assert!(check(json!({ "text": "a", "reply_settings": value })).is_ok());
    }
    for value in ["everyone", "Following", ""] {
        let found = broken(check(json!({ "text": "a", "reply_settings": value })));
        assert_eq!(found, one("reply_settings", Rule::UnknownValue));
    }
    let poll = json!({ "options": ["a", "b"], "duration_minutes": 5, "reply_settings": "all" });
    let found = broken(check(json!({ "text": "a", "poll": poll })));
    assert_eq!(found, one("poll.reply_settings", Rule::UnknownValue));
}

#[test]
fn media_poll_quote_and_card_exclude_each_other() {
    let members = [
        ("media", json!({ "media_ids": ["1"] })),
        ("poll", json!({ "options": ["a", "b"], "duration_minutes": 5 })),
        ("quote_tweet_id", json!("1")),
        ("card_uri", json!("card://1")),
    ];
    for (first, (member, value)) in members.iter().enumerate() {
        for (other, other_value) in members.iter().skip(first + 1) {
            let found = broken(check(json!({ "text": "a", *member: value, *other: other_value })));
            assert_eq!(found, one(other, Rule::Exclusive), "{member} and {other}");
        }
    }
    let found =
        broken(check(json!({ "text": "a", "card_uri": "card://1", "direct_message_deep_link": "https://x.com" })));
    assert_eq!(found, one("direct_message_deep_link", Rule::Exclusive));
}

#[test]
fn what_is_given_is_not_blank() {
    for (field, json) in [
        ("card_uri", json!({ "text": "a", "card_uri": "" })),
        ("direct_message_deep_link", json!({ "text": "a", "direct_message_deep_link": " " })),
        ("geo.place_id", json!({ "text": "a", "geo": { "place_id": "" } })),
    ] {
        assert_eq!(broken(check(json)), one(field, Rule::Empty));
    }
}

#[test]
fn all_faults_are_named_at_once() {
    let json = json!({
        "text": "a".repeat(300),
        "quote_tweet_id": "x",
        "poll": { "options": ["", "b"], "duration_minutes": 1 },
        "reply_settings": "nobody",
    });
    let found = broken(check(json));
    let expected = [
        ("text", Rule::TooLong),
        ("quote_tweet_id", Rule::MalformedId),
        ("poll.options[0]", Rule::Empty),
        ("poll.duration_minutes", Rule::Range),
        ("reply_settings", Rule::UnknownValue),
        ("quote_tweet_id", Rule::Exclusive),
    ];
    assert_eq!(found, expected.map(|(field, rule)| (field.to_owned(), rule)));
}

#[test]
fn an_error_is_written_for_programs_and_people() {
    let errors = check(json!({ "text": "a", "community_id": "x" })).unwrap_err();
    assert_eq!(
        serde_json::to_value(errors).unwrap(),
        json!([{
            "field": "community_id",
            "rule": "malformed_id",
            "message": "give an id as a string of 1 to 19 digits",
        }])
    );
}

#[test]
fn a_draft_tells_what_others_ask_of_it() {
    let draft = check(rich()).unwrap();
    assert_eq!(draft.text(), "hello https://example.com");
    assert_eq!(draft.urls(), 1);
    assert_eq!(draft.in_reply_to(), Some("20"));
    assert_eq!(draft.media_ids(), ["1", "2", "3", "4"]);
    let silent = check(json!({ "media": { "media_ids": ["9"] } })).unwrap();
    assert_eq!((silent.text(), silent.in_reply_to()), ("", None));
}

#[test]
fn a_draft_becomes_an_answer() {
    let draft = check(json!({ "text": "second" })).unwrap().replying_to(&TweetId::parse("20").unwrap());
    let sent = serde_json::to_value(&draft).unwrap();
    assert_eq!(sent, json!({ "text": "second", "reply": { "in_reply_to_tweet_id": "20" } }));
    assert!(TweetDraft::check(draft.into_body(), measure, 280).is_ok());
}

/// Bodies of which some are right and some are not.
fn bodies() -> impl Strategy<Value = TweetBody> {
    let id = "[0-9]{1,20}|x";
    let media = (prop::collection::vec(id, 0..6), prop::option::of(prop::collection::vec(id, 0..3)))
        .prop_map(|(media_ids, tagged_user_ids)| json!({ "media_ids": media_ids, "tagged_user_ids": tagged_user_ids }));
    let poll = (prop::collection::vec("[a-z ]{0,27}", 1..6), 0_i64..11_000)
        .prop_map(|(options, minutes)| json!({ "options": options, "duration_minutes": minutes }));
    let text = prop::option::of("\\PC{0,300}");
    let rest = (prop::option::of(id), prop::option::of("following|all"), prop::option::of(id));
    (text, prop::option::of(media), prop::option::weighted(0.2, poll), rest).prop_map(
        |(text, media, poll, (community_id, reply_settings, parent))| {
            let reply = parent.map(|id| json!({ "in_reply_to_tweet_id": id }));
            body(json!({
                "text": text, "media": media, "poll": poll, "reply": reply,
                "community_id": community_id, "reply_settings": reply_settings,
            }))
        },
    )
}

proptest! {
    #[test]
    fn a_checked_draft_checks_again_and_survives_json(body in bodies()) {
        if let Ok(draft) = TweetDraft::check(body, measure, 280) {
            let read: TweetBody = serde_json::from_slice(&serde_json::to_vec(&draft).unwrap()).unwrap();
            prop_assert_eq!(TweetDraft::check(read, measure, 280), Ok(draft.clone()));
            prop_assert_eq!(TweetDraft::check(draft.clone().into_body(), measure, 280), Ok(draft));
        }
    }
}
