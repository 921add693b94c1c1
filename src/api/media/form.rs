//! A file in `multipart/form-data` (RFC 7578).
//!
//! # Where the file's size comes from
//!
//! A part of a form has no length of its own, but X must know the size of what is above one segment before it gets the first.
//! In this order: a field `total_bytes` before the file; the part's own `Content-Length`, should it have one; else what is left
//! of the request's `Content-Length` behind the part's head, less the closing boundary. The last is right when the file is the
//! last part and the form ends as RFC 2046 section 5.1.1 and all common clients end it, with one line break; if it is not, the
//! upload ends in a refusal that says so, and X has been given nothing that can be posted.
//!
//! A file that ends within its first segment needs none of this, and fields may follow it in any order.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::header;
use multer::{Field, Multipart};

use super::{
    body::cut,
    feed::{Dial, Feed},
    fields::Fields,
};
use crate::{
    domain::fault::{Code, Fault},
    services::media::{Chunks, Source},
    x::media::SEGMENT_BYTES,
};

/// A form that is being read.
struct Form {
    parts: Multipart<'static>,
    dial: Arc<Dial>,
}

/// The file of the form in `body`. What stands before it, and after a file of at most one segment, goes into `fields`.
///
/// # Errors
/// For what is no form, has no file or two, or fields that break their rules; and what `body` says.
pub(super) async fn file(
    body: Chunks,
    boundary: &str,
    announced: Option<u64>,
    fields: &mut Fields,
) -> Result<Source, Fault> {
    let (feed, dial) = Feed::new(body);
    let parts = Multipart::new(feed, boundary);
    let mut form = Form { parts, dial };
    let mut part = form.fields_to_file(fields).await?.ok_or_else(no_file)?;
    let in_frame = announced.and_then(|length| length.checked_sub(form.dial.given() + closing(boundary)));
    form.dial.enter_file();
    let declared = part.content_type().map(ToString::to_string);
    let own = own_length(&part);
    let (first, is_whole) = beginning(&mut part).await?;
    let size: usize = first.iter().map(Bytes::len).sum();
    let first = stream::iter(first.into_iter().map(Ok));
    if is_whole {
        drop(part);
        form.dial.leave_file();
        form.nothing_but_fields(fields).await?;
        return Ok(Source { chunks: Box::pin(first), length: fields.total_bytes.or(Some(size as u64)), declared });
    }
    Ok(Source {
        chunks: Box::pin(first.chain(form.rest(part))),
        length: fields.total_bytes.or(own).or(in_frame),
        declared,
    })
}

impl Form {
    /// Reads fields until the file, or the end.
    async fn fields_to_file(&mut self, fields: &mut Fields) -> Result<Option<Field<'static>>, Fault> {
        while let Some(part) = self.parts.next_field().await.map_err(unreadable)? {
            let name = part.name().ok_or_else(|| malformed("A part of the form has no name."))?;
            if matches!(name, "media" | "file") {
                return Ok(Some(part));
            }
            let name = name.to_owned();
            let value = part.bytes().await.map_err(unreadable)?;
            let value = String::from_utf8(value.into()).map_err(|_| malformed("A field of the form is not UTF-8."))?;
            fields.set(&name, value)?;
        }
        Ok(None)
    }

    async fn nothing_but_fields(&mut self, fields: &mut Fields) -> Result<(), Fault> {
        match self.fields_to_file(fields).await? {
            None => Ok(()),
            Some(_) => Err(malformed("The form has more than one file; upload them one by one.")),
        }
    }

    /// What is left of the file in `part`. It must be the end of the form: its size is counted on by now.
    fn rest(self, part: Field<'static>) -> impl futures_util::Stream<Item = Result<Bytes, Fault>> + Send {
        stream::try_unfold((self, Some(part)), |(mut form, part)| async move {
            let Some(mut part) = part else {
                return Ok(None);
            };
            if let Some(bytes) = part.try_next().await.map_err(unreadable)? {
                return Ok(Some((bytes, (form, Some(part)))));
            }
            drop(part);
            form.dial.leave_file();
            match form.parts.next_field().await.map_err(unreadable)? {
                None => Ok(None),
                Some(_) => Err(malformed("Nothing may follow a file above 1 MiB; put the fields before it.")),
            }
        })
    }
}

/// The file's first bytes, until they are more than a segment, and whether they are all.
async fn beginning(part: &mut Field<'static>) -> Result<(Vec<Bytes>, bool), Fault> {
    let (mut pieces, mut size) = (Vec::new(), 0);
    while size <= SEGMENT_BYTES {
        let Some(piece) = part.try_next().await.map_err(unreadable)? else {
            return Ok((pieces, true));
        };
        size += piece.len() as u64;
        pieces.push(piece);
    }
    Ok((pieces, false))
}

fn own_length(part: &Field<'static>) -> Option<u64> {
    part.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// `CRLF -- boundary -- CRLF`
const fn closing(boundary: &str) -> u64 {
    boundary.len() as u64 + 8
}

fn no_file() -> Fault {
    malformed("The form has no file; send it in a part named media or file.")
}

fn malformed(detail: &str) -> Fault {
    Fault::new(Code::InvalidRequest, detail)
}

/// What the reader could not read, in words that show nothing of the body; or the fault that the body itself ended in.
fn unreadable(error: multer::Error) -> Fault {
    match error {
        multer::Error::StreamReadFailed(source) => source.downcast().map_or_else(|_| cut(), |fault| *fault),
        multer::Error::IncompleteFieldData { .. }
        | multer::Error::IncompleteHeaders
        | multer::Error::IncompleteStream => malformed("The form ended before it was complete."),
        _ => malformed("The form is malformed."),
    }
}
