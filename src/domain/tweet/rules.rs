//! The rules of a tweet's form, one function each member.
//!
//! Sources: X API v2, schema `CreatePostsRequest` (spec 2.167) for counts, lengths and values; spec 2.165 for which
//! members exclude each other.

use super::{
    AppInstall, CallToActions, FieldError, Link, Poll, Reply, Rule, TextMeasure, TweetBody, TweetMedia, ids::is_x_id,
};

const REPLY_SETTINGS: [&str; 4] = ["following", "mentionedUsers", "subscribers", "verified"];

/// The longest choice of a poll, in characters.
const LONGEST_OPTION: usize = 25;

/// Every rule `body` breaks, where its text is of `text`.
pub(super) fn broken(body: &TweetBody, text: &TextMeasure, max_weighted: u32) -> Vec<FieldError> {
    let mut check = Check::default();
    check.text(body, text, max_weighted);
    check.given("reply", body.reply.as_ref(), Check::reply);
    check.optional_id("quote_tweet_id", body.quote_tweet_id.as_deref());
    check.given("media", body.media.as_ref(), Check::media);
    check.given("poll", body.poll.as_ref(), Check::poll);
    check.reply_settings("reply_settings", body.reply_settings.as_deref());
    check.optional_id("community_id", body.community_id.as_deref());
    check.not_empty("direct_message_deep_link", body.direct_message_deep_link.as_deref());
    check.not_empty("card_uri", body.card_uri.as_deref());
    check.not_empty("geo.place_id", body.geo.as_ref().map(|geo| geo.place_id.as_str()));
    check.optional_id("edit_options.previous_post_id", body.edit_options.as_ref().map(|e| e.previous_post_id.as_str()));
    check.attachments(body);
    check.broken
}

#[derive(Default)]
struct Check {
    broken: Vec<FieldError>,
}

impl Check {
    fn refuse(&mut self, field: impl Into<String>, rule: Rule, message: impl Into<String>) {
        self.broken.push(FieldError { field: field.into(), rule, message: message.into() });
    }

    fn given<T>(&mut self, field: &str, value: Option<&T>, rule: fn(&mut Self, &str, &T)) {
        if let Some(value) = value {
            rule(self, field, value);
        }
    }

    fn text(&mut self, body: &TweetBody, measure: &TextMeasure, max_weighted: u32) {
        match body.text.as_deref() {
            None if body.media.is_none() => self.refuse("text", Rule::Required, "give a text, or media"),
            Some(text) if body.media.is_none() && text.trim().is_empty() => {
                self.refuse("text", Rule::Empty, "a text without media needs more than white space");
            }
            _ => {}
        }
        if measure.weighted > max_weighted {
            let message = format!("weighs {} of at most {max_weighted}", measure.weighted);
            self.refuse("text", Rule::TooLong, message);
        }
        if measure.forbidden_characters {
            self.refuse("text", Rule::ForbiddenCharacter, "remove U+FEFF, U+FFFE and U+FFFF");
        }
    }

    fn reply(&mut self, field: &str, reply: &Reply) {
        self.id(format!("{field}.in_reply_to_tweet_id"), &reply.in_reply_to_tweet_id);
        self.ids(&format!("{field}.exclude_reply_user_ids"), reply.exclude_reply_user_ids.as_deref());
    }

    fn media(&mut self, field: &str, media: &TweetMedia) {
        let media_ids = format!("{field}.media_ids");
        self.count(&media_ids, media.media_ids.len(), 1, 4);
        self.ids(&media_ids, Some(&media.media_ids));
        let tagged = format!("{field}.tagged_user_ids");
        self.count(&tagged, media.tagged_user_ids.as_ref().map_or(0, Vec::len), 0, 10);
        self.ids(&tagged, media.tagged_user_ids.as_deref());
        self.optional_id(&format!("{field}.preview_media_id"), media.preview_media_id.as_deref());
        self.given(&format!("{field}.call_to_actions"), media.call_to_actions.as_ref(), Self::call_to_actions);
    }

