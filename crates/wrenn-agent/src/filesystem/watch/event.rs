//! What a watch has to tell.

use crate::filesystem::entry::Entry;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It came to be there, also by being moved there.
    Create,
    /// Its content changed.
    Write,
    /// It was removed.
    Remove,
    /// It was moved away; where it went to is a [`Change::Create`], if that is watched.
    Rename,
    /// Its mode, owner, times or attributes changed.
    Chmod,
}

/// A change to a file or directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its path, relative to the watched directory, which itself is `.`.
    pub name: String,
    /// What happened to it.
    pub change: Change,
    /// What it is now, when that was asked for and it is still there.
    pub entry: Option<Entry>,
}

/// There were changes that nobody will hear of; the watch is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Lost {
    /// More happened than the reader took.
    #[error(
        "changes were lost, because more happened than was read; look at the directory and watch it again"
    )]
    Overflow,
    /// A new directory could not be watched.
    #[error(
        "a new directory cannot be watched, because the limit of watches is reached; watch less at once or raise fs.inotify.max_user_watches"
    )]
    Limit,
}
