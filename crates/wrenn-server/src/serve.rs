//! The server as a whole.

use std::{future::Future, io, pin::pin, sync::Arc, time::Duration};

use tokio::net::TcpListener;
use wrenn_control::Control;

use crate::{Config, app::App, connection, front::Front};

/// Serves the API on `listener` until `shutdown` completes, then lets what is under way finish, at most for
/// [`Config::shutdown_limit`]. Capsules are not touched by that.
///
/// # Errors
/// When the listener is unusable from the beginning.
pub async fn serve(
    listener: TcpListener,
    control: impl Into<Arc<Control>>,
    config: Config,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let address = listener.local_addr()?;
    let app = App::new(control.into(), config);
    let front = Front::new(&app);
    tracing::info!(%address, "listening on {address}");
    let mut shutdown = pin!(shutdown);
    loop {
        tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => {
                    app.tasks.spawn(connection::serve(socket, front.from(peer), app.clone()));
                }
                Err(error) => refused(&error).await,
            },
        }
    }
    drop(listener);
    stop(&app).await;
    Ok(())
}

/// Waits a little, so that running out of file descriptors does not become a busy loop.
async fn refused(error: &io::Error) {
    tracing::warn!(%error, "cannot accept a connection");
    tokio::time::sleep(Duration::from_millis(50)).await;
}

async fn stop(app: &App) {
    let limit = app.config.shutdown_limit;
    tracing::info!(connections = app.tasks.len(), "stopping");
    app.stopping.cancel();
    app.tasks.close();
    if tokio::time::timeout(limit, app.tasks.wait()).await.is_err() {
        tracing::warn!(connections = app.tasks.len(), "cutting off what did not end within {limit:?}");
        app.aborted.cancel();
        app.tasks.wait().await;
    }
}
