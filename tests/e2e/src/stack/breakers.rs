//! The gateway's breakers, which outlive the fault of one test and would be felt in the next.

use std::time::Duration;

use serde_json::json;

use super::Stack;

/// What has a breaker of its own.
const GROUPS: [&str; 10] = [
    "tokens",
    "tweets_write",
    "tweets_read",
    "users",
    "media",
    "engagement",
    "direct_messages",
    "lists",
    "streams",
    "other",
];

impl Stack {
    /// Ends faults and lets every breaker begin anew.
    pub async fn calm(&self) {
        self.sandbox.clear_faults().await;
        let admin = self.admin();
        for group in GROUPS {
            let path = format!("/v1/breakers/{group}");
            let force = json!({"mode": "closed", "reason": "a test is over"});
            let _forced = admin.call(reqwest::Method::PUT, &path).json(&force).send().await.must(200);
            let _released = admin.delete(&path).await.must(200);
        }
        self.breakers_known().await;
    }

    /// No breaker opens until [`Stack::calm`].
    pub async fn hold_breakers_closed(&self) {
        let admin = self.admin();
        for group in GROUPS {
            let force = json!({"mode": "closed", "reason": "tests are about something else"});
            let call = admin.call(reqwest::Method::PUT, &format!("/v1/breakers/{group}"));
            let _forced = call.json(&force).send().await.must(200);
        }
        self.breakers_known().await;
    }

    /// Isolates go by snapshots at most a second old.
    async fn breakers_known(&self) {
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
}
