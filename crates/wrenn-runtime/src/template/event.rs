//! What a build tells while it goes on.

use std::time::Duration;

/// Something that a build did. Shown by the command line as a progress display, and written to logs by the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildEvent {
    /// Another process builds the same thing; this one waits for it.
    Waiting {
        /// The template.
        template: String,
    },
    /// A build has begun.
    Started {
        /// The template.
        template: String,
    },
    /// A step of the build has begun.
    Step {
        /// Its number, from 1.
        number: u32,
        /// How many steps there are, when that is known.
        total: Option<u32>,
        /// What it does, as in `Installing remaining packages`.
        text: String,
    },
    /// A line that the step wrote.
    Log(String),
    /// Something that the person should know, such as an instruction that has no effect.
    Note(String),
    /// The template is there.
    Finished {
        /// The template.
        template: String,
        /// Bytes on disk of all its layers.
        size_bytes: u64,
        /// How long it took; zero when nothing had to be done.
        elapsed: Duration,
    },
}

/// Where a build reports. Called from several threads.
pub type Progress<'a> = &'a (dyn Fn(BuildEvent) + Send + Sync);

/// Reports nowhere.
pub fn silent(_: BuildEvent) {}
