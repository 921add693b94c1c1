//! What bytes are, by how they begin: a name can lie, and X finds out only after the upload.

use super::MediaType;

/// Enough of the beginning to tell all types apart.
pub const SNIFFED_BYTES: usize = 189;

/// Offset, bytes there, type. `WebP`, MP4 and `QuickTime` say what they are behind a length.
const SIGNATURES: [(usize, &[u8], MediaType); 13] = [
    (0, b"\x89PNG\r\n\x1a\n", MediaType::Png),
    (0, b"\xFF\xD8\xFF", MediaType::Jpeg),
    (8, b"WEBP", MediaType::Webp),
    (0, b"GIF87a", MediaType::Gif),
    (0, b"GIF89a", MediaType::Gif),
    (0, b"II*\0", MediaType::Tiff),
    (0, b"MM\0*", MediaType::Tiff),
    (0, b"BM", MediaType::Bmp),
    (4, b"ftypqt  ", MediaType::QuickTime),
    (4, b"ftyp", MediaType::Mp4),
    (4, b"moov", MediaType::QuickTime),
    (0, b"\x1A\x45\xDF\xA3", MediaType::Webm),
    (0, b"WEBVTT", MediaType::Vtt),
];

/// A packet of an MPEG transport stream is this long and begins with this byte (ISO 13818-1).
const MP2T: (usize, u8) = (188, 0x47);

/// The type of media that begins with `head`, of which only the first [`SNIFFED_BYTES`] are read.
pub fn sniff(head: &[u8]) -> Option<MediaType> {
    let head = head.get(..SNIFFED_BYTES).unwrap_or(head);
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head);
    let begins =
        |(at, bytes, _): &&(usize, &[u8], MediaType)| text.get(*at..).is_some_and(|rest| rest.starts_with(bytes));
    let signature = SIGNATURES.iter().find(begins).map(|(_, _, kind)| *kind).filter(|kind| is_whole(*kind, head));
    signature.or_else(|| is_mp2t(head).then_some(MediaType::Mp2t)).or_else(|| is_srt(text).then_some(MediaType::Srt))
}

/// Guards against signatures that are too short to be proof.
fn is_whole(kind: MediaType, head: &[u8]) -> bool {
    match kind {
        MediaType::Webp => head.starts_with(b"RIFF"),
        MediaType::Bmp => head.get(6..10) == Some(&[0; 4]),
        _ => true,
    }
}

fn is_mp2t(head: &[u8]) -> bool {
    let (packet, sync) = MP2T;
    head.first() == Some(&sync) && head.get(packet) == Some(&sync)
}

/// The first cue: a number, then a line with an arrow between two times.
fn is_srt(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let number = lines.next().is_some_and(|line| !line.is_empty() && line.iter().all(u8::is_ascii_digit));
    number && lines.next().is_some_and(|line| line.windows(5).any(|window| window == b" --> "))
}
