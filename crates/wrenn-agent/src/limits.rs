//! Makes the agent's own process as small and as able as it can be.

use crate::process;

/// Sets the limits and the allocator of this process; to be called first, before there are other threads.
#[expect(unsafe_code, reason = "the allocator has no safe interface for this")]
pub fn set_process_limits() {
    process::raise_files_limit();
    // SAFETY: mallopt takes two numbers; no other thread runs yet.
    unsafe {
        // Threads that read and write files share the one arena.
        libc::mallopt(libc::M_ARENA_MAX, 1);
    }
}
