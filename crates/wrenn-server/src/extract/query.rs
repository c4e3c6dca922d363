//! Query strings.

use axum::extract::FromRequestParts;
use http::{Uri, request::Parts};
use serde::de::DeserializeOwned;

use crate::{
    app::App,
    error::{ApiError, Result},
};

/// A query string, read into a type. Unknown parameters are ignored.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self> {
        read(&parts.uri).map(Self)
    }
}

/// The pairs of a query string in their order, for parameters with open names.
pub(crate) fn pairs(uri: &Uri) -> Result<Vec<(String, String)>> {
    read(uri)
}

fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T> {
    axum::extract::Query::<T>::try_from_uri(uri).map(|query| query.0).map_err(|rejection| {
        // The decoder's own words name the parameter, which is what the client needs.
        let reason = std::error::Error::source(&rejection).map(ToString::to_string).unwrap_or_default();
        ApiError::invalid(format!("Correct the query of the address; it was not understood: {reason}."))
    })
}
