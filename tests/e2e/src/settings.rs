//! What the gateway under test is told.

use crate::stack::Plan;
use anyhow::{Context, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::path::Path;
use toml::{Table, Value};

/// The gateway's secrets, new in each run. Those of the X app are the sandbox's, which knows no others.
#[derive(Clone)]
pub struct Secrets {
    /// The active master key of the sealed box, in base64.
    pub master_key: String,
    /// The pepper under key hashes, in base64.
    pub pepper: String,
}

/// Credentials of the app in the sandbox.
pub(crate) const APP: [(&str, &str); 4] = [
    ("X_CLIENT_ID", "perch-client"),
    ("X_CLIENT_SECRET", "perch-client-secret"),
    ("X_CONSUMER_KEY", "perch-consumer"),
    ("X_CONSUMER_SECRET", "perch-consumer-secret"),
];

/// Where gateway and emulated X listen.
#[derive(Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) gateway: u16,
    pub(crate) sandbox: u16,
}

impl Secrets {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { master_key: STANDARD.encode(random::<32>()?), pepper: STANDARD.encode(random::<32>()?) })
    }

    /// The file wrangler reads secrets from.
    fn dev_vars(&self) -> String {
        let app = APP.map(|(name, value)| format!("{name}={value}\n")).concat();
        format!(
            "PERCH_MASTER_KEYS='{{\"active\":\"k1\",\"keys\":{{\"k1\":\"{}\"}}}}'\nPERCH_KEY_PEPPER={}\n{app}",
            self.master_key, self.pepper
        )
    }
}

/// Random bytes.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| anyhow::anyhow!("no random bytes: {error}"))?;
    Ok(bytes)
}

/// Writes wrangler.toml and .dev.vars into `folder`: the project's own, but for the addresses, and without a build command,
/// since what was built is what is tested.
pub(crate) fn write(folder: &Path, project: &Path, plan: &Plan, ports: Ports, secrets: &Secrets) -> Result<()> {
    let text = std::fs::read_to_string(project.join("wrangler.toml")).context("cannot read wrangler.toml")?;
    let mut table: Table = text.parse().context("wrangler.toml is no TOML")?;
    table.remove("build");
    table.remove("env");
    let path = |relative: &str| Value::String(project.join(relative).display().to_string());
    table.insert("main".to_owned(), path(&format!("{}/index.js", plan.build)));
    let databases = table.get_mut("d1_databases").and_then(Value::as_array_mut);
    for database in databases.into_iter().flatten().filter_map(Value::as_table_mut) {
        database.insert("migrations_dir".to_owned(), path("migrations"));
    }
    let vars = table.get_mut("vars").and_then(Value::as_table_mut);
    let vars = vars.context("wrangler.toml has no [vars]")?;
    let settings = plan.settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
    for (name, value) in addresses(ports).into_iter().chain(settings) {
        vars.insert(name.to_owned(), Value::String(value));
    }
    std::fs::write(folder.join("wrangler.toml"), table.to_string())?;
    std::fs::write(folder.join(".dev.vars"), secrets.dev_vars())?;
    Ok(())
}

fn addresses(Ports { gateway, sandbox }: Ports) -> [(&'static str, String); 3] {
    [
        ("PUBLIC_URL", format!("http://127.0.0.1:{gateway}")),
        ("X_API_URL", format!("http://127.0.0.1:{sandbox}")),
        ("X_AUTHORIZE_URL", format!("http://127.0.0.1:{sandbox}/i/oauth2/authorize")),
    ]
}
