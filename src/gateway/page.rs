//! Pages for people: small, without scripts, and complete in themselves.

use std::fmt::Write;

use axum::response::{Html, IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

/// Nothing is loaded, nothing runs, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const STYLE: &str = "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}\
                     small{color:#666}";

/// A page that says `title`, then `text`, then `note` in small print. All three may hold anybody's words: they are escaped.
pub fn page(status: StatusCode, title: &str, text: &str, note: &str) -> Response {
    let mut html = String::from("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width\">");
    let (title, text, note) = (escape(title), escape(text), escape(note));
    let _ = write!(html, "<title>{title}</title><style>{STYLE}</style><h1>{title}</h1><p>{text}</p>");
    let _ = write!(html, "<p><small>{note}</small></p></html>");
    let mut response = (status, Html(html)).into_response();
    let policy = HeaderValue::from_static(POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_s_words_become_markup() {
        assert_eq!(escape("<b a=\"1\" b='2'>&</b>é"), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;&lt;/b&gt;é");
    }

    #[test]
    fn a_page_loads_and_runs_nothing() {
        let page = page(StatusCode::FORBIDDEN, "No", "text", "note");
        assert_eq!(page.status(), StatusCode::FORBIDDEN);
        assert_eq!(page.headers().get("content-security-policy").unwrap(), POLICY);
        assert_eq!(page.headers().get("content-type").unwrap(), "text/html; charset=utf-8");
    }
}
