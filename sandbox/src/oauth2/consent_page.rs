//! The page on which a user allows an app.

use std::fmt::Write as _;

use crate::oauth2::authorize::Request;
use crate::state::State;

/// The page: the app, what it asks for, and who may sign in.
pub(crate) fn render(state: &State, request: &Request, given: &[(String, String)]) -> String {
    let mut users = String::new();
    for (index, user) in state.users.all().iter().enumerate() {
        let checked = if index == 0 { " checked" } else { "" };
        let (username, name) = (escape(&user.account.username), escape(&user.account.name));
        let _ = write!(
            users,
            r#"<p><label><input type="radio" name="user" value="{username}"{checked}> {name} (@{username})</label></p>"#
        );
    }
    let scopes = request.scopes.iter().fold(String::new(), |list, scope| list + "<li>" + &escape(scope) + "</li>");
    let hidden = given.iter().filter(|(name, _)| name != "user" && name != "decision").fold(
        String::new(),
        |list, (name, value)| {
            list + &format!(r#"<input type="hidden" name="{}" value="{}">"#, escape(name), escape(value))
        },
    );
    document(&format!(
        r#"<h1>{} wants to use your account</h1><ul>{scopes}</ul><form method="post" action="/i/oauth2/authorize">{hidden}{users}<button name="decision" value="allow">Authorize app</button> <button name="decision" value="deny">Cancel</button></form>"#,
        escape(request.client_name)
    ))
}

/// The page for a request that cannot be answered by a redirect.
pub(crate) fn error(reason: &str) -> String {
    document(&format!("<h1>Something went wrong</h1><p>{}</p>", escape(reason)))
}

fn document(body: &str) -> String {
    format!(
        r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sandbox X</title></head><body>{body}<p><small>This is an emulated X. No real account is involved.</small></p></body></html>"#
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_in_parameters_stays_text() {
        assert_eq!(super::escape(r#""><script>&"#), "&quot;&gt;&lt;script&gt;&amp;");
    }
}
