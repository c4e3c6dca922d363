//! Telling what changes below a directory.
//!
//! Each watch is a thread of its own, with the identity of the user who asked: it waits for the kernel's
//! news, keeps the set of watched directories up to date and sends on what it learns. Nothing is dropped
//! on the way: a reader who is too slow makes the kernel's own queue run over, which is reported.
//!
//! ```text
//!   inotify ──> Tree (which directory is which) ──> channel ──> WatchDir stream
//!                                                         └──> polled watchers
//! ```

mod control;
mod event;
mod network;
mod tree;
mod worker;

use std::path::PathBuf;

use tokio::sync::mpsc::Receiver;
use tokio::sync::oneshot;

use self::control::Control;
pub(crate) use self::event::{Change, Event, Lost};
use super::error::FsError;
use super::identity::Identity;

/// What to watch.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The directory.
    pub path: PathBuf,
    /// Also all directories below it, those to come included.
    pub recursive: bool,
    /// Look at what changed and say what it is now.
    pub include_entry: bool,
    /// Also where changes made by other machines go unseen.
    pub allow_network_mounts: bool,
    /// How many events may wait for the reader before the kernel has to keep them.
    pub backlog: usize,
}

/// A running watch; it ends when dropped.
#[derive(Debug)]
pub(crate) struct Watch {
    events: Receiver<Result<Event, Lost>>,
    control: Control,
}

impl Watch {
    /// Begins to watch; from then on, every change is reported.
    ///
    /// # Errors
    /// Nothing at the path, no directory, not for this user, or too many watches.
    pub(crate) async fn start(options: Options, identity: Identity) -> Result<Self, FsError> {
        let path = options.path.clone();
        let failed = |error| FsError::from_io("watch", &path, error);
        let (sender, events) = tokio::sync::mpsc::channel(options.backlog);
        let (report, started) = oneshot::channel();
        let control = Control::new().map_err(failed)?;
        worker::spawn(options, identity, control.clone(), sender, report).map_err(failed)?;
        match started.await {
            Ok(Ok(())) => Ok(Self { events, control }),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(failed(std::io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// The next event; `None` after the directory itself is gone. [`Lost`] is the last that comes.
    pub(crate) async fn next(&mut self) -> Option<Result<Event, Lost>> {
        self.events.recv().await
    }

    /// All events of changes made before this call, as far as they have not been fetched yet.
    pub(crate) async fn pending(&mut self) -> Vec<Result<Event, Lost>> {
        let mut found = Vec::new();
        let mut drained = self.control.flush();
        loop {
            tokio::select! {
                biased;
                event = self.events.recv() => match event {
                    Some(event) => found.push(event),
                    None => return found,
                },
                _ = &mut drained => break,
            }
        }
        while let Ok(event) = self.events.try_recv() {
            found.push(event);
        }
        found
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.control.stop();
    }
}
