//! The messages of all RPCs, and that of `/init`, by themselves.

use std::fmt::Debug;

use buffa::Message;
use serde::{Serialize, de::DeserializeOwned};
use wrenn_agent_proto::{
    filesystem::{
        CreateWatcherRequest, GetWatcherEventsRequest, ListDirRequest, MakeDirRequest, MoveRequest,
        RemoveRequest, RemoveWatcherRequest, StatRequest, WatchDirRequest, WatchDirResponse,
    },
    process::{
        CloseStdinRequest, ConnectRequest, ConnectResponse, ListRequest, SendInputRequest, SendSignalRequest,
        StartRequest, StreamInputRequest, UpdateRequest,
    },
};

/// The bytes are a message, as protobuf and as JSON: what can be read is the same after writing and reading it again.
///
/// # Panics
/// When it is not.
pub fn messages(data: &[u8]) {
    survives::<StatRequest>(data);
    survives::<MakeDirRequest>(data);
    survives::<MoveRequest>(data);
    survives::<ListDirRequest>(data);
    survives::<RemoveRequest>(data);
    survives::<WatchDirRequest>(data);
    survives::<CreateWatcherRequest>(data);
    survives::<GetWatcherEventsRequest>(data);
    survives::<RemoveWatcherRequest>(data);
    survives::<ListRequest>(data);
    survives::<ConnectRequest>(data);
    survives::<StartRequest>(data);
    survives::<UpdateRequest>(data);
    survives::<StreamInputRequest>(data);
    survives::<SendInputRequest>(data);
    survives::<SendSignalRequest>(data);
    survives::<CloseStdinRequest>(data);
    survives::<WatchDirResponse>(data);
    survives::<ConnectResponse>(data);
    // Only read: acting on it would set the clock.
    let _ = crate::http::init::Init::parse(data);
}

fn survives<M: Message + Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) {
    if let Ok(message) = M::decode(&mut &data[..]) {
        let again = M::decode(&mut &message.encode_to_vec()[..]);
        assert_eq!(again.expect("what was written can be read"), message);
    }
    if let Ok(message) = serde_json::from_slice::<M>(data) {
        let text = serde_json::to_vec(&message).expect("what was read can be written");
        assert_eq!(serde_json::from_slice::<M>(&text).expect("what was written can be read"), message);
    }
}
