//! Who may use a medium.

use super::refusal::Refusal;

/// The uploader and those they named.
#[derive(Clone, Debug)]
pub(super) struct Owners {
    uploader: String,
    additional: Vec<String>,
}

impl Owners {
    pub(super) fn new(uploader: &str, additional: &[String]) -> Result<Self, Refusal> {
        if let Some(wrong) = additional.iter().find(|id| !is_user_id(id)) {
            let message = "$.additional_owners: does not match the regex pattern ^[0-9]{1,19}$";
            return Err(Refusal::invalid("additional_owners", wrong, message));
        }
        Ok(Self { uploader: uploader.to_owned(), additional: additional.to_vec() })
    }

    pub(super) fn include(&self, user_id: &str) -> bool {
        self.uploader == user_id || self.additional.iter().any(|id| id == user_id)
    }
}

fn is_user_id(id: &str) -> bool {
    (1..=19).contains(&id.len()) && id.chars().all(|c| c.is_ascii_digit())
}
