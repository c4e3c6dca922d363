//! Forms on the fly: the content of a part is handed on in the very pieces in which it arrives.
//!
//! Other parsers gather pieces in a buffer of their own first; for a large file that copy costs more than everything
//! else that is done to it here. Only a delimiter that lies across two pieces is put together in a buffer.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use memchr::memmem::{self, Finder};

/// The most bytes that a part's headers take.
const MAX_HEAD: usize = 16 * 1024;

/// Why a form cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum MultipartError<E> {
    /// Its bytes ended in an error.
    Source(E),
    /// It is not a form.
    Malformed(&'static str),
}

/// A form that is being read. As a stream: the rest of the current part's content.
pub(crate) struct Multipart<S> {
    source: S,
    /// Finds the line break, two hyphens and the boundary that end every part.
    delimiter: Finder<'static>,
    /// What arrived and was not looked at. No longer than a piece, or than a head that is being put together.
    rest: Bytes,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Preamble,
    Content,
    BetweenParts,
    Finished,
}

impl Multipart<()> {
    /// The boundary that a content type names, when it is that of a form.
    pub(crate) fn boundary(content_type: &str) -> Option<String> {
        let (essence, parameters) = content_type.split_once(';')?;
        if !essence.trim().eq_ignore_ascii_case("multipart/form-data") {
            return None;
        }
        parameter(parameters, "boundary").filter(|boundary| (1..=70).contains(&boundary.len()))
    }
}

impl<S, E> Multipart<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    /// Reads a form whose parts are separated by `boundary`.
    pub(crate) fn new(source: S, boundary: &str) -> Self {
        let delimiter = Finder::new(&format!("\r\n--{boundary}")).into_owned();
        // The first delimiter may stand at the very beginning: with a line break before it, it is like the others.
        Self { source, delimiter, rest: Bytes::from_static(b"\r\n"), state: State::Preamble }
    }

    /// Goes to the next part, past what is left of this one; gives its name, or nothing after the last.
    pub(crate) async fn next_part(&mut self) -> Result<Option<String>, MultipartError<E>> {
        if self.state == State::Preamble {
            self.state = State::Content;
        }
        while let Some(piece) = self.next().await {
            piece?;
        }
        if self.state == State::Finished {
            return Ok(None);
        }
        loop {
            if self.rest.starts_with(b"--") {
                self.state = State::Finished;
                return Ok(None);
            }
            if let Some(end) = memmem::find(&self.rest, b"\r\n\r\n") {
                let head = self.rest.split_to(end + 4);
                self.state = State::Content;
                return name(&head).map(Some).ok_or(MultipartError::Malformed("a part has no name"));
            }
            if self.rest.len() > MAX_HEAD {
                return Err(MultipartError::Malformed("the headers of a part are too long"));
            }
            self.more().await?;
        }
    }

    /// The whole content of a part that is meant to be small.
    pub(crate) async fn small(&mut self, limit: usize) -> Result<Vec<u8>, MultipartError<E>> {
        let mut content = Vec::new();
        while let Some(piece) = self.next().await {
            content.extend_from_slice(&piece?);
            if content.len() > limit {
                return Err(MultipartError::Malformed("a field other than file is too long"));
            }
        }
        Ok(content)
    }

    /// Puts the next piece behind what is left.
    async fn more(&mut self) -> Result<(), MultipartError<E>> {
        match self.source.next().await {
            None => Err(MultipartError::Malformed("it ended before its last delimiter")),
            Some(Err(error)) => Err(MultipartError::Source(error)),
            Some(Ok(piece)) => {
                self.rest = join(&self.rest, piece);
                Ok(())
            }
        }
    }

    /// Takes content from `rest`, as much as certainly is content.
    fn take_content(&mut self) -> Option<Bytes> {
        let delimiter = self.delimiter.needle();
        if let Some(at) = self.delimiter.find(&self.rest) {
            let content = self.rest.split_to(at);
            let _ = self.rest.split_to(delimiter.len());
            self.state = State::BetweenParts;
            return Some(content);
        }
        // The last bytes may be the beginning of a delimiter. There is one line break in it, at its start.
        let tail = self.rest.len().saturating_sub(delimiter.len() - 1);
        let held = memchr::memrchr(b'\r', &self.rest[tail..]).map(|at| tail + at);
        let certain = held.filter(|&at| delimiter.starts_with(&self.rest[at..])).unwrap_or(self.rest.len());
        (certain > 0).then(|| self.rest.split_to(certain))
    }
}

