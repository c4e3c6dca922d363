//! The thread of a watch.

use std::io;
use std::os::fd::AsFd;

use inotify::{EventMask, Inotify};
use rustix::event::{PollFd, PollFlags, poll};
use tokio::sync::{mpsc, oneshot};

use super::Options;
use super::control::Control;
use super::event::{Event, Lost};
use super::network::is_network;
use super::tree::{Over, Tree};
use crate::filesystem::error::{Attempt, FsError};
use crate::filesystem::identity::Identity;

/// Room for a few hundred news at a time.
const BUFFER: usize = 32 << 10;

/// The thread goes over trees without recursion, so it needs little.
const STACK: usize = 256 << 10;

/// Starts the thread. It reports whether it watches, then sends events until told to stop.
pub(super) fn spawn(
    options: Options,
    identity: Identity,
    control: Control,
    sender: mpsc::Sender<Result<Event, Lost>>,
    report: oneshot::Sender<Result<(), FsError>>,
) -> io::Result<()> {
    let body = move || {
        let path = options.path.clone();
        let started = identity.assume().attempt("watch", &path).and_then(|assumed| {
            let (inotify, tree) = start(options, sender.clone())?;
            Ok((assumed, inotify, tree))
        });
        match started {
            Ok((_assumed, inotify, tree)) => {
                if report.send(Ok(())).is_ok()
                    && let Err(Over::Lost(lost)) = run(inotify, tree, &control)
                {
                    let _ = sender.blocking_send(Err(lost));
                }
            }
            Err(error) => {
                let _ = report.send(Err(error));
            }
        }
    };
    std::thread::Builder::new().name("watch".to_owned()).stack_size(STACK).spawn(body).map(drop)
}

fn start(options: Options, sender: mpsc::Sender<Result<Event, Lost>>) -> Result<(Inotify, Tree), FsError> {
    let path = options.path.clone();
    if !std::fs::metadata(&path).attempt("watch", &path).map_err(FsError::or_not_found)?.is_dir() {
        return Err(FsError::NotDirectory(path));
    }
    if !options.allow_network_mounts && is_network(&path).attempt("watch", &path)? {
        let reason = "it is on a network filesystem, where changes by others go unseen; allow network mounts to watch it nevertheless";
        return Err(FsError::Refused { operation: "watch", path, reason });
    }
    let inotify = Inotify::init().map_err(|error| too_many(error, &path))?;
    let tree = Tree::new(options, inotify.watches(), sender).map_err(|error| too_many(error, &path))?;
    Ok((inotify, tree))
}

/// Running out of watches is no full disk, whatever the number of the error says.
fn too_many(error: io::Error, path: &std::path::Path) -> FsError {
    match error.raw_os_error() {
        Some(libc::ENOSPC | libc::EMFILE | libc::ENFILE) => FsError::Refused {
            operation: "watch",
            path: path.to_path_buf(),
            reason: "too many files are watched; end other watches or raise fs.inotify.max_user_watches and max_user_instances",
        },
        _ => FsError::from_io("watch", path, error),
    }
}

fn run(mut inotify: Inotify, mut tree: Tree, control: &Control) -> Result<(), Over> {
    let mut buffer = vec![0; BUFFER];
    loop {
        wait(&inotify, control);
        if control.stopped() {
            return Ok(());
        }
        let flushes = control.take_flushes();
        // Some calls of a client come in bursts; reading all there is keeps the kernel's queue short.
        loop {
            match inotify.read_events(&mut buffer) {
                Ok(events) => {
                    for event in events {
                        if event.mask.contains(EventMask::Q_OVERFLOW) {
                            return Err(Over::Lost(Lost::Overflow));
                        }
                        tree.take(&event)?;
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Over::Lost(Lost::Overflow)),
            }
        }
        tree.caught_up();
        for flush in flushes {
            let _ = flush.send(());
        }
    }
}

fn wait(inotify: &Inotify, control: &Control) {
    let (news, requests) = (inotify.as_fd(), control.as_fd());
    let mut fds =
        [PollFd::from_borrowed_fd(news, PollFlags::IN), PollFd::from_borrowed_fd(requests, PollFlags::IN)];
    // Interrupted is as good as woken: both are looked at afterwards.
    let _ = poll(&mut fds, None);
}
