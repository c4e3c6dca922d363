export interface paths {
  "/v1/capsules/{id}": { get: operations["getCapsule"] };
}
export interface components {
  schemas: {
    Capsule: {
      id: string;
      status: "pending" | "starting" | "running" | "pausing" | "paused" | "resuming" | "hibernated" | "stopping" | "stopped" | "missing" | "error";
      template: string; vcpus: number; memory_mb: number; timeout_sec: number; guest_ip: string; host_ip: string;
      runtime: "container" | "microvm"; host_id?: string | null; metadata?: Record<string, string>;
      created_at: string; started_at?: string | null; last_active_at?: string | null; last_updated: string;
    };
    CreateCapsuleRequest: { template?: string; vcpus?: number; memory_mb?: number; timeout_sec?: number; envs?: Record<string, string>; metadata?: Record<string, string>; on_timeout?: "pause" | "destroy" };
    CapsuleMetrics: { sandbox_id: string; range: string; points: { timestamp_unix: number; cpu_pct: number; mem_bytes: number; disk_bytes: number }[] };
    CapsuleStats: { range: string };
    UsageResponse: { from: string; to: string; points: { date: string; cpu_minutes: number; ram_mb_minutes: number }[] };
    ExecRequest: { cmd: string; args?: string[]; timeout_sec?: number; background?: boolean; tag?: string; envs?: Record<string, string>; cwd?: string; user?: string };
    ExecResponse: { sandbox_id: string; cmd: string; stdout: string; stderr: string; exit_code: number; duration_ms: number; encoding: "utf-8" | "base64"; timed_out?: boolean };
    BackgroundExecResponse: { sandbox_id: string; cmd: string; pid: number; tag: string };
    ProcessEntry: { pid: number; tag?: string; cmd: string; args?: string[] };
    ProcessListResponse: { processes: components["schemas"]["ProcessEntry"][] };
    FileEntry: { name: string; path: string; type: "file" | "directory" | "symlink"; size: number; mode: number; permissions: string; owner: string; group: string; modified_at: number; symlink_target?: string | null };
    ListDirResponse: { entries: components["schemas"]["FileEntry"][] };
    MakeDirResponse: { entry: components["schemas"]["FileEntry"] };
    Template: { name: string; type: "base" | "snapshot"; vcpus?: number | null; memory_mb?: number | null; size_bytes: number; created_at: string };
    CreateSnapshotRequest: { sandbox_id: string; name?: string };
  };
}
export interface operations {
  getCapsule: { parameters: { path: { id: string } } };
}
