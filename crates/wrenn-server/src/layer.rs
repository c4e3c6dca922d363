//! What happens to every request: an id, a line in the log, a count, and one shape for every failure.

use std::{panic::AssertUnwindSafe, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue, StatusCode, header};
use tracing::Instrument;

use crate::{
    app::App,
    error::ApiError,
    ports::{PassedOn, Visitor},
};

/// How requests for ports of capsules are counted.
const PORT_ROUTE: &str = "/v1/capsules/{id}/ports/{port}/{path}";

/// Seconds after which a client that was one too many may try again.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wraps the whole router.
pub(crate) async fn wrap(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = format!("req-{}", uuid::Uuid::new_v4().simple());
    let method = request.method().clone();
    // Never the query: it may hold a credential or a person's path.
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let is_visit = request.extensions().get::<Visitor>().is_some();
    let span = tracing::info_span!("request", request_id = %id);

    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let response = answer.unwrap_or_else(|_| ApiError::internal("a handler panicked").into_response());
    let response = render(response, &id);

    let took = started.elapsed();
    let status = response.status();
    let unmatched = if is_visit { PORT_ROUTE } else { "unknown" };
    let route = route.as_ref().map_or(unmatched, MatchedPath::as_str);
    app.metrics.record(&method, route, status, took);
    let _entered = span.enter();
    let cause = response.extensions().get::<ApiError>().and_then(ApiError::cause);
    let (status, ms) = (status.as_u16(), took.as_secs_f64() * 1e3);
    if response.extensions().get::<PassedOn>().is_some() {
        // What a service inside answers is its own business, and there may be very much of it.
        tracing::debug!(status, ms, "{method} {path}");
    } else if status >= 500 {
        tracing::error!(status, ms, cause, "{method} {path} failed");
    } else {
        tracing::info!(status, ms, cause, "{method} {path}");
    }
    response
}

fn render(mut response: Response, id: &str) -> Response {
    if let Some(error) = response.extensions().get::<ApiError>() {
        let body = serde_json::to_vec(&error.body(id)).unwrap_or_default();
        let hurried = error.status() == StatusCode::TOO_MANY_REQUESTS;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
        *response.body_mut() = body.into();
        if hurried {
            response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER);
        }
    }
    // A service inside may have ids of its own.
    if let Ok(value) = HeaderValue::from_str(id)
        && !(response.extensions().get::<PassedOn>().is_some()
            && response.headers().contains_key(&REQUEST_ID))
    {
        response.headers_mut().insert(REQUEST_ID.clone(), value);
    }
    response
}
