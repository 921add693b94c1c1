//! Media types and categories X knows, and the limits of each.

use serde::{Deserialize, Serialize};

/// What the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    /// PNG picture.
    #[serde(rename = "image/png")]
    Png,
    /// JPEG picture.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// `WebP` picture.
    #[serde(rename = "image/webp")]
    Webp,
    /// BMP picture.
    #[serde(rename = "image/bmp")]
    Bmp,
    /// TIFF picture.
    #[serde(rename = "image/tiff")]
    Tiff,
    /// GIF, moving or not.
    #[serde(rename = "image/gif")]
    Gif,
    /// MP4 video.
    #[serde(rename = "video/mp4")]
    Mp4,
    /// `QuickTime` video.
    #[serde(rename = "video/quicktime")]
    QuickTime,
    /// `WebM` video.
    #[serde(rename = "video/webm")]
    Webm,
    /// MPEG-2 transport stream.
    #[serde(rename = "video/mp2t")]
    Mp2t,
    /// `SubRip` subtitles.
    #[serde(rename = "text/srt")]
    Srt,
    /// `WebVTT` subtitles.
    #[serde(rename = "text/vtt")]
    Vtt,
}

/// What the bytes are for, by X's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Picture of a tweet.
    TweetImage,
    /// GIF of a tweet.
    TweetGif,
    /// Video of a tweet.
    TweetVideo,
    /// Video of an advertiser or publisher.
    AmplifyVideo,
    /// Picture of a direct message.
    DmImage,
    /// GIF of a direct message.
    DmGif,
    /// Video of a direct message.
    DmVideo,
    /// Subtitles of a video.
    Subtitles,
}

/// How X treats bytes of a media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Image,
    Gif,
    Video,
    Text,
}

use Family::{Gif, Image, Text, Video};

/// Type, name, family. The first name is X's; further rows are other names of the same type.
const TYPES: [(MediaType, &str, Family); 17] = [
    (MediaType::Png, "image/png", Image),
    (MediaType::Jpeg, "image/jpeg", Image),
    (MediaType::Jpeg, "image/jpg", Image),
    (MediaType::Jpeg, "image/pjpeg", Image),
    (MediaType::Webp, "image/webp", Image),
    (MediaType::Bmp, "image/bmp", Image),
    (MediaType::Tiff, "image/tiff", Image),
    (MediaType::Gif, "image/gif", Gif),
    (MediaType::Mp4, "video/mp4", Video),
    (MediaType::QuickTime, "video/quicktime", Video),
    (MediaType::Webm, "video/webm", Video),
    (MediaType::Mp2t, "video/mp2t", Video),
    (MediaType::Srt, "text/srt", Text),
    (MediaType::Srt, "application/x-subrip", Text),
    (MediaType::Srt, "application/srt", Text),
    (MediaType::Vtt, "text/vtt", Text),
    (MediaType::Vtt, "text/webvtt", Text),
];

/// Category, X's name, the family it takes, the most bytes of it.
///
/// X gives its limits in MB and does not say which; the smaller reading would refuse what X may take, so MB is MiB here.
/// For subtitles no limit is known; a film of them is far below this one.
const CATEGORIES: [(Category, &str, Family, u64); 8] = [
    (Category::TweetImage, "tweet_image", Image, 5 << 20),
    (Category::TweetGif, "tweet_gif", Gif, 15 << 20),
    (Category::TweetVideo, "tweet_video", Video, 512 << 20),
    (Category::AmplifyVideo, "amplify_video", Video, 512 << 20),
    (Category::DmImage, "dm_image", Image, 5 << 20),
    (Category::DmGif, "dm_gif", Gif, 15 << 20),
    (Category::DmVideo, "dm_video", Video, 512 << 20),
    (Category::Subtitles, "subtitles", Text, 1 << 20),
];

impl MediaType {
    /// Reads a `content-type`; its parameters and letter case do not matter.
    pub fn parse(content_type: &str) -> Option<Self> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        TYPES.iter().find(|(_, name, _)| essence.eq_ignore_ascii_case(name)).map(|(kind, ..)| *kind)
    }

    /// X's name of it.
    pub fn as_str(self) -> &'static str {
        TYPES.iter().find(|(kind, ..)| *kind == self).map_or("application/octet-stream", |(_, name, _)| name)
    }

    /// The category of a tweet with it.
    pub fn tweet_category(self) -> Category {
        match self.family() {
            Image => Category::TweetImage,
            Gif => Category::TweetGif,
            Video => Category::TweetVideo,
            Text => Category::Subtitles,
        }
    }

    pub(super) fn family(self) -> Family {
        TYPES.iter().find(|(kind, ..)| *kind == self).map_or(Video, |(_, _, family)| *family)
    }
}

impl Category {
    /// Reads X's name of a category.
    pub fn parse(name: &str) -> Option<Self> {
        CATEGORIES.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// X's name of it.
    pub fn as_str(self) -> &'static str {
        self.row().map_or("", |row| row.1)
    }

    /// The most bytes X takes of it.
    pub fn limit_bytes(self) -> u64 {
        self.row().map_or(0, |row| row.3)
    }

    /// Whether it takes media of `media_type`. A GIF may be posted as a still picture too.
    pub fn takes(self, media_type: MediaType) -> bool {
        self.row().is_some_and(|row| row.2 == media_type.family() || (row.2 == Image && media_type == MediaType::Gif))
    }

    fn row(self) -> Option<&'static (Self, &'static str, Family, u64)> {
        CATEGORIES.iter().find(|row| row.0 == self)
    }
}
