//! What the two lock files pin.

use serde_json::Value;

/// The version of `package` in a Cargo.lock.
pub(super) fn cargo_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Does `installed` (npm's `node_modules/.package-lock.json`) hold every package of `wanted` (package-lock.json)
/// in its version? An optional package may be absent: it is made for another platform.
pub(super) fn npm_matches(wanted: &Value, installed: &Value) -> bool {
    let Some(packages) = wanted.get("packages").and_then(Value::as_object) else {
        return false;
    };
    packages.iter().filter(|(path, _)| !path.is_empty()).all(|(path, package)| {
        let found = installed.get("packages").and_then(|all| all.get(path)).and_then(|one| one.get("version"));
        match found {
            Some(version) => package.get("version") == Some(version),
            None => package.get("optional") == Some(&Value::Bool(true)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const LOCK: &str = "[[package]]\nname = \"wasm-bindgen-futures\"\nversion = \"0.4.80\"\n\n\
                        [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\nsource = \"registry\"\n";

    #[test]
    fn the_version_is_that_of_the_package_of_exactly_this_name() {
        assert_eq!(cargo_version(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(cargo_version(LOCK, "wasm"), None);
    }

    #[test]
    fn installed_packages_match_the_lock_when_only_optional_ones_are_absent() {
        let wanted = json!({"packages": {"": {}, "node_modules/a": {"version": "1.0.0"},
            "node_modules/a-mac": {"version": "1.0.0", "optional": true}}});
        let installed = json!({"packages": {"node_modules/a": {"version": "1.0.0"}}});
        assert!(npm_matches(&wanted, &installed));
    }

    #[test]
    fn another_version_or_a_missing_package_does_not_match() {
        let wanted = json!({"packages": {"node_modules/a": {"version": "1.0.1"}}});
        assert!(!npm_matches(&wanted, &json!({"packages": {"node_modules/a": {"version": "1.0.0"}}})));
        assert!(!npm_matches(&wanted, &json!({"packages": {}})));
        let optional = json!({"packages": {"node_modules/a": {"version": "1.0.1", "optional": true}}});
        assert!(!npm_matches(&optional, &json!({"packages": {"node_modules/a": {"version": "1.0.0"}}})));
    }
}
