//! X's media: uploads in one piece or in segments, processing, metadata and subtitles, as a value without I/O.
//!
//! The bytes of a file are let go as soon as they are hashed; see `assembly`. Ids and times are arguments.

mod assembly;
mod attachments;
mod body;
mod category;
pub(crate) mod endpoints;
mod medium;
mod owners;
mod processing;
mod refusal;
mod request;
#[cfg(test)]
mod samples;
mod sniff;
mod upload;

use std::collections::HashMap;

use bytes::Bytes;
use serde_json::{Map, Value, json};

pub use assembly::{MAX_SEGMENT_BYTES, MAX_SEGMENT_INDEX};
pub use category::{Category, Kind};
pub use medium::Medium;
pub use processing::ProcessingRules;
pub use refusal::Refusal;
pub use request::{CreateSubtitles, DeleteSubtitles, Initialize, Metadata, Track};

use assembly::Assembly;
use owners::Owners;
use upload::Upload;

/// What X answers, and what the ledger keeps of the change.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    /// The body of the answer.
    pub answer: Value,
    /// Details of the effect; `None` when nothing changed.
    pub effect: Option<Value>,
}

/// A file sent in one piece.
#[derive(Clone, Copy, Debug)]
pub struct OneShot<'request> {
    /// Such as `tweet_image`.
    pub media_category: &'request str,
    /// Ids of other users who may use the medium.
    pub additional_owners: &'request [String],
    /// The file.
    pub media: &'request [u8],
}

/// All media of all users, by id. An expired one is as good as gone.
#[derive(Clone, Debug, Default)]
pub struct MediaStore {
    uploads: HashMap<String, Upload>,
    media: HashMap<String, Medium>,
}

impl MediaStore {
    /// Takes a file in one piece. Its type is read from its bytes.
    ///
    /// # Errors
    /// A file of no known type, of the wrong type for its category, or too big.
    pub fn upload(
        &mut self,
        user_id: &str,
        file: &OneShot<'_>,
        media_id: &str,
        rules: ProcessingRules,
        now_ms: u64,
    ) -> Result<Receipt, Refusal> {
        let category = Category::parse(file.media_category)?;
        category.kind().check_size("media", file.media.len() as u64)?;
        let owners = Owners::new(user_id, file.additional_owners)?;
        let media_type = sniff::media_type(file.media).ok_or_else(medium::unrecognized)?;
        category.kind().check_type(media_type)?;
        let whole = Assembly::whole(file.media);
        let medium = Medium::new(media_id, owners, category, media_type.to_owned(), &whole, rules, now_ms);
        Ok(self.keep(media_id, medium, now_ms))
    }

    /// Begins an upload in segments.
    ///
    /// # Errors
    /// A type, category or size that X does not take, alone or together.
    pub fn initialize(
        &mut self,
        user_id: &str,
        request: &Initialize,
        media_id: &str,
        now_ms: u64,
    ) -> Result<Value, Refusal> {
        self.drop_expired(now_ms);
        let owners = Owners::new(user_id, &request.additional_owners)?;
        let upload = Upload::new(owners, request.plan()?, now_ms);
        let mut data = Map::new();
        data.insert("id".into(), json!(media_id));
        data.extend(upload.media_key(media_id).map(|key| ("media_key".into(), json!(key))));
        data.insert("expires_after_secs".into(), json!(upload::LIFE_S));
        self.uploads.insert(media_id.to_owned(), upload);
        Ok(json!({ "data": data }))
    }

    /// Takes a segment, in any order; the same one may come again.
    ///
    /// # Errors
    /// An unknown upload, an index above 999, a segment above 5 MiB, more bytes than were announced, or another segment
    /// under an index already taken.
    pub fn append(
        &mut self,
        user_id: &str,
        media_id: &str,
        segment_index: u64,
        segment: Bytes,
        now_ms: u64,
    ) -> Result<Value, Refusal> {
        let upload = self.uploads.get_mut(media_id).filter(|upload| upload.owners.include(user_id));
        let upload = upload.filter(|upload| now_ms < upload.expires_ms).ok_or_else(|| Refusal::not_found(media_id))?;
        upload.append(segment_index, segment)?;
        Ok(json!({"data": {"expires_at": upload.expires_ms / 1000}}))
    }

    /// Ends an upload. Doing so again answers as STATUS does.
    ///
    /// # Errors
    /// An unknown upload, missing segments, or bytes that are no such image.
    pub fn finalize(
        &mut self,
        user_id: &str,
        media_id: &str,
        rules: ProcessingRules,
        now_ms: u64,
    ) -> Result<Receipt, Refusal> {
        let Some(upload) = self.uploads.get(media_id) else {
            let answer = self.find(user_id, media_id, now_ms)?.answer(now_ms);
            return Ok(Receipt { answer, effect: None });
        };
        if !upload.owners.include(user_id) || now_ms >= upload.expires_ms {
            return Err(Refusal::not_found(media_id));
        }
        let medium = upload.finish(media_id, rules, now_ms)?;
        self.uploads.remove(media_id);
        Ok(self.keep(media_id, medium, now_ms))
    }

