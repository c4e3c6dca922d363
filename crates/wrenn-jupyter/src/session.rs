//! Sessions and kernels, as a server describes them.

use serde::Deserialize;

/// A session: a kernel under the path of a notebook.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: String,
    /// The notebook's path.
    #[serde(default)]
    pub path: String,
    /// What runs its code.
    pub kernel: Kernel,
}

/// A kernel.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Kernel {
    /// Its id.
    pub id: String,
    /// What kind it is.
    #[serde(default)]
    pub name: String,
    /// `starting`, `idle`, `busy`, `restarting`, `dead`.
    #[serde(default)]
    pub execution_state: String,
}
