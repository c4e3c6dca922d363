//! The description of the API for people.

use axum::response::Html;
use http::{HeaderName, header};

/// One page that needs nothing but this server: it renders the OpenAPI document.
pub(crate) async fn get_docs() -> ([(HeaderName, &'static str); 1], Html<&'static str>) {
    const POLICY: &str = "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'";
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(include_str!("docs.html")))
}
