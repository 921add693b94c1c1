//! Who liked, retweeted and bookmarked what, and which replies are hidden.

pub(crate) mod mark;

use std::collections::HashMap;
use std::collections::HashSet;

/// A relation between users and tweets that keeps the order in which it was made.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    by_user: HashMap<String, Vec<u64>>,
    by_tweet: HashMap<u64, Vec<String>>,
}

impl Marks {
    /// Adds the mark; `false` when it was there.
    pub(crate) fn add(&mut self, user_id: &str, tweet_id: u64) -> bool {
        let users = self.by_tweet.entry(tweet_id).or_default();
        if users.iter().any(|user| user == user_id) {
            return false;
        }
        users.push(user_id.to_owned());
        self.by_user.entry(user_id.to_owned()).or_default().push(tweet_id);
        true
    }

    /// Takes the mark away; `false` when there was none.
    pub(crate) fn remove(&mut self, user_id: &str, tweet_id: u64) -> bool {
        let Some(users) = self.by_tweet.get_mut(&tweet_id) else {
            return false;
        };
        let before = users.len();
        users.retain(|user| user != user_id);
        let removed = users.len() < before;
        if let Some(tweets) = self.by_user.get_mut(user_id) {
            tweets.retain(|tweet| *tweet != tweet_id);
        }
        removed
    }

    /// Tweets the user marked, oldest mark first.
    pub(crate) fn by_user(&self, user_id: &str) -> &[u64] {
        self.by_user.get(user_id).map_or(&[], Vec::as_slice)
    }

    /// Users who marked the tweet, oldest mark first.
    pub(crate) fn of_tweet(&self, tweet_id: u64) -> &[String] {
        self.by_tweet.get(&tweet_id).map_or(&[], Vec::as_slice)
    }

    fn forget(&mut self, tweet_id: u64) {
        for user in self.by_tweet.remove(&tweet_id).unwrap_or_default() {
            if let Some(tweets) = self.by_user.get_mut(&user) {
                tweets.retain(|tweet| *tweet != tweet_id);
            }
        }
    }
}

/// Everything users did to tweets.
#[derive(Debug, Default)]
pub(crate) struct Engagement {
    pub(crate) likes: Marks,
    pub(crate) retweets: Marks,
    pub(crate) bookmarks: Marks,
    pub(crate) hidden_replies: HashSet<u64>,
}

impl Engagement {
    /// Forgets a tweet that was deleted.
    pub(crate) fn forget(&mut self, tweet_id: u64) {
        self.likes.forget(tweet_id);
        self.retweets.forget(tweet_id);
        self.bookmarks.forget(tweet_id);
        self.hidden_replies.remove(&tweet_id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_made_once_and_removed_once() {
        let mut marks = Marks::default();
        assert!(marks.add("1", 10));
        assert!(!marks.add("1", 10));
        assert!(marks.add("2", 10));
        assert_eq!(marks.of_tweet(10), ["1", "2"]);
        assert!(marks.remove("1", 10));
        assert!(!marks.remove("1", 10));
        assert_eq!(marks.by_user("1"), [0_u64; 0]);
    }

    #[test]
    fn a_deleted_tweet_leaves_no_marks() {
        let mut engagement = Engagement::default();
        engagement.likes.add("1", 10);
        engagement.forget(10);
        assert!(engagement.likes.by_user("1").is_empty());
        assert!(engagement.likes.of_tweet(10).is_empty());
    }
}
