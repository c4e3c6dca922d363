//! `CONNECT 127.0.0.1:PORT`: a byte tunnel to a port inside the capsule.

use axum::{body::Body, response::IntoResponse as _};
use http::{Request, Response, StatusCode};

/// Answers a CONNECT request; on success the bytes of both sides flow until either ends.
pub(crate) async fn connect(request: Request<Body>) -> Response<Body> {
    drop(request);
    StatusCode::NOT_IMPLEMENTED.into_response()
}
