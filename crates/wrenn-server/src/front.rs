//! What every connection leads to: the API, or a port of a capsule.

use std::{convert::Infallible, net::SocketAddr};

use axum::{Router, body::Body, routing::future::RouteFuture};
use http::Request;
use hyper::body::Incoming;
use tower::Service as _;

use crate::{
    app::App,
    ports::{self, Visitor},
    router,
};

/// The client's end of the connection that a request came by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) Option<SocketAddr>);

/// Decides before any route is looked at, so that a service inside a capsule has every path to itself.
#[derive(Clone)]
pub(crate) struct Front {
    app: App,
    api: Router,
    ports: Router,
    peer: Option<SocketAddr>,
}

impl Front {
    /// The front of a server.
    pub(crate) fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            api: router::router(app.clone()),
            ports: router::ports(app.clone()),
            peer: None,
        }
    }

    /// The same, for one client.
    pub(crate) fn from(&self, peer: SocketAddr) -> Self {
        Self { peer: Some(peer), ..self.clone() }
    }
}

impl hyper::service::Service<Request<Incoming>> for Front {
    type Response = axum::response::Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        let address = ports::find(&parts, self.app.config.domain.as_deref());
        let router = match address {
            Some(address) => {
                parts.extensions.insert(Visitor { address, peer: self.peer });
                &self.ports
            }
            None => {
                parts.extensions.insert(Peer(self.peer));
                &self.api
            }
        };
        router.clone().call(Request::from_parts(parts, Body::new(body)))
    }
}