impl<S, E> Stream for Multipart<S>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    type Item = Result<Bytes, MultipartError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while self.state == State::Content {
            if let Some(content) = self.take_content() {
                if content.is_empty() {
                    continue;
                }
                return Poll::Ready(Some(Ok(content)));
            }
            match ready!(self.source.poll_next_unpin(cx)) {
                Some(Ok(piece)) => self.rest = join(&self.rest, piece),
                Some(Err(error)) => return self.fail(MultipartError::Source(error)),
                None => return self.fail(MultipartError::Malformed("it ended before its last delimiter")),
            }
        }
        Poll::Ready(None)
    }
}

impl<S> Multipart<S> {
    fn fail<T, E>(&mut self, error: MultipartError<E>) -> Poll<Option<Result<T, MultipartError<E>>>> {
        self.state = State::Finished;
        Poll::Ready(Some(Err(error)))
    }
}

/// A piece behind the little that was held back.
fn join(held: &Bytes, piece: Bytes) -> Bytes {
    if held.is_empty() {
        return piece;
    }
    let mut joined = BytesMut::with_capacity(held.len() + piece.len());
    joined.extend_from_slice(held);
    joined.extend_from_slice(&piece);
    joined.freeze()
}

/// The name in a part's headers.
fn name(head: &[u8]) -> Option<String> {
    String::from_utf8_lossy(head).split("\r\n").find_map(|line| {
        let (header, value) = line.split_once(':')?;
        if !header.trim().eq_ignore_ascii_case("content-disposition") {
            return None;
        }
        parameter(value, "name")
    })
}

/// A parameter of a header's value, with or without quotes.
fn parameter(value: &str, name: &str) -> Option<String> {
    value.split(';').find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    type Parts = Vec<(String, Vec<u8>)>;

    async fn read(form: &[u8], size: usize) -> Result<Parts, MultipartError<()>> {
        let pieces: Vec<_> = form.chunks(size).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let mut form = Multipart::new(stream::iter(pieces), "XX");
        let mut parts = Parts::new();
        while let Some(name) = form.next_part().await? {
            parts.push((name, form.small(usize::MAX).await?));
        }
        Ok(parts)
    }

    #[tokio::test]
    async fn a_form_is_read_whatever_the_pieces() {
        let tricky = b"\r\n--X\r\r\n--\r\n\r\n--XY\n".as_slice();
        let form = [
            b"ignored\r\n--XX\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\n/a b\r\n--XX\r\n"
                .as_slice(),
            b"content-type: text/plain\r\ncontent-disposition: form-data; filename=\"x\"; name=file\r\n\r\n",
            tricky,
            b"\r\n--XX\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n--XX--\r\n",
        ]
        .concat();
        let expected = [
            ("path".into(), b"/a b".to_vec()),
            ("file".into(), tricky.to_vec()),
            ("empty".into(), Vec::new()),
        ];
        for size in 1..=form.len() {
            assert_eq!(read(&form, size).await.unwrap(), expected, "in pieces of {size}");
        }
    }

    #[tokio::test]
    async fn a_form_that_is_cut_off_anywhere_is_an_error() {
        let form = b"--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc\r\n--XX--";
        assert_eq!(read(form, 7).await.unwrap(), [("file".to_owned(), b"abc".to_vec())]);
        for length in 0..form.len() {
            assert!(read(&form[..length], 7).await.is_err(), "after {length} bytes");
        }
    }

    #[tokio::test]
    async fn content_is_handed_on_without_a_copy() {
        let head = Bytes::from_static(b"--XX\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n");
        let content = Bytes::from(vec![b'\n'; 1 << 20]);
        let pieces = [head, content.clone(), Bytes::from_static(b"\r\n--XX--\r\n")].map(Ok::<_, ()>);
        let mut form = Multipart::new(stream::iter(pieces), "XX");
        assert_eq!(form.next_part().await.unwrap().as_deref(), Some("file"));
        let piece = form.next().await.unwrap().unwrap();
        assert_eq!((piece.as_ptr(), piece.len()), (content.as_ptr(), content.len()));
        assert!(form.next().await.is_none());
    }

    #[test]
    fn boundaries_are_found_in_content_types() {
        let of = |text: &str| Multipart::boundary(text);
        assert_eq!(of("multipart/form-data; boundary=abc").as_deref(), Some("abc"));
        assert_eq!(of("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"").as_deref(), Some("a b"));
        assert_eq!(of("multipart/form-data"), None);
        assert_eq!(of("multipart/form-data; boundary="), None);
        assert_eq!(of("application/json; boundary=abc"), None);
    }
}
