//! In how many requests an upload goes up.

use super::{Category, MediaType};

/// One segment: the largest body X's edge is known to take.
pub const SEGMENT_BYTES: u64 = 1 << 20;

/// X numbers segments from 0 to 999.
const MOST_SEGMENTS: u64 = 1000;

/// How an upload is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UploadPlan {
    /// The whole in one `POST /2/media/upload`.
    OneShot,
    /// Initialize, append segments of [`SEGMENT_BYTES`] (the last may be shorter), finalize, wait.
    Chunked {
        /// How many segments there are.
        segments: u16,
        /// The size, which X asks for at the start.
        total_bytes: u64,
    },
}

/// Why an upload is not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaRefusal {
    /// There are no bytes.
    #[error("the media is empty")]
    Empty,
    /// X wants to know the size before the first segment. Media that end within one segment can be read to their end
    /// first, and planned then.
    #[error("the size of the media must be known")]
    UnknownSize,
    /// The category takes less.
    #[error("the media is larger than X takes")]
    TooLarge {
        /// The most bytes X takes of the category.
        limit_bytes: u64,
    },
    /// The category takes other media.
    #[error("the media type does not fit the category")]
    WrongCategory,
}

/// Plans the upload of `total` bytes of `media_type` as `category`.
///
/// # Errors
/// When X would refuse it, or `total` is needed and unknown: X is asked for nothing then.
pub fn plan(media_type: MediaType, category: Category, total: Option<u64>) -> Result<UploadPlan, MediaRefusal> {
    if !category.takes(media_type) {
        return Err(MediaRefusal::WrongCategory);
    }
    let total = total.ok_or(MediaRefusal::UnknownSize)?;
    let limit_bytes = category.limit_bytes().min(SEGMENT_BYTES * MOST_SEGMENTS);
    match total {
        0 => Err(MediaRefusal::Empty),
        _ if total > limit_bytes => Err(MediaRefusal::TooLarge { limit_bytes }),
        _ if total <= SEGMENT_BYTES && goes_in_one(category) => Ok(UploadPlan::OneShot),
        _ => chunked(total).ok_or(MediaRefusal::TooLarge { limit_bytes }),
    }
}

/// Pictures and subtitles: the categories X's one-shot upload has always taken. A GIF or video must be processed, and
/// only the chunked upload is sure to say so.
fn goes_in_one(category: Category) -> bool {
    matches!(category, Category::TweetImage | Category::DmImage | Category::Subtitles)
}

fn chunked(total_bytes: u64) -> Option<UploadPlan> {
    let segments = u16::try_from(total_bytes.div_ceil(SEGMENT_BYTES)).ok()?;
    Some(UploadPlan::Chunked { segments, total_bytes })
}
