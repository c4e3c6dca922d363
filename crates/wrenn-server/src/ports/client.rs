//! The HTTP client that speaks to what listens inside.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use http::{Method, Request, Response, Uri, Version};
use http_body::Body as _;
use hyper::body::Incoming;
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioTimer},
};
use wrenn_api::ErrorCode;
use wrenn_control::Control;

use super::{
    address::Address,
    connector::{Connector, Refused, Used},
};
use crate::error::{ApiError, Result};

/// How long a connection is kept for the next request. Shorter than any usual server keeps its own, so that it is seldom
/// closed in the moment of its use.
const KEPT: Duration = Duration::from_millis(1_500);
/// How many connections to one port are kept.
const MAX_KEPT: usize = 64;

/// Keeps connections by capsule and port.
pub(crate) type Client = legacy::Client<Connector, Body>;

/// A client of the capsules of a control plane.
pub(crate) fn client(control: &Arc<Control>) -> Client {
    legacy::Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(KEPT)
        .pool_max_idle_per_host(MAX_KEPT)
        .set_host(false)
        .build(Connector::new(control))
}

/// Sends a request to a port. One that changes nothing and has no body is sent again, once, when a kept connection
/// turned out to be closed.
pub(super) async fn send(
    client: &Client,
    address: &Address,
    mut request: Request<Body>,
) -> Result<Response<Incoming>> {
    *request.version_mut() = Version::HTTP_11;
    let again = repeatable(&request).then(|| copy(&request));
    let sent = client.request(request).await;
    let error = match (sent, again) {
        (Ok(response), _) => return Ok(noted(response)),
        (Err(error), Some(copy)) if was_used(&error) => match client.request(copy).await {
            Ok(response) => return Ok(noted(response)),
            Err(error) => error,
        },
        (Err(error), _) => error,
    };
    Err(explain(&error, address))
}

fn repeatable(request: &Request<Body>) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
        && request.body().is_end_stream()
}

fn copy(request: &Request<Body>) -> Request<Body> {
    let mut copy = Request::new(Body::empty());
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    copy.headers_mut().clone_from(request.headers());
    copy
}

fn noted(response: Response<Incoming>) -> Response<Incoming> {
    if let Some(used) = response.extensions().get::<Used>() {
        used.note();
    }
    response
}

fn was_used(error: &legacy::Error) -> bool {
    let mut extensions = http::Extensions::new();
    if let Some(connected) = error.connect_info() {
        connected.get_extras(&mut extensions);
    }
    extensions.get::<Used>().is_some_and(Used::note)
}

fn explain(error: &legacy::Error, address: &Address) -> ApiError {
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(Refused(refusal)) = cause.downcast_ref() {
            return refusal.clone();
        }
        source = cause.source();
    }
    tracing::debug!(error = error as &dyn std::error::Error, id = %address.id, port = address.port, "no answer");
    let message = format!(
        "What listens on port {} in the capsule closed the connection without an HTTP answer.",
        address.port
    );
    ApiError::new(ErrorCode::AgentError, message)
}

/// The address of a request at a port, as the client wants it.
pub(super) fn target(address: &Address, path: http::uri::PathAndQuery) -> Result<Uri> {
    Uri::builder()
        .scheme("http")
        .authority(format!("{}:{}", address.id, address.port))
        .path_and_query(path)
        .build()
        .map_err(|error| ApiError::internal(error.to_string()))
}
