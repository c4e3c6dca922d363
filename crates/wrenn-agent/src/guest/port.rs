//! The serial port to the host: bytes, and whether somebody is at the other end.
//!
//! The port stays open for good, because only one process may have it open. While the other end is away, it reads as
//! ended, and says so to whoever waits for it; a runtime that takes the end of a file for final cannot wait for the
//! next beginning then. So an `epoll` of our own is between port and runtime, and passes on changes only.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt as _},
    path::{Path, PathBuf},
    task::{Context, Poll, ready},
    time::Duration,
};

use rustix::{
    event::epoll::{self, CreateFlags, EventData, EventFlags},
    time::Timespec,
};
use tokio::io::{Interest, unix::AsyncFd};
use wrenn_agent_proto::machine::PORT_NAME;

use super::error::BootError;
use crate::descriptor;

/// The name comes from the host a moment after the port itself.
const ATTEMPTS: usize = 4000;
const PAUSE: Duration = Duration::from_millis(5);

/// Opens the device, once it is there.
pub(super) fn open() -> Result<File, BootError> {
    for attempt in 0.. {
        if let Some(path) = find() {
            return OpenOptions::new()
                .read(true)
                .write(true)
                .custom_flags(libc::O_NONBLOCK)
                .open(&path)
                .map_err(BootError::at(format!("open {}", path.display())));
        }
        if attempt == ATTEMPTS {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    Err(BootError::at(format!("find a serial port called {PORT_NAME}"))(io::ErrorKind::NotFound))
}

fn find() -> Option<PathBuf> {
    let ports = fs::read_dir("/sys/class/virtio-ports").ok()?;
    let named =
        |path: &Path| fs::read_to_string(path.join("name")).is_ok_and(|name| name.trim() == PORT_NAME);
    let port = ports.flatten().find(|port| named(&port.path()))?;
    Some(Path::new("/dev").join(port.file_name()))
}

/// An open port, watched by the runtime.
#[derive(Debug)]
pub(super) struct Port {
    file: File,
    readable: Changes,
    writable: Changes,
}

impl Port {
    /// Takes any file that does not block, such as a socket.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let readable = Changes::of(&file, EventFlags::IN)?;
        let writable = Changes::of(&file, EventFlags::OUT)?;
        Ok(Self { file, readable, writable })
    }

    /// Reads what is there; 0 while the other end is away.
    pub(super) fn poll_read(&self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            match rustix::io::read(&self.file, &mut *buffer) {
                Err(rustix::io::Errno::AGAIN) => ready!(self.readable.poll(context))?,
                Err(rustix::io::Errno::INTR) => {}
                done => return Poll::Ready(done.map_err(io::Error::from)),
            }
        }
    }

    /// Waits until it is worth reading again, after a read that found the other end away.
    pub(super) fn poll_change(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.readable.poll(context)
    }

    /// Writes some of the bytes; waits while the other end is away.
    pub(super) fn poll_write(&self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match rustix::io::write(&self.file, bytes) {
                Err(rustix::io::Errno::AGAIN) => ready!(self.writable.poll(context))?,
                Err(rustix::io::Errno::INTR) => {}
                done => return Poll::Ready(done.map_err(io::Error::from)),
            }
        }
    }
}

/// That something about a file has changed.
#[derive(Debug)]
struct Changes {
    epoll: AsyncFd<OwnedFd>,
}

impl Changes {
    fn of(file: &File, what: EventFlags) -> io::Result<Self> {
        let epoll = epoll::create(CreateFlags::CLOEXEC)?;
        epoll::add(&epoll, file, EventData::new_u64(0), what | EventFlags::ET)?;
        Ok(Self { epoll: descriptor::watch(epoll, Interest::READABLE)? })
    }

    /// Takes one change, or waits for the next.
    fn poll(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.epoll.poll_read_ready(context))?;
            let mut event = Vec::with_capacity(1);
            let no_time = Timespec { tv_sec: 0, tv_nsec: 0 };
            epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut event), Some(&no_time))?;
            ready.clear_ready();
            if !event.is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
