//! One lock for each capsule: a creation whose caller went away still runs to its end, and `destroy` waits for that.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

#[derive(Debug, Default)]
pub(crate) struct Locks {
    by_id: Mutex<HashMap<String, Weak<AsyncMutex<()>>>>,
}

impl Locks {
    /// Waits until nobody else works on the capsule `id`.
    pub(crate) async fn lock(&self, id: &str) -> OwnedMutexGuard<()> {
        self.of(id).lock_owned().await
    }

    fn of(&self, id: &str) -> Arc<AsyncMutex<()>> {
        let mut by_id = self.by_id.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = by_id.get(id).and_then(Weak::upgrade) {
            return lock;
        }
        by_id.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::new(AsyncMutex::new(()));
        by_id.insert(id.to_owned(), Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_capsule_is_locked_once_and_forgotten_after() {
        let locks = Locks::default();
        let guard = locks.lock("a").await;
        assert!(locks.of("a").try_lock().is_err());
        drop(locks.lock("b").await);
        drop(guard);
        assert!(locks.of("a").try_lock().is_ok());
        drop(locks.lock("c").await);
        assert_eq!(locks.by_id.lock().unwrap().len(), 1);
    }
}
