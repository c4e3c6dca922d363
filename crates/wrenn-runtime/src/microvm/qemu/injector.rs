//! Gives QEMU the file below its memory, read-only.
//!
//! QEMU 7.2 opens the file of a memory backend for reading and writing even when it maps it privately. With such a
//! descriptor, a QEMU that was taken over could change what other capsules are restored from. So a filter of system calls
//! holds every `openat` for both; the one for memory is answered with a descriptor that can only be read (which is all
//! that a private mapping needs), and the device of KVM with itself. Once QEMU is up nobody answers any more, and such
//! calls fail.
//!
//! There are other ways to open a file, and the filter lets them be: it is no wall by itself. The wall is that the file is
//! not in QEMU's root directory, where all that there is is read-only.
#![expect(unsafe_code, reason = "filters with a listener have no safe wrapper")]

use std::{
    io,
    mem::{MaybeUninit, size_of},
    os::{
        fd::{AsFd, AsRawFd, FromRawFd, OwnedFd},
        unix::net::UnixStream,
    },
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    io::IoSliceMut,
    net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg},
};

use crate::error::{Error, Result};

/// How long QEMU may take until it opens its memory.
const LIMIT: Duration = Duration::from_secs(30);
/// The longest path that is told apart.
const LONGEST: usize = 64;

/// `SECCOMP_IOCTL_NOTIF_RECV`, `…_ADDFD` and `…_SEND`, from the kernel's interface.
const RECEIVE: libc::Ioctl = 0xc050_2100_u32 as libc::Ioctl;
const ADD_FILE: libc::Ioctl = 0x4018_2103;
const ANSWER: libc::Ioctl = 0xc018_2101_u32 as libc::Ioctl;
/// Answers the held call with the new descriptor (kernel 5.14).
const AND_ANSWER: u32 = 1 << 1;

/// The kernel's `struct seccomp_notif`.
#[repr(C)]
#[derive(Default)]
struct Held {
    id: u64,
    pid: u32,
    flags: u32,
    call: i32,
    architecture: u32,
    instruction: u64,
    arguments: [u64; 6],
}

/// The kernel's `struct seccomp_notif_addfd`.
#[repr(C)]
struct AddFile {
    id: u64,
    flags: u32,
    source: u32,
    target: u32,
    target_flags: u32,
}

/// The kernel's `struct seccomp_notif_resp`.
#[repr(C)]
struct Refusal {
    id: u64,
    value: i64,
    error: i32,
    flags: u32,
}

/// Where the child sends what it is listened to by.
pub(super) struct Injector {
    ours: UnixStream,
    theirs: UnixStream,
}

/// A file by the name that QEMU asks for.
pub(super) type Answer<'a> = (&'a str, &'a OwnedFd);

impl Injector {
    pub(super) fn new() -> Result<Self> {
        let (ours, theirs) = UnixStream::pair().map_err(Error::system("make a socket"))?;
        Ok(Self { ours, theirs })
    }

    /// What [`install`] needs in the child.
    pub(super) fn child(&self) -> Result<OwnedFd> {
        self.theirs.as_fd().try_clone_to_owned().map_err(Error::system("keep a socket open"))
    }

    /// Answers the child until it has opened each of `answers`. Returns early when it ends.
    pub(super) fn serve(self, answers: &[Answer<'_>]) -> Result<()> {
        let Self { ours, theirs } = self;
        drop(theirs);
        let listener = receive(&ours).map_err(Error::system("watch the files that QEMU opens"))?;
        let end = Instant::now() + LIMIT;
        let mut left = answers.len();
        while left > 0 {
            let timeout = Timespec::try_from(end.saturating_duration_since(Instant::now())).ok();
            let mut ready = [PollFd::new(&listener, PollFlags::IN)];
            match poll(&mut ready, timeout.as_ref()) {
                Err(rustix::io::Errno::INTR) => continue,
                Ok(0) => return Err(Error::Timeout { action: "starting QEMU", limit: LIMIT }),
                Err(error) => return Err(Error::system("watch the files that QEMU opens")(error)),
                Ok(_) => {}
            }
            // Its end hangs up.
            if !ready[0].revents().contains(PollFlags::IN) {
                return Ok(());
            }
            let Some(held) = next(&listener) else { continue };
            let path = path_of(&held);
            if let Some((_, file)) = answers.iter().find(|(name, _)| name.as_bytes() == path) {
                give(&listener, &held, file).map_err(Error::system("give QEMU its memory"))?;
                left -= 1;
            } else {
                // It looks for devices that it can do without.
                refuse(&listener, &held).map_err(Error::system("refuse QEMU a file"))?;
            }
        }
        Ok(())
    }
}

/// Puts the filter on the calling process and sends its listener. For the time between fork and exec: only makes system
/// calls.
pub(super) fn install(to: &OwnedFd) -> io::Result<()> {
    let filter = filter();
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_ptr().cast_mut() };
    // SAFETY: the program and its instructions live through the calls, which keep no pointer.
    let listener = unsafe {
        if libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 {
            return Err(io::Error::last_os_error());
        }
        libc::syscall(
            libc::SYS_seccomp,
            libc::SECCOMP_SET_MODE_FILTER,
            libc::SECCOMP_FILTER_FLAG_NEW_LISTENER,
            &raw const program,
        )
    };
    let Ok(listener) = i32::try_from(listener) else { return Err(io::Error::last_os_error()) };
    if listener < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the number is a descriptor that was made just now.
    let listener = unsafe { OwnedFd::from_raw_fd(listener) };
    send(to, &listener)
}

