//! What came of one request.

use super::{XAnswer, fault};
use crate::{
    domain::{Timestamp, fault::Fault, retry::Effect},
    ports::{TransportFault, UpstreamResponse},
    services::tokens::Credential,
    x::{
        errors::{self, Answer, Class},
        operation::Operation,
    },
};

/// What X answered, or that it did not.
pub(super) type Outcome = Result<UpstreamResponse, TransportFault>;

/// A request that was sent.
#[derive(Clone, Copy)]
pub(super) struct Sent<'a> {
    pub(super) operation: &'static Operation,
    pub(super) credential: &'a Credential,
}

/// What came of it.
pub(super) enum Verdict {
    /// X did it.
    Done(XAnswer),
    /// X refuses the token.
    Rejected,
    /// Anything else.
    Failed(Failure),
}

/// A request that brought nothing.
pub(super) struct Failure {
    /// For the caller.
    pub(super) fault: Fault,
    /// Whether X itself failed: it answered with its own failure, or not at all.
    pub(super) is_of_x: bool,
}

impl Sent<'_> {
    pub(super) fn judge(self, outcome: Outcome, now: Timestamp) -> Verdict {
        match outcome {
            Ok(response) => self.judge_answer(response, now),
            Err(silence) => Verdict::Failed(Failure {
                fault: fault::of_silence(self.operation, silence),
                is_of_x: true,
            }),
        }
    }

    fn judge_answer(self, response: UpstreamResponse, now: Timestamp) -> Verdict {
        let answer = Answer {
            status: response.status,
            content_type: response
                .headers
                .get("content-type")
                .and_then(|value| value.to_str().ok()),
            body: &response.body,
            method: self.operation.method,
            credential: match self.credential {
                Credential::Bearer { .. } => errors::Credential::OAuth2User,
                Credential::Sign { .. } => errors::Credential::OAuth1User,
            },
        };
        match errors::classify(&answer).filter(|error| error.class != Class::Partial) {
            Some(error) if error.class == Class::TokenInvalid => Verdict::Rejected,
            Some(error) => {
                let fault = fault::of_error(self.operation, response.status, &response.headers, &error, now);
                Verdict::Failed(Failure {
                    fault,
                    is_of_x: error.class == Class::ServerError,
                })
            }
            None => self.done(response),
        }
    }

    /// A success has a JSON body. Without one it is no success that can be told, though a write may well have happened.
    fn done(self, response: UpstreamResponse) -> Verdict {
        let UpstreamResponse { status, headers, body } = response;
        let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(&body).is_ok();
        if (200..300).contains(&status) && is_json {
            return Verdict::Done(XAnswer { status, headers, body });
        }
        let is_of_x = self.operation.effect != Effect::Create;
        Verdict::Failed(Failure {
            fault: fault::of_unreadable(self.operation, status),
            is_of_x,
        })
    }
}
