//! Plain HTTP to servers of this machine: every status is an answer, no redirect is followed.

use std::time::Duration;

/// An HTTP client that treats 4xx, 5xx and redirects as answers.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}
