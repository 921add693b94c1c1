//! What X says about media it has received and still works on.

use serde::Deserialize;

/// X asks to wait when it names no time.
const DEFAULT_WAIT_S: u32 = 1;

/// The longest wait X is believed, so that one odd answer does not stop an upload.
const LONGEST_WAIT_S: u32 = 60;

/// Where the processing of an upload stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Processing {
    /// It can be posted.
    Ready,
    /// X works on it.
    Wait {
        /// Seconds until it may be asked again: 1 to 60.
        after_s: u32,
        /// Percent done, if X says.
        progress: Option<u8>,
    },
    /// It will never be ready.
    Failed {
        /// X's words, or the name of the failure; at most 500 characters, without control characters.
        message: String,
    },
}

#[derive(Deserialize)]
struct Answer {
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    processing_info: Option<Info>,
}

#[derive(Deserialize)]
struct Info {
    state: Option<String>,
    check_after_secs: Option<f64>,
    progress_percent: Option<f64>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
struct Failure {
    name: Option<String>,
    message: Option<String>,
}

impl Processing {
    /// Reads the answer to a one-shot upload, to finalize, or to a status request: all have `data.processing_info`.
    /// Without it the media is ready. A state unknown to us is waited for; the caller has a ceiling.
    ///
    /// # Errors
    /// When `body` is not such an answer.
    pub fn read(body: &[u8]) -> Result<Self, serde_json::Error> {
        let answer: Answer = serde_json::from_slice(body)?;
        Ok(answer.data.processing_info.map_or(Self::Ready, Self::of))
    }

    fn of(info: Info) -> Self {
        match info.state.as_deref() {
            Some("succeeded") => Self::Ready,
            Some("failed") => Self::Failed { message: info.error.map_or_else(unexplained, Failure::words) },
            _ => Self::Wait {
                after_s: info.check_after_secs.map_or(DEFAULT_WAIT_S, |s| whole(s.ceil(), 1, LONGEST_WAIT_S)),
                progress: info.progress_percent.and_then(|percent| u8::try_from(whole(percent, 0, 100)).ok()),
            },
        }
    }
}

impl Failure {
    fn words(self) -> String {
        let words = self.message.or(self.name).unwrap_or_else(unexplained);
        words.chars().filter(|c| !c.is_control()).take(500).collect()
    }
}

fn unexplained() -> String {
    "X could not process the media".to_owned()
}

/// `number` between two bounds, without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what u32 holds")]
fn whole(number: f64, least: u32, most: u32) -> u32 {
    number.clamp(f64::from(least), f64::from(most)) as u32
}