/// Holds `openat` for reading and writing, and lets everything else be.
fn filter() -> [libc::sock_filter; 8] {
    const LOAD: u16 = (libc::BPF_LD | libc::BPF_W | libc::BPF_ABS) as u16;
    const EQUAL: u16 = (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16;
    const AND: u16 = (libc::BPF_ALU | libc::BPF_AND | libc::BPF_K) as u16;
    const RETURN: u16 = (libc::BPF_RET | libc::BPF_K) as u16;
    const CALL: u32 = 0;
    /// The lower half of the third argument, the flags.
    const FLAGS: u32 = 16 + 2 * 8 + if cfg!(target_endian = "big") { 4 } else { 0 };
    let step = |code, k| libc::sock_filter { code, jt: 0, jf: 0, k };
    let skip_unless = |k, jf| libc::sock_filter { code: EQUAL, jt: 0, jf, k };
    [
        step(LOAD, CALL),
        skip_unless(libc::SYS_openat as u32, 4),
        step(LOAD, FLAGS),
        step(AND, libc::O_ACCMODE as u32),
        skip_unless(libc::O_RDWR as u32, 1),
        step(RETURN, libc::SECCOMP_RET_USER_NOTIF),
        step(RETURN, libc::SECCOMP_RET_ALLOW),
        step(RETURN, libc::SECCOMP_RET_ALLOW),
    ]
}

/// Sends a descriptor. Only makes a system call, on memory of its own.
fn send(to: &OwnedFd, file: &OwnedFd) -> io::Result<()> {
    const SPACE: usize = 64;
    let mut control = [0_u64; SPACE / 8];
    let mut byte = [0_u8; 1];
    let mut slice = libc::iovec { iov_base: byte.as_mut_ptr().cast(), iov_len: 1 };
    // SAFETY: the message points to memory that lives through the call; the header is within the control memory, which
    // is long enough for one descriptor and aligned for it.
    let sent = unsafe {
        let mut message: libc::msghdr = MaybeUninit::zeroed().assume_init();
        message.msg_iov = &raw mut slice;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_SPACE(size_of::<libc::c_int>() as u32) as _;
        let header = libc::CMSG_FIRSTHDR(&raw const message);
        (*header).cmsg_level = libc::SOL_SOCKET;
        (*header).cmsg_type = libc::SCM_RIGHTS;
        (*header).cmsg_len = libc::CMSG_LEN(size_of::<libc::c_int>() as u32) as _;
        libc::CMSG_DATA(header).cast::<libc::c_int>().write_unaligned(file.as_raw_fd());
        libc::sendmsg(to.as_raw_fd(), &raw const message, 0)
    };
    if sent == 1 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn receive(from: &UnixStream) -> io::Result<OwnedFd> {
    let mut byte = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    recvmsg(from, &mut [IoSliceMut::new(&mut byte)], &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let files = control.drain().filter_map(|message| match message {
        RecvAncillaryMessage::ScmRights(files) => Some(files),
        _ => None,
    });
    files.flatten().next().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// The next call that is held, unless it was given up meanwhile.
fn next(listener: &OwnedFd) -> Option<Held> {
    let mut held = Held::default();
    // SAFETY: the kernel writes one structure of that size.
    let result = unsafe { libc::ioctl(listener.as_raw_fd(), RECEIVE, &raw mut held) };
    (result == 0).then_some(held)
}

/// The path that the held call names.
fn path_of(held: &Held) -> Vec<u8> {
    let mut path = vec![0_u8; LONGEST];
    let local = libc::iovec { iov_base: path.as_mut_ptr().cast(), iov_len: LONGEST };
    // The page that the path is in ends somewhere; no more than that is asked for.
    let address = held.arguments[1] as usize;
    let length = LONGEST.min(4096 - address % 4096);
    let remote = libc::iovec { iov_base: address as *mut libc::c_void, iov_len: length };
    // SAFETY: the kernel writes at most `LONGEST` bytes to the memory that is as long.
    let read = unsafe {
        libc::process_vm_readv(held.pid as libc::pid_t, &raw const local, 1, &raw const remote, 1, 0)
    };
    path.truncate(usize::try_from(read).unwrap_or(0));
    path.truncate(path.iter().position(|byte| *byte == 0).unwrap_or(path.len()));
    path
}

fn give(listener: &OwnedFd, held: &Held, file: &OwnedFd) -> io::Result<()> {
    let add = AddFile {
        id: held.id,
        flags: AND_ANSWER,
        source: file.as_raw_fd().unsigned_abs(),
        target: 0,
        target_flags: libc::O_CLOEXEC.unsigned_abs(),
    };
    // SAFETY: the kernel reads one structure of that size.
    let result = unsafe { libc::ioctl(listener.as_raw_fd(), ADD_FILE, &raw const add) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

fn refuse(listener: &OwnedFd, held: &Held) -> io::Result<()> {
    let refusal = Refusal { id: held.id, value: 0, error: -libc::ENOENT, flags: 0 };
    // SAFETY: the kernel reads one structure of that size.
    let result = unsafe { libc::ioctl(listener.as_raw_fd(), ANSWER, &raw const refusal) };
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
