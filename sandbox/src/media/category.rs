//! What a medium is for, and what X therefore takes.

use super::refusal::Refusal;

const MIB: u64 = 1024 * 1024;

/// The `media_category` of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// `amplify_video`
    AmplifyVideo,
    /// `tweet_gif`
    TweetGif,
    /// `tweet_image`
    TweetImage,
    /// `tweet_video`
    TweetVideo,
    /// `dm_gif`
    DmGif,
    /// `dm_image`
    DmImage,
    /// `dm_video`
    DmVideo,
    /// `subtitles`
    Subtitles,
}

/// What X does with a medium.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Shown as it is.
    Image,
    /// Turned into a looping video.
    Gif,
    /// Transcoded.
    Video,
    /// Text beside a video.
    Subtitles,
}

const NAMES: [(Category, &str); 8] = [
    (Category::AmplifyVideo, "amplify_video"),
    (Category::TweetGif, "tweet_gif"),
    (Category::TweetImage, "tweet_image"),
    (Category::TweetVideo, "tweet_video"),
    (Category::DmGif, "dm_gif"),
    (Category::DmImage, "dm_image"),
    (Category::DmVideo, "dm_video"),
    (Category::Subtitles, "subtitles"),
];

impl Category {
    /// Reads X's name for it.
    ///
    /// # Errors
    /// A refusal that lists the names X knows.
    pub fn parse(name: &str) -> Result<Self, Refusal> {
        let known = NAMES.iter().find(|(_, known)| *known == name);
        known.map(|(category, _)| *category).ok_or_else(|| {
            let names: Vec<&str> = NAMES.iter().map(|(_, name)| *name).collect();
            Refusal::not_in("media_category", name, &names)
        })
    }

    /// The category of an upload that names none.
    pub fn of_type(media_type: &str) -> Self {
        match media_type.split('/').next() {
            Some("video") => Self::TweetVideo,
            Some("text") => Self::Subtitles,
            _ => Self::TweetImage,
        }
    }

    /// X's name for it.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(category, _)| *category == self).map_or("", |(_, name)| name)
    }

    /// What X does with it.
    pub fn kind(self) -> Kind {
        match self {
            Self::AmplifyVideo | Self::TweetVideo | Self::DmVideo => Kind::Video,
            Self::TweetGif | Self::DmGif => Kind::Gif,
            Self::TweetImage | Self::DmImage => Kind::Image,
            Self::Subtitles => Kind::Subtitles,
        }
    }

    /// The `media_key`, which begins with a number for the kind; subtitles have none.
    pub fn media_key(self, media_id: &str) -> Option<String> {
        let prefix = match self {
            Self::TweetImage | Self::DmImage => 3,
            Self::TweetVideo | Self::DmVideo => 7,
            Self::AmplifyVideo => 13,
            Self::TweetGif | Self::DmGif => 16,
            Self::Subtitles => return None,
        };
        Some(format!("{prefix}_{media_id}"))
    }
}

impl Kind {
    /// The most bytes X takes (X docs, media). For subtitles X names no limit; ours is that of an image.
    pub fn max_bytes(self) -> u64 {
        match self {
            Self::Image | Self::Subtitles => 5 * MIB,
            Self::Gif => 15 * MIB,
            Self::Video => 512 * MIB,
        }
    }

    /// The `media_type` values X takes.
    pub fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Image => &["image/jpeg", "image/pjpeg", "image/png", "image/gif", "image/webp"],
            Self::Gif => &["image/gif"],
            Self::Video => &["video/mp4", "video/quicktime", "video/webm", "video/mp2t"],
            Self::Subtitles => &["text/srt", "text/vtt"],
        }
    }

    /// Whether X works on it after the upload.
    pub fn is_processed(self) -> bool {
        matches!(self, Self::Gif | Self::Video)
    }

    /// # Errors
    /// A size above [`Kind::max_bytes`], or nothing at all.
    pub fn check_size(self, parameter: &'static str, bytes: u64) -> Result<(), Refusal> {
        if (1..=self.max_bytes()).contains(&bytes) {
            return Ok(());
        }
        let message = format!("File size must be between 1 and {} bytes.", self.max_bytes());
        Err(Refusal::invalid(parameter, bytes, message))
    }

    /// # Errors
    /// A type that is not one of [`Kind::media_types`].
    pub fn check_type(self, media_type: &str) -> Result<(), Refusal> {
        if self.media_types().contains(&media_type) {
            return Ok(());
        }
        Err(Refusal::not_in("media_type", media_type, self.media_types()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_back_to_its_category() {
        for (category, name) in NAMES {
            assert_eq!(Category::parse(name).unwrap(), category);
            assert_eq!(category.name(), name);
        }
        assert!(Category::parse("tweet_hologram").is_err());
    }

    #[test]
    fn sizes_and_types_go_with_the_kind() {
        assert!(Kind::Image.check_size("media", 5_242_880).is_ok());
        assert!(Kind::Image.check_size("media", 5_242_881).is_err());
        assert!(Kind::Gif.check_size("media", 15_728_640).is_ok());
        assert!(Kind::Video.check_size("media", 536_870_912).is_ok());
        assert!(Kind::Video.check_size("media", 536_870_913).is_err());
        assert!(Kind::Video.check_size("media", 0).is_err());
        assert!(Kind::Image.check_type("video/mp4").is_err());
        assert!(Kind::Gif.check_type("image/png").is_err());
        assert!(Kind::Subtitles.check_type("text/vtt").is_ok());
    }
}
