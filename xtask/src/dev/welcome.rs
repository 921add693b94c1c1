//! What `dev` says once everything runs.

use super::demo::Demo;
use super::stack::Settings;

/// The base URL, the key and lines to paste into another terminal.
pub(crate) fn text(settings: &Settings, demo: &Demo) -> String {
    let base_url = settings.base_url();
    let mut lines = vec![String::new(), format!("perch runs on {base_url}")];
    if let Some(sandbox) = settings.sandbox_url() {
        lines.push(format!("X is the sandbox on {sandbox} (what it saw: {sandbox}/_sandbox/ledger)"));
    }
    lines.push(format!("Key      {}", demo.key));
    if let Some(account) = &demo.account {
        lines.push(format!("Account  @{} ({})", account.username, account.id));
    }
    lines.push("\nPaste into another terminal, in this folder:\n".to_owned());
    lines.extend(curl_lines(&base_url, demo).into_iter().map(|line| format!("  {line}")));
    lines.push("\nCtrl-C stops everything. Logs follow.\n".to_owned());
    lines.join("\n")
}

fn curl_lines(base_url: &str, demo: &Demo) -> Vec<String> {
    let mut lines = vec![
        format!("export PERCH={base_url}"),
        format!("export PERCH_KEY={}", demo.key),
        "perch() { curl -sS -H \"Authorization: Bearer $PERCH_KEY\" \"$@\"; echo; }".to_owned(),
    ];
    if demo.account.is_none() {
        lines.push("# Connect your X account: open the url of the answer in a browser".to_owned());
        lines.push(format!("perch {JSON} -d '{{}}' $PERCH/v1/connect"));
    }
    lines.extend([
        format!(r#"TWEET=$(perch {JSON} -d "{{\"text\":\"Hello from perch, $(date +%T)\"}}" $PERCH/v1/tweets \"#),
        r#"  | tee /dev/stderr | grep -o '"id":"[0-9]*"' | head -n 1 | tr -dc 0-9)"#.to_owned(),
        "perch $PERCH/v1/tweets/$TWEET".to_owned(),
        "perch -X PUT $PERCH/v1/tweets/$TWEET/like".to_owned(),
        "perch $PERCH/2/tweets/$TWEET?tweet.fields=created_at   # X's own API, through the relay".to_owned(),
        "perch -H 'Content-Type: image/png' --data-binary @examples/perch.png $PERCH/v1/media".to_owned(),
    ]);
    lines
}

const JSON: &str = "-H 'Content-Type: application/json'";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Profile;
    use crate::project::Project;

    fn demo() -> Demo {
        Demo { key: "perch_test_x".to_owned(), account: None }
    }

    #[test]
    fn the_key_is_shown_whole_and_the_picture_exists() {
        let project = Project::open().unwrap();
        let settings = Settings::local(&project, 8787, 8788, Profile::Dev, None);
        let text = text(&settings, &demo());
        assert!(text.contains("perch_test_x\n"), "{text}");
        assert!(project.path("examples/perch.png").exists());
    }

    #[test]
    fn the_shell_reads_every_line() {
        let script = curl_lines("http://127.0.0.1:9", &demo()).join("\n");
        let read = std::process::Command::new("sh").args(["-n", "-c", &script]).status().unwrap();
        assert!(read.success(), "{script}");
    }
}
