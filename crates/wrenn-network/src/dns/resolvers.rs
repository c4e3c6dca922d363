//! Who is asked for names.

use std::{
    fs,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// The most of them that are tried.
const MOST: usize = 3;

/// The operator's resolvers, or the machine's.
#[derive(Debug)]
pub(super) struct Resolvers {
    fixed: Vec<SocketAddr>,
    file: PathBuf,
    read: Mutex<Option<(SystemTime, Vec<SocketAddr>)>>,
}

impl Resolvers {
    pub(super) fn new(fixed: Vec<SocketAddr>) -> Self {
        Self { fixed, file: PathBuf::from("/etc/resolv.conf"), read: Mutex::default() }
    }

    /// Those to ask now, in order. The machine's file is read again when it has changed.
    pub(super) fn list(&self) -> Vec<SocketAddr> {
        if !self.fixed.is_empty() {
            return self.fixed.clone();
        }
        let changed =
            fs::metadata(&self.file).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        match &*read {
            Some((at, list)) if *at == changed => list.clone(),
            _ => {
                let list = parse(&fs::read_to_string(&self.file).unwrap_or_default());
                *read = Some((changed, list.clone()));
                list
            }
        }
    }
}

fn parse(text: &str) -> Vec<SocketAddr> {
    let servers = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let address = (words.next()? == "nameserver").then(|| words.next())??;
        // A zone, as in fe80::1%eth0, cannot be kept.
        let address: IpAddr = address.parse().ok()?;
        Some(SocketAddr::new(address, 53))
    });
    servers.take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machines_file_is_read_and_read_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut resolvers = Resolvers::new(Vec::new());
        resolvers.file = dir.path().join("resolv.conf");
        assert!(resolvers.list().is_empty());
        fs::write(
            &resolvers.file,
            "# one\nsearch a.com\nnameserver 1.2.3.4\nnameserver ::1 \nnameserver x\n",
        )
        .unwrap();
        assert_eq!(resolvers.list(), ["1.2.3.4:53".parse().unwrap(), "[::1]:53".parse().unwrap()]);
        fs::write(&resolvers.file, "nameserver 9.9.9.9").unwrap();
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        fs::File::open(&resolvers.file).unwrap().set_modified(later).unwrap();
        assert_eq!(resolvers.list(), ["9.9.9.9:53".parse().unwrap()]);
    }

    #[test]
    fn the_operators_come_first() {
        let own: SocketAddr = "5.6.7.8:5353".parse().unwrap();
        assert_eq!(Resolvers::new(vec![own]).list(), [own]);
    }
}