    fn call_to_actions(&mut self, field: &str, actions: &CallToActions) {
        let CallToActions { visit_site, watch_now, app_install } = actions;
        let given = [visit_site.is_some(), watch_now.is_some(), app_install.is_some()];
        if given.into_iter().filter(|given| *given).count() > 1 {
            self.refuse(field, Rule::Exclusive, "give one of visit_site, watch_now and app_install");
        }
        self.given(&format!("{field}.visit_site.url"), visit_site.as_ref(), Self::link);
        self.given(&format!("{field}.watch_now.url"), watch_now.as_ref(), Self::link);
        self.given(&format!("{field}.app_install"), app_install.as_ref(), Self::app_install);
    }

    fn link(&mut self, field: &str, link: &Link) {
        if !url::Url::parse(&link.url).is_ok_and(|url| url.scheme() == "https") {
            self.refuse(field, Rule::MalformedUrl, "give a whole URL that starts with https://");
        }
    }

    fn app_install(&mut self, field: &str, app: &AppInstall) {
        let stores = [&app.app_store_id, &app.ipad_app_store_id, &app.play_store_id];
        if stores.into_iter().flatten().all(|id| id.trim().is_empty()) {
            self.refuse(field, Rule::Required, "give the id of the app in one store at least");
        }
    }

    fn poll(&mut self, field: &str, poll: &Poll) {
        let options = format!("{field}.options");
        self.count(&options, poll.options.len(), 2, 4);
        for (index, option) in poll.options.iter().enumerate() {
            self.option(format!("{options}[{index}]"), option);
        }
        if !(5..=10_080).contains(&poll.duration_minutes) {
            let message = format!("is {} minutes, not 5 to 10080", poll.duration_minutes);
            self.refuse(format!("{field}.duration_minutes"), Rule::Range, message);
        }
        self.reply_settings(&format!("{field}.reply_settings"), poll.reply_settings.as_deref());
    }

    fn option(&mut self, field: String, option: &str) {
        let length = option.chars().count();
        if option.trim().is_empty() {
            self.refuse(field, Rule::Empty, "a choice needs more than white space");
        } else if length > LONGEST_OPTION {
            self.refuse(field, Rule::TooLong, format!("has {length} of at most {LONGEST_OPTION} characters"));
        }
    }

    fn reply_settings(&mut self, field: &str, value: Option<&str>) {
        if value.is_some_and(|value| !REPLY_SETTINGS.contains(&value)) {
            let message = format!("give one of {}, or leave it out for everyone", REPLY_SETTINGS.join(", "));
            self.refuse(field, Rule::UnknownValue, message);
        }
    }

    /// What is shown below the text: one thing only.
    fn attachments(&mut self, body: &TweetBody) {
        let card = ("card_uri", body.card_uri.is_some());
        let of_one_place = [
            ("media", body.media.is_some()),
            ("poll", body.poll.is_some()),
            ("quote_tweet_id", body.quote_tweet_id.is_some()),
            card,
        ];
        self.exclusive(&of_one_place);
        self.exclusive(&[card, ("direct_message_deep_link", body.direct_message_deep_link.is_some())]);
    }

    /// Keeps the first of `members` that is given, refuses the others.
    fn exclusive(&mut self, members: &[(&str, bool)]) {
        let mut given = members.iter().filter(|(_, given)| *given).map(|(member, _)| *member);
        let Some(first) = given.next() else { return };
        for other in given {
            self.refuse(other, Rule::Exclusive, format!("cannot be given together with {first}"));
        }
    }

    fn count(&mut self, field: &str, count: usize, least: usize, most: usize) {
        if !(least..=most).contains(&count) {
            self.refuse(field, Rule::Count, format!("has {count} entries, not {least} to {most}"));
        }
    }

    fn not_empty(&mut self, field: &str, value: Option<&str>) {
        if value.is_some_and(|value| value.trim().is_empty()) {
            self.refuse(field, Rule::Empty, "give a value, or leave it out");
        }
    }

    fn optional_id(&mut self, field: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.id(field, value);
        }
    }

    fn ids(&mut self, field: &str, values: Option<&[String]>) {
        for (index, value) in values.unwrap_or_default().iter().enumerate() {
            self.id(format!("{field}[{index}]"), value);
        }
    }

    fn id(&mut self, field: impl Into<String>, value: &str) {
        if !is_x_id(value) {
            self.refuse(field, Rule::MalformedId, "give an id as a string of 1 to 19 digits");
        }
    }
}
