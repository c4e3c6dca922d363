//! The methods of the service: each finds out who asks for what and hands on.

use std::path::PathBuf;
use std::time::Duration;

use buffa::MessageField;
use connectrpc::{
    ConnectError, Encodable, RequestContext, Response, ServiceRequest, ServiceResult, ServiceStream,
};
use futures_util::{StreamExt as _, stream};
use wrenn_agent_proto::filesystem::{
    CreateWatcherRequest, CreateWatcherResponse, Filesystem, FilesystemEvent, GetWatcherEventsRequest,
    GetWatcherEventsResponse, ListDirRequest, ListDirResponse, MakeDirRequest, MakeDirResponse, MoveRequest,
    MoveResponse, RemoveRequest, RemoveResponse, RemoveWatcherRequest, RemoveWatcherResponse, StatRequest,
    StatResponse, WatchDirRequest, WatchDirResponse, watch_dir_response,
};

use super::entry::Entry;
use super::error::{Attempt as _, FsError};
use super::identity::Identity;
use super::names::Names;
use super::ops;
use super::watch::{self, Watch};
use super::watchers::Watchers;
use crate::agent::Agent;
use crate::users::User;

/// How often a quiet stream shows that it lives, unless the client says.
const KEEPALIVE: Duration = Duration::from_secs(90);

/// How many events wait for the reader of a stream.
const STREAM_BACKLOG: usize = 1024;

/// How many events wait for the next poll: as many as the kernel itself keeps.
const POLL_BACKLOG: usize = 16_384;

/// With this header, removing what is not there is an error.
const MUST_EXIST: &str = "wrenn-must-exist";

/// The `Filesystem` service.
#[derive(Debug)]
pub(super) struct Service {
    agent: Agent,
    watchers: Watchers,
}

impl Service {
    pub(super) fn new(agent: Agent) -> Self {
        Self { agent, watchers: Watchers::default() }
    }

    fn user(&self, ctx: &RequestContext) -> Result<User, ConnectError> {
        self.agent.user_of(ctx.headers()).map_err(|error| ConnectError::unauthenticated(error.to_string()))
    }

    fn resolve(&self, user: &User, path: &str) -> Result<PathBuf, ConnectError> {
        Ok(self.agent.resolve(user, path).map_err(FsError::from)?)
    }

    /// Does `work` on the path as the calling user.
    async fn at<T: Send + 'static>(
        &self,
        ctx: &RequestContext,
        path: &str,
        work: impl FnOnce(PathBuf) -> Result<T, FsError> + Send + 'static,
    ) -> Result<T, ConnectError> {
        let user = self.user(ctx)?;
        let path = self.resolve(&user, path)?;
        let shown = path.clone();
        let done = Identity::from(&user).run(move || work(path)).await;
        Ok(done.attempt("take the user's identity for", &shown)??)
    }

    /// Begins to watch, as the calling user.
    async fn watch(&self, ctx: &RequestContext, request: Wanted<'_>) -> Result<Watch, ConnectError> {
        let user = self.user(ctx)?;
        let options = watch::Options {
            path: self.resolve(&user, request.path)?,
            recursive: request.recursive,
            include_entry: request.include_entry,
            allow_network_mounts: request.allow_network_mounts,
            backlog: request.backlog,
        };
        Ok(Watch::start(options, Identity::from(&user)).await?)
    }
}

/// What both kinds of watching ask for.
struct Wanted<'a> {
    path: &'a str,
    recursive: bool,
    include_entry: bool,
    allow_network_mounts: bool,
    backlog: usize,
}