    /// X's answer to STATUS.
    ///
    /// # Errors
    /// An unknown medium, or one not finalized.
    pub fn status(&self, user_id: &str, media_id: &str, now_ms: u64) -> Result<Value, Refusal> {
        self.find(user_id, media_id, now_ms).map(|medium| medium.answer(now_ms))
    }

    /// Notes metadata, among them the alt text.
    ///
    /// # Errors
    /// An unknown medium, or an alt text above 1000 characters.
    pub fn describe(&mut self, user_id: &str, request: &Metadata, now_ms: u64) -> Result<Receipt, Refusal> {
        let alt_text = request.alt_text()?;
        let effect = json!({"media_id": request.id, "alt_text": alt_text});
        let medium = self.find_mut(user_id, &request.id, now_ms)?;
        medium.metadata.extend(request.metadata.clone());
        let answer = json!({"data": {"id": request.id, "associated_metadata": medium.metadata}});
        Ok(Receipt { answer, effect: Some(effect) })
    }

    /// Puts a subtitle track beside a video, in the place of one of the same language.
    ///
    /// # Errors
    /// An unknown video or track, a medium of another kind, or a malformed language.
    pub fn add_subtitles(&mut self, user_id: &str, request: &CreateSubtitles, now_ms: u64) -> Result<Receipt, Refusal> {
        request::check_subtitled_category(&request.media_category)?;
        request.subtitles.check()?;
        self.find_kind(user_id, &request.subtitles.id, Kind::Subtitles, now_ms)?;
        self.find_kind(user_id, &request.id, Kind::Video, now_ms)?;
        let track = &request.subtitles;
        let video = self.find_mut(user_id, &request.id, now_ms)?;
        video.subtitles.insert(track.language_code.clone(), track.clone());
        let answer = json!({"data": {
            "id": request.id,
            "media_category": request.media_category,
            "associated_subtitles": track,
        }});
        let effect = json!({"media_id": request.id, "language_code": track.language_code, "deleted": false});
        Ok(Receipt { answer, effect: Some(effect) })
    }

    /// Takes a subtitle track away.
    ///
    /// # Errors
    /// An unknown video.
    pub fn remove_subtitles(
        &mut self,
        user_id: &str,
        request: &DeleteSubtitles,
        now_ms: u64,
    ) -> Result<Receipt, Refusal> {
        request::check_subtitled_category(&request.media_category)?;
        self.find_kind(user_id, &request.id, Kind::Video, now_ms)?;
        let video = self.find_mut(user_id, &request.id, now_ms)?;
        let deleted = video.subtitles.remove(&request.language_code).is_some();
        let effect = json!({"media_id": request.id, "language_code": request.language_code, "deleted": true});
        Ok(Receipt { answer: json!({"data": {"deleted": deleted}}), effect: deleted.then_some(effect) })
    }

    /// Whether a tweet of this user may carry these media: each done and not expired, and of kinds that go together.
    pub fn can_attach(&self, user_id: &str, media_ids: &[&str], now_ms: u64) -> bool {
        let found = media_ids.iter().map(|id| self.find(user_id, id, now_ms).ok());
        let postable = found.map(|medium| medium.filter(|medium| medium.is_postable(now_ms)).map(Medium::kind));
        postable.collect::<Option<Vec<Kind>>>().is_some_and(|kinds| attachments::go_together(&kinds))
    }

    /// X's media objects of what a tweet of this user carries, with every field that is known.
    pub fn attached(&self, user_id: &str, media_ids: &[String], now_ms: u64) -> Vec<Map<String, Value>> {
        let found = media_ids.iter().filter_map(|id| self.find(user_id, id, now_ms).ok());
        found.filter_map(Medium::object).collect()
    }

    fn keep(&mut self, media_id: &str, medium: Medium, now_ms: u64) -> Receipt {
        let receipt = Receipt { answer: medium.answer(now_ms), effect: Some(medium.effect()) };
        self.media.insert(media_id.to_owned(), medium);
        receipt
    }

    fn find(&self, user_id: &str, media_id: &str, now_ms: u64) -> Result<&Medium, Refusal> {
        let medium = self.media.get(media_id).filter(|medium| medium.owners.include(user_id));
        medium.filter(|medium| now_ms < medium.expires_ms).ok_or_else(|| Refusal::not_found(media_id))
    }

    fn find_mut(&mut self, user_id: &str, media_id: &str, now_ms: u64) -> Result<&mut Medium, Refusal> {
        let medium = self.media.get_mut(media_id).filter(|medium| medium.owners.include(user_id));
        medium.filter(|medium| now_ms < medium.expires_ms).ok_or_else(|| Refusal::not_found(media_id))
    }

    fn find_kind(&self, user_id: &str, media_id: &str, kind: Kind, now_ms: u64) -> Result<(), Refusal> {
        let medium = self.find(user_id, media_id, now_ms)?;
        if medium.kind() == kind {
            return Ok(());
        }
        Err(Refusal::invalid("id", media_id, "The media is of another category."))
    }

    fn drop_expired(&mut self, now_ms: u64) {
        self.uploads.retain(|_, upload| now_ms < upload.expires_ms);
        self.media.retain(|_, medium| now_ms < medium.expires_ms);
    }
}

#[cfg(test)]
mod tests;
