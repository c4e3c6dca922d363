//! Where a connection begins, on a byte stream that has no beginning of its own.
//!
//! A virtual machine's serial port passes bytes; that the other end went away and came back may go unnoticed, and what
//! it had sent before may arrive after. So the host greets with a number that was never used before, and both sides
//! begin anew with the answer to it:
//!
//! ```text
//!   host    GREETING, 16 random bytes
//!   agent   …what it was saying to somebody else…  ANSWER, the same 16 bytes
//!   both    HTTP/2
//! ```
//! The greeting cannot be mistaken: in the place of an HTTP/2 frame it has a length that no frame of ours has. Where the agent
//! waits for the rest of a frame, it takes the greeting for that and does not answer; the host then leaves for long
//! enough to be missed, and comes again.

use std::{future::Future, io, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::UnixStream,
    time::{sleep, timeout},
};

/// What the host says first; as a frame's header it claims 16 MiB.
pub const GREETING: [u8; 16] = *b"\xff\xff\xff\xffWrenn-hello\0";

/// How the agent answers.
pub const ANSWER: [u8; 16] = *b"\xff\xff\xff\xffWrenn-ready\0";

/// How long the number is that follows either.
pub const NONCE: usize = 16;

/// How long the first answer may take; every further one may take twice as long as the one before.
const FIRST_PATIENCE: Duration = Duration::from_millis(300);
const MOST_PATIENCE: Duration = Duration::from_secs(10);

/// The host stays away for this share of the time that it waited, so that also a slow agent misses it.
const ABSENCE: u32 = 10;

/// Opens a stream on which the agent begins a connection of HTTP/2. It dials again for as long as there is no answer, so
/// the agent may also be about to start.
///
/// # Errors
/// Those of `dial`.
pub async fn open<F, Fut>(dial: F) -> io::Result<UnixStream>
where
    F: Fn() -> Fut,
    Fut: Future<Output = io::Result<UnixStream>>,
{
    let mut patience = FIRST_PATIENCE;
    loop {
        let stream = dial().await?;
        if let Ok(Ok(stream)) = timeout(patience, greet(stream)).await {
            return Ok(stream);
        }
        sleep(patience / ABSENCE).await;
        patience = (patience * 2).min(MOST_PATIENCE);
    }
}

/// Greets, and reads up to the answer, but nothing after it.
async fn greet(mut stream: UnixStream) -> io::Result<UnixStream> {
    let mut nonce = [0; NONCE];
    rustix::rand::getrandom(&mut nonce, rustix::rand::GetRandomFlags::empty())?;
    stream.write_all(&[GREETING, nonce].concat()).await?;
    let expected = [ANSWER, nonce].concat();
    let mut seen = Vec::with_capacity(2 * expected.len());
    while seen != expected {
        let mut more = [0; GREETING.len() + NONCE];
        let missing = expected.len() - seen.len();
        let count = stream.read(&mut more[..missing]).await?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        seen.extend_from_slice(&more[..count]);
        let useless = (0..=seen.len()).find(|start| expected.starts_with(&seen[*start..]));
        seen.drain(..useless.unwrap_or_default());
    }
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_said_to_others_is_passed_over_and_what_follows_is_not() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let agent = async {
            let mut greeting = [0; GREETING.len() + NONCE];
            theirs.read_exact(&mut greeting).await.unwrap();
            assert_eq!(greeting[..GREETING.len()], GREETING);
            let nonce = &greeting[GREETING.len()..];
            // To an earlier greeting, and cut off.
            let stale = [&b"frames"[..], &ANSWER, &[7; NONCE], &ANSWER, &nonce[..9], &ANSWER[..5]].concat();
            let answer = [&stale[..], &ANSWER, nonce, b"PRI"].concat();
            for piece in answer.chunks(7) {
                theirs.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let (stream, ()) = tokio::join!(greet(ours), agent);
        let mut next = [0; 3];
        stream.unwrap().read_exact(&mut next).await.unwrap();
        assert_eq!(&next, b"PRI");
    }

    #[tokio::test]
    async fn who_does_not_answer_is_left_and_greeted_again() {
        let dir = std::env::temp_dir().join(format!("wrenn-link-{}", std::process::id()));
        let listener = tokio::net::UnixListener::bind(&dir).unwrap();
        let agent = async {
            let (mut first, _) = listener.accept().await.unwrap();
            let mut heard = Vec::new();
            first.read_to_end(&mut heard).await.unwrap();
            assert_eq!(heard.len(), GREETING.len() + NONCE);
            let (mut second, _) = listener.accept().await.unwrap();
            let mut again = [0; GREETING.len() + NONCE];
            second.read_exact(&mut again).await.unwrap();
            assert_ne!(heard, again, "no number is used twice");
            second.write_all(&[&ANSWER, &again[GREETING.len()..]].concat()).await.unwrap();
            second
        };
        let (stream, _) = tokio::join!(open(|| UnixStream::connect(&dir)), agent);
        stream.unwrap();
        std::fs::remove_file(&dir).unwrap();
        let refused = open(|| UnixStream::connect(&dir)).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::NotFound);
    }
}
