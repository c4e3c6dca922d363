/**
 * Client for Wrenn: isolated capsules, their commands, files and terminals.
 *
 * @packageDocumentation
 */
import "./core/dispose.js";

// eslint-disable-next-line @typescript-eslint/no-deprecated -- kept for those who come from e2b
export { Capsule, Sandbox } from "./capsule/capsule.js";
export type { CapsuleOptions, CreateCapsuleOptions, SignedUrlOptions } from "./capsule/options.js";
export type { WaitOptions } from "./capsule/ready.js";
export { CommandManager } from "./capsule/commands.js";
export type { CommandOptions, ExecOptions, StartOptions, StreamOptions } from "./capsule/command-options.js";
export { CommandResult } from "./capsule/command-result.js";
export { CommandStream } from "./capsule/command-stream.js";
export { ProcessConnection } from "./capsule/process-connection.js";
export { FileManager, type ListOptions } from "./capsule/files.js";
export { FileWatch, type WatchOptions } from "./capsule/watch.js";
export { Git } from "./capsule/git/git.js";
export type { GitCredentials } from "./capsule/git/credentials.js";
export type * from "./capsule/git/options.js";
export { PtyManager } from "./capsule/pty/manager.js";
export { PtySession } from "./capsule/pty/session.js";
export type { PtyEvent } from "./capsule/pty/events.js";
export type { PtyConnectOptions, PtyStartOptions } from "./capsule/pty/options.js";
export { CodeInterpreter } from "./interpreter/code-interpreter.js";
export { CellOutput, type CellError, type CellOptions, type CellResult } from "./interpreter/cell.js";
export { Notebook } from "./interpreter/notebook.js";
export { WrennClient } from "./client/wrenn-client.js";
export type { ClientOptions, FetchFunction, RequestOptions } from "./client/options.js";
export type { BinaryData, StreamSource } from "./core/bytes.js";
export type { SocketOptions, WebSocketConstructor, WebSocketLike } from "./core/web-socket.js";
export * from "./core/errors.js";
export { AccountResource } from "./resources/account.js";
export { ApiKeysResource } from "./resources/api-keys.js";
export { AuthResource } from "./resources/auth.js";
export { CapsulesResource } from "./resources/capsules.js";
export { ChannelsResource } from "./resources/channels.js";
export { FilesResource, type ReadOptions } from "./resources/files.js";
export { HostsResource } from "./resources/hosts.js";
export { NotebooksResource } from "./resources/notebooks.js";
export { SnapshotsResource } from "./resources/snapshots.js";
export { TeamsResource } from "./resources/teams.js";
export { UsersResource } from "./resources/users.js";
export type * from "./types/account.js";
export type * from "./types/capsule.js";
export type * from "./types/channel.js";
export type * from "./types/command.js";
export type * from "./types/file.js";
export type * from "./types/host.js";
export type { CellOutputData, ExecCellRequest, ExecCellResponse, NotebookInfo, NotebookListResponse } from "./types/notebook.js";
export type * from "./types/snapshot.js";
export type { components, operations, paths } from "./internal/openapi.js";
