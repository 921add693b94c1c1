//! The body of `POST /2/tweets` as a caller sends it: every member of X's, none of them checked but for its type.
//!
//! Source: X API v2, schema `CreatePostsRequest` (spec 2.167), which allows no other members. Ids are plain strings here,
//! so that a malformed one is reported together with whatever else is wrong.

use serde::{Deserialize, Serialize};

/// A tweet to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TweetBody {
    /// Required unless `media` is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The tweet this one answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// The tweet this one quotes. X allows it on Enterprise plans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_tweet_id: Option<String>,
    /// Pictures, a GIF or a video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<TweetMedia>,
    /// A poll.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Who may reply: `following`, `mentionedUsers`, `subscribers` or `verified`; everyone when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_settings: Option<String>,
    /// The community the tweet goes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community_id: Option<String>,
    /// Show a tweet to a community or to subscribers to all followers too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share_with_followers: Option<bool>,
    /// Show it to subscribers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub for_super_followers_only: Option<bool>,
    /// Keep it off the public timeline (for advertisements).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nullcast: Option<bool>,
    /// A link that opens a conversation by direct message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direct_message_deep_link: Option<String>,
    /// A card made before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_uri: Option<String>,
    /// A place. X ignores it while the account has places switched off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo: Option<Geo>,
    /// The tweet this one replaces (Premium).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edit_options: Option<EditOptions>,
    /// Label: made with AI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub made_with_ai: Option<bool>,
    /// Label: paid partnership.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_partnership: Option<bool>,
}

/// What a tweet answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The tweet.
    pub in_reply_to_tweet_id: String,
    /// Users of the conversation who shall not be mentioned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_reply_user_ids: Option<Vec<String>>,
    /// X takes it and does nothing with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_populate_reply_metadata: Option<bool>,
}

/// What is attached to a tweet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TweetMedia {
    /// One to four uploads.
    pub media_ids: Vec<String>,
    /// Up to ten users tagged in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tagged_user_ids: Option<Vec<String>>,
    /// A title for a video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A description for a video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether others may embed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub embeddable: Option<bool>,
    /// The upload shown as preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview_media_id: Option<String>,
    /// One button below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call_to_actions: Option<CallToActions>,
}

/// The button below a video: one of these at most.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallToActions {
    /// Opens a site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub visit_site: Option<Link>,
    /// Opens a video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watch_now: Option<Link>,
    /// Installs an app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_install: Option<AppInstall>,
}

/// Where a button leads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// An `https` URL.
    pub url: String,
}

/// An app, by its id in one store or more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppInstall {
    /// App Store, iPhone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_store_id: Option<String>,
    /// App Store, iPad.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipad_app_store_id: Option<String>,
    /// Google Play.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub play_store_id: Option<String>,
}

/// A poll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Poll {
    /// Two to four choices of 1 to 25 characters.
    pub options: Vec<String>,
    /// 5 minutes to 7 days (10,080 minutes).
    pub duration_minutes: i64,
    /// X takes it and does nothing with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_settings: Option<String>,
}

/// A place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geo {
    /// X's id of the place.
    pub place_id: String,
}

/// An edit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EditOptions {
    /// The tweet that is replaced.
    pub previous_post_id: String,
}
