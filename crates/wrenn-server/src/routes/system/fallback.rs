//! Addresses and methods that do not exist.

use http::{Method, Uri};
use wrenn_api::ErrorCode;

use crate::error::ApiError;

/// No route has this path.
pub(crate) async fn not_found(uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(
        ErrorCode::NotFound,
        format!("Check the address; there is nothing at {path}. /docs lists what there is."),
    )
}

/// The path exists, but not with this method.
pub(crate) async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::wrong_method(format!(
        "Use another method; {path} does not take {method}. The Allow header lists those that it does."
    ))
}
