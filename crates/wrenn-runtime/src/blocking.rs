//! Blocking work of operations that must not block.

use std::io;

use crate::error::{Error, Result};

/// Does `work` where blocking is no harm, to its end even when the caller goes away. `action` says what failed when it
/// panics.
pub(crate) async fn blocking<T, F>(action: &'static str, work: F) -> Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T> + Send + 'static,
{
    let task = tokio::task::spawn_blocking(work);
    task.await.map_err(|error| Error::system(action)(io::Error::other(error)))?
}
