//! The changes in a directory, live.

use wrenn_agent_proto::filesystem::EventType;
use wrenn_api::{WatchClientMessage, WatchEventKind, WatchServerMessage};
use wrenn_control::WatchStream;

use super::{
    End, Target, close,
    first::{Pick, first},
};
use crate::{
    routes::files::path,
    ws::{Gone, Received, Receiver, Sender},
};

/// Which directory to watch.
pub(crate) struct Wish {
    /// The directory.
    pub(crate) path: String,
    /// Whether those below it too.
    pub(crate) recursive: bool,
}

/// Reports changes until the client has enough. Without a `wish` the client's first message has it.
pub(crate) async fn watch(target: Target, wish: Option<Wish>, mut sender: Sender, mut receiver: Receiver) {
    let pick = |message| match message {
        WatchClientMessage::Start { path, recursive } => Pick::This(Wish { path, recursive }),
        WatchClientMessage::Auth { .. } | WatchClientMessage::Ping | WatchClientMessage::Pong => Pick::Later,
        _ => Pick::Never,
    };
    let wish = match wish {
        Some(wish) => Some(wish),
        None => first(&mut sender, &mut receiver, pick, error).await,
    };
    let Some(Wish { path, recursive }) = wish else {
        return close(End::Finished, sender, receiver).await;
    };
    let refused = match path::check(&path) {
        Err(refusal) => refusal.message().to_owned(),
        Ok(path) => match target.app.control.watch_dir(&target.team, &target.id, path, recursive).await {
            Err(refusal) => refusal.message().to_owned(),
            Ok(changes) => return report(&target, changes, sender, receiver).await,
        },
    };
    let end = sender.send(&error(refused)).await.map_or_else(End::from, |()| End::Finished);
    close(end, sender, receiver).await;
}

async fn report(target: &Target, changes: WatchStream, mut sender: Sender, mut receiver: Receiver) {
    let end = tokio::select! {
        end = write(target, changes, &mut sender) => end.unwrap_or_else(End::from),
        end = read(target, &mut receiver) => end,
        () = target.app.stopping.cancelled() => End::Stopping,
    };
    close(end, sender, receiver).await;
}

async fn write(target: &Target, mut changes: WatchStream, sender: &mut Sender) -> Result<End, Gone> {
    sender.send(&WatchServerMessage::Started).await?;
    let mut ping = sender.pings();
    loop {
        let change = tokio::select! {
            change = changes.next() => change,
            _ = ping.tick() => {
                sender.ping().await?;
                continue;
            }
        };
        let last = match change {
            Ok(Some(change)) => {
                // A kind of change that this version does not know is none that a client waits for.
                if let Some(event) = change.r#type.as_known().and_then(kind) {
                    sender.send(&WatchServerMessage::Event { event, name: change.name }).await?;
                }
                continue;
            }
            Ok(None) => error("The directory is watched no longer; it may be gone. Watch again.".to_owned()),
            Err(failure) => error(target.explain(&failure).await),
        };
        sender.send(&last).await?;
        return Ok(End::Finished);
    }
}

async fn read(target: &Target, receiver: &mut Receiver) -> End {
    loop {
        match receiver.next().await {
            Err(gone) => return gone.into(),
            Ok(Received::Message(WatchClientMessage::Stop)) => return End::Finished,
            Ok(Received::Message(WatchClientMessage::Ping)) => {
                // A capsule that ends meanwhile is reported by the other direction.
                let _ = target.app.control.ping_capsule(&target.team, &target.id).await;
            }
            Ok(_) => {}
        }
    }
}

fn kind(event: EventType) -> Option<WatchEventKind> {
    match event {
        EventType::EVENT_TYPE_CREATE => Some(WatchEventKind::Create),
        EventType::EVENT_TYPE_WRITE => Some(WatchEventKind::Write),
        EventType::EVENT_TYPE_REMOVE => Some(WatchEventKind::Remove),
        EventType::EVENT_TYPE_RENAME => Some(WatchEventKind::Rename),
        EventType::EVENT_TYPE_CHMOD => Some(WatchEventKind::Chmod),
        EventType::EVENT_TYPE_UNSPECIFIED => None,
    }
}

fn error(data: String) -> WatchServerMessage {
    WatchServerMessage::Error { data }
}
