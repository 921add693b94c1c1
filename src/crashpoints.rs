//! Named points at which a test kills the process. They exist only with the feature `crashpoints`, which nothing that is deployed has:
//! without it [`crashpoint!`] leaves not a byte.
//!
//! At a point the gateway asks the sandbox whether to go on, `POST {X_API_URL}/_cp/{point}?subject=…`, and waits for the answer. One
//! that is armed is never answered; the test sees that it was reached and kills.

/// Stops at a named point on behalf of a subject: an account's id, or whatever the test can name.
///
/// In a use case: `crashpoint!(context, "refresh.before-lease", account.as_str())`. Only where one may await and no borrow is held.
#[cfg(feature = "crashpoints")]
macro_rules! crashpoint {
    ($context:expr, $point:literal, $subject:expr) => {
        $crate::crashpoints::pass(&*$context.ports.upstream, &$context.config.x.api_url, $point, $subject).await
    };
}

/// Nothing: this build has no crash points.
#[cfg(not(feature = "crashpoints"))]
macro_rules! crashpoint {
    ($($anything:tt)*) => {};
}

pub(crate) use crashpoint;

#[cfg(feature = "crashpoints")]
mod asking {
    use http::{HeaderMap, Method};
    use url::Url;

    use crate::ports::{Upstream, UpstreamBody, UpstreamRequest};

    /// Longer than any test holds anything, in ms.
    const PATIENCE_MS: u32 = 600_000;

    /// Returns when the sandbox at `x` says so; at once if there is none.
    pub(crate) async fn pass(upstream: &dyn Upstream, x: &Url, point: &str, subject: &str) {
        let mut url = x.clone();
        url.set_path(&format!("_cp/{point}"));
        url.query_pairs_mut().append_pair("subject", subject);
        let headers = HeaderMap::new();
        let body = UpstreamBody::Empty;
        let request = UpstreamRequest { method: Method::POST, url, headers, body, timeout_ms: PATIENCE_MS };
        // Whoever has nobody to ask goes on.
        let _ = upstream.send(request).await;
    }
}

#[cfg(feature = "crashpoints")]
pub(crate) use asking::pass;
