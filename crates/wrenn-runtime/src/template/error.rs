//! What can go wrong with templates.

/// A failed operation on templates.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The name can be no template's name.
    #[error("`{name}` is no template name: {reason}")]
    InvalidName {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The name belongs to a built-in template.
    #[error("the name `{name}` is reserved for a built-in template")]
    Reserved {
        /// The name.
        name: String,
    },
    /// There is no such template.
    #[error("there is no template `{name}`")]
    NotFound {
        /// The name.
        name: String,
    },
    /// The template is built in, but this machine has not built it yet.
    #[error(
        "the template `{name}` is not built yet; run `wrenn template build {name}` on the server's machine"
    )]
    NotBuilt {
        /// The name.
        name: String,
    },
    /// There is one of that name already.
    #[error("there is a template `{name}` already")]
    Exists {
        /// The name.
        name: String,
    },
    /// The Dockerfile or its context cannot be built from.
    #[error("cannot build from {path}: {reason}")]
    Definition {
        /// The file or directory.
        path: std::path::PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A step of a build failed.
    #[error("building the template `{name}` failed: {program} ended with {status}\n{log}")]
    Build {
        /// The template.
        name: String,
        /// The program that failed.
        program: String,
        /// How it ended.
        status: String,
        /// The last lines of its output.
        log: String,
    },
    /// A file, a program or the system failed.
    #[error(transparent)]
    Runtime(#[from] crate::Error),
}

impl TemplateError {
    pub(super) fn file(
        action: &'static str,
        path: impl Into<std::path::PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Runtime(crate::Error::File { action, path, source })
    }

    pub(super) fn system(action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Runtime(crate::Error::System { action, source })
    }
}
