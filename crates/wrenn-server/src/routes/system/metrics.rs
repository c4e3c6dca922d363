//! The server's figures for Prometheus.

use std::fmt::Write as _;

use axum::extract::State;
use http::header;

use crate::app::App;

/// Capsules by status, and counts and durations of requests. Holds no names and no ids.
pub(crate) async fn get_metrics(State(app): State<App>) -> ([(http::HeaderName, &'static str); 1], String) {
    let mut text = String::from(
        "# HELP wrenn_capsules Capsules on this machine.\n\
         # TYPE wrenn_capsules gauge\n",
    );
    for (status, count) in app.control.count_capsules() {
        let _ = writeln!(text, "wrenn_capsules{{status=\"{status}\"}} {count}");
    }
    text.push_str(&app.metrics.render());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
