//! Which media one tweet may carry together.

use super::category::Kind;

/// The most photos of a tweet.
const MAX_PHOTOS: usize = 4;

/// Whether a tweet may carry media of these kinds: up to four photos, or one GIF, or one video.
pub(super) fn go_together(kinds: &[Kind]) -> bool {
    match kinds {
        [Kind::Gif | Kind::Video] => true,
        photos => (1..=MAX_PHOTOS).contains(&photos.len()) && photos.iter().all(|kind| *kind == Kind::Image),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_photos_or_one_that_moves() {
        assert!(go_together(&[Kind::Image; 4]));
        assert!(go_together(&[Kind::Gif]));
        assert!(go_together(&[Kind::Video]));
        assert!(!go_together(&[Kind::Image; 5]));
        assert!(!go_together(&[Kind::Image, Kind::Video]));
        assert!(!go_together(&[Kind::Gif, Kind::Gif]));
        assert!(!go_together(&[Kind::Subtitles]));
        assert!(!go_together(&[]));
    }
}
