//! Does a deployment answer as perch does? Asked from outside, with nothing but its address.

use crate::process::Tool;
use crate::progress;
use crate::project::Project;
use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// Calls the deployment at `base_url` with curl, which brings TLS.
///
/// # Errors
/// The first answer that is not perch's.
pub(crate) fn run(base_url: &str) -> Result<()> {
    let base_url = base_url.trim_end_matches('/');
    let project = Project::open()?;
    for (path, expected) in [("/health", 200), ("/ready", 200), ("/openapi.json", 200), ("/v1/accounts", 401)] {
        progress::step(format!("{base_url}{path} answers {expected}"), || {
            let (status, body) = get(&project, &format!("{base_url}{path}"))?;
            ensure!(status == expected, "{path} answered {status}, not {expected}");
            must_be_ours(path, &body)
        })?;
    }
    Ok(())
}

/// A login page in front of the Worker answers 200 too.
fn must_be_ours(path: &str, body: &str) -> Result<()> {
    let json: Value = serde_json::from_str(body).with_context(|| format!("{path} answered no JSON"))?;
    match path {
        "/openapi.json" => ensure!(json.get("openapi").is_some(), "{path} is no OpenAPI document"),
        "/v1/accounts" => ensure!(json.get("code").is_some(), "{path} was refused, but not with a problem of perch"),
        _ => {}
    }
    Ok(())
}

fn get(project: &Project, url: &str) -> Result<(u16, String)> {
    let args = ["--silent", "--show-error", "--max-time", "20", "--retry", "3", "--write-out", "\n%{http_code}", url];
    let answer = Tool::new(project, "curl").args(args).output()?;
    let (body, status) = answer.rsplit_once('\n').context("curl told no status")?;
    Ok((status.parse().context("curl told no status")?, body.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_somebody_else_is_not_ours() {
        assert!(must_be_ours("/health", "<html>Log in</html>").is_err());
        assert!(must_be_ours("/openapi.json", "{}").is_err());
        assert!(must_be_ours("/v1/accounts", r#"{"error":"unauthorized"}"#).is_err());
        assert!(must_be_ours("/v1/accounts", r#"{"code":"key_missing"}"#).is_ok());
    }
}
