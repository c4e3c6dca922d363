#![allow(unused_qualifications, missing_docs, unreachable_pub, clippy::all)]
use bytes::Bytes;
use futures_util::Stream;
use wrenn_agent_proto as ap;
use wrenn_api::*;
use wrenn_control::*;
fn no<T>() -> wrenn_control::Result<T> {
    Err(ControlError::new(ErrorCode::HostUnavailable, "x"))
}
pub trait Missing {
    fn check_running(
        &self,
        _: &TeamId,
        _: &CapsuleId,
    ) -> impl Future<Output = wrenn_control::Result<()>> + Send {
        async { no() }
    }
    fn exec_stream(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &StreamStart,
    ) -> impl Future<Output = wrenn_control::Result<ap::ProcessStream>> + Send {
        async { no() }
    }
    fn connect_process(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &ProcessSelector,
    ) -> impl Future<Output = wrenn_control::Result<ap::ProcessStream>> + Send {
        async { no() }
    }
    fn send_stdin(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &ProcessSelector,
        _: Bytes,
    ) -> impl Future<Output = wrenn_control::Result<()>> + Send {
        async { no() }
    }
    fn close_stdin(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &ProcessSelector,
    ) -> impl Future<Output = wrenn_control::Result<()>> + Send {
        async { no() }
    }
    fn start_pty(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &PtyStart,
    ) -> impl Future<Output = wrenn_control::Result<(String, ap::ProcessStream)>> + Send {
        async { no() }
    }
    fn connect_pty(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
    ) -> impl Future<Output = wrenn_control::Result<ap::ProcessStream>> + Send {
        async { no() }
    }
    fn send_pty(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &ProcessSelector,
        _: Bytes,
    ) -> impl Future<Output = wrenn_control::Result<()>> + Send {
        async { no() }
    }
    fn resize_pty(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &ProcessSelector,
        _: u16,
        _: u16,
    ) -> impl Future<Output = wrenn_control::Result<()>> + Send {
        async { no() }
    }
    fn read_file(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
        _: Option<ap::Range>,
    ) -> impl Future<Output = wrenn_control::Result<ap::FileBody>> + Send {
        async { no() }
    }
    fn write_file<
        S: Stream<Item = std::result::Result<Bytes, E>> + Send + 'static,
        E: std::error::Error + Send + Sync + 'static,
    >(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
        _: Option<u64>,
        _: S,
    ) -> impl Future<Output = wrenn_control::Result<()>> + Send {
        async { no() }
    }
    fn list_dir(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
        _: u32,
    ) -> impl Future<Output = wrenn_control::Result<Vec<FileEntry>>> + Send {
        async { no() }
    }
    fn make_dir(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
    ) -> impl Future<Output = wrenn_control::Result<FileEntry>> + Send {
        async { no() }
    }
    fn stat_path(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
    ) -> impl Future<Output = wrenn_control::Result<FileEntry>> + Send {
        async { no() }
    }
    fn move_path(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
        _: &str,
    ) -> impl Future<Output = wrenn_control::Result<FileEntry>> + Send {
        async { no() }
    }
    fn remove_path(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
    ) -> impl Future<Output = wrenn_control::Result<()>> + Send {
        async { no() }
    }
    fn watch_dir(
        &self,
        _: &TeamId,
        _: &CapsuleId,
        _: &str,
        _: bool,
    ) -> impl Future<Output = wrenn_control::Result<ap::WatchStream>> + Send {
        async { no() }
    }
}
impl Missing for Control {}
pub fn exit_code(e: &ap::Exit) -> i32 {
    e.code
}
