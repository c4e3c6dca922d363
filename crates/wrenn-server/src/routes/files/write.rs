//! Uploads a file.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::{CapsuleId, UploadForm};

use super::upload::Upload;
use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Upload a file. Parents are made, and a reader sees the old file or the new one, never a part.
///
/// The form's `path` comes before its `file`, or stands in the query. With `path` in the query the body may also be the
/// bare content as `application/octet-stream`, which is the fastest way.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/write", operation_id = "uploadFile", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("path" = Option<String>, Query, description = "Where the file goes, instead of the form's `path`"),
    ),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 204, description = "The file is there")),
)]
pub(crate) async fn upload_file(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    upload: Upload,
) -> Result<StatusCode> {
    let Upload { path, length, data, failure } = upload;
    let written = app.control.write_file(&caller.team_id, &id, &path, length, data).await;
    // What is wrong with the body says more than that the transfer was given up because of it.
    written.map_err(|error| failure.take().unwrap_or_else(|| error.into()))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Upload a file as a stream; the same as `files/write`.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/stream/write", operation_id = "streamUploadFile", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("path" = Option<String>, Query, description = "Where the file goes, instead of the form's `path`"),
    ),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 204, description = "The file is there")),
)]
pub(crate) async fn stream_upload_file(
    app: State<App>,
    caller: Authorized,
    id: Path<CapsuleId>,
    upload: Upload,
) -> Result<StatusCode> {
    upload_file(app, caller, id, upload).await
}
