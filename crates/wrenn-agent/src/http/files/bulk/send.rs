//! A file to the host.

use std::fs::File;
use std::io;
use std::net::Shutdown;

use axum::response::Response;
use http::{HeaderValue, header::CONTENT_RANGE};
use hyper::upgrade::OnUpgrade;
use rustix::fs::sendfile;
use rustix::io::Errno;
use rustix::net::sockopt::set_socket_send_buffer_size;

use super::{Socket, start, switching};
use crate::http::files::range::Part;

/// How much the kernel is asked to send at a time.
const PIECE: usize = 1 << 20;

/// How much may be under way to the host, so that the two need not wait for each other at every turn.
const IN_FLIGHT: usize = 2 << 20;

/// Answers a download of a file with `size` bytes, or of a part of it.
pub(in crate::http::files) fn send(
    file: File,
    part: Option<Part>,
    size: u64,
    upgrade: OnUpgrade,
) -> Response {
    let Part { start: first, length } = part.unwrap_or(Part { start: 0, length: size });
    let mut response = switching();
    let headers = response.headers_mut();
    headers.insert("wrenn-length", length.into());
    if part.is_some() {
        let range = format!("bytes {first}-{}/{size}", first + length - 1);
        headers.insert(CONTENT_RANGE, HeaderValue::try_from(range).expect("digits are a valid header value"));
    }
    start(upgrade, move |socket| {
        // As far as the system allows; less is only slower.
        let _ = set_socket_send_buffer_size(&socket.stream, IN_FLIGHT);
        if let Err(error) = transfer(&file, first, length, &socket) {
            tracing::debug!(%error, "a download broke off");
        }
        // What is missing then tells the host that something went wrong.
        let _ = socket.stream.shutdown(Shutdown::Both);
    });
    response
}

fn transfer(file: &File, mut offset: u64, length: u64, socket: &Socket) -> io::Result<()> {
    let end = offset + length;
    while offset < end {
        let piece = usize::try_from(end - offset).map_or(PIECE, |rest| rest.min(PIECE));
        match sendfile(&socket.stream, file, Some(&mut offset), piece) {
            // The file was shortened meanwhile.
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
