//! What a stack is made of.

/// What a stack is made of.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How its folder's name begins.
    pub name: &'static str,
    /// Where the Worker's modules are, from the project's root.
    pub build: &'static str,
    /// X users beside those the sandbox has: each test may have its own.
    pub users: usize,
    /// Settings beside those of `wrangler.toml`.
    pub settings: &'static [(&'static str, &'static str)],
    /// What stands between a client and workerd.
    pub front: Front,
}

/// What stands between a client and workerd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// wrangler's proxy, as developers have it.
    Wrangler,
    /// Nothing; and workerd starts again by itself when it is killed.
    Nothing,
}

impl Plan {
    /// The stack of the end-to-end tests: what is deployed, as developers start it.
    pub const E2E: Self = Self {
        name: "perch-e2e",
        build: "build",
        users: 420,
        // What was lost is not looked for while the tests run: each counts what X was asked. Crash tests look.
        settings: &[("TOKEN_VENDING", "on"), ("RECONCILE_SETTLE_MS", "3600000")],
        front: Front::Wrangler,
    };
}
