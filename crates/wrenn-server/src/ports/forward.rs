//! One request for a port, and its answer.

use std::net::SocketAddr;

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use wrenn_api::ErrorCode;
use wrenn_control::{PortVisit, Signed};

use super::{
    Address, address,
    body::Passing,
    client,
    credentials::{self, PASS_COOKIE, Taken},
    headers, origin, upgrade,
};
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

/// What listens on a port of a capsule, by path; with any method, body and path, and upgrades as WebSockets need them. The
/// same by host name, as in `8000-cl-….wrenn.example`, which pages for browsers need. A private port wants the team's key,
/// the capsule's token in `X-Wrenn-Ports-Token`, or a signed address.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/ports/{port}/{path}", operation_id = "proxyPort", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("port" = u16, Path, description = "The port"),
        ("path" = String, Path, description = "Any path, slashes among it"),
    ),
    security(()),
    responses((status = 200, description = "What the service answers, whatever its status")),
)]
pub(crate) async fn forward(
    State(app): State<App>,
    Extension(Visitor { address, peer }): Extension<Visitor>,
    mut request: Request,
) -> Result<Response> {
    let address = address?;
    let protocol = headers::upgrade(request.headers());
    if let Some(place) = slashed(&request, &address).filter(|_| protocol.is_none()) {
        return Ok(Redirect::permanent(&place).into_response());
    }
    let upgraded = protocol.is_some().then(|| hyper::upgrade::on(&mut request));
    let (mut parts, body) = request.into_parts();
    let Taken { pass, signature } = credentials::take(&mut parts);
    let path = address::inner_path(&parts.uri, &address);
    let visit = app.control.visit_port(&address.id, address.port, path.path(), &pass).await?;
    let host = address::host(&parts).map(str::to_owned);
    let is_secure = headers::scheme(&parts.headers, peer) == "https";
    headers::pass(&mut parts.headers, protocol);
    headers::introduce(&mut parts, &address, peer);
    let mut inner = Request::new(body);
    *inner.method_mut() = parts.method;
    *inner.uri_mut() = client::target(&address, path)?;
    *inner.headers_mut() = parts.headers;
    let mut response = tokio::select! {
        response = client::send(&app.ports, &address, inner) => response?,
        reason = visit.interrupted() => {
            let message = format!("Capsule {} does not run any more: {reason}.", address.id);
            return Err(ApiError::new(ErrorCode::InvalidState, message));
        }
    };
    let status = response.status();
    let switches = status == StatusCode::SWITCHING_PROTOCOLS;
    let protocol = headers::upgrade(response.headers()).filter(|_| switches);
    // First, because a service can name any header in `Connection`, those among them that confine it.
    headers::pass(response.headers_mut(), protocol);
    origin::confine(response.headers_mut(), status, &address, host.as_deref());
    if let Some(signed) = visit.signed().filter(|signed| Some(&signed.text) == signature.as_ref()) {
        response.headers_mut().append(header::SET_COOKIE, cookie(signed, &address, is_secure)?);
    }
    answer(&app, response, upgraded, visit)
}

/// Where a page belongs whose address lacks the slash after the port, so that what it links to is found.
fn slashed(request: &Request, address: &Address) -> Option<String> {
    let uri = request.uri();
    let lacks = !address.prefix.is_empty() && uri.path() == address.prefix;
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let query = uri.query().map_or(String::new(), |query| format!("?{query}"));
    (lacks && reads).then(|| format!("{}/{query}", address.prefix))
}

/// Lets a browser that came by a signed address load what belongs to the page.
fn cookie(signed: &Signed, address: &Address, is_secure: bool) -> Result<HeaderValue> {
    let Signed { text, seconds } = signed;
    let secure = if is_secure { "; Secure" } else { "" };
    let prefix = &address.prefix;
    let cookie =
        format!("{PASS_COOKIE}={text}; Path={prefix}/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    HeaderValue::from_str(&cookie).map_err(|error| ApiError::internal(error.to_string()))
}

fn answer(
    app: &App,
    mut response: http::Response<Incoming>,
    upgraded: Option<OnUpgrade>,
    visit: PortVisit,
) -> Result<Response> {
    response.extensions_mut().insert(PassedOn);
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        let stop = is_endless(response.headers()).then(|| app.stopping.clone());
        return Ok(response.map(|body| Body::new(Passing::new(body, visit, stop))));
    }
    let Some(client) = upgraded else {
        let message = "The service changed the protocol without being asked to.";
        return Err(ApiError::new(ErrorCode::AgentError, message));
    };
    let inside = hyper::upgrade::on(&mut response);
    upgrade::carry(app, client, inside, visit);
    Ok(response.map(|_| Body::empty()))
}

/// Whether an answer is known to have no end that a stop could wait for.
fn is_endless(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}
