//! Unix sockets at paths of any length.

use std::{
    fs, io,
    os::{
        fd::{AsRawFd, OwnedFd},
        unix::{fs::PermissionsExt, net::UnixListener},
    },
    path::{Path, PathBuf},
};

use rustix::{
    fs::{Mode, OFlags, open},
    process::Pid,
};

/// The longest path that a socket's address holds.
const LONGEST: usize = 107;

/// A path to a socket that is short enough, and what keeps it valid.
pub(crate) struct Address {
    path: PathBuf,
    _directory: Option<OwnedFd>,
}

impl Address {
    /// The address of the socket at `path`, whose directory must exist.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        if path.as_os_str().len() <= LONGEST {
            return Ok(Self { path: path.to_owned(), _directory: None });
        }
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        // The directory is named by an open file, whatever its length.
        let handle = open(directory, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
        let process = Pid::as_raw(Some(rustix::process::getpid()));
        let path = Path::new("/proc").join(format!("{process}/fd/{}", handle.as_raw_fd())).join(name);
        Ok(Self { path, _directory: Some(handle) })
    }

    /// What to bind or connect to while this lives.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// Makes the socket at `path`, which only this user can reach, and listens on it.
pub(crate) fn listen(path: &Path) -> io::Result<UnixListener> {
    let address = Address::of(path)?;
    let listener = UnixListener::bind(address.path())?;
    fs::set_permissions(address.path(), fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}
