//! Counts of requests, for Prometheus.

use std::{collections::BTreeMap, fmt::Write as _, sync::Mutex, time::Duration};

use http::{Method, StatusCode};

/// Upper bounds of the duration classes, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 10.0, 60.0];

/// Counts by route and status since the server started.
#[derive(Default)]
pub(crate) struct Metrics(Mutex<BTreeMap<Key, Series>>);

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    route: String,
    method: String,
    status: u16,
}

#[derive(Default)]
struct Series {
    classes: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    /// Counts one answered request.
    pub(crate) fn record(&self, method: &Method, route: &str, status: StatusCode, took: Duration) {
        // An arbitrary method is the client's choice: it must not make a new series each time.
        let method = if standard(method) { method.as_str() } else { "other" };
        let route = route.strip_prefix("/api").filter(|rest| rest.starts_with("/v1")).unwrap_or(route);
        let key = Key { route: route.to_owned(), method: method.to_owned(), status: status.as_u16() };
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let series = all.entry(key).or_default();
        let seconds = took.as_secs_f64();
        for (class, _) in series.classes.iter_mut().zip(BOUNDS).filter(|(_, bound)| seconds <= *bound) {
            *class += 1;
        }
        series.count += 1;
        series.seconds += seconds;
    }

    /// The text that Prometheus reads.
    pub(crate) fn render(&self) -> String {
        let all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut text = String::from(
            "# HELP wrenn_http_request_duration_seconds Time until the answer's head.\n\
             # TYPE wrenn_http_request_duration_seconds histogram\n",
        );
        const NAME: &str = "wrenn_http_request_duration_seconds";
        for (Key { route, method, status }, series) in all.iter() {
            let labels = format!("method=\"{method}\",route=\"{route}\",status=\"{status}\"");
            for (class, bound) in series.classes.iter().zip(BOUNDS) {
                let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"{bound}\"}} {class}");
            }
            let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"+Inf\"}} {}", series.count);
            let _ = writeln!(text, "{NAME}_sum{{{labels}}} {}", series.seconds);
            let _ = writeln!(text, "{NAME}_count{{{labels}}} {}", series.count);
        }
        text
    }
}

fn standard(method: &Method) -> bool {
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS]
        .contains(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_prefixes_count_as_one_route() {
        let metrics = Metrics::default();
        for route in ["/v1/capsules", "/api/v1/capsules"] {
            metrics.record(&Method::GET, route, StatusCode::OK, Duration::from_millis(3));
        }
        let text = metrics.render();
        let count =
            r#"wrenn_http_request_duration_seconds_count{method="GET",route="/v1/capsules",status="200"} 2"#;
        assert!(text.contains(count), "{text}");
        assert!(text.contains(r#"le="0.001"} 0"#) && text.contains(r#"le="0.005"} 2"#), "{text}");
    }
}
