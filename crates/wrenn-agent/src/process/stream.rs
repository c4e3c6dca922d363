//! A process as a stream of events.

use std::{sync::Arc, time::Duration};

use connectrpc::ConnectError;
use futures_util::{Stream, stream};
use http::HeaderMap;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::{
    event::Event,
    log::{Item, Reader},
    running::Process,
};

const KEEPALIVE_HEADER: &str = "keepalive-ping-interval";

/// The start, the output, the end.
pub(super) fn events(
    process: &Arc<Process>,
    headers: &HeaderMap,
) -> impl Stream<Item = Result<Event, ConnectError>> + Send + 'static {
    let state = Events {
        pid: Some(process.pid()),
        reader: Some(process.reader()),
        keepalive: keepalive(headers),
        _process: Arc::clone(process),
    };
    stream::unfold(state, |mut state| async move {
        let event = state.next().await?;
        Some((event, state))
    })
}

struct Events {
    /// Until the start was told.
    pid: Option<u32>,
    /// Until the end was told.
    reader: Option<Reader>,
    keepalive: Option<Interval>,
    _process: Arc<Process>,
}

impl Events {
    async fn next(&mut self) -> Option<Result<Event, ConnectError>> {
        if let Some(pid) = self.pid.take() {
            return Some(Ok(Event::Started(pid)));
        }
        let reader = self.reader.as_mut()?;
        let item = match &mut self.keepalive {
            None => reader.next().await,
            Some(keepalive) => tokio::select! {
                biased;
                item = reader.next() => item,
                _ = keepalive.tick() => return Some(Ok(Event::KeepAlive)),
            },
        };
        Some(match item {
            Item::Output(chunk) => Ok(Event::Output(chunk)),
            Item::End(end) => {
                self.reader = None;
                Ok(Event::Ended(Arc::new(end)))
            }
            Item::CutOff => {
                self.reader = None;
                Err(ConnectError::resource_exhausted(
                    "The reader stood still for so long that the process could not wait any more; connect again to go on with what is kept of its output.",
                ))
            }
        })
    }
}

/// The interval that the caller asks for, in seconds.
fn keepalive(headers: &HeaderMap) -> Option<Interval> {
    let seconds: u64 = headers.get(KEEPALIVE_HEADER)?.to_str().ok()?.trim().parse().ok()?;
    let period = Duration::from_secs(seconds.clamp(1, 24 * 60 * 60));
    let mut interval = interval_at(Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    Some(interval)
}
