//! A stream's bytes into a file.

use std::io;
use std::io::Write as _;

use bytes::Bytes;
use futures_util::{FutureExt as _, Stream, StreamExt as _};

use crate::filesystem::atomic::AtomicFile;
use crate::filesystem::error::{Attempt as _, FsError};
use crate::http::error::HttpError;

/// How much is written at once, if so much has arrived.
const BATCH: usize = 1 << 20;

/// Writes all of `body` to `file`. Between the pieces no thread is held, however slowly they come.
///
/// # Errors
/// 507 on a full disk, 400 when the body breaks off. The file is gone then.
pub(super) async fn pour<S, E>(mut file: AtomicFile, mut body: S) -> Result<AtomicFile, HttpError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    while let Some(first) = body.next().await {
        let first = whole(first)?;
        let (mut size, mut batch) = (first.len(), vec![first]);
        while size < BATCH
            && let Some(Some(next)) = body.next().now_or_never()
        {
            let next = whole(next)?;
            size += next.len();
            batch.push(next);
        }
        file = write(file, batch).await?;
    }
    Ok(file)
}

fn whole<E: std::fmt::Display>(piece: Result<Bytes, E>) -> Result<Bytes, HttpError> {
    piece.map_err(|error| HttpError::bad(format!("The body could not be read to its end: {error}.")))
}

async fn write(file: AtomicFile, batch: Vec<Bytes>) -> Result<AtomicFile, FsError> {
    let target = file.target().to_path_buf();
    let written = tokio::task::spawn_blocking(move || {
        for bytes in batch {
            file.file().write_all(&bytes)?;
        }
        Ok(file)
    });
    written.await.unwrap_or_else(|error| Err(io::Error::other(error))).attempt("write", &target)
}
