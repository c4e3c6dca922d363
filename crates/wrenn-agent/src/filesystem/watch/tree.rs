//! The directories of a watch, and what the kernel's news about them mean.
//!
//! The kernel names a directory by the number of its watch and knows no recursion. So a directory that
//! appears gets a watch of its own, and what was put into it before that is found by looking. The same
//! file may then be found twice, by looking and by the kernel; `found` holds what was seen first.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use inotify::{EventMask, WatchDescriptor, WatchMask, Watches};
use tokio::sync::mpsc;

use super::Options;
use super::event::{Change, Event, Lost};
use crate::filesystem::entry::Entry;
use crate::filesystem::names::Names;
use crate::filesystem::temporary::{self, Unfinished};

/// Why a watch ends by itself.
#[derive(Debug, Clone, Copy)]
pub(super) enum Over {
    /// Nobody listens, or the directory is gone.
    Done,
    /// Changes went unseen.
    Lost(Lost),
}

/// The watched directories.
#[derive(Debug)]
pub(super) struct Tree {
    options: Options,
    watches: Watches,
    sender: mpsc::Sender<Result<Event, Lost>>,
    names: Option<Names>,
    /// Paths relative to the root; the root's own is empty.
    directories: HashMap<WatchDescriptor, PathBuf>,
    /// Found by looking, with the kernel's own report perhaps still to come.
    found: HashSet<PathBuf>,
    /// Moves of finished files that are under way.
    finishing: HashMap<u32, Unfinished>,
}

impl Tree {
    /// Watches the root, and what is below it if that was asked for.
    pub(super) fn new(
        options: Options,
        watches: Watches,
        sender: mpsc::Sender<Result<Event, Lost>>,
    ) -> io::Result<Self> {
        let names = options.include_entry.then(Names::load);
        let (directories, found, finishing) = (HashMap::new(), HashSet::new(), HashMap::new());
        let mut tree = Self { options, watches, sender, names, directories, found, finishing };
        tree.add(Path::new(""))?;
        if tree.options.recursive {
            tree.enter(Path::new(""), false).map_err(|over| match over {
                Over::Lost(Lost::Limit) => io::Error::from_raw_os_error(libc::ENOSPC),
                _ => io::ErrorKind::BrokenPipe.into(),
            })?;
        }
        Ok(tree)
    }

    /// Takes one piece of news.
    pub(super) fn take(&mut self, event: &inotify::Event<&OsStr>) -> Result<(), Over> {
        let Some(directory) = self.directories.get(&event.wd) else { return Ok(()) };
        let mask = event.mask;
        let Some(name) = event.name else {
            if mask.contains(EventMask::IGNORED) {
                let root = directory.as_os_str().is_empty();
                self.directories.remove(&event.wd);
                return if root { Err(Over::Done) } else { Ok(()) };
            }
            // Of other directories than the root, the one above has told it already.
            if directory.as_os_str().is_empty() {
                return self.root_changed(mask);
            }
            return Ok(());
        };
        let path = directory.join(name);
        let unfinished = temporary::recognize(name);
        if let Some(unfinished) = unfinished {
            if mask.contains(EventMask::MOVED_FROM) {
                self.finishing.insert(event.cookie, unfinished);
            }
            return Ok(());
        }
        self.changed(&path, mask, event.cookie)
    }

    /// To be called when the kernel has no more news: what was found by looking is then not told again.
    pub(super) fn caught_up(&mut self) {
        self.found.clear();
    }

    fn root_changed(&mut self, mask: EventMask) -> Result<(), Over> {
        if mask.contains(EventMask::DELETE_SELF) {
            self.send(Path::new("."), Change::Remove)?;
            return Err(Over::Done);
        }
        if mask.contains(EventMask::MOVE_SELF) {
            self.send(Path::new("."), Change::Rename)?;
            return Err(Over::Done);
        }
        if mask.contains(EventMask::UNMOUNT) { Err(Over::Done) } else { Ok(()) }
    }

