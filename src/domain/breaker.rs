//! Endpoint groups.
/// Group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// t
    Tokens,
    /// t
    TweetsWrite,
    /// t
    TweetsRead,
    /// t
    Users,
    /// t
    Media,
    /// t
    Engagement,
}
