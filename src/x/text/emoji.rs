//! Emoji of several code points, which weigh as one.
//!
//! A single code point needs no table: an emoji alone weighs 2, as every heavy code point does. What matters is which
//! *sequences* are one emoji. They are those of the reference, Emoji 11. A newer sequence weighs as much as its pieces,
//! as it does there; that is more than the 2 of an emoji, so at worst a text is refused that X would take.

mod tables;

use tables::{
    ADULT, DRESSED, FLAGS, GENDER, GENDERED, HANDS, JOINED, PROFESSION, PROFESSION_SIGN, SKIN, SKIN_OR_VS16, SKINLESS,
    SKINNED, SLEUTH, SUBDIVISIONS, TEXTUAL,
};

const ZWJ: char = '\u{200D}';
/// Variation selector 16: the character before it is drawn as an emoji.
const VS16: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';

/// One place of a pattern.
#[derive(Clone, Copy)]
enum Place {
    Is(char),
    In(&'static str),
    Maybe(&'static str),
}

use Place::{In, Is, Maybe};

/// Sequences by their grammar. The first that matches is taken, so a longer one stands before its own beginning.
const PATTERNS: [&[Place]; 12] = [
    &[In(ADULT), Maybe(SKIN), Is(ZWJ), In(PROFESSION_SIGN), Is(VS16)],
    &[In(ADULT), Maybe(SKIN), Is(ZWJ), In(PROFESSION)],
    &[In(SLEUTH), In(SKIN_OR_VS16), Is(ZWJ), In(GENDER), Is(VS16)],
    &[In(GENDERED), Maybe(SKIN), Is(ZWJ), In(GENDER), Is(VS16)],
    &[In(SKINLESS), Is(ZWJ), In(GENDER), Is(VS16)],
    &[In("#*0123456789"), Is(VS16), Is(KEYCAP)],
    &[In("#*0123456789"), Is(KEYCAP)],
    &[In(TEXTUAL), Is(VS16)],
    &[In(DRESSED), Is(VS16)],
    &[In(HANDS), Is(VS16), Maybe(SKIN)],
    &[In(HANDS), In(SKIN)],
    &[In(SKINNED), In(SKIN)],
];

/// How many code points the emoji sequence at the start of `text` has, if it starts with one of two or more.
pub(super) fn sequence(text: &[char]) -> Option<usize> {
    let [first, second, ..] = text else { return None };
    match *second {
        ZWJ | VS16 => joined(text).or_else(|| patterned(text)),
        KEYCAP | '\u{1F3FB}'..='\u{1F3FF}' => patterned(text),
        '\u{1F1E6}'..='\u{1F1FF}' => is_flag(*first, *second).then_some(2),
        '\u{E0061}'..='\u{E007A}' => subdivision(text),
        _ => None,
    }
}

fn patterned(text: &[char]) -> Option<usize> {
    PATTERNS.iter().find_map(|pattern| follow(pattern, text))
}

fn follow(pattern: &[Place], text: &[char]) -> Option<usize> {
    pattern.iter().try_fold(0, |at, place| {
        let c = text.get(at).copied();
        let fits = match *place {
            Is(wanted) => c == Some(wanted),
            In(set) | Maybe(set) => c.is_some_and(|c| set.contains(c)),
        };
        match place {
            _ if fits => Some(at + 1),
            Maybe(_) => Some(at),
            Is(_) | In(_) => None,
        }
    })
}

fn joined(text: &[char]) -> Option<usize> {
    JOINED.iter().find_map(|members| join(members, text))
}

/// The length of `members` in `text`, where a joiner stands before each member but the first.
fn join(members: &str, text: &[char]) -> Option<usize> {
    members.chars().try_fold(0, |at, member| {
        let member_at = if at == 0 || member == VS16 { at } else { at + 1 };
        let is_joined = member_at == at || text.get(at) == Some(&ZWJ);
        (is_joined && text.get(member_at) == Some(&member)).then_some(member_at + 1)
    })
}

fn is_flag(first: char, second: char) -> bool {
    let letters = [first, second].map(|c| u32::from(c).wrapping_sub(0x1F1E6).wrapping_add(u32::from('A')));
    FLAGS.split(' ').any(|flag| flag.chars().map(u32::from).eq(letters))
}

/// A black flag, the tags that spell a subdivision, and the tag that ends them.
fn subdivision(text: &[char]) -> Option<usize> {
    SUBDIVISIONS.iter().find_map(|name| {
        let tags = name.chars().filter_map(|c| char::from_u32(0xE0000 + u32::from(c)));
        let wanted: Vec<char> = std::iter::once(BLACK_FLAG).chain(tags).chain([CANCEL_TAG]).collect();
        text.starts_with(&wanted).then_some(wanted.len())
    })
}
