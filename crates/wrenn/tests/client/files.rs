use std::{
    io::{self, Read},
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::post,
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use wrenn::Error;

use crate::mock::{Mock, eventually, refusal};

/// A server that keeps what is uploaded: each outcome is the content, or the error that cut it off.
async fn keeper() -> (Mock, Arc<Mutex<Vec<Result<Vec<u8>, String>>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = kept.clone();
    let write = move |body: Body| async move {
        let mut chunks = body.into_data_stream();
        let mut content = Ok(Vec::new());
        while let Some(chunk) = chunks.next().await {
            match (chunk, &mut content) {
                (Ok(chunk), Ok(content)) => content.extend_from_slice(&chunk),
                (Err(error), content) => *content = Err(error.to_string()),
                (Ok(_), Err(_)) => {}
            }
        }
        keep.lock().expect("unpoisoned").push(content);
        StatusCode::NO_CONTENT
    };
    (Mock::start(Router::new().route("/v1/capsules/{id}/files/write", post(write))).await, kept)
}

#[tokio::test]
async fn uploads_arrive_whole_whatever_they_come_from() {
    let (mock, kept) = keeper().await;
    let capsule = mock.client().capsule("cl-1");
    let content: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 253) as u8).collect();
    let dir = tempfile::tempdir().expect("a directory");
    let local = dir.path().join("local");
    std::fs::write(&local, &content).expect("written");
    let files = capsule.files();
    files.write("/a b", content.clone()).await.expect("written");
    files.upload_file(&local, "/b").await.expect("uploaded");
    files.upload_reader(io::Cursor::new(content.clone()), None, "/c").await.expect("uploaded");
    let pieces: Vec<_> =
        content.chunks(70_000).map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece))).collect();
    files.upload_stream(stream::iter(pieces), "/d").await.expect("uploaded");
    for kept in kept.lock().expect("unpoisoned").iter() {
        assert!(kept.as_ref() == Ok(&content));
    }
    let lengths: Vec<_> = mock.seen().into_iter().map(|seen| seen.content_length).collect();
    let length = Some("3000000".to_owned());
    assert_eq!(lengths, [length.clone(), length, None, None]);
    assert_eq!(mock.calls()[0], "POST /v1/capsules/cl-1/files/write?path=%2Fa+b");
}

#[tokio::test]
async fn a_source_that_fails_is_the_error_and_the_server_sees_no_end() {
    struct Broken(usize);
    impl Read for Broken {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 3 { Err(io::Error::other("the disk is on fire")) } else { Ok(buffer.len()) }
        }
    }
    let (mock, kept) = keeper().await;
    let capsule = mock.client().capsule("cl-1");
    let error = capsule.files().upload_reader(Broken(0), None, "/x").await.expect_err("broken");
    let Error::Io { source, operation } = &error else { panic!("wrong kind: {error:?}") };
    assert_eq!(source.to_string(), "the disk is on fire");
    assert_eq!(operation, "read the source for \"/x\" in capsule cl-1");
    eventually(|| kept.lock().expect("unpoisoned").first().is_some_and(Result::is_err)).await;
}

#[tokio::test]
async fn a_source_that_is_shorter_than_said_is_an_error() {
    let (mock, kept) = keeper().await;
    let capsule = mock.client().capsule("cl-1");
    capsule.files().upload_reader(&b"short"[..], Some(500), "/x").await.expect_err("too short");
    // The server may have seen the beginning of it, but never a whole file.
    assert!(kept.lock().expect("unpoisoned").iter().all(Result::is_err));
}

#[tokio::test]
async fn a_refusal_in_the_middle_of_an_upload_is_what_is_told() {
    let write = || async { (StatusCode::PAYLOAD_TOO_LARGE, Json(refusal("too_large", "Too large."))) };
    let mock = Mock::start(Router::new().route("/v1/capsules/{id}/files/write", post(write))).await;
    let capsule = mock.client().capsule("cl-1");
    let error = capsule.files().write("/x", "content").await.expect_err("refused");
    assert!(matches!(error, Error::PayloadTooLarge(_)), "{error:?}");
}

/// What cuts a file off.
#[derive(Debug, Clone, Copy)]
struct Gone;

/// A server with one file, which it gives in pieces.
async fn giver(pieces: Vec<Result<&'static str, Gone>>) -> Mock {
    let read = move |headers: HeaderMap, Json(body): Json<Value>| async move {
        if body != json!({ "path": "/f" }) {
            return (StatusCode::NOT_FOUND, Json(refusal("not_found", "There is none."))).into_response();
        }
        if let Some(range) = headers.get("range") {
            return (StatusCode::PARTIAL_CONTENT, range.as_bytes().to_vec()).into_response();
        }
        let pieces = pieces.into_iter().map(|piece| piece.map_err(|Gone| io::Error::other("gone")));
        Body::from_stream(stream::iter(pieces)).into_response()
    };
    Mock::start(Router::new().route("/v1/capsules/{id}/files/read", post(read))).await
}

#[tokio::test]
async fn downloads_arrive_whole_in_pieces_and_in_part() {
    let pieces = || vec![Ok("one "), Ok("two "), Ok("three")];
    let mock = giver(pieces()).await;
    assert_eq!(
        mock.client().capsule("cl-1").files().read_to_string("/f").await.expect("read"),
        "one two three"
    );
    let range =
        mock.client().capsule("cl-1").files().download_range("/f", 5, Some(10)).await.expect("a part");
    assert_eq!(range.bytes().await.expect("read"), "bytes=5-14");
    let mock = giver(pieces()).await;
    let dir = tempfile::tempdir().expect("a directory");
    let local = dir.path().join("local");
    let length = mock.client().capsule("cl-1").files().download_file("/f", &local).await.expect("downloaded");
    assert_eq!((length, std::fs::read_to_string(&local).expect("read").as_str()), (13, "one two three"));
}

#[tokio::test]
async fn a_download_that_breaks_is_an_error_and_leaves_the_old_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let local = dir.path().join("local");
    std::fs::write(&local, "old").expect("written");
    let mock = giver(vec![Ok("new"), Err(Gone)]).await;
    let error = mock.client().capsule("cl-1").files().download_file("/f", &local).await.expect_err("broken");
    assert!(matches!(error, Error::Connection { .. }), "{error:?}");
    assert_eq!(std::fs::read_to_string(&local).expect("read"), "old");
    assert_eq!(std::fs::read_dir(dir.path()).expect("listed").count(), 1, "nothing else is left");
}

#[tokio::test]
async fn a_missing_file_is_not_found_before_anything_is_written() {
    let dir = tempfile::tempdir().expect("a directory");
    let mock = giver(Vec::new()).await;
    let files = mock.client().capsule("cl-1");
    let error = files.files().download_file("/gone", dir.path().join("x")).await.expect_err("missing");
    assert!(matches!(error, Error::NotFound(_)));
    assert_eq!(std::fs::read_dir(dir.path()).expect("listed").count(), 0);
}
