//! Classes of characters, as twitter-text draws them.

/// Weighs 1 rather than 2: Latin to Georgian, and the common punctuation of the General Punctuation block.
pub(super) fn is_light(c: char) -> bool {
    matches!(c, '\0'..='\u{10FF}' | '\u{2000}'..='\u{200D}' | '\u{2010}'..='\u{201F}' | '\u{2032}'..='\u{2037}')
}

/// Makes a whole text invalid: byte order marks and their mirror images.
pub(super) fn is_forbidden(c: char) -> bool {
    matches!(c, '\u{FFFE}' | '\u{FEFF}' | '\u{FFFF}')
}

/// May stand right before a URL. What a word, mention, hashtag or cashtag is made of may not.
pub(super) fn may_precede_url(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃') || is_forbidden(c))
}

/// May stand anywhere in a label of a domain name. `-` and `_` may too, but not at its ends.
pub(super) fn is_domain(c: char) -> bool {
    // twitter-text leaves the double quote and the back quote out of its punctuation.
    let punctuation = c.is_ascii_punctuation() && !matches!(c, '"' | '`');
    !(punctuation || is_space(c) || is_forbidden(c) || is_directional(c))
}

/// Is part of an ASCII domain name, the only kind that is linked without `https://`; accented Latin counts as ASCII.
pub(super) fn is_ascii_domain(c: char) -> bool {
    c == '-' || c.is_ascii_alphanumeric() || is_accented_latin(c)
}

/// May stand in the path of a URL; parentheses may too, when balanced.
pub(super) fn is_path(c: char) -> bool {
    is_path_end(c)
        || matches!(c, '!' | '*' | '\'' | ';' | ':' | ',' | '.' | '$' | '%' | '[' | ']' | '~' | '@' | '|' | '&' | '–')
}

/// May end the path of a URL, so that a full stop after it stays outside.
pub(super) fn is_path_end(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '+' | '-' | '=' | '_' | '#' | '/' | '\u{0400}'..='\u{04FF}')
        || is_accented_latin(c)
}

/// May stand in the query of a URL.
pub(super) fn is_query(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(c)
}

/// May end the query of a URL.
pub(super) fn is_query_end(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '&' | '=' | '#' | '/')
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{180E}'
}

fn is_directional(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn is_accented_latin(c: char) -> bool {
    match c {
        '×' | '÷' => false,
        '\u{C0}'..='\u{24F}' | '\u{300}'..='\u{36F}' | '\u{1E00}'..='\u{1EFF}' => true,
        _ => "ɓɔɖɗəɛɣɨɯɲʉʋʻ".contains(c),
    }
}
