//! `/openapi.json`: what the code says about itself.
//!
//! The document is generated natively from the handlers' own descriptions and kept in the repository, so that the Worker carries a
//! text and no generator. `tests/openapi.rs` fails when the text is old.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

/// The document, as generated.
pub const DOCUMENT: &str = include_str!("../../openapi.json");

/// Describes every endpoint in OpenAPI 3.1.
#[utoipa::path(get, path = "/openapi.json", tag = "operations", security(()),
    responses((status = 200, content_type = "application/json", body = Object)))]
pub async fn openapi() -> Response {
    let mut response = DOCUMENT.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(not(target_arch = "wasm32"))]
mod generate {
    use utoipa::{
        Modify, OpenApi,
        openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    };

    use crate::api::{
        accounts, audit, bookmarks, breakers, connect, health, keys, likes, media, oauth2, openapi, operations,
        problems, rate_limits, retweets, tweets, windows,
    };

    #[derive(OpenApi)]
    #[openapi(
        info(title = "perch", description = "A self-hosted edge gateway for the X API v2."),
        security(("bearer" = []), ("api_key" = [])),
        modifiers(&Schemes),
        paths(
            health::health,
            health::ready,
            openapi::openapi,
            problems::page,
            connect::begin,
            connect::open,
            connect::callback,
            connect::redeem,
            accounts::list,
            accounts::add,
            accounts::get,
            accounts::patch,
            accounts::remove,
            accounts::make_default,
            accounts::refresh,
            operations::get,
            operations::cancel,
            operations::list,
            tweets::create,
            tweets::thread,
            tweets::look_up,
            tweets::delete,
            tweets::hide,
            tweets::unhide,
            likes::create,
            likes::delete,
            retweets::create,
            retweets::delete,
            bookmarks::create,
            bookmarks::delete,
            media::create,
            media::uploads::begin,
            media::uploads::progress,
            media::uploads::put_part,
            media::uploads::complete,
            media::about::status,
            media::about::set_alt_text,
            media::about::put_subtitles,
            media::about::delete_subtitles,
            rate_limits::list,
            windows::list,
            breakers::list,
            breakers::force,
            breakers::release,
            keys::list,
            keys::create,
            keys::read,
            keys::change,
            keys::revoke,
            keys::rotate,
            keys::issued::issue_oauth1,
            keys::issued::end_oauth1,
            keys::issued::issue_handle,
            keys::issued::end_handles,
            oauth2::token,
            audit::list,
            audit::replay,
        )
    )]
    struct Document;

    /// The two headers an API key may come in.
    struct Schemes;

    impl Modify for Schemes {
        fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
            let components = document.components.get_or_insert_default();
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("perch_…").build();
            components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
            let header = ApiKey::Header(ApiKeyValue::new("X-API-Key"));
            components.add_security_scheme("api_key", SecurityScheme::ApiKey(header));
        }
    }

    /// The document that the code describes now, as the text to keep.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn generate() -> Result<String, serde_json::Error> {
        Document::openapi().to_pretty_json().map(|text| text + "\n")
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use generate::generate;
