//! QEMU's monitor protocol: JSON, one object a line, on a unix socket that serves one client at a time.
//!
//! QEMU is not trusted: it runs what a capsule may have taken over. So an answer has a greatest length, and it and
//! all that comes before it must be there within a time.

mod message;

use std::{
    io::{BufRead, BufReader, ErrorKind, IoSlice, Write},
    mem::MaybeUninit,
    os::{fd::AsFd, unix::net::UnixStream},
    path::Path,
    time::{Duration, Instant},
};

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::Value;

pub(super) use message::{Command, RunState};
use message::{Line, Status};

use crate::{
    error::{Error, Result},
    socket::Address,
};

/// How long an answer may take, on a machine that is very busy.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest line that is read. The log of the guest's console is the longest that is asked for.
const LONGEST: usize = 1 << 20;
/// How often a state is looked at that is waited for.
const INTERVAL: Duration = Duration::from_micros(500);

/// A connection to a running QEMU, for one task; others wait until it is dropped.
#[derive(Debug)]
pub(super) struct Qmp {
    reader: BufReader<UnixStream>,
    /// How long an answer may take.
    limit: Duration,
}

impl Qmp {
    /// Connects to the monitor whose socket is at `path`.
    pub(super) fn connect(path: &Path) -> Result<Self> {
        Self::connect_within(path, LIMIT)
    }

    fn connect_within(path: &Path, limit: Duration) -> Result<Self> {
        let address = Address::of(path).map_err(Error::file("find", path))?;
        let stream = UnixStream::connect(address.path()).map_err(Error::file("connect to", path))?;
        stream.set_write_timeout(Some(limit)).map_err(Error::file("connect to", path))?;
        let mut qmp = Self { reader: BufReader::new(stream), limit };
        qmp.read("greet", Instant::now() + limit)?;
        qmp.execute(&Command::Capabilities)?;
        Ok(qmp)
    }

    /// Has a command done and returns what it answers.
    pub(super) fn execute(&mut self, command: &Command) -> Result<Value> {
        let name = command.name();
        let line = line_of(command)?;
        self.reader.get_mut().write_all(&line).map_err(|error| fault(name, &error))?;
        self.answer(name)
    }

    /// Has QEMU hold the file open, until it ends, under that name.
    pub(super) fn give(&mut self, fdname: &'static str, file: impl AsFd) -> Result<()> {
        self.execute_with(&Command::GetFd { fdname }, file)
    }

    /// Has the state of all devices of a machine that stands still written to the file, which is open for writing.
    pub(super) fn save_devices(&mut self, file: impl AsFd) -> Result<()> {
        /// Above those of the command line.
        const SET: u32 = 1_000;
        self.execute_with(&Command::AddFd { fdset_id: SET }, file)?;
        let filename = format!("/dev/fdset/{SET}");
        let saved = self.execute(&Command::XenSaveDevicesState { filename, live: false });
        self.execute(&Command::RemoveFd { fdset_id: SET })?;
        saved.map(drop)
    }

    fn execute_with(&mut self, command: &Command, file: impl AsFd) -> Result<()> {
        let name = command.name();
        let line = line_of(command)?;
        let files = [file.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(&files));
        let sent = sendmsg(self.reader.get_ref(), &[IoSlice::new(&line)], &mut control, SendFlags::NOSIGNAL);
        match sent {
            Ok(sent) if sent == line.len() => self.answer(name).map(drop),
            Ok(_) => Err(fault(name, &"it was sent only in part")),
            Err(error) => Err(fault(name, &error)),
        }
    }

    fn answer(&mut self, name: &'static str) -> Result<Value> {
        // For all that it says until then, however slowly.
        let end = Instant::now() + self.limit;
        loop {
            match self.read(name, end)? {
                Line { error: Some(refusal), .. } => return Err(fault(name, &refusal.desc)),
                Line { answer: Some(answer), .. } => return Ok(answer),
                // An event.
                Line { .. } => {}
            }
        }
    }

    /// What the machine does now.
    pub(super) fn status(&mut self) -> Result<RunState> {
        let answer = self.execute(&Command::QueryStatus)?;
        let status: Status =
            serde_json::from_value(answer).map_err(|error| fault(Command::QueryStatus.name(), &error))?;
        Ok(status.status)
    }

    /// Loads the device state that QEMU has open as `fd`, and returns when it is loaded.
    pub(super) fn load_devices(&mut self, fd: i32) -> Result<()> {
        let command = Command::MigrateIncoming { uri: format!("fd:{fd}") };
        self.execute(&command)?;
        let end = Instant::now() + LIMIT;
        // A state that cannot be loaded ends QEMU, and with it the connection.
        while self.status()? == RunState::Inmigrate {
            if Instant::now() > end {
                return Err(Error::Timeout { action: "loading a virtual machine's state", limit: LIMIT });
            }
            std::thread::sleep(INTERVAL);
        }
        Ok(())
    }

    /// What the guest's console printed last.
    pub(super) fn console(&mut self, device: &'static str, size: u32) -> Result<String> {
        let text = self.execute(&Command::RingbufRead { device, size })?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The next line, if it comes until `end`.
    fn read(&mut self, name: &'static str, end: Instant) -> Result<Line> {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::Timeout {
                    action: "waiting for a virtual machine's answer",
                    limit: self.limit,
                });
            }
            self.reader.get_ref().set_read_timeout(Some(left)).map_err(|error| fault(name, &error))?;
            let found = match self.reader.fill_buf() {
                // The time is over, or a signal came.
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                    continue;
                }
                found => found.map_err(|error| fault(name, &error))?,
            };
            if found.is_empty() {
                return Err(fault(name, &"QEMU has ended"));
            }
            let length = found.iter().position(|byte| *byte == b'\n').map_or(found.len(), |at| at + 1);
            line.extend_from_slice(&found[..length]);
            self.reader.consume(length);
            if line.len() > LONGEST {
                return Err(fault(name, &"the answer is too long"));
            }
        }
        serde_json::from_slice(&line).map_err(|error| fault(name, &error))
    }
}

fn line_of(command: &Command) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(command).map_err(|error| fault(command.name(), &error))?;
    line.push(b'\n');
    Ok(line)
}

fn fault(command: &'static str, reason: &dyn std::fmt::Display) -> Error {
    Error::Machine { action: command, reason: reason.to_string() }
}

#[cfg(test)]
mod tests;
