//! Terminals: the side that stays with the agent.

use std::{
    io,
    os::fd::{AsFd, BorrowedFd, OwnedFd},
};

use bytes::BytesMut;
use rustix::{
    fs::{Gid, Mode, OFlags, Uid, fchmod, fchown, fcntl_getfl, fcntl_setfl},
    process::{Pid, Signal, kill_process_group},
    pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt},
    termios::{Winsize, tcgetpgrp, tcsetwinsize},
};
use tokio::io::{Interest, unix::AsyncFd};

use crate::descriptor;
use crate::users::User;

/// A terminal's size, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) cols: u16,
    pub(super) rows: u16,
}

/// The controlling side of a terminal. When it is dropped, whoever is left on the terminal is hung up.
#[derive(Debug)]
pub(super) struct Terminal {
    controller: AsyncFd<OwnedFd>,
}

impl Terminal {
    /// Opens a terminal that belongs to `user`; also the side for the process.
    pub(super) fn open(size: Size, user: &User) -> io::Result<(Self, OwnedFd)> {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let controller = openpt(flags)?;
        grantpt(&controller)?;
        unlockpt(&controller)?;
        let device = ioctl_tiocgptpeer(&controller, flags)?;
        if rustix::process::geteuid().is_root() {
            fchown(&device, Some(Uid::from_raw(user.uid)), None::<Gid>)?;
            fchmod(&device, Mode::RUSR | Mode::WUSR | Mode::WGRP)?;
        }
        fcntl_setfl(&controller, fcntl_getfl(&controller)? | OFlags::NONBLOCK)?;
        let terminal =
            Self { controller: descriptor::watch(controller, Interest::READABLE | Interest::WRITABLE)? };
        terminal.resize(size)?;
        Ok((terminal, device))
    }

    /// Sets the size and tells the processes on the terminal.
    pub(super) fn resize(&self, size: Size) -> io::Result<()> {
        let size = Winsize { ws_row: size.rows, ws_col: size.cols, ws_xpixel: 0, ws_ypixel: 0 };
        Ok(tcsetwinsize(self.controller.get_ref(), size)?)
    }

    /// Signals what runs in the foreground, which a shell puts into a process group of its own.
    pub(super) fn signal_foreground(&self, signal: Signal) {
        if let Ok(group) = tcgetpgrp(self.controller.get_ref())
            && group != Pid::INIT
        {
            kill_process_group(group, signal).ok();
        }
    }

    pub(super) async fn readable(&self) -> io::Result<()> {
        self.controller.readable().await.map(|mut ready| ready.retain_ready())
    }

    /// Reads into the buffer's spare room; nothing when nobody is left on the terminal.
    pub(super) fn try_read(&self, buffer: &mut BytesMut) -> io::Result<usize> {
        // A terminal gives out no more than this at a time.
        let mut bytes = [0; 4096];
        let read = self.controller.try_io(Interest::READABLE, |fd| Ok(rustix::io::read(fd, &mut bytes)?));
        match read {
            Err(error) if error.raw_os_error() == Some(libc::EIO) => Ok(0),
            Err(error) => Err(error),
            Ok(count) => {
                buffer.extend_from_slice(&bytes[..count]);
                Ok(count)
            }
        }
    }

    /// Types some of the bytes; how many.
    pub(super) async fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.controller.async_io(Interest::WRITABLE, |fd| Ok(rustix::io::write(fd, bytes)?)).await
    }
}

impl AsFd for Terminal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.controller.get_ref().as_fd()
    }
}
