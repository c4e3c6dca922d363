//! Compression of bodies: gzip or none.

use http::{
    HeaderMap, StatusCode,
    header::{ACCEPT_ENCODING, CONTENT_ENCODING},
};

use crate::http::error::HttpError;

/// How a body is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// As it is.
    Identity,
    /// Compressed.
    Gzip,
}

/// How the answer shall be encoded: with gzip, when the client takes it no less gladly than the plain
/// bytes.
///
/// # Errors
/// 406 when the client takes neither.
pub(super) fn accepted(headers: &HeaderMap) -> Result<Encoding, HttpError> {
    let (mut gzip, mut identity, mut any) = (None, None, None);
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    for item in values.flat_map(|text| text.split(',')) {
        let (name, quality) = weighed(item);
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => gzip = Some(quality),
            "identity" => identity = Some(quality),
            "*" => any = Some(quality),
            _ => {}
        }
    }
    // What is not named is as good as `*` says; nothing said, gzip is not asked for and plain is fine.
    let gzip = gzip.or(any.filter(|&quality| quality == 0.0)).unwrap_or(0.0);
    let unwanted = identity.or(any) == Some(0.0);
    if gzip > 0.0 && gzip >= identity.unwrap_or(0.0) {
        Ok(Encoding::Gzip)
    } else if unwanted {
        let message = "No encoding that you accept is offered; accept gzip or identity.";
        Err(HttpError::new(StatusCode::NOT_ACCEPTABLE, message))
    } else {
        Ok(Encoding::Identity)
    }
}

/// How the request's body is encoded.
///
/// # Errors
/// 400 for any other encoding.
pub(super) fn of_request(headers: &HeaderMap) -> Result<Encoding, HttpError> {
    let Some(value) = headers.get(CONTENT_ENCODING) else { return Ok(Encoding::Identity) };
    match value.to_str().map(|text| text.trim().to_ascii_lowercase()).as_deref() {
        Ok("" | "identity") => Ok(Encoding::Identity),
        Ok("gzip" | "x-gzip") => Ok(Encoding::Gzip),
        _ => Err(HttpError::bad("This content encoding is not known; send the body plain or with gzip.")),
    }
}

/// `gzip;q=0.5` as name and weight.
fn weighed(item: &str) -> (&str, f32) {
    let mut parts = item.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
    (name, quality.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(text: &str) -> Option<Encoding> {
        accepted(&HeaderMap::from_iter([(ACCEPT_ENCODING, text.parse().unwrap())])).ok()
    }

    #[test]
    fn gzip_only_when_asked_for() {
        assert_eq!(accepted(&HeaderMap::new()).ok(), Some(Encoding::Identity));
        assert_eq!(accept("gzip"), Some(Encoding::Gzip));
        assert_eq!(accept("br, GZIP;q=0.5, *;q=0"), Some(Encoding::Gzip));
        assert_eq!(accept("gzip;q=0"), Some(Encoding::Identity));
        assert_eq!(accept("gzip;q=0.3, identity"), Some(Encoding::Identity));
        assert_eq!(accept("br"), Some(Encoding::Identity));
        assert_eq!(accept("*"), Some(Encoding::Identity));
    }

    #[test]
    fn who_takes_neither_gets_nothing() {
        assert_eq!(accept("identity;q=0"), None);
        assert_eq!(accept("br, *;q=0"), None);
        assert_eq!(accept("identity;q=0, gzip"), Some(Encoding::Gzip));
    }

    #[test]
    fn encodings_of_requests() {
        let of =
            |text: &str| of_request(&HeaderMap::from_iter([(CONTENT_ENCODING, text.parse().unwrap())])).ok();
        assert_eq!(of("gzip"), Some(Encoding::Gzip));
        assert_eq!(of("identity"), Some(Encoding::Identity));
        assert_eq!(of("br"), None);
    }
}
