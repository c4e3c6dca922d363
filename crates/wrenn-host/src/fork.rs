//! Copies of capsules, as the host's callers ask for them.

use std::time::Duration;

use tokio::sync::oneshot;
use wrenn_api::{CapsuleId, PortsToken};
use wrenn_runtime::CapsuleSpec;

use crate::{
    CapsuleView, Host, HostError, Record, Result, Startup, State,
    capsule::{Begin, Child, Handle, Request},
    record,
    state::Ask,
};

/// A copy that is being made: its owner's handle, and what it says once it runs.
type Copy = (Handle, oneshot::Receiver<Result<()>>);

impl Host {
    /// Makes `count` copies of a running or paused capsule, which goes on. They differ from it only in what is a capsule's
    /// own. Answers once all run, or after [`HostConfig::settle`](crate::HostConfig::settle) with those in the making as they
    /// are. When one cannot be made none is; the answer comes when nothing of them is left. All of that happens also when
    /// the caller has gone.
    pub async fn fork(&self, id: &CapsuleId, count: usize) -> Result<Vec<CapsuleView>> {
        let source = self.deps.capsules.find(id)?;
        let original = source.shared.lock().record.clone();
        if original.state.asked(Ask::Fork).is_none() {
            let state = original.state;
            return Err(HostError::WrongState { id: id.clone(), action: "fork", state });
        }
        self.deps.capsules.require_room(count, self.config.max_capsules)?;
        let mut children = Vec::with_capacity(count);
        let mut copies = Vec::with_capacity(count);
        let begun = (0..count).try_for_each(|_| {
            let (child, copy) = self.begin_copy(&original)?;
            children.push(child);
            copies.push(copy);
            Ok(())
        });
        if let Err(error) = begun {
            drop(children);
            discard(&copies, self.deps.settle).await;
            return Err(error);
        }
        let handles: Vec<_> = copies.iter().map(|(handle, _)| handle.clone()).collect();
        // To its end also when the caller goes away, who may have left one half of them otherwise.
        let making = tokio::spawn(make(source, children, copies, self.deps.settle));
        making.await.map_err(|_| HostError::ShuttingDown)??;
        Ok(handles.iter().map(|handle| self.announce_unless_running(handle)).collect())
    }

    fn begin_copy(&self, original: &Record) -> Result<(Child, Copy)> {
        let (id, dir, first_id) = self.new_place()?;
        let now = record::now();
        let spec = CapsuleSpec {
            id: id.to_string(),
            hostname: id.to_string(),
            dir,
            first_id,
            ..original.spec.clone()
        };
        let record = Record {
            id: id.clone(),
            state: State::Starting,
            spec: spec.clone(),
            guest_ip: None,
            host_ip: None,
            created_at: now,
            started_at: None,
            // One that came with its original's processes is found running.
            start: if original.start == Startup::None { Startup::None } else { Startup::Pending },
            last_updated: now,
            // Who may come to the original may not come to its copies.
            ports_token: PortsToken::generate(),
            ..original.clone()
        };
        let (reply, answer) = oneshot::channel();
        let (tell, made) = oneshot::channel();
        let handle = self.begin(record, Begin::Fork { made, reply })?;
        Ok((Child { id, spec, made: tell }, (handle, answer)))
    }

    fn announce_unless_running(&self, handle: &Handle) -> CapsuleView {
        if handle.view_state() == State::Starting { self.announce(handle) } else { handle.view() }
    }
}

/// Has the owner of `source` make the copies, and waits until all of them run, or for as long as `settle`. When one cannot be
/// made until then, all are removed.
async fn make(source: Handle, children: Vec<Child>, mut copies: Vec<Copy>, settle: Duration) -> Result<()> {
    let made = async {
        source.ask(None, |reply| Request::Fork(children, reply)).await.unwrap_or(Ok(()))?;
        for (handle, answer) in &mut copies {
            match answer.await {
                Ok(answer) => answer?,
                Err(_) => return Err(handle.ended().await),
            }
        }
        Ok(())
    };
    let made = tokio::time::timeout(settle, made).await.unwrap_or(Ok(()));
    if made.is_err() {
        discard(&copies, settle).await;
    }
    made
}

/// Waits until nothing of the copies is left. Those that run are destroyed.
async fn discard(copies: &[Copy], settle: Duration) {
    for (handle, _) in copies {
        handle.shared.request_destroy("another copy of the same capsule could not be made");
    }
    for (handle, _) in copies {
        if let Err(error) = handle.gone(settle).await {
            tracing::error!(id = %handle.id, error = &error as &dyn std::error::Error, "cannot remove a copy yet");
        }
    }
}
