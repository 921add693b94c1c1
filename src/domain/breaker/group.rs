//! Endpoint groups of X: what fails together.

use serde::{Deserialize, Serialize};

/// A part of X's API that is up or down by itself. Each has its breaker and its retry budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The token endpoint.
    Tokens,
    /// Posting, deleting.
    TweetsWrite,
    /// Tweets, timelines, search.
    TweetsRead,
    /// Users.
    Users,
    /// Media.
    Media,
    /// Likes, retweets, bookmarks, hidden replies.
    Engagement,
    /// Direct messages and encrypted chats.
    DirectMessages,
    /// Lists.
    Lists,
    /// Streams, their rules and connections.
    Streams,
    /// Everything else: spaces, trends, webhooks, compliance, broadcasts and so on.
    Other,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 10] = [
        Self::Tokens,
        Self::TweetsWrite,
        Self::TweetsRead,
        Self::Users,
        Self::Media,
        Self::Engagement,
        Self::DirectMessages,
        Self::Lists,
        Self::Streams,
        Self::Other,
    ];

    /// The name, which also names the group's Durable Object.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::TweetsWrite => "tweets_write",
            Self::TweetsRead => "tweets_read",
            Self::Users => "users",
            Self::Media => "media",
            Self::Engagement => "engagement",
            Self::DirectMessages => "direct_messages",
            Self::Lists => "lists",
            Self::Streams => "streams",
            Self::Other => "other",
        }
    }

    /// A call that takes longer is slow. A stream takes as long as it takes to begin: X may wait for the first line, and sends an
    /// empty one after 20 s.
    pub const fn slow_after_ms(self) -> u64 {
        match self {
            Self::Media => 60_000,
            Self::Streams => 25_000,
            _ => 5_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_serialized_form() {
        for group in Group::ALL {
            assert_eq!(serde_json::to_value(group).unwrap(), group.as_str());
        }
    }
}
