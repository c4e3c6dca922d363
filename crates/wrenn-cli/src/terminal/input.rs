//! What is typed, or piped, into this program.

use std::{
    io::{self, Read},
    thread,
};

use tokio::sync::mpsc;

/// A piece of input. Its end is the channel's.
pub(crate) type Input = Vec<u8>;

/// A good size for one message of a stream.
const PIECE_BYTES: usize = 32 * 1024;
/// Pieces that may wait for the network.
const PIECES_AHEAD: usize = 4;

/// Reads standard input on a thread of its own, which ends with the program: a read cannot be cancelled.
pub(crate) fn read_stdin() -> mpsc::Receiver<Input> {
    let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut buffer = vec![0; PIECE_BYTES];
        loop {
            match stdin.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) if sender.blocking_send(buffer[..length].to_vec()).is_err() => return,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // As of a terminal that is gone: the input is at its end.
                Err(_) => return,
            }
        }
    });
    receiver
}
