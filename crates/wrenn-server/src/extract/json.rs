//! JSON bodies.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use wrenn_api::ErrorCode;

use crate::{
    app::App,
    error::{ApiError, Result},
};

/// How long a body may take to arrive.
const BODY_LIMIT: Duration = Duration::from_secs(60);

/// A request's body, read as JSON. No body at all is an empty object.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self> {
        if !is_json(request.headers()) {
            return Err(ApiError::invalid(
                "Send the body as JSON, with the header Content-Type: application/json.",
            ));
        }
        let body = read(request, app.config.max_body_bytes).await?;
        let text: &[u8] = if body.is_empty() { b"{}" } else { &body };
        // A list of values in the order of the fields would do for serde, but is nobody's intention.
        if text.trim_ascii_start().first() != Some(&b'{') {
            return Err(ApiError::invalid("Send a JSON object as the body."));
        }
        serde_json::from_slice(text).map(Self).map_err(|error| {
            ApiError::invalid(format!(
                "Correct the JSON body and send it again; it was not understood: {error}."
            ))
        })
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return true };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json")
}

async fn read(request: Request, limit: u64) -> Result<Bytes> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let body = Limited::new(request.into_body(), limit).collect();
    let Ok(body) = tokio::time::timeout(BODY_LIMIT, body).await else {
        return Err(ApiError::invalid("Send the body faster; it did not arrive in time."));
    };
    match body {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(ApiError::new(
            ErrorCode::TooLarge,
            format!("Send a smaller body; this server takes at most {limit} bytes of JSON."),
        )),
        Err(_) => Err(ApiError::invalid("Send the whole body; it ended too early.")),
    }
}
