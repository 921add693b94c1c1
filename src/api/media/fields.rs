//! What may be said beside the file: in the query, or in the fields of a form.

use crate::{
    domain::{fault::Fault, media::AltText},
    services::media::Wishes,
    x::media::Category,
};

/// How long to wait for processing when nothing is said, and at most, in seconds.
pub(super) const DEFAULT_WAIT_S: u32 = 30;
const LONGEST_WAIT_S: u32 = 60;

/// The fields, each said at most once.
#[derive(Debug, Default)]
pub(super) struct Fields {
    alt_text: Option<AltText>,
    media_category: Option<Category>,
    wait_s: Option<u32>,
    /// The size of the file, in bytes.
    pub(super) total_bytes: Option<u64>,
}

impl Fields {
    /// Those of a query.
    ///
    /// # Errors
    /// As [`Fields::set`].
    pub(super) fn of_query(query: Option<&str>) -> Result<Self, Fault> {
        let mut fields = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            fields.set(&name, value.into_owned())?;
        }
        Ok(fields)
    }

    /// Takes the field `name`.
    ///
    /// # Errors
    /// When there is none of that name, it was said before, or breaks its rule; naming it.
    pub(super) fn set(&mut self, name: &str, value: String) -> Result<(), Fault> {
        match name {
            "alt_text" => once(&mut self.alt_text, name, alt_text(value)?),
            "media_category" => once(&mut self.media_category, name, media_category(&value)?),
            "wait_s" => once(&mut self.wait_s, name, wait_s(value.parse().ok())?),
            "total_bytes" => once(&mut self.total_bytes, name, total_bytes(&value)?),
            _ => {
                let name: String = name.chars().take(60).collect();
                let known = "There are alt_text, media_category, wait_s, total_bytes, and the file as media or file.";
                Err(Fault::field(name, "unknown", known))
            }
        }
    }

    /// What they wish for.
    pub(super) fn wishes(self) -> Wishes {
        Wishes { category: self.media_category, alt_text: self.alt_text, wait_s: self.wait_s.unwrap_or(DEFAULT_WAIT_S) }
    }
}

fn once<T>(slot: &mut Option<T>, name: &str, value: T) -> Result<(), Fault> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Fault::field(name, "repeated", "Say it once.")),
    }
}

/// An alt text that X takes.
///
/// # Errors
/// Naming the field.
pub(super) fn alt_text(text: String) -> Result<AltText, Fault> {
    AltText::parse(text).map_err(|rule| Fault::field("alt_text", "length", format!("The alt text {rule}.")))
}

/// A category that X knows.
///
/// # Errors
/// Naming the field.
pub(super) fn media_category(name: &str) -> Result<Category, Fault> {
    let names = "One of tweet_image, tweet_gif, tweet_video, amplify_video, dm_image, dm_gif, dm_video, subtitles.";
    Category::parse(name).ok_or_else(|| Fault::field("media_category", "category", names))
}

/// A ceiling for waiting that perch keeps.
///
/// # Errors
/// Naming the field.
pub(super) fn wait_s(seconds: Option<u32>) -> Result<u32, Fault> {
    seconds
        .filter(|seconds| *seconds <= LONGEST_WAIT_S)
        .ok_or_else(|| Fault::field("wait_s", "range", "A whole number of seconds, 0 to 60."))
}

fn total_bytes(text: &str) -> Result<u64, Fault> {
    text.parse().map_err(|_| Fault::field("total_bytes", "range", "The size of the file, a whole number of bytes."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field_at_fault(query: &str) -> String {
        let fault = Fields::of_query(Some(query)).unwrap_err();
        fault.fields.first().map(|field| field.field.clone()).unwrap_or_default()
    }

    #[test]
    fn all_that_may_be_said_is_heard() {
        let query = "alt_text=a%20cat&media_category=dm_image&wait_s=0&total_bytes=7";
        let fields = Fields::of_query(Some(query)).unwrap();
        assert_eq!(fields.total_bytes, Some(7));
        let wishes = fields.wishes();
        assert_eq!(wishes.alt_text.unwrap().as_str(), "a cat");
        assert_eq!((wishes.category, wishes.wait_s), (Some(Category::DmImage), 0));
        assert_eq!(Fields::of_query(None).unwrap().wishes().wait_s, DEFAULT_WAIT_S);
    }

    #[test]
    fn a_refusal_names_the_field() {
        for (query, field) in [
            ("wait_s=61", "wait_s"),
            ("wait_s=-1", "wait_s"),
            ("wait_s=soon", "wait_s"),
            ("total_bytes=1e3", "total_bytes"),
            ("media_category=picture", "media_category"),
            ("alt_text=", "alt_text"),
            ("alt=x", "alt"),
            ("wait_s=1&wait_s=1", "wait_s"),
        ] {
            assert_eq!(field_at_fault(query), field, "{query}");
        }
    }
}