impl Filesystem for Service {
    async fn stat<'a>(
        &'a self,
        ctx: RequestContext,
        request: ServiceRequest<'_, StatRequest>,
    ) -> ServiceResult<impl Encodable<StatResponse> + Send + use<'a>> {
        let entry = self.at(&ctx, request.path, |path| Entry::read(&path, &Names::load())).await?;
        Response::ok(StatResponse { entry: MessageField::some(entry.into()), ..StatResponse::default() })
    }

    async fn make_dir<'a>(
        &'a self,
        ctx: RequestContext,
        request: ServiceRequest<'_, MakeDirRequest>,
    ) -> ServiceResult<impl Encodable<MakeDirResponse> + Send + use<'a>> {
        let work = |path: PathBuf| {
            ops::make_dir(&path)?;
            Entry::read(&path, &Names::load())
        };
        let entry = self.at(&ctx, request.path, work).await?;
        Response::ok(MakeDirResponse {
            entry: MessageField::some(entry.into()),
            ..MakeDirResponse::default()
        })
    }

    async fn r#move<'a>(
        &'a self,
        ctx: RequestContext,
        request: ServiceRequest<'_, MoveRequest>,
    ) -> ServiceResult<impl Encodable<MoveResponse> + Send + use<'a>> {
        let destination = self.resolve(&self.user(&ctx)?, request.destination)?;
        let work = move |source: PathBuf| {
            ops::rename(&source, &destination)?;
            Entry::read(&destination, &Names::load())
        };
        let entry = self.at(&ctx, request.source, work).await?;
        Response::ok(MoveResponse { entry: MessageField::some(entry.into()), ..MoveResponse::default() })
    }

    async fn list_dir<'a>(
        &'a self,
        ctx: RequestContext,
        request: ServiceRequest<'_, ListDirRequest>,
    ) -> ServiceResult<impl Encodable<ListDirResponse> + Send + use<'a>> {
        let depth = request.depth;
        let entries = self.at(&ctx, request.path, move |path| ops::list(&path, depth)).await?;
        let entries = entries.into_iter().map(Into::into).collect();
        Response::ok(ListDirResponse { entries, ..ListDirResponse::default() })
    }

    async fn remove<'a>(
        &'a self,
        ctx: RequestContext,
        request: ServiceRequest<'_, RemoveRequest>,
    ) -> ServiceResult<impl Encodable<RemoveResponse> + Send + use<'a>> {
        let must_exist = ctx.header(MUST_EXIST).is_some();
        let work = move |path: PathBuf| match ops::remove(&path) {
            // To the protocol's clients, what is gone has been removed.
            Err(FsError::NotFound(_)) if !must_exist => Ok(()),
            removed => removed,
        };
        self.at(&ctx, request.path, work).await?;
        Response::ok(RemoveResponse::default())
    }

    async fn watch_dir(
        &self,
        ctx: RequestContext,
        request: ServiceRequest<'_, WatchDirRequest>,
    ) -> ServiceResult<ServiceStream<impl Encodable<WatchDirResponse> + Send + use<>>> {
        let wanted = Wanted {
            path: request.path,
            recursive: request.recursive,
            include_entry: request.include_entry,
            allow_network_mounts: request.allow_network_mounts,
            backlog: STREAM_BACKLOG,
        };
        let watch = self.watch(&ctx, wanted).await?;
        let mut keepalive = tokio::time::interval(keepalive(&ctx));
        keepalive.reset();
        let start = response(watch_dir_response::StartEvent::default());
        let first = stream::once(std::future::ready(Ok(start)));
        let rest = stream::unfold(Some((watch, keepalive)), |state| async {
            let (mut watch, mut keepalive) = state?;
            tokio::select! {
                biased;
                event = watch.next() => match event? {
                    Ok(event) => {
                        keepalive.reset();
                        Some((Ok(response(FilesystemEvent::from(event))), Some((watch, keepalive))))
                    }
                    Err(lost) => Some((Err(lost.into()), None)),
                },
                _ = keepalive.tick() => {
                    let alive = response(watch_dir_response::KeepAlive::default());
                    Some((Ok(alive), Some((watch, keepalive))))
                }
            }
        });
        Response::stream_ok(first.chain(rest))
    }

    async fn create_watcher<'a>(
        &'a self,
        ctx: RequestContext,
        request: ServiceRequest<'_, CreateWatcherRequest>,
    ) -> ServiceResult<impl Encodable<CreateWatcherResponse> + Send + use<'a>> {
        let wanted = Wanted {
            path: request.path,
            recursive: request.recursive,
            include_entry: request.include_entry,
            allow_network_mounts: request.allow_network_mounts,
            backlog: POLL_BACKLOG,
        };
        let watch = self.watch(&ctx, wanted).await?;
        let watcher_id = self.watchers.add(watch)?;
        Response::ok(CreateWatcherResponse { watcher_id, ..CreateWatcherResponse::default() })
    }

    async fn get_watcher_events<'a>(
        &'a self,
        _ctx: RequestContext,
        request: ServiceRequest<'_, GetWatcherEventsRequest>,
    ) -> ServiceResult<impl Encodable<GetWatcherEventsResponse> + Send + use<'a>> {
        let events = self.watchers.events(request.watcher_id).await?;
        let events = events.into_iter().map(Into::into).collect();
        Response::ok(GetWatcherEventsResponse { events, ..GetWatcherEventsResponse::default() })
    }

    async fn remove_watcher<'a>(
        &'a self,
        _ctx: RequestContext,
        request: ServiceRequest<'_, RemoveWatcherRequest>,
    ) -> ServiceResult<impl Encodable<RemoveWatcherResponse> + Send + use<'a>> {
        self.watchers.remove(request.watcher_id)?;
        Response::ok(RemoveWatcherResponse::default())
    }
}

fn response(
    event: impl Into<Option<wrenn_agent_proto::filesystem::__buffa::oneof::watch_dir_response::Event>>,
) -> WatchDirResponse {
    WatchDirResponse { event: event.into(), ..WatchDirResponse::default() }
}

fn keepalive(ctx: &RequestContext) -> Duration {
    let asked = ctx.header("keepalive-ping-interval").and_then(|value| value.to_str().ok()?.parse().ok());
    asked.filter(|&seconds| seconds > 0).map_or(KEEPALIVE, Duration::from_secs)
}
