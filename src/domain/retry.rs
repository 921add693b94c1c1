//! Effects.
/// Effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// t
    Read,
    /// t
    Set,
    /// t
    Create,
}
