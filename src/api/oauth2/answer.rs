//! How the token endpoint answers (RFC 6749, 5).

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::asked::Question;
use crate::{
    domain::fault::{Code, Fault},
    gateway::problem,
    services::vending::Asked,
};

/// A token that is handed out, in X's form.
#[derive(Serialize, ToSchema)]
pub struct TokenAnswer {
    /// `bearer`.
    pub(super) token_type: &'static str,
    /// Seconds it still lives; absent for the app's own, which does not end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1)]
    pub(super) expires_in: Option<u64>,
    /// The token.
    pub(super) access_token: String,
    /// The scopes X granted, separated by spaces; absent for the app's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<String>,
    /// The refresh handle that was sent: it stays the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
}

/// Why no token is handed out.
#[derive(Debug, Serialize, ToSchema)]
pub struct OAuthError {
    /// RFC 6749, 5.2: `invalid_request`, `invalid_client`, `invalid_grant`, `unauthorized_client`, `unsupported_grant_type`; besides
    /// `temporarily_unavailable` and `server_error`.
    error: &'static str,
    /// This case, and what to do.
    error_description: String,
}

/// A refusal of the token endpoint.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after_s: Option<u64>,
}

impl Refusal {
    /// 400, with `error`.
    pub(super) fn bad(error: &'static str, description: &str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.to_owned(), retry_after_s: None }
    }

    /// What every handle is told that does not work.
    pub(super) fn of_handle() -> Self {
        Self::bad("invalid_grant", "The refresh handle is not valid: unknown, wrong or ended.")
    }

    /// 401, what every client is told that is not known.
    pub(super) fn of_client() -> Self {
        let description = "The client is not known: authenticate with HTTP Basic, by a key's id and the key, or by the \
            consumer key and secret it has issued.";
        Self { status: StatusCode::UNAUTHORIZED, ..Self::bad("invalid_client", description) }
    }

    /// 403: nobody is handed anything.
    pub(super) fn switched_off() -> Self {
        let description = "Handing out tokens is switched off here. The operator sets TOKEN_VENDING to on.";
        Self { status: StatusCode::FORBIDDEN, ..Self::bad("unauthorized_client", description) }
    }

    /// The request cannot be read.
    pub(super) fn of_request(fault: &Fault) -> Self {
        Self { status: problem::status(fault.code), ..Self::bad("invalid_request", &fault.detail) }
    }

    /// What `fault` means to whoever asked `question`.
    pub(super) fn of(fault: &Fault, question: &Question) -> Self {
        match fault.code {
            Code::InvalidKey if matches!(question.asked, Asked::Refresh(_)) => Self::of_handle(),
            Code::InvalidKey => Self::of_client(),
            Code::MissingScope => Self::bad("unauthorized_client", &fault.detail),
            Code::AccountNotFound | Code::AccountPaused | Code::AccountNeedsReconnect | Code::Conflict => {
                Self::bad("invalid_grant", &fault.detail)
            }
            code => {
                let error = if code.is_retryable() { "temporarily_unavailable" } else { "server_error" };
                let retry_after_s = fault.retry_after_s.or(code.is_retryable().then_some(1));
                Self { status: problem::status(code), retry_after_s, ..Self::bad(error, &fault.detail) }
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = OAuthError { error: self.error, error_description: self.description };
        let mut response = (self.status, Json(body)).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            let basic = HeaderValue::from_static("Basic realm=\"perch\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, basic);
        }
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
