//! Downloads a file.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use wrenn_api::{CapsuleId, ReadFileRequest};
use wrenn_control::FileBody;

use super::{path, range};
use crate::{
    app::App,
    auth::Authorized,
    error::{ApiError, Result},
    extract::{Json, Path},
};

/// Download a file, or with a `Range` header a part of it.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/read", operation_id = "downloadFile", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("Range" = Option<String>, Header, description = "The part wanted, as in bytes=0-99"),
    ),
    request_body = ReadFileRequest,
    responses(
        (status = 200, description = "The content", body = inline(super::Content), content_type = "application/octet-stream"),
        (status = 206, description = "The part", body = inline(super::Content), content_type = "application/octet-stream"),
        (status = 416, description = "The part lies outside of the file", body = wrenn_api::ErrorResponse),
    ),
)]
pub(crate) async fn download_file(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    headers: HeaderMap,
    Json(request): Json<ReadFileRequest>,
) -> Result<Response> {
    let path = path::check(&request.path)?;
    let Some(wanted) = range::wanted(&headers)? else {
        let file = app.control.read_file(&caller.team_id, &id, path, None).await?;
        return Ok(answer(StatusCode::OK, None, file));
    };
    // The size is needed to place the part, and only the open file knows it.
    let whole = app.control.read_file(&caller.team_id, &id, path, None).await?;
    let size = whole
        .size()
        .ok_or_else(|| ApiError::invalid("Leave the range away; this file's size is unknown."))?;
    drop(whole);
    let Some((first, last)) = wanted.within(size) else { return Ok(outside(size)) };
    let range = wrenn_agent_proto::Range { start: first, last: Some(last) };
    let file = app.control.read_file(&caller.team_id, &id, path, Some(range)).await?;
    Ok(answer(StatusCode::PARTIAL_CONTENT, Some(format!("bytes {first}-{last}/{size}")), file))
}

/// Download a file as a stream; the same as `files/read`.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/stream/read", operation_id = "streamDownloadFile", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("Range" = Option<String>, Header, description = "The part wanted, as in bytes=0-99"),
    ),
    request_body = ReadFileRequest,
    responses(
        (status = 200, description = "The content", body = inline(super::Content), content_type = "application/octet-stream"),
        (status = 206, description = "The part", body = inline(super::Content), content_type = "application/octet-stream"),
        (status = 416, description = "The part lies outside of the file", body = wrenn_api::ErrorResponse),
    ),
)]
pub(crate) async fn stream_download_file(
    app: State<App>,
    caller: Authorized,
    id: Path<CapsuleId>,
    headers: HeaderMap,
    request: Json<ReadFileRequest>,
) -> Result<Response> {
    download_file(app, caller, id, headers, request).await
}

fn answer(status: StatusCode, part: Option<String>, file: FileBody) -> Response {
    let length = file.length();
    let mut response = Response::new(Body::from_stream(file));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.extend(length.map(|length| (header::CONTENT_LENGTH, length.into())));
    headers.extend(part.and_then(|part| Some((header::CONTENT_RANGE, part.try_into().ok()?))));
    response
}

fn outside(size: u64) -> Response {
    let error = ApiError::unsatisfiable(format!("Ask for a part within the file; it has {size} bytes."));
    ([(header::CONTENT_RANGE, format!("bytes */{size}"))], error).into_response()
}
