//! `.dev.vars`: the secrets of the local Worker, in the file wrangler reads them from.

use crate::progress;
use crate::project::{Project, write_private};
use anyhow::{Context, Result, anyhow, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::path::PathBuf;

/// Every secret the Worker reads.
pub(crate) const NAMES: [&str; 6] =
    ["PERCH_MASTER_KEYS", "PERCH_KEY_PEPPER", "X_CLIENT_ID", "X_CLIENT_SECRET", "X_CONSUMER_KEY", "X_CONSUMER_SECRET"];

/// The credentials of the app that the sandbox knows. They open nothing else, so they are no secrets.
const SANDBOX_APP: [(&str, &str); 4] = [
    ("X_CLIENT_ID", "perch-client"),
    ("X_CLIENT_SECRET", "perch-client-secret"),
    ("X_CONSUMER_KEY", "perch-consumer"),
    ("X_CONSUMER_SECRET", "perch-consumer-secret"),
];

/// The file for one environment; `None` is the local one.
pub(crate) fn path(project: &Project, environment: Option<&str>) -> PathBuf {
    match environment {
        None => project.path(".dev.vars"),
        Some(name) => project.path(&format!(".dev.vars.{name}")),
    }
}

/// Makes `.dev.vars` with random secrets if it is absent, and adds the names an older one lacks.
pub(crate) fn ensure(project: &Project) -> Result<()> {
    let path = path(project, None);
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let after = completed(&before, &random)?;
    if after != before {
        write_private(&path, &after)?;
        progress::ready(".dev.vars: random secrets, and the sandbox's app");
    }
    Ok(())
}

/// The value of `name` in the file of `environment`.
///
/// # Errors
/// When the file or the name is missing; the error says where the value is expected.
pub(crate) fn read(project: &Project, environment: Option<&str>, name: &str) -> Result<String> {
    let path = path(project, environment);
    let text = std::fs::read_to_string(&path).with_context(|| format!("{} is missing", path.display()))?;
    value(&text, name).map(str::to_owned).with_context(|| format!("{} has no {name}", path.display()))
}

/// Is the app in `.dev.vars` the operator's own?
///
/// # Errors
/// When a credential is missing or still the sandbox's: the real X would refuse it.
pub(crate) fn must_hold_own_app(project: &Project) -> Result<()> {
    for (name, sandbox) in SANDBOX_APP.into_iter().take(2) {
        let own = read(project, None, name)?;
        if own.is_empty() || own == sandbox {
            bail!("{name} in .dev.vars is not yours: write the client id and secret of your X app there");
        }
    }
    Ok(())
}

/// `text` with a line for every name it lacks. `random` gives 32 bytes.
fn completed(text: &str, random: &dyn Fn() -> Result<[u8; 32]>) -> Result<String> {
    let mut text = text.to_owned();
    if text.is_empty() {
        text.push_str("# Secrets of the local Worker. Git ignores this file; wrangler reads it.\n");
    } else if !text.ends_with('\n') {
        text.push('\n');
    }
    for name in NAMES {
        if value(&text, name).is_none() {
            text.push_str(&line(name, random)?);
        }
    }
    Ok(text)
}

fn line(name: &str, random: &dyn Fn() -> Result<[u8; 32]>) -> Result<String> {
    let secret = || random().map(|bytes| STANDARD.encode(bytes));
    let value = match name {
        "PERCH_MASTER_KEYS" => format!(r#"'{{"active":"k1","keys":{{"k1":"{}"}}}}'"#, secret()?),
        "PERCH_KEY_PEPPER" => secret()?,
        name => SANDBOX_APP.into_iter().find(|app| app.0 == name).context("a secret without a default")?.1.to_owned(),
    };
    Ok(format!("{name}={value}\n"))
}

/// The value of `name` in a file of `NAME=value` lines, without the quotes around it.
fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='))?.trim();
    let unquoted = |quote| value.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    Some(unquoted('\'').or_else(|| unquoted('"')).unwrap_or(value))
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("this machine gives no random bytes: {error}"))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_holds_every_name_in_the_shape_the_gateway_reads() {
        let text = completed("", &|| Ok([7; 32])).unwrap();
        assert!(NAMES.iter().all(|name| value(&text, name).is_some()));
        let keys: serde_json::Value = serde_json::from_str(value(&text, "PERCH_MASTER_KEYS").unwrap()).unwrap();
        let active = keys["active"].as_str().unwrap();
        assert_eq!(STANDARD.decode(keys["keys"][active].as_str().unwrap()).unwrap(), [7; 32]);
        assert_eq!(STANDARD.decode(value(&text, "PERCH_KEY_PEPPER").unwrap()).unwrap(), [7; 32]);
    }

    #[test]
    fn what_the_operator_wrote_stays() {
        let text = completed("X_CLIENT_ID = \"mine\"", &|| Ok([7; 32])).unwrap();
        assert_eq!(value(&text, "X_CLIENT_ID"), Some("mine"));
        assert_eq!(value(&text, "X_CLIENT_SECRET"), Some("perch-client-secret"));
        assert_eq!(completed(&text, &|| Ok([7; 32])).unwrap(), text);
    }

    #[test]
    fn a_name_is_not_found_in_a_longer_one() {
        assert_eq!(value("X_CLIENT_IDENTITY=no\n#X_CLIENT_ID=no", "X_CLIENT_ID"), None);
    }

    #[test]
    fn two_secrets_differ() {
        assert_ne!(random().unwrap(), random().unwrap());
    }
}
