//! Between what the protocol says and what it means here.

use buffa::{EnumValue, MessageField};
use buffa_types::google::protobuf::Timestamp;
use connectrpc::ConnectError;
use wrenn_agent_proto::filesystem::{EntryInfo, EventType, FileType, FilesystemEvent};

use super::entry::{Entry, Kind};
use super::error::{Fault, FsError};
use super::watch::{Change, Event, Lost};

impl From<Entry> for EntryInfo {
    fn from(entry: Entry) -> Self {
        let kind = match entry.kind {
            Kind::File => FileType::FILE_TYPE_FILE,
            Kind::Directory => FileType::FILE_TYPE_DIRECTORY,
            Kind::Symlink => FileType::FILE_TYPE_SYMLINK,
        };
        let (seconds, nanos) = entry.modified;
        let modified = Timestamp { seconds, nanos: nanos.try_into().unwrap_or(0), ..Timestamp::default() };
        Self {
            name: entry.name,
            r#type: EnumValue::Known(kind),
            path: entry.path.to_string_lossy().into_owned(),
            size: entry.size.try_into().unwrap_or(i64::MAX),
            mode: entry.mode,
            permissions: entry.permissions,
            owner: entry.owner,
            group: entry.group,
            modified_time: MessageField::some(modified),
            symlink_target: entry.symlink_target,
            metadata: entry.metadata.into_iter().collect(),
            ..Self::default()
        }
    }
}

impl From<Event> for FilesystemEvent {
    fn from(event: Event) -> Self {
        let kind = match event.change {
            Change::Create => EventType::EVENT_TYPE_CREATE,
            Change::Write => EventType::EVENT_TYPE_WRITE,
            Change::Remove => EventType::EVENT_TYPE_REMOVE,
            Change::Rename => EventType::EVENT_TYPE_RENAME,
            Change::Chmod => EventType::EVENT_TYPE_CHMOD,
        };
        let entry = event.entry.map_or_else(MessageField::none, |entry| MessageField::some(entry.into()));
        Self { name: event.name, r#type: EnumValue::Known(kind), entry, ..Self::default() }
    }
}

impl From<FsError> for ConnectError {
    fn from(error: FsError) -> Self {
        let text = error.to_string();
        match error.fault() {
            Fault::Invalid => Self::invalid_argument(text),
            Fault::NotFound => Self::not_found(text),
            Fault::Exists => Self::already_exists(text),
            Fault::InTheWay => Self::failed_precondition(text),
            Fault::Denied => Self::permission_denied(text),
            Fault::Full => Self::resource_exhausted(text),
            Fault::Internal => {
                tracing::warn!(error = &error as &dyn std::error::Error, "a file operation failed");
                Self::internal(text)
            }
        }
    }
}

impl From<Lost> for ConnectError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Overflow => Self::data_loss(lost.to_string()),
            Lost::Limit => Self::resource_exhausted(lost.to_string()),
        }
    }
}
