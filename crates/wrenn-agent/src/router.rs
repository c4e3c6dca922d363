//! Puts all that the agent answers on one service: RPCs, plain routes, tunnels, and who may call them.

use std::convert::Infallible;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
};
use connectrpc::{ConnectError, ConnectRpcService, Limits};
use http::{Method, StatusCode, header::CONTENT_TYPE};
use tower::ServiceExt as _;

use crate::{
    agent::Agent,
    filesystem,
    http::{self as plain, access, tunnel},
    process,
};

/// The largest message of an RPC; bulk data has its own routes.
const MAX_MESSAGE: usize = 16 << 20;

/// Every route of the agent but tunnels.
pub(crate) fn router(agent: &Agent) -> axum::Router {
    let methods = filesystem::register(process::register(connectrpc::Router::new(), agent), agent);
    let limits = Limits::default().with_max_request_body_size(MAX_MESSAGE).with_max_message_size(MAX_MESSAGE);
    let rpc = ConnectRpcService::new(methods).with_limits(limits);
    plain::routes()
        .route_service("/process.Process/{method}", rpc.clone())
        .route_service("/filesystem.Filesystem/{method}", rpc)
        .fallback(async || plain_error(StatusCode::NOT_FOUND, "The agent has no such route."))
        .layer(from_fn_with_state(agent.clone(), authorise))
        .with_state(agent.clone())
}

/// Answers one request, tunnels included: a router cannot, for their target is no path.
pub(crate) async fn answer(
    agent: Agent,
    router: axum::Router,
    request: Request,
) -> Result<Response, Infallible> {
    if request.method() != Method::CONNECT {
        return router.oneshot(request).await;
    }
    let (parts, body) = request.into_parts();
    if access::allowed(&agent, &parts) {
        Ok(tunnel::connect(Request::from_parts(parts, body)).await)
    } else {
        Ok(plain_error(StatusCode::UNAUTHORIZED, UNAUTHORISED))
    }
}

/// The answer of a plain route that failed.
pub(crate) fn plain_error(status: StatusCode, message: &str) -> Response {
    let body = serde_json::json!({ "code": status.as_u16(), "message": message });
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

const UNAUTHORISED: &str = "This agent asks for its access token; send it in the X-Access-Token header.";

async fn authorise(State(agent): State<Agent>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if access::allowed(&agent, &parts) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let is_rpc = parts.uri.path().starts_with("/process.") || parts.uri.path().starts_with("/filesystem.");
    if is_rpc {
        let error = ConnectError::unauthenticated(UNAUTHORISED);
        return error.into_http_response(&parts.headers).map(Body::new);
    }
    plain_error(StatusCode::UNAUTHORIZED, UNAUTHORISED)
}
