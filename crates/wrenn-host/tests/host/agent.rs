//! An agent that remembers what the host tells it, and does nothing else.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use http_body_util::{BodyExt as _, Empty};
use hyper::{Request, Response, body::Bytes, body::Incoming, server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::{net::UnixListener, task::AbortHandle};

/// What agents were told by `POST /init`, oldest first.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<VecDeque<Value>>>);

impl Told {
    /// Answers as the agent of one capsule.
    pub(crate) fn agent(&self, listener: UnixListener) -> AbortHandle {
        let told = self.clone();
        let serving = async move {
            while let Ok((stream, _)) = listener.accept().await {
                let told = told.clone();
                let service = service_fn(move |request| told.clone().note(request));
                let connection = http2::Builder::new(TokioExecutor::new());
                tokio::spawn(connection.serve_connection(TokioIo::new(stream), service));
            }
        };
        tokio::spawn(serving).abort_handle()
    }

    async fn note(self, request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, hyper::Error> {
        assert_eq!(request.uri().path(), "/init");
        let body = request.into_body().collect().await?.to_bytes();
        self.0.lock().unwrap().push_back(serde_json::from_slice(&body).unwrap());
        Ok(Response::builder().status(204).body(Empty::new()).unwrap())
    }

    /// The oldest that was not taken yet.
    pub(crate) fn next(&self) -> Option<Value> {
        self.0.lock().unwrap().pop_front()
    }

    /// Puts one back behind the others, and takes the next.
    pub(crate) fn swap(&self, init: Value) -> Option<Value> {
        let mut all = self.0.lock().unwrap();
        all.push_back(init);
        all.pop_front()
    }
}
