//! How a WebSocket is opened, and by whom.

use std::future::Future;

use axum::{
    extract::{FromRequestParts, WebSocketUpgrade, ws::WebSocket},
    response::Response,
};
use http::request::Parts;
use serde::{Deserialize, Serialize};
use wrenn_control::Caller;

use super::channel::{Gone, Received, Receiver, Sender, split};
use crate::{
    app::App,
    auth::credential,
    error::{ApiError, Result},
};

/// The largest message of a client.
const MAX_MESSAGE: usize = 16 * 1024 * 1024;

/// A request that wants to become a WebSocket.
pub(crate) struct Upgrade {
    upgrade: WebSocketUpgrade,
    caller: Option<Caller>,
}

impl FromRequestParts<App> for Upgrade {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let caller = match credential(&parts.headers) {
            Some(key) => Some(app.authenticate(key).await?),
            None => None,
        };
        let upgrade = WebSocketUpgrade::from_request_parts(parts, app).await;
        let upgrade = upgrade.map_err(|_| match caller {
            Some(_) => ApiError::invalid("Open this address as a WebSocket."),
            None => ApiError::unauthorized(),
        })?;
        Ok(Self { upgrade: upgrade.max_message_size(MAX_MESSAGE), caller })
    }
}

impl Upgrade {
    /// Who opens it, when its headers said so.
    pub(crate) fn caller(&self) -> Option<&Caller> {
        self.caller.as_ref()
    }

    /// Opens it and runs `session` on it once it is known for whom.
    pub(crate) fn open<F, S>(self, app: App, session: F) -> Response
    where
        F: FnOnce(Caller, Sender, Receiver) -> S + Send + 'static,
        S: Future<Output = ()> + Send,
    {
        let Self { upgrade, caller } = self;
        let tracker = app.tasks.token();
        upgrade.on_upgrade(async move |socket: WebSocket| {
            let _tracked = tracker;
            let run = async {
                let (mut sender, mut receiver) = split(socket, &app.config);
                match identify(&app, caller, &mut sender, &mut receiver).await {
                    Some(caller) => session(caller, sender, receiver).await,
                    None => sender.close().await,
                }
            };
            tokio::select! {
                () = run => {}
                () = app.aborted.cancelled() => {}
            }
        })
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum First {
    Auth {
        token: String,
    },
    #[serde(other)]
    Other,
}

/// An error in the shape that every stream's errors have.
#[derive(Serialize)]
#[serde(tag = "type", rename = "error")]
struct Refusal<'a> {
    data: &'a str,
    fatal: bool,
}

/// Finds who the client is, by its first message if need be; tells it when it is nobody.
async fn identify(
    app: &App,
    known: Option<Caller>,
    sender: &mut Sender,
    receiver: &mut Receiver,
) -> Option<Caller> {
    if known.is_some() {
        return known;
    }
    let caller = match tokio::time::timeout(app.config.auth_limit, receiver.next::<First>()).await {
        Ok(Ok(Received::Message(First::Auth { token }))) => app.authenticate(&token).await,
        Ok(Err(Gone)) => return None,
        Ok(Ok(_)) | Err(_) => Err(ApiError::unauthorized()),
    };
    match caller {
        Ok(caller) => Some(caller),
        Err(error) => {
            // When it has left meanwhile, there is nobody to tell.
            let _ = sender.send(&Refusal { data: error.message(), fatal: true }).await;
            None
        }
    }
}
