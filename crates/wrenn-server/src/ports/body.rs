//! The body of an answer from inside.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::{FutureExt as _, future::BoxFuture};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio_util::sync::CancellationToken;
use wrenn_control::PortVisit;

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Passes a body on as it comes, keeps the capsule awake meanwhile, and breaks off when the capsule ends or is paused.
pub(super) struct Passing {
    body: Incoming,
    /// Holds the visit.
    interrupted: BoxFuture<'static, String>,
}

impl Passing {
    /// A body that no `stop` of the server cuts off before its time, unless one is given.
    pub(super) fn new(body: Incoming, visit: PortVisit, stop: Option<CancellationToken>) -> Self {
        let interrupted = async move {
            let Some(stop) = stop else { return visit.interrupted().await };
            tokio::select! {
                reason = visit.interrupted() => reason,
                () = stop.cancelled() => "the server stops".to_owned(),
            }
        };
        Self { body, interrupted: Box::pin(interrupted) }
    }
}

impl Body for Passing {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        // An error, so that the client does not take what it has for the whole.
        self.interrupted
            .poll_unpin(context)
            .map(|reason| Some(Err(format!("the answer was cut off: {reason}").into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
