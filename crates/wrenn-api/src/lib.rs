//! The public contract of Wrenn, version 1: what goes over the wire between a client and the server.
//!
//! Every type here is named as its schema in the OpenAPI document. Nothing here knows how requests are carried or
//! answered, so that the server and the clients can share it.

mod capsule;
mod command;
mod error;
mod file;
mod fork;
mod health;
mod id;
mod lenient;
mod metrics;
mod network;
mod notebook;
mod port;
mod pty;
mod snapshot;
mod stream;
mod timestamp;
mod watch;

pub use capsule::{
    Capsule, CapsuleStatus, CreateCapsuleRequest, DEFAULT_MEMORY_MB, DEFAULT_TEMPLATE, DEFAULT_TIMEOUT_SEC,
    DEFAULT_VCPUS, ListCapsulesQuery, NEXT_CURSOR_HEADER, OnTimeout, ParseRuntimeError, ParseStatusError,
    RuntimeKind,
};
pub use command::{
    BackgroundExecResponse, DEFAULT_EXEC_TIMEOUT_SEC, Encoding, ExecRequest, ExecResponse, ProcessEntry,
    ProcessListResponse, ProcessSelector, Signal, TIMED_OUT_EXIT_CODE,
};
pub use error::{ErrorCode, ErrorDetail, ErrorResponse, REQUEST_ID_HEADER};
pub use file::{
    FileEntry, FileType, ListDirRequest, ListDirResponse, MakeDirRequest, MakeDirResponse, MoveRequest,
    MoveResponse, ReadFileRequest, RemoveRequest, StatRequest, StatResponse, UploadForm,
};
pub use fork::{ForkCapsuleRequest, ForkCapsuleResponse, MAX_FORKS};
pub use health::Health;
pub use id::{
    API_KEY_PREFIX, AuditLogId, BuildId, CapsuleId, ChannelId, HostId, IdError, KeyId, TeamId, UserId,
};
pub use metrics::{
    CapsuleMetrics, CapsuleStats, CurrentStats, MetricPoint, MetricsRange, PeakStats, RangeError, StatsRange,
    StatsSeries, UsagePoint, UsageResponse,
};
pub use network::NetworkPolicy;
pub use notebook::{
    CellClientMessage, CellEnd, CellError, CellOutput, CellServerMessage, DEFAULT_CELL_TIMEOUT_SEC,
    DEFAULT_NOTEBOOK, ExecCellRequest, ExecCellResponse, Notebook, NotebookListResponse,
};
pub use port::{
    CreateSignedUrlRequest, DEFAULT_EXPIRES_IN_SEC, MAX_EXPIRES_IN_SEC, PORTS_TOKEN_HEADER, PortsToken,
    SIGNATURE_QUERY, SignedUrl,
};
pub use pty::{DEFAULT_COLS, DEFAULT_ROWS, DEFAULT_SHELL, PtyClientMessage, PtyServerMessage, PtyStart};
pub use snapshot::{CreateSnapshotRequest, Template, TemplateType};
pub use stream::{
    BINARY_QUERY, STDERR_FRAME, STDOUT_FRAME, StreamClientMessage, StreamServerMessage, StreamStart,
};
pub use timestamp::Timestamp;
pub use watch::{WatchClientMessage, WatchEventKind, WatchServerMessage};
