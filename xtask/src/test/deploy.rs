//! What Cloudflare would be given: the release build within its budget, accepted by wrangler for both environments.

use super::outcome::Outcome;
use crate::build::{self, Profile};
use crate::progress;
use crate::setup::Toolbox;
use anyhow::Result;

pub(super) fn run(tools: &Toolbox) -> Result<Outcome> {
    let size = build::worker(tools, Profile::Release)?;
    let within = progress::step("the budget", || size.must_keep_to_budget());
    let mut outcome = Outcome::check(within.is_ok());
    for environment in ["staging", "production"] {
        let out = tools.project().path(".wrangler/dry-run").join(environment);
        let accepted = progress::step(format!("wrangler deploy --dry-run --env {environment}"), || {
            let dry_run = ["deploy", "--dry-run", "--env", environment, "--outdir"];
            tools.wrangler().args(dry_run).args([out]).env("CI", "1").run()
        });
        outcome.add(&Outcome::check(accepted.is_ok()));
    }
    Ok(outcome)
}
