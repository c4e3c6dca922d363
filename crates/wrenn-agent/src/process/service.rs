//! The service's methods: each translates, finds its process and asks it.

use std::time::Duration;

use connectrpc::{
    ConnectError, InboundStream, RequestContext, Response, ServiceRequest, ServiceResult, ServiceStream,
};
use futures_util::StreamExt as _;
use rustix::process::Signal;
use wrenn_agent_proto::process::{
    __buffa::oneof::{process_input, stream_input_request},
    CloseStdinRequest, CloseStdinResponse, ConnectRequest, ListRequest, ListResponse,
    Process as ProcessService, ProcessInput, ProcessSelector, SendInputRequest, SendInputResponse,
    SendSignalRequest, SendSignalResponse, Signal as SignalMessage, StartRequest, StreamInputRequest,
    StreamInputResponse, UpdateRequest, UpdateResponse,
};

use super::{
    event::Event,
    launch,
    registry::StartError,
    running::{Process, Request},
    selector::Selector,
    stream,
};
use crate::agent::Agent;

/// A time limit of the process itself, in milliseconds; the stream ends with how it ended.
const LIMIT_HEADER: &str = "process-timeout-ms";

#[derive(Debug)]
pub(super) struct Service {
    agent: Agent,
}

impl Service {
    pub(super) fn new(agent: Agent) -> Self {
        Self { agent }
    }

    fn find(&self, selector: Option<&ProcessSelector>) -> Result<std::sync::Arc<Process>, ConnectError> {
        self.agent.processes().find(&Selector::from_message(selector)?)
    }
}

#[expect(refining_impl_trait, reason = "the concrete types are the clearest")]
impl ProcessService for Service {
    async fn list(
        &self,
        _: RequestContext,
        _: ServiceRequest<'_, ListRequest>,
    ) -> ServiceResult<ListResponse> {
        let processes = self.agent.processes().list().iter().map(|process| process.info()).collect();
        Response::ok(ListResponse { processes, ..Default::default() })
    }

    async fn connect(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, ConnectRequest>,
    ) -> ServiceResult<ServiceStream<Event>> {
        let request = request.to_owned_message();
        let selector = Selector::from_message(request.process.as_option())?;
        let process = self.agent.processes().find_to_read(&selector)?;
        Ok(Response::stream(stream::events(&process, context.headers())).compress(false))
    }

    async fn start(
        &self,
        context: RequestContext,
        request: ServiceRequest<'_, StartRequest>,
    ) -> ServiceResult<ServiceStream<Event>> {
        let request = request.to_owned_message();
        let plan = launch::plan(&self.agent, context.headers(), &request)?;
        let directory = plan.directory.clone();
        let config = request.process.into_option().unwrap_or_default();
        let program = config.cmd.clone();
        let request =
            Request { config, tag: request.tag.filter(|tag| !tag.is_empty()), limit: limit(&context) };
        let process = self.agent.processes().start(plan, request).map_err(|error| match error {
            StartError::TagTaken(tag) => ConnectError::already_exists(format!(
                "A process with the tag {tag:?} runs already; choose another tag or end that process."
            )),
            StartError::Spawn(error) => launch::spawn_error(error, &program, &directory),
        })?;
        Ok(Response::stream(stream::events(&process, context.headers())).compress(false))
    }

    async fn update(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, UpdateRequest>,
    ) -> ServiceResult<UpdateResponse> {
        let request = request.to_owned_message();
        let process = self.find(request.process.as_option())?;
        if let Some(pty) = request.pty.as_option() {
            process.resize(launch::size(pty)?)?;
        }
        Response::ok(UpdateResponse::default())
    }

    async fn stream_input(
        &self,
        _: RequestContext,
        mut requests: InboundStream<StreamInputRequest>,
    ) -> ServiceResult<StreamInputResponse> {
        let mut process = None;
        while let Some(request) = requests.next().await {
            match request?.to_owned_message().event {
                Some(stream_input_request::Event::Start(start)) if process.is_none() => {
                    process = Some(self.find(start.process.as_option())?);
                }
                Some(stream_input_request::Event::Data(data)) if let Some(process) = &process => {
                    feed(process, data.input.as_option()).await?;
                }
                Some(stream_input_request::Event::Keepalive(_)) if process.is_some() => {}
                _ => {
                    return Err(ConnectError::invalid_argument(
                        "The first message of an input stream names the process, and only that one does.",
                    ));
                }
            }
        }
        Response::ok(StreamInputResponse::default())
    }

    async fn send_input(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, SendInputRequest>,
    ) -> ServiceResult<SendInputResponse> {
        let request = request.to_owned_message();
        let process = self.find(request.process.as_option())?;
        feed(&process, request.input.as_option()).await?;
        Response::ok(SendInputResponse::default())
    }

    async fn send_signal(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, SendSignalRequest>,
    ) -> ServiceResult<SendSignalResponse> {
        let request = request.to_owned_message();
        let selector = Selector::from_message(request.process.as_option())?;
        let process = self.agent.processes().find(&selector)?;
        let signal = match request.signal.as_known() {
            Some(SignalMessage::SIGNAL_SIGTERM) => Signal::TERM,
            Some(SignalMessage::SIGNAL_SIGKILL) => Signal::KILL,
            _ => {
                return Err(ConnectError::invalid_argument(
                    "Only SIGTERM and SIGKILL can be sent; choose one of them.",
                ));
            }
        };
        if !process.signal(signal) {
            return Err(selector.not_found());
        }
        Response::ok(SendSignalResponse::default())
    }

    async fn close_stdin(
        &self,
        _: RequestContext,
        request: ServiceRequest<'_, CloseStdinRequest>,
    ) -> ServiceResult<CloseStdinResponse> {
        let request = request.to_owned_message();
        self.find(request.process.as_option())?.input().close().await?;
        Response::ok(CloseStdinResponse::default())
    }
}

async fn feed(process: &Process, input: Option<&ProcessInput>) -> Result<(), ConnectError> {
    match input.and_then(|input| input.input.as_ref()) {
        Some(process_input::Input::Stdin(bytes)) => process.input().write_stdin(bytes).await,
        Some(process_input::Input::Pty(bytes)) => process.input().write_terminal(bytes).await,
        None => {
            Err(ConnectError::invalid_argument("The input is neither `stdin` nor `pty`; set one of them."))
        }
    }
}

/// How long the process may run: its own limit, or the call's, after which the caller is gone.
fn limit(context: &RequestContext) -> Option<Duration> {
    let own = context.header(LIMIT_HEADER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
    own.map(Duration::from_millis).or_else(|| context.time_remaining())
}
