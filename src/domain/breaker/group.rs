//! Endpoint groups of X: what fails together.

use serde::{Deserialize, Serialize};

/// A part of X's API that is up or down by itself. Each has its breaker and its retry budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The token endpoint.
    Tokens,
    /// Posting, deleting, hiding.
    TweetsWrite,
    /// Tweets, timelines, search.
    TweetsRead,
    /// Users.
    Users,
    /// Media.
    Media,
    /// Likes, retweets, bookmarks.
    Engagement,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 6] =
        [Self::Tokens, Self::TweetsWrite, Self::TweetsRead, Self::Users, Self::Media, Self::Engagement];

    /// The name, which also names the group's Durable Object.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::TweetsWrite => "tweets_write",
            Self::TweetsRead => "tweets_read",
            Self::Users => "users",
            Self::Media => "media",
            Self::Engagement => "engagement",
        }
    }

    /// A call that takes longer is slow.
    pub const fn slow_after_ms(self) -> u64 {
        match self {
            Self::Media => 60_000,
            Self::Tokens | Self::TweetsWrite | Self::TweetsRead | Self::Users | Self::Engagement => 5_000,
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
