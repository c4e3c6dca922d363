//! Connections that left HTTP, as WebSockets do.

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional_with_sizes;
use wrenn_control::PortVisit;

use crate::app::App;

/// How much is carried at a time, each way.
const BUFFER: usize = 32 * 1024;

/// Carries bytes between a client and a port until both have said all, either is gone, the capsule ends or is paused, or
/// the server stops.
pub(super) fn carry(app: &App, client: OnUpgrade, inside: OnUpgrade, visit: PortVisit) {
    let copied = async move {
        let (client, inside) = match tokio::try_join!(client, inside) {
            Ok(both) => both,
            Err(error) => return tracing::debug!(%error, "an upgrade was given up before it began"),
        };
        let (mut client, mut inside) = (TokioIo::new(client), TokioIo::new(inside));
        // A broken connection of either side is the end, and nobody is left to be told.
        let _ = copy_bidirectional_with_sizes(&mut client, &mut inside, BUFFER, BUFFER).await;
    };
    let stopping = app.stopping.clone();
    app.tasks.spawn(async move {
        tokio::select! {
            () = copied => {}
            _ = visit.interrupted() => {}
            () = stopping.cancelled() => {}
        }
    });
}