    fn changed(&mut self, path: &Path, mask: EventMask, cookie: u32) -> Result<(), Over> {
        let directory = mask.contains(EventMask::ISDIR);
        if mask.intersects(EventMask::CREATE | EventMask::MOVED_TO) {
            match self.finishing.remove(&cookie).filter(|_| !directory) {
                Some(Unfinished::New) => {
                    self.send(path, Change::Create)?;
                    return self.send(path, Change::Write);
                }
                Some(Unfinished::Replacing) => return self.send(path, Change::Write),
                None => {}
            }
            if self.found.remove(path) {
                return Ok(());
            }
            self.send(path, Change::Create)?;
            return if directory && self.options.recursive { self.appeared(path) } else { Ok(()) };
        }
        if mask.intersects(EventMask::DELETE | EventMask::MOVED_FROM) {
            self.found.remove(path);
            if directory {
                self.leave(path);
            }
            let moved = mask.contains(EventMask::MOVED_FROM);
            return self.send(path, if moved { Change::Rename } else { Change::Remove });
        }
        if mask.contains(EventMask::MODIFY) {
            return self.send(path, Change::Write);
        }
        if mask.contains(EventMask::ATTRIB) { self.send(path, Change::Chmod) } else { Ok(()) }
    }

    /// A directory is new: watches it and tells what is in it already.
    fn appeared(&mut self, path: &Path) -> Result<(), Over> {
        match self.add(path) {
            Ok(()) => self.enter(path, true),
            Err(error) => unwatched(&error),
        }
    }

    /// Watches all directories below `start`, which is watched already, and tells of what it finds if
    /// `tell`.
    fn enter(&mut self, start: &Path, tell: bool) -> Result<(), Over> {
        let mut open = vec![start.to_path_buf()];
        while let Some(directory) = open.pop() {
            // What has gone meanwhile, or may not be read, has nothing to tell.
            let Ok(items) = fs::read_dir(self.options.path.join(&directory)) else { continue };
            for item in items.flatten() {
                let name = item.file_name();
                if temporary::recognize(&name).is_some() {
                    continue;
                }
                let path = directory.join(name);
                if tell && self.found.insert(path.clone()) {
                    self.send(&path, Change::Create)?;
                    if item.metadata().is_ok_and(|found| found.is_file() && found.len() > 0) {
                        self.send(&path, Change::Write)?;
                    }
                }
                if item.file_type().is_ok_and(|kind| kind.is_dir()) {
                    match self.add(&path) {
                        Ok(()) => open.push(path),
                        Err(error) => unwatched(&error)?,
                    }
                }
            }
        }
        Ok(())
    }

    /// Forgets the directories at and below `path`, which is no longer there.
    fn leave(&mut self, path: &Path) {
        let gone: Vec<_> = self.directories.extract_if(|_, at| at.starts_with(path)).collect();
        for (watch, _) in gone {
            // When the directory itself is gone, so is its watch.
            let _ = self.watches.remove(watch);
        }
    }

    fn add(&mut self, path: &Path) -> io::Result<()> {
        let mut mask = WatchMask::CREATE
            | WatchMask::MODIFY
            | WatchMask::ATTRIB
            | WatchMask::DELETE
            | WatchMask::MOVED_FROM
            | WatchMask::MOVED_TO
            | WatchMask::ONLYDIR;
        if path.as_os_str().is_empty() {
            mask |= WatchMask::DELETE_SELF | WatchMask::MOVE_SELF;
        } else {
            mask |= WatchMask::DONT_FOLLOW;
        }
        let watch = self.watches.add(self.options.path.join(path), mask)?;
        self.directories.insert(watch, path.to_path_buf());
        Ok(())
    }

    fn send(&self, path: &Path, change: Change) -> Result<(), Over> {
        let entry =
            self.names.as_ref().and_then(|names| Entry::read(&self.options.path.join(path), names).ok());
        let event = Event { name: path.to_string_lossy().into_owned(), change, entry };
        self.sender.blocking_send(Ok(event)).map_err(|_| Over::Done)
    }
}

/// A directory that cannot be watched because it is gone or private is passed over; for want of watches,
/// changes would go unseen.
fn unwatched(error: &io::Error) -> Result<(), Over> {
    match error.raw_os_error() {
        Some(libc::ENOSPC | libc::ENOMEM) => Err(Over::Lost(Lost::Limit)),
        _ => Ok(()),
    }
}
