//! What a capsule uses now, its disk space from a memory of at most a minute.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use super::{paths::Paths, shared::Shared};
use crate::{
    error::{Error, Result},
    runtime::{CapsuleSpec, Usage},
    tree,
};

/// How old a measured size may be before it is measured again.
const FRESH: Duration = Duration::from_secs(30);

/// The sizes of private layers, each with the time of its measuring.
#[derive(Debug, Default)]
pub(super) struct DiskCache {
    sizes: Mutex<HashMap<String, Size>>,
}

#[derive(Debug, Clone, Copy)]
struct Size {
    bytes: u64,
    measured: Instant,
}

impl DiskCache {
    pub(super) fn forget(&self, id: &str) {
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// The last size, and whether it is for the caller to measure anew. Only one caller at a time is told so.
    fn get(&self, id: &str) -> (Option<u64>, bool) {
        let mut sizes = self.sizes.lock().unwrap_or_else(PoisonError::into_inner);
        match sizes.get_mut(id) {
            None => (None, true),
            Some(size) if size.measured.elapsed() < FRESH => (Some(size.bytes), false),
            Some(size) => {
                size.measured = Instant::now();
                (Some(size.bytes), true)
            }
        }
    }

    fn put(&self, id: &str, bytes: u64) {
        let size = Size { bytes, measured: Instant::now() };
        self.sizes.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned(), size);
    }
}

/// Reads the counters, and the size of the private layer or what is remembered of it.
pub(super) async fn usage(shared: &Arc<Shared>, spec: &CapsuleSpec) -> Result<Usage> {
    let reading = shared.group(&spec.id).read()?;
    let disk_bytes = match shared.disk.get(&spec.id) {
        (Some(bytes), false) => bytes,
        // The old size will do while the new one is measured behind the caller's back.
        (Some(bytes), true) => {
            drop(measure(shared, spec));
            bytes
        }
        (None, _) => measure(shared, spec).await.map_err(|error| {
            Error::system("measure a capsule's disk space")(std::io::Error::other(error))
        })??,
    };
    let crate::cgroup::Reading { cpu, memory_bytes, oom_kills } = reading;
    Ok(Usage { cpu, memory_bytes, disk_bytes, oom_kills, ..Usage::default() })
}

fn measure(shared: &Arc<Shared>, spec: &CapsuleSpec) -> tokio::task::JoinHandle<Result<u64>> {
    let (shared, id, upper) = (Arc::clone(shared), spec.id.clone(), Paths::of(spec).upper());
    tokio::task::spawn_blocking(move || {
        let bytes = tree::disk_usage(&upper)?;
        shared.disk.put(&id, bytes);
        Ok(bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_measured_once_and_then_remembered() {
        let cache = DiskCache::default();
        assert_eq!(cache.get("a"), (None, true));
        cache.put("a", 5);
        assert_eq!(cache.get("a"), (Some(5), false));
        cache.forget("a");
        assert_eq!(cache.get("a"), (None, true));
    }
}
