//! Parameters in the path.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::{
    app::App,
    error::{ApiError, Result},
};

/// The parameters of a route's path.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| {
            ApiError::invalid(
                "Correct the id in the address; ids have 1 to 64 letters, digits, hyphens and underscores.",
            )
        })
    }
}
