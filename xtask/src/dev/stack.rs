//! The servers of a local perch.

use crate::build::{PROFILE_VARIABLE, Profile};
use crate::process::service::Service;
use crate::progress;
use crate::project::Project;
use crate::setup::Toolbox;
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// Where the servers listen and what the Worker is told.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    port: u16,
    sandbox_port: u16,
    upstream: Option<String>,
    profile: Profile,
    /// wrangler's folder for KV, D1, queues and objects.
    pub(crate) persist: PathBuf,
    logs: PathBuf,
}

impl Settings {
    /// The settings of `cargo xtask dev`.
    pub(crate) fn local(
        project: &Project,
        port: u16,
        sandbox_port: u16,
        profile: Profile,
        upstream: Option<String>,
    ) -> Self {
        let upstream = upstream.map(|url| url.trim_end_matches('/').to_owned());
        let (persist, logs) = (project.path(".wrangler/state"), project.memory("logs"));
        Self { port, sandbox_port, upstream, profile, persist, logs }
    }

    /// The gateway's base URL.
    pub(crate) fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The sandbox's base URL, unless the real X is used.
    pub(crate) fn sandbox_url(&self) -> Option<String> {
        self.upstream.is_none().then(|| format!("http://127.0.0.1:{}", self.sandbox_port))
    }

    /// What differs from the `[vars]` of wrangler.toml, as wrangler's `--var` takes it.
    fn vars(&self) -> Vec<String> {
        let api = self.upstream.clone().unwrap_or_else(|| format!("http://127.0.0.1:{}", self.sandbox_port));
        let authorize = authorize_url(&api);
        vec![
            format!("PUBLIC_URL:{}", self.base_url()),
            format!("X_API_URL:{api}"),
            format!("X_AUTHORIZE_URL:{authorize}"),
        ]
    }
}

/// X's consent page is on another host than its API; the sandbox, as any emulator, has both.
fn authorize_url(upstream: &str) -> String {
    match upstream {
        "https://api.x.com" => "https://x.com/i/oauth2/authorize".to_owned(),
        other => format!("{other}/i/oauth2/authorize"),
    }
}

/// The running servers. Dropping it stops them, the gateway first.
#[derive(Debug)]
pub(crate) struct Stack {
    gateway: Service,
    sandbox: Option<Service>,
}

impl Stack {
    /// Starts the sandbox, then the gateway, and waits until both answer.
    pub(crate) fn start(tools: &Toolbox, settings: &Settings) -> Result<Self> {
        let sandbox = settings.sandbox_url().map(|url| sandbox(tools, settings, &url)).transpose()?;
        let gateway = progress::step(format!("gateway on {}", settings.base_url()), || gateway(tools, settings))?;
        Ok(Self { gateway, sandbox })
    }

    pub(crate) fn services(&self) -> impl Iterator<Item = &Service> {
        std::iter::once(&self.gateway).chain(&self.sandbox)
    }

    /// # Errors
    /// When one of the servers has ended.
    pub(crate) fn must_run(&mut self) -> Result<()> {
        self.gateway.must_run()?;
        self.sandbox.as_mut().map_or(Ok(()), Service::must_run)
    }
}

fn sandbox(tools: &Toolbox, settings: &Settings, url: &str) -> Result<Service> {
    progress::step(format!("sandbox on {url}"), || {
        tools.cargo().args(["build", "--quiet", "--locked", "--package", "perch-sandbox"]).run()?;
        let mut command = command(tools, "cargo");
        command.args(["run", "--quiet", "--locked", "--package", "perch-sandbox", "--", "--verbose", "--listen"]);
        command.arg(format!("127.0.0.1:{}", settings.sandbox_port));
        command.args(["--redirect-uri", &format!("{}/connect/callback", settings.base_url())]);
        let mut service = Service::start("sandbox", command, &settings.logs.join("sandbox.log"))?;
        service.wait_until_ready(&format!("{url}/_sandbox/health"), Duration::from_secs(20))?;
        Ok(service)
    })
}

fn gateway(tools: &Toolbox, settings: &Settings) -> Result<Service> {
    let mut command = command(tools, tools.project().node_bin("wrangler"));
    command.args(["dev", "--ip", "127.0.0.1", "--port", &settings.port.to_string()]);
    command.args(["--show-interactive-dev-session=false", "--persist-to"]).arg(&settings.persist);
    for var in settings.vars() {
        command.args(["--var", &var]);
    }
    command.env("CI", "1").env(PROFILE_VARIABLE, settings.profile.name()); // wrangler's own build finds ours done
    let mut service = Service::start("gateway", command, &settings.logs.join("gateway.log"))?;
    service.wait_until_ready(&format!("{}/ready", settings.base_url()), Duration::from_mins(1))?;
    Ok(service)
}

fn command(tools: &Toolbox, program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(tools.project().root()).envs(tools.env());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(upstream: Option<&str>) -> Settings {
        let project = Project::open().unwrap();
        Settings::local(&project, 8787, 8788, Profile::Dev, upstream.map(str::to_owned))
    }

    #[test]
    fn the_sandbox_is_both_the_api_and_the_consent_page() {
        let vars = settings(None).vars();
        assert!(vars.contains(&"X_API_URL:http://127.0.0.1:8788".to_owned()), "{vars:?}");
        assert!(vars.contains(&"X_AUTHORIZE_URL:http://127.0.0.1:8788/i/oauth2/authorize".to_owned()), "{vars:?}");
    }

    #[test]
    fn the_consent_page_of_the_real_x_is_on_its_own_host() {
        let settings = settings(Some("https://api.x.com/"));
        let vars = settings.vars();
        assert!(vars.contains(&"X_API_URL:https://api.x.com".to_owned()), "{vars:?}");
        assert!(vars.contains(&"X_AUTHORIZE_URL:https://x.com/i/oauth2/authorize".to_owned()), "{vars:?}");
        assert_eq!(settings.sandbox_url(), None);
    }
}
