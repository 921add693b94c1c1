//! What X tells of a medium.

use serde::Deserialize;
use serde_json::Value;

use crate::{
    domain::{
        Timestamp,
        fault::{Code, Fault},
        tweet::MediaId,
    },
    services::x::XAnswer,
    x::media::Processing,
};

/// A medium at X.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// X's id of it: what a tweet's `media_ids` take.
    pub id: MediaId,
    /// X's key of it.
    pub media_key: Option<String>,
    /// Its size in bytes, as X counts.
    pub size: Option<u64>,
    /// What X says of its processing, in X's own form.
    pub processing_info: Option<Value>,
    /// Where its processing stands.
    pub processing: Processing,
    /// Until when X keeps it if it is not posted.
    pub expires_at: Option<Timestamp>,
}

/// X's answer to an upload, to its end, and to STATUS.
#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    id: MediaId,
    media_key: Option<String>,
    size: Option<u64>,
    processing_info: Option<Value>,
    expires_after_secs: Option<u64>,
}

impl Uploaded {
    /// Reads X's `answer`, which came at `now`.
    ///
    /// # Errors
    /// [`Code::XInvalidAnswer`] when it is none.
    pub(super) fn read(answer: &XAnswer, now: Timestamp) -> Result<Self, Fault> {
        let data = answer.json::<Answer>()?.data;
        let processing = Processing::read(&answer.body).map_err(|_| {
            Fault::new(Code::XInvalidAnswer, "X tells of processing in another form than it documents.")
        })?;
        Ok(Self {
            id: data.id,
            media_key: data.media_key,
            size: data.size,
            processing_info: data.processing_info,
            processing,
            expires_at: data.expires_after_secs.map(|seconds| now.plus_ms(seconds.saturating_mul(1000))),
        })
    }

    /// What `later` says, and from here what it leaves out.
    pub(super) fn updated(self, later: Self) -> Self {
        Self {
            media_key: later.media_key.or(self.media_key),
            size: later.size.or(self.size),
            expires_at: later.expires_at.or(self.expires_at),
            ..later
        }
    }
}
