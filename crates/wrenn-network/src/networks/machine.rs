//! What a machine has once for all capsules of all of its servers: one table of rules, and forwarding.
//!
//! A server that lives holds a shared lock on a file of the machine's network namespace. Who gets it alone, and finds no
//! capsule's link, takes the table away. The table of a killed server is found by the next one.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::TryStreamExt as _;
use ipnet::Ipv4Net;
use rtnetlink::{
    Handle, RouteMessageBuilder,
    packet_route::{
        link::LinkAttribute,
        route::{RouteAddress, RouteAttribute},
    },
};

use super::NetworkConfig;
use crate::{
    error::{Error, Result},
    range::{PREFIX, Range},
    rules,
    slot::{connect, executor, links},
};

const FORWARDING: &str = "/proc/sys/net/ipv4/ip_forward";
/// How long the kernel may take to clear the slots that were ready.
const CLEARING: Duration = Duration::from_secs(10);
const CLEARING_STEP: Duration = Duration::from_millis(50);

#[derive(Debug)]
pub(super) struct Machine {
    path: PathBuf,
    lock: Mutex<Option<File>>,
}

impl Machine {
    /// Checks the range and puts the rules in place.
    pub(super) async fn open(config: &NetworkConfig, operator: Arc<[Ipv4Net]>) -> Result<Self> {
        let (range, registry) = (config.range, config.registry.clone());
        blocking("prepare the machine's network", move || {
            if let Some(other) =
                executor()?.block_on(async { overlapping_route(&connect()?, range).await })?
            {
                return Err(Error::RangeInUse { range: range.network(), other });
            }
            let directory = DirBuilder::new().recursive(true).mode(0o700).create(&registry);
            directory.map_err(Error::file("create", &registry))?;
            let own = "/proc/thread-self/ns/net";
            let namespace = fs::metadata(own).map_err(Error::file("look at", own))?.ino();
            let path = registry.join(namespace.to_string());
            let lock = lock_and_prepare(&path, &operator)?;
            switch_forwarding_on()?;
            Ok(Self { path, lock: Mutex::new(Some(lock)) })
        })
        .await
    }

    /// Takes the rules away, unless they are `needed` by a capsule of ours, or another server needs them.
    pub(super) async fn close(&self, needed: bool) -> Result<()> {
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(lock) = lock.filter(|_| !needed) else { return Ok(()) };
        let path = self.path.clone();
        blocking("clear the machine's network", move || {
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(Error::file("lock", path)(error)),
            }
            executor()?.block_on(async {
                let netlink = connect()?;
                let end = tokio::time::Instant::now() + CLEARING;
                while !links(&netlink).await?.is_empty() {
                    if tokio::time::Instant::now() > end {
                        // Capsules go on, and need the rules.
                        return Ok(());
                    }
                    tokio::time::sleep(CLEARING_STEP).await;
                }
                rules::apply("take the machine's rules away", &rules::delete_host_table())?;
                // While it is locked, so that nobody relies on it any more.
                fs::remove_file(&path).map_err(Error::file("remove", &path))
            })
        })
        .await
    }
}

/// Locks the file against its removal and puts the rules in place. When no other server lives, what earlier ones allowed is
/// forgotten; capsules that they left reach it again once their server is back and allows it.
fn lock_and_prepare(path: &Path, operator: &[Ipv4Net]) -> Result<File> {
    loop {
        let file = File::options().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(Error::file("create", path))?;
        let alone = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(Error::file("lock", path)(error)),
        };
        if !alone {
            file.lock_shared().map_err(Error::file("lock", path))?;
        }
        if !is_at(&file, path)? {
            continue;
        }
        rules::apply("put the machine's rules in place", &rules::host_table(operator, alone))?;
        if alone {
            // Others wait for this, so that what they add comes after the forgetting.
            file.lock_shared().map_err(Error::file("lock", path))?;
        }
        if is_at(&file, path)? {
            return Ok(file);
        }
    }
}

/// Whether the file is still there under its name. Who had the lock may have removed it before it was ours.
fn is_at(file: &File, path: &Path) -> Result<bool> {
    let ours = file.metadata().map_err(Error::file("look at", path))?.ino();
    Ok(fs::metadata(path).is_ok_and(|found| found.ino() == ours))
}

fn switch_forwarding_on() -> Result<()> {
    let state = fs::read_to_string(FORWARDING).map_err(Error::file("read", FORWARDING))?;
    if state.trim() == "0" {
        fs::write(FORWARDING, "1").map_err(Error::file("write", FORWARDING))?;
        tracing::info!("switched net.ipv4.ip_forward on, which capsules need to reach the internet");
    }
    Ok(())
}

/// A route of the machine, other than those to capsules and the default one, with addresses of the range.
pub(crate) async fn overlapping_route(netlink: &Handle, range: Range) -> Result<Option<Ipv4Net>> {
    let mut ours = Vec::new();
    let mut all = Box::pin(netlink.link().get().execute());
    while let Some(link) = all.try_next().await.map_err(Error::link("list the machine's links"))? {
        let is_ours = |attribute: &LinkAttribute| matches!(attribute, LinkAttribute::IfName(name) if name.starts_with(PREFIX));
        if link.attributes.iter().any(is_ours) {
            ours.push(link.header.index);
        }
    }
    let every = RouteMessageBuilder::<std::net::Ipv4Addr>::new().build();
    let mut routes = Box::pin(netlink.route().get(every).execute());
    while let Some(route) = routes.try_next().await.map_err(Error::link("list the machine's routes"))? {
        let mut to_capsule = false;
        let mut destination = None;
        for attribute in &route.attributes {
            match attribute {
                RouteAttribute::Oif(link) => to_capsule |= ours.contains(link),
                RouteAttribute::Destination(RouteAddress::Inet(address)) => destination = Some(*address),
                _ => {}
            }
        }
        let network =
            destination.and_then(|to| Ipv4Net::new(to, route.header.destination_prefix_length).ok());
        if let Some(network) = network.filter(|network| !to_capsule && network.prefix_len() > 0) {
            let network = network.trunc();
            if network.contains(&range.network()) || range.network().contains(&network) {
                return Ok(Some(network));
            }
        }
    }
    Ok(None)
}

async fn blocking<T: Send + 'static>(
    action: &'static str,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::system(action)(io::Error::other(error)))?
}
