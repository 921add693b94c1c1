//! A text as words and links.

use unicode_normalization::UnicodeNormalization;

use crate::x::text::links;

/// A text, split where links stand.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Words(Vec<Part>);

#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// What stands between links, its white space made one.
    Text(String),
    /// A link, and where it leads: unknown, where X does not tell.
    Link(Option<String>),
}

impl Words {
    /// What a client sent.
    pub(super) fn sent(text: &str) -> Self {
        Self::split(text, |url| Some(place(url)))
    }

    /// What X shows. A `t.co` link leads where `leads_to` says.
    pub(super) fn seen<'a>(text: &str, leads_to: impl Fn(&str) -> Option<&'a str>) -> Self {
        let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        Self::split(&text, |url| match leads_to(url) {
            Some(expanded) => Some(place(expanded)),
            None if is_short(url) => None,
            None => Some(place(url)),
        })
    }

    fn split(text: &str, leads_to: impl Fn(&str) -> Option<String>) -> Self {
        let text: Vec<char> = text.nfc().collect();
        let (mut parts, mut at) = (Vec::new(), 0);
        let words = |range: &[char], parts: &mut Vec<Part>| {
            let words = range.iter().collect::<String>();
            let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
            if !words.is_empty() {
                parts.push(Part::Text(words));
            }
        };
        for link in links(&text) {
            words(text.get(at..link.start).unwrap_or_default(), &mut parts);
            let url: String = text.get(link.clone()).unwrap_or_default().iter().collect();
            parts.push(Part::Link(leads_to(&url)));
            at = link.end;
        }
        words(text.get(at..).unwrap_or_default(), &mut parts);
        Self(parts)
    }

    /// How many links there are.
    pub(super) fn links(&self) -> usize {
        self.0.iter().filter(|part| matches!(part, Part::Link(_))).count()
    }

    /// Drops up to `most` links at the end: those that are more than `expected`.
    pub(super) fn forget_last_links(&mut self, most: usize, expected: usize) {
        for _ in 0..most {
            if self.links() > expected && matches!(self.0.last(), Some(Part::Link(_))) {
                self.0.pop();
            }
        }
    }

    /// Whether both say the same, as far as it is known where links lead.
    pub(super) fn agrees_with(&self, other: &Self) -> bool {
        let same = |pair: (&Part, &Part)| match pair {
            (Part::Link(Some(one)), Part::Link(Some(other))) => one == other,
            (Part::Link(_), Part::Link(_)) => true,
            (one, other) => one == other,
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

/// X shortens every link to one of these.
fn is_short(url: &str) -> bool {
    ["https://t.co/", "http://t.co/"].iter().any(|prefix| url.starts_with(prefix))
}

/// Where a URL leads, however it is written: X adds a scheme where there is none, and a slash behind a host.
fn place(url: &str) -> String {
    let bare = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or(url);
    let (host, rest) = bare.split_at(bare.find(['/', '?', '#']).unwrap_or(bare.len()));
    [&host.to_lowercase(), rest.trim_end_matches('/')].concat()
}
