//! Network namespaces, held open by a file descriptor.
#![expect(unsafe_code, reason = "leaving a namespace and interface flags have no safe wrapper")]

use std::{
    fs,
    fs::File,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd},
    path::PathBuf,
    sync::Arc,
};

use rustix::{
    net::{AddressFamily, SocketType, socket},
    thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe},
};

use crate::error::{Error, Result};

/// The namespace of the calling thread.
const OWN: &str = "/proc/thread-self/ns/net";

/// A network namespace. It lasts as long as this, a clone of it, or a process in it does; nothing else keeps it, so that a
/// killed server leaves none behind but those of capsules that run.
#[derive(Debug, Clone)]
pub struct NetworkNamespace(Arc<OwnedFd>);

impl NetworkNamespace {
    /// A new namespace in which no interface is up. It belongs to the user namespace of this process.
    ///
    /// # Errors
    /// The kernel refuses one, or there is no thread to be had.
    pub fn empty() -> Result<Self> {
        let made = std::thread::Builder::new().name(String::from("network-create")).spawn(|| {
            // SAFETY: concerns this thread alone, which shares no open files with the namespace.
            unsafe { unshare_unsafe(UnshareFlags::NEWNET) }
                .map_err(Error::system("make a network namespace"))?;
            File::open(OWN).map(|file| Self(Arc::new(file.into()))).map_err(Error::file("open", OWN))
        });
        join(made.map_err(Error::system("start a thread"))?)
    }

    /// A new namespace with a loopback interface and nothing else, for capsules without a network.
    ///
    /// # Errors
    /// The kernel refuses one.
    pub fn loopback() -> Result<Self> {
        let namespace = Self::empty()?;
        namespace.run(prepare)??;
        Ok(namespace)
    }

    /// The namespace of the calling thread.
    ///
    /// # Errors
    /// `/proc` is not there.
    pub fn current() -> Result<Self> {
        File::open(OWN).map(|file| Self(Arc::new(file.into()))).map_err(Error::file("open", OWN))
    }

    /// The namespace of the process `pid`.
    ///
    /// # Errors
    /// There is no such process.
    pub fn of_process(pid: i32) -> Result<Self> {
        let path = format!("/proc/{pid}/ns/net");
        File::open(&path).map(|file| Self(Arc::new(file.into()))).map_err(Error::file("open", path))
    }

    /// A path to it, valid for every process of this machine that may look into this one, for as long as this is there.
    pub fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd()))
    }

    /// Moves the calling thread into it, for good: the thread should end after its work.
    ///
    /// # Errors
    /// This process lacks the privilege.
    pub fn enter(&self) -> Result<()> {
        move_into_link_name_space(self.as_fd(), Some(LinkNameSpaceType::Network))
            .map_err(Error::system("enter a network namespace"))
    }

    /// Does `work` in it, in a thread of its own. Sockets that are opened there stay there.
    ///
    /// # Errors
    /// It cannot be entered.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().name(String::from("network-visit"));
            let visit = thread.spawn_scoped(scope, || self.enter().map(|()| work()));
            match visit.map_err(Error::system("start a thread"))?.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }
}

impl AsFd for NetworkNamespace {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl From<OwnedFd> for NetworkNamespace {
    fn from(fd: OwnedFd) -> Self {
        Self(Arc::new(fd))
    }
}

/// Brings loopback up in the namespace of the calling thread, and sets what capsules need there, who have no privilege
/// over it: every user may listen on every port, and every group may send pings.
///
/// # Errors
/// This process lacks the privilege.
pub fn prepare() -> Result<()> {
    bring_loopback_up().map_err(Error::system("bring a loopback interface up"))?;
    for (name, value) in [("ping_group_range", "0 4294967294"), ("ip_unprivileged_port_start", "0")] {
        let path = format!("/proc/sys/net/ipv4/{name}");
        fs::write(&path, value).map_err(Error::file("write", path))?;
    }
    Ok(())
}

fn join<T>(thread: std::thread::JoinHandle<Result<T>>) -> Result<T> {
    match thread.join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

fn bring_loopback_up() -> std::io::Result<()> {
    let socket = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    // SAFETY: all zeros are a valid request.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(c"lo".to_bytes()) {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request is a whole `ifreq` with a name that ends in a zero.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    if result == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
