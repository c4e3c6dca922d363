//! Working on files as somebody else.
//!
//! The agent is root; what it does for a user it does on a thread that has taken that user's identity
//! for files (Linux keeps one per thread). So the kernel itself checks every permission on every part
//! of a path, and what is created belongs to the user.

use std::io;
use std::marker::PhantomData;

use nix::unistd::{Gid, Uid, setfsgid, setfsuid};
use rustix::thread::set_thread_groups;

use crate::users::User;

/// Who works on files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The user's id.
    pub uid: u32,
    /// The id of the user's own group.
    pub gid: u32,
    /// The ids of the other groups that the user is in.
    pub groups: Vec<u32>,
}

impl From<&User> for Identity {
    fn from(user: &User) -> Self {
        Self { uid: user.uid, gid: user.gid, groups: user.groups.clone() }
    }
}

/// While this lives, the thread works on files as the user; dropped, as the agent again.
#[derive(Debug)]
pub(crate) struct Assumed {
    before: Option<Identity>,
    // The identity is the thread's: the guard must not leave it.
    thread: PhantomData<*const ()>,
}

impl Identity {
    /// Takes this identity for the calling thread.
    ///
    /// # Errors
    /// When the agent may not: it is neither root nor that user.
    pub(crate) fn assume(&self) -> io::Result<Assumed> {
        let own = Self::of_agent();
        if own.uid == self.uid && (own.gid == self.gid || own.uid != 0) && self.uid != 0 {
            return Ok(Assumed { before: None, thread: PhantomData });
        }
        let before = Self { groups: current_groups(), ..own };
        switch(self)?;
        Ok(Assumed { before: Some(before), thread: PhantomData })
    }

    /// The identity that the agent itself has.
    pub(crate) fn of_agent() -> Self {
        Self { uid: Uid::effective().as_raw(), gid: Gid::effective().as_raw(), groups: Vec::new() }
    }

    /// Runs `work` with this identity where it may block.
    ///
    /// # Errors
    /// When the identity cannot be taken; then `work` never ran.
    pub(crate) async fn run<T, F>(&self, work: F) -> io::Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let identity = self.clone();
        let ran = tokio::task::spawn_blocking(move || identity.assume().map(|_assumed| work())).await;
        match ran {
            Ok(result) => result,
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl Drop for Assumed {
    fn drop(&mut self) {
        let Some(before) = &self.before else { return };
        if switch(before).is_err() {
            // A pool's thread that stayed somebody else would serve the next caller wrongly.
            std::process::abort();
        }
    }
}

/// Changes the calling thread's identity. The user comes last, because it takes capabilities with it.
fn switch(to: &Identity) -> io::Result<()> {
    let own = Uid::effective();
    // Back to the agent's own user first: only then may groups be chosen freely.
    setfsuid(own);
    let groups: Vec<_> = to.groups.iter().map(|&gid| rustix::process::Gid::from_raw(gid)).collect();
    set_thread_groups(&groups)?;
    let (uid, gid) = (Uid::from_raw(to.uid), Gid::from_raw(to.gid));
    setfsgid(gid);
    setfsuid(uid);
    // Neither call reports failure; asking with an id that is none tells what is in force.
    let none = u32::MAX;
    if setfsgid(Gid::from_raw(none)) != gid || setfsuid(Uid::from_raw(none)) != uid {
        return Err(io::Error::from(io::ErrorKind::PermissionDenied));
    }
    Ok(())
}

fn current_groups() -> Vec<u32> {
    rustix::process::getgroups().map(|all| all.iter().map(|gid| gid.as_raw()).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn what_a_user_makes_is_the_users() {
        if !Uid::effective().is_root() {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::chown(dir.path(), Some(4242), Some(4243)).unwrap();
        let file = dir.path().join("file");
        {
            let user = Identity { uid: 4242, gid: 4243, groups: vec![4244] };
            let _assumed = user.assume().unwrap();
            std::fs::write(&file, "x").unwrap();
            assert!(std::fs::read("/etc/shadow").is_err());
            assert_eq!(current_groups(), [4244]);
        }
        let made = std::fs::metadata(&file).unwrap();
        assert_eq!((made.uid(), made.gid()), (4242, 4243));
        assert!(std::fs::read("/etc/shadow").is_ok());
        assert!(!current_groups().contains(&4244));
    }
}
