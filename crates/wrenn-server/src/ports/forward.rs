//! One request for a port, and its answer.

use std::net::SocketAddr;

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::StatusCode;
use wrenn_api::ErrorCode;

use super::{Address, address, body::Passing, client, headers, upgrade};
use crate::{
    app::App,
    error::{ApiError, Result},
};

/// Who comes to which port.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    /// The port, or why none can be meant.
    pub(crate) address: Result<Address>,
    /// The client's end of the connection.
    pub(crate) peer: Option<SocketAddr>,
}

/// Marks an answer that is not the server's own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PassedOn;

/// Passes a request to a port, and the answer back.
pub(crate) async fn forward(
    State(app): State<App>,
    Extension(Visitor { address, peer }): Extension<Visitor>,
    mut request: Request,
) -> Result<Response> {
    let address = address?;
    let visit = app.control.visit_port(&address.id, address.port).await?;
    let protocol = headers::upgrade(request.headers());
    let upgraded = protocol.is_some().then(|| hyper::upgrade::on(&mut request));
    let (mut parts, body) = request.into_parts();
    headers::pass(&mut parts.headers, protocol);
    headers::introduce(&mut parts, &address, peer);
    let path = address::inner_path(&parts.uri, &address);
    let mut inner = Request::new(body);
    *inner.method_mut() = parts.method;
    *inner.uri_mut() = client::target(&address, path)?;
    *inner.headers_mut() = parts.headers;
    let response = tokio::select! {
        response = client::send(&app.ports, &address, inner) => response?,
        reason = visit.interrupted() => {
            let message = format!("Capsule {} does not run any more: {reason}.", address.id);
            return Err(ApiError::new(ErrorCode::InvalidState, message));
        }
    };
    answer(&app, response, upgraded, visit)
}

fn answer(
    app: &App,
    mut response: http::Response<hyper::body::Incoming>,
    upgraded: Option<hyper::upgrade::OnUpgrade>,
    visit: wrenn_control::PortVisit,
) -> Result<Response> {
    let protocol =
        headers::upgrade(response.headers()).filter(|_| response.status() == StatusCode::SWITCHING_PROTOCOLS);
    headers::pass(response.headers_mut(), protocol);
    response.extensions_mut().insert(PassedOn);
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(response.map(|body| Body::new(Passing::new(body, visit))));
    }
    let Some(client) = upgraded else {
        return Err(ApiError::new(
            ErrorCode::AgentError,
            "The service changed the protocol without being asked to.",
        ));
    };
    let inside = hyper::upgrade::on(&mut response);
    upgrade::carry(app, client, inside, visit);
    Ok(response.map(|_| Body::empty()))
}
