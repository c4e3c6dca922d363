//! The server's figures for Prometheus.

use axum::extract::State;
use http::header;

use crate::app::App;

/// Counts and durations of requests. Holds no names and no ids.
pub(crate) async fn get_metrics(State(app): State<App>) -> ([(http::HeaderName, &'static str); 1], String) {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.render())
}
