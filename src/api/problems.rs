//! A page for each kind of problem: what `type` points to.

use std::fmt::Write;

use axum::response::Html;

use super::extract::PathText;
use crate::{
    domain::fault::{Code, Fault},
    gateway::problem,
};

/// Explains one kind of problem.
#[utoipa::path(get, path = "/problems/{slug}", tag = "operations", security(()),
    params(("slug" = String, Path, description = "The problem's `code`")),
    responses((status = 200, content_type = "text/html", body = String), (status = 404, body = problem::Problem)))]
pub async fn page(PathText(slug): PathText) -> Result<Html<String>, Fault> {
    let code = Code::of_slug(&slug);
    let code = code.ok_or_else(|| Fault::new(Code::RouteNotFound, "There is no problem of this name."))?;
    Ok(Html(html(code)))
}

fn html(code: Code) -> String {
    let mut page = String::from("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">");
    let facts = [
        ("Code", format!("<code>{}</code>", code.slug())),
        ("Status", problem::status(code).as_u16().to_string()),
        ("Category", name(code.category())),
        ("Severity", name(code.severity())),
        ("May be sent again as it is", if code.is_retryable() { "yes" } else { "no" }.to_owned()),
        ("What mends it", name(code.recovery())),
    ];
    let _ = write!(page, "<title>{0}</title><h1>{0}</h1><p>{1}</p><dl>", code.title(), code.explanation().trim());
    for (term, fact) in facts {
        let _ = write!(page, "<dt>{term}</dt><dd>{fact}</dd>");
    }
    page.push_str("</dl></html>");
    page
}

/// The stable name of a kind, with spaces.
fn name(kind: impl serde::Serialize) -> String {
    let value = serde_json::to_value(kind).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}
