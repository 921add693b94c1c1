//! Which code points make one emoji.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Every emoji of more than one code point. A single one needs no look-up: it weighs as much as any code point of its
/// block.
static SEQUENCES: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let lines = include_str!("../../data/emoji-sequences.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(sequence).collect()
});

/// The longest sequence, in code points.
static LONGEST: LazyLock<usize> =
    LazyLock::new(|| SEQUENCES.iter().map(|sequence| sequence.chars().count()).max().unwrap_or(0));

fn sequence(line: &str) -> Option<String> {
    line.split(' ').map(|hex| u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)).collect()
}

/// The length in bytes of the longest emoji sequence that `text` begins with.
pub(super) fn prefix(text: &str) -> Option<usize> {
    let ends = text.char_indices().take(*LONGEST).map(|(at, c)| at + c.len_utf8());
    ends.filter(|end| text.get(..*end).is_some_and(|start| SEQUENCES.contains(start))).last()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_sequence_wins() {
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F466}";
        assert_eq!(prefix(&format!("{family}!")), Some(family.len()));
        assert_eq!(prefix("1\u{20E3}"), Some(4));
        assert_eq!(prefix("1"), None);
    }

    #[test]
    fn every_line_of_the_data_is_read() {
        let lines = include_str!("../../data/emoji-sequences.txt").lines();
        assert_eq!(SEQUENCES.len(), lines.filter(|line| !line.starts_with('#')).count());
    }
}
