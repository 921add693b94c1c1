//! The fuzz targets.

use clap::ValueEnum;

/// One target of `fuzz/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Target {
    /// The parser of API keys
    ApiKey,
    /// The reader of the header of requests signed with OAuth 1.0a
    OauthHeader,
    /// The path gate, and what the relay makes of the paths it lets through
    PathGate,
    /// The reader of X's failures
    Problem,
    /// The reader of `traceparent`
    Trace,
    /// The reader of X's rate windows
    Windows,
}

impl Target {
    pub(crate) const ALL: [Self; 6] =
        [Self::ApiKey, Self::OauthHeader, Self::PathGate, Self::Problem, Self::Trace, Self::Windows];

    /// The name of its binary and its folders.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::OauthHeader => "oauth_header",
            Self::PathGate => "path_gate",
            Self::Problem => "problem",
            Self::Trace => "trace",
            Self::Windows => "windows",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::Project;

    #[test]
    fn every_target_of_the_fuzz_package_is_known() {
        let names = |folder: &str| {
            let entries = std::fs::read_dir(Project::open().unwrap().path(folder)).unwrap().flatten();
            let name = |entry: std::fs::DirEntry| entry.path().file_stem().unwrap().to_str().unwrap().to_owned();
            let mut names: Vec<String> = entries.map(name).collect();
            names.sort();
            names
        };
        let known = Target::ALL.map(Target::name);
        assert_eq!(names("fuzz/fuzz_targets"), known);
        assert_eq!(names("fuzz/corpus"), known);
        assert_eq!(Target::value_variants(), Target::ALL);
    }
}
