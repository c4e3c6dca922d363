// Generated from sdk/openapi.json by `npm run generate`; not to be edited.

export interface paths {
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the server works. */
        get: operations["getHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the team's capsules, newest first; stopped ones only when asked for by status.
         * @description Notes filter as `metadata.KEY=VALUE`. A page that is not the last has the header `X-Next-Cursor`.
         */
        get: operations["listCapsules"];
        put?: never;
        /** Create a capsule. Answers once it runs, or after 10 seconds with the status that it has then. */
        post: operations["createCapsule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/stats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many capsules the team runs, with how much reserved: now, at most, and over a time. */
        get: operations["getCapsuleStats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the team used by day (UTC); by default of the last 30 days. */
        get: operations["getCapsuleUsage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Look at a capsule. After its end it is still there, as `stopped`. */
        get: operations["getCapsule"];
        put?: never;
        post?: never;
        /** Destroy a capsule, whatever it does. Asking again is no error. */
        delete: operations["destroyCapsule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/exec": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a command: to its end, or in the background. `cmd` is executed directly, not through a shell.
         * @description When the time of a foreground command is over, it and all that it started are killed, and the answer has the exit
         *     code -1, `timed_out`, and what was written so far. A command that does not exist has the exit code 127.
         */
        post: operations["execCommand"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/exec/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Run a command and stream its output over a WebSocket.
         * @description The client sends `StreamClientMessage`, first `start`; the server sends `StreamServerMessage` and closes after
         *     `exit` or `error`. A client that does not read slows the command down. A command whose client leaves without `stop`
         *     runs on and is found in the list of processes.
         */
        get: operations["execStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/list": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** List a directory, `depth` levels down. */
        post: operations["listDir"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/mkdir": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a directory and its parents. That it exists already is no error. */
        post: operations["makeDir"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/move": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Move or rename a file or directory. */
        post: operations["movePath"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Download a file, or with a `Range` header a part of it. */
        post: operations["downloadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Remove a file, or a directory with all that it holds. */
        post: operations["removePath"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/stat": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Look at a file, directory or symbolic link, which is not followed. */
        post: operations["statPath"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/stream/read": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Download a file as a stream; the same as `files/read`. */
        post: operations["streamDownloadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/stream/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Upload a file as a stream; the same as `files/write`. */
        post: operations["streamUploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/watch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Report the changes in a directory over a WebSocket.
         * @description The directory stands in the query or in the client's first `WatchClientMessage`, `start`. The server sends
         *     `WatchServerMessage`: `started` once every change is seen, then one `event` for each.
         */
        get: operations["watchDir"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/files/write": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file. Parents are made, and a reader sees the old file or the new one, never a part.
         * @description The form's `path` comes before its `file`, or stands in the query. With `path` in the query the body may also be the
         *     bare content as `application/octet-stream`, which is the fastest way.
         */
        post: operations["uploadFile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/fork": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make copies of a running or paused capsule, which goes on. Either all are made or none. Answers once they run, or after 10
         *     seconds with the statuses that they have then.
         */
        post: operations["forkCapsule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a capsule used: a point per half second up to 10 minutes back, means of 30 seconds up to 2 hours, else of 5 minutes. */
        get: operations["getCapsuleMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/network": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a capsule may reach. */
        get: operations["getCapsuleNetwork"];
        /** Change what a capsule may reach, from now on. Connections that are not allowed any more end. */
        put: operations["setCapsuleNetwork"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/notebooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the notebooks that have a kernel. There are none where cells share no variables. */
        get: operations["listNotebooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/notebooks/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a notebook and its kernel. The cell that it runs ends with an error. */
        delete: operations["deleteNotebook"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/notebooks/{name}/exec": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Run a cell of a notebook to its end, after those that were sent before. A notebook comes to be with its first cell.
         * @description Cells of one notebook share their variables where the capsule has a Jupyter server on its port 8888, as in the template
         *     `jupyter`; elsewhere each is run by `python3 -c`. When a cell's time is over it is interrupted; one that goes on all
         *     the same loses its kernel. Both are answered with `timed_out` and what was printed so far.
         */
        post: operations["execCell"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/notebooks/{name}/interrupt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Interrupt the cell that a notebook runs; it ends with a `KeyboardInterrupt`. */
        post: operations["interruptNotebook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/notebooks/{name}/restart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Start a notebook's kernel anew: its variables are gone, and the cell that it runs ends with an error. */
        post: operations["restartNotebook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/notebooks/{name}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Run cells of a notebook over a WebSocket and follow what comes of them.
         * @description The client sends `CellClientMessage`, any number of `exec`, which are run one after the other; the server sends
         *     `CellServerMessage`, for each cell up to its `end`. When the client leaves, the cell that runs runs on within its time
         *     limit, and those that wait are not begun.
         */
        get: operations["notebookStream"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/pause": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Pause a running capsule: its processes stop where they are, nothing of it is lost. */
        post: operations["pauseCapsule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Reset a capsule's inactivity timer. */
        post: operations["pingCapsule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/ports/{port}/{path}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What listens on a port of a capsule, by path; with any method, body and path, and upgrades as WebSockets need them. The
         *     same by host name, as in `8000-cl-….wrenn.example`, which pages for browsers need. A private port wants the team's key,
         *     the capsule's token in `X-Wrenn-Ports-Token`, or a signed address.
         */
        get: operations["proxyPort"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/processes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the processes that were started through the API and still run. */
        get: operations["listProcesses"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/processes/{selector}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End a process that was started through the API, by its pid or tag. */
        delete: operations["killProcess"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/processes/{selector}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Stream the output of a running process over a WebSocket, beginning with what it has printed so far.
         * @description Any number of clients may look on; closing one never harms the process. Messages are those of `exec/stream`.
         */
        get: operations["connectProcess"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/pty": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Open a terminal over a WebSocket.
         * @description The client sends `PtyClientMessage`, first `start` or `connect`; the server sends `PtyServerMessage`. The session
         *     outlives the connection; joining it again by its tag shows what was on the screen last. Binary frames are input as
         *     well, and answered with output in binary frames.
         */
        get: operations["ptySession"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Let a paused capsule go on. */
        post: operations["resumeCapsule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/capsules/{id}/signed-urls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make an address that opens a port of the capsule to whoever has it, until it expires. Meant for private ports; the others
         *     need none.
         */
        post: operations["createSignedUrl"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the built-in templates and the team's own. */
        get: operations["listSnapshots"];
        put?: never;
        /** Keep a capsule as a template. The capsule goes on, after a short pause while the copy is taken. */
        post: operations["createSnapshot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/snapshots/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Delete one of the team's templates. Capsules that were made from it are unharmed. */
        delete: operations["deleteSnapshot"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A background process that was started. */
        BackgroundExecResponse: {
            /** @description The program. */
            cmd: string;
            /**
             * Format: int32
             * @description Its process id inside the capsule.
             */
            pid: number;
            /** @description The capsule. */
            sandbox_id: string;
            /** @description The name to find it by. */
            tag: string;
        };
        /** @description An isolated environment: a private filesystem, processes, network, and limits on processor and memory. */
        Capsule: {
            /**
             * Format: date-time
             * @description When its creation was asked for.
             */
            created_at: string;
            /** @description Its own address, as seen inside. */
            guest_ip: string;
            /** @description The machine that it is on. */
            host_id?: string | null;
            /** @description The address of its machine's side of its network. */
            host_ip: string;
            /**
             * @description Its id.
             * @example cl-4x1k9d0q2m7r8t5v6w3y1z0ab
             */
            id: string;
            /**
             * Format: date-time
             * @description When it was last used.
             */
            last_active_at?: string | null;
            /**
             * Format: date-time
             * @description When its status last changed.
             */
            last_updated: string;
            /**
             * Format: int32
             * @description Its memory in MiB.
             */
            memory_mb: number;
            /** @description What its creator noted about it. */
            metadata?: {
                [key: string]: string;
            };
            /** @description Opens its private ports, in the header `X-Wrenn-Ports-Token`. Absent once it has ended. */
            ports_token?: string;
            /** @description Whether its ports are for its team only. Absent once it has ended. */
            private_ports?: boolean;
            /** @description Whether what its template starts with it is ready; true when its template starts nothing. */
            ready?: boolean;
            /** @description How it is isolated. */
            runtime: "container" | "microvm";
            /** @description Why what its template starts with it failed. The capsule runs all the same. */
            start_error?: string;
            /**
             * Format: date-time
             * @description When it ran for the first time.
             */
            started_at?: string | null;
            /** @description Where it is in its life. */
            status: "pending" | "starting" | "running" | "pausing" | "paused" | "resuming" | "hibernated" | "stopping" | "stopped" | "missing" | "error";
            /** @description The template that it was made from. */
            template: string;
            /**
             * Format: int32
             * @description Seconds of inactivity after which it pauses or is destroyed; 0: never.
             */
            timeout_sec: number;
            /**
             * Format: int32
             * @description Its processors.
             */
            vcpus: number;
        };
        /** @description What a capsule used over a time. */
        CapsuleMetrics: {
            /** @description Measurements, oldest first. */
            points: components["schemas"]["MetricPoint"][];
            /** @description The time that the points cover, up to now. */
            range: "5m" | "10m" | "1h" | "2h" | "6h" | "12h" | "24h";
            /** @description The capsule. */
            sandbox_id: string;
        };
        /** @description A team's capsules now and over a time. */
        CapsuleStats: {
            /** @description Now. */
            current: {
                /**
                 * Format: int64
                 * @description Their memory in MiB.
                 */
                memory_mb_reserved: number;
                /**
                 * Format: int64
                 * @description Running capsules.
                 */
                running_count: number;
                /**
                 * Format: date-time
                 * @description When this was counted.
                 */
                sampled_at?: string | null;
                /**
                 * Format: int64
                 * @description Their processors.
                 */
                vcpus_reserved: number;
            };
            /** @description The highest values in the range. */
            peaks: {
                /**
                 * Format: int64
                 * @description Their memory in MiB.
                 */
                memory_mb: number;
                /**
                 * Format: int64
                 * @description Running capsules.
                 */
                running_count: number;
                /**
                 * Format: int64
                 * @description Their processors.
                 */
                vcpus: number;
            };
            /** @description The time that `peaks` and `series` cover, up to now. */
            range: "5m" | "1h" | "6h" | "24h" | "30d";
            /** @description The course of the values over the range. */
            series: {
                /** @description When, oldest first. */
                labels: string[];
                /** @description Their memory in MiB. */
                memory_mb: number[];
                /** @description Running capsules. */
                running: number[];
                /** @description Their processors. */
                vcpus: number[];
            };
        };
        /** @description What a client says on `notebooks/{name}/stream`. */
        CellClientMessage: {
            /** @description An API key. */
            token: string;
            /** @enum {string} */
            type: "auth";
        } | (components["schemas"]["ExecCellRequest"] & {
            /** @enum {string} */
            type: "exec";
        }) | {
            /** @enum {string} */
            type: "interrupt";
        } | {
            /** @enum {string} */
            type: "ping";
        } | {
            /** @enum {string} */
            type: "pong";
        };
        /** @description How a cell ended. */
        CellEnd: {
            /**
             * Format: int64
             * @description How long it took.
             */
            duration_ms: number;
            /**
             * Format: int64
             * @description Its number in the life of its kernel; absent where cells share no state.
             */
            execution_count?: number;
            /**
             * Format: int32
             * @description As in `ExecCellResponse`.
             */
            exit_code: number;
            /** @description Whether it was interrupted because its time was over. */
            timed_out?: boolean;
        };
        /** @description An exception that ended a cell. */
        CellError: {
            /**
             * @description Its class, such as `ZeroDivisionError`; or what happened to the cell otherwise: `KernelDied`, `KernelRestarted`,
             *     `KernelUnreachable`, `NotebookDeleted`, `Interrupted`, `Aborted` (what ran before it was interrupted), `SlowReader`
             *     (its outputs were not read fast enough).
             */
            name: string;
            /** @description Where it came from, line by line, with the colours of a terminal. */
            traceback?: string[];
            /** @description Its message. */
            value: string;
        };
        /** @description Something that a cell showed, in one or more forms. */
        CellOutput: {
            /**
             * @description Its forms by MIME type. Texts are as they are, images and PDFs in base64, `application/json` is JSON.
             * @example {
             *       "text/plain": "84"
             *     }
             */
            data: {
                [key: string]: unknown;
            };
            /** @description The name under which the code can replace it. */
            display_id?: string;
            /** @description Whether it is the value of the cell's last expression. */
            is_main?: boolean;
            /** @description More about the forms, as the code has given it. */
            metadata?: {
                [key: string]: unknown;
            };
        };
        /** @description What the server says on `notebooks/{name}/stream`: for each cell what comes of it, up to `end`. */
        CellServerMessage: {
            /**
             * Format: int64
             * @description Its number in the life of its kernel; absent where cells share no state.
             */
            execution_count?: number;
            /** @enum {string} */
            type: "start";
        } | {
            /** @description Text. */
            data: string;
            /** @enum {string} */
            type: "stdout";
        } | {
            /** @description Text. */
            data: string;
            /** @enum {string} */
            type: "stderr";
        } | (components["schemas"]["CellOutput"] & {
            /** @enum {string} */
            type: "result";
        }) | (components["schemas"]["CellOutput"] & {
            /** @enum {string} */
            type: "update";
        }) | {
            /** @enum {string} */
            type: "clear";
            /** @description Only once it shows something else. */
            wait: boolean;
        } | (components["schemas"]["CellError"] & {
            /** @enum {string} */
            type: "exception";
        }) | (components["schemas"]["CellEnd"] & {
            /** @enum {string} */
            type: "end";
        }) | {
            /** @description A sentence that says why. */
            data: string;
            /** @enum {string} */
            type: "error";
        };
        /** @description What to create. Everything has a default. */
        CreateCapsuleRequest: {
            /**
             * @description Environment variables of every command in it.
             * @default {}
             */
            envs?: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description Memory in MiB: at least 32 for a container, 96 for a microVM.
             * @default 512
             */
            memory_mb?: number;
            /**
             * @description Notes for its creator, to be found by in lists.
             * @default {}
             */
            metadata?: {
                [key: string]: string;
            };
            /** @default null */
            network?: components["schemas"]["NetworkPolicy"];
            /**
             * @description What becomes of it after `timeout_sec`.
             * @default pause
             */
            on_timeout?: "pause" | "destroy";
            /**
             * @description Whether its ports are for its team only: then they need the team's key, the capsule's `ports_token` or a signed
             *     address. Otherwise whoever knows a port's address may come.
             * @default false
             */
            private_ports?: boolean;
            /**
             * @description How it is isolated, where the server offers several ways; else as the template or the server has it.
             * @default null
             */
            runtime?: "container" | "microvm";
            /**
             * @description The template's name.
             * @default minimal
             */
            template?: string;
            /**
             * Format: int32
             * @description Seconds of inactivity before it pauses (or see `on_timeout`); 0: never.
             * @default 0
             */
            timeout_sec?: number;
            /**
             * Format: int32
             * @description Processors.
             * @default 1
             */
            vcpus?: number;
        };
        /** @description Which address to sign. */
        CreateSignedUrlRequest: {
            /**
             * Format: int32
             * @description Seconds for which the address is good.
             * @default 3600
             */
            expires_in_sec?: number;
            /**
             * @description What it leads to, as in `/reports?year=2026`; it opens that path and what is below it. Without one it opens the
             *     whole port.
             * @default /
             */
            path?: string;
            /**
             * Format: int32
             * @description The port.
             */
            port: number;
        };
        /** @description What to keep as a template. */
        CreateSnapshotRequest: {
            /** @description The template's name; generated when absent. */
            name?: string;
            /** @description The capsule; it keeps running. */
            sandbox_id: string;
        };
        /** @description The body of every answer with a status of 400 and above. */
        Error: {
            /** @description What went wrong. */
            error: {
                /** @description For a program: one of a fixed set. */
                code: "invalid_request" | "invalid_token" | "already_activated" | "last_login_method" | "unauthorized" | "wrong_password" | "forbidden" | "account_not_activated" | "account_deactivated" | "no_team" | "not_found" | "provider_not_found" | "invalid_state" | "conflict" | "email_taken" | "signup_cooldown" | "owns_team_with_members" | "host_has_sandboxes" | "too_large" | "rate_limited" | "internal_error" | "agent_error" | "host_unavailable" | "no_hosts_available";
                /** @description For a person: a sentence that says what to do. */
                message: string;
                /** @description Names the request in the server's log. */
                request_id?: string;
            };
        };
        /** @description A cell to run. */
        ExecCellRequest: {
            /**
             * @description The code.
             * @example x = 42
             *     x * 2
             */
            code: string;
            /**
             * Format: int64
             * @description Seconds until the cell is interrupted, from when it begins; 0: never.
             * @default 30
             */
            timeout_sec?: number;
        };
        /** @description What came of a cell. */
        ExecCellResponse: {
            /**
             * Format: int64
             * @description How long it took.
             */
            duration_ms: number;
            error?: null | components["schemas"]["CellError"];
            /**
             * Format: int64
             * @description Its number in the life of its kernel, from 1. Absent where cells share no state.
             */
            execution_count?: number;
            /**
             * Format: int32
             * @description 0; 1 after an exception; what it gave to `sys.exit`; -1 when its time was over.
             */
            exit_code: number;
            /** @description What it showed, and the value of its last expression. */
            results?: components["schemas"]["CellOutput"][];
            /** @description What it wrote to its error output. */
            stderr: string;
            /** @description What it wrote to its output. */
            stdout: string;
            /** @description Whether it was interrupted because its time was over. */
            timed_out?: boolean;
        };
        /** @description A command to run. */
        ExecRequest: {
            /** @description Its arguments. */
            args?: string[];
            /**
             * @description Answer at once and let it run on.
             * @default false
             */
            background?: boolean;
            /**
             * @description The program: executed directly, not through a shell.
             * @example echo
             */
            cmd: string;
            /** @description The directory to run in; the user's home when absent. */
            cwd?: string;
            /** @description Environment variables, beside those of the capsule. */
            envs?: {
                [key: string]: string;
            };
            /** @description A name for a background process, to be found by later; generated when absent. */
            tag?: string;
            /**
             * Format: int64
             * @description Seconds until a foreground command and all that it started are killed; 0: never.
             * @default 30
             */
            timeout_sec?: number;
            /**
             * @description The user to run as.
             * @default root
             */
            user?: string;
        };
        /** @description What came of a foreground command. */
        ExecResponse: {
            /** @description The program that ran. */
            cmd: string;
            /**
             * Format: int64
             * @description How long it took.
             */
            duration_ms: number;
            /** @description How `stdout` and `stderr` are written here. */
            encoding: "utf-8" | "base64";
            /**
             * Format: int32
             * @description Its exit code; 128 + the number of the signal that killed it; -1 when its time was over.
             */
            exit_code: number;
            /** @description The capsule. */
            sandbox_id: string;
            /** @description What it wrote to its error output. */
            stderr: string;
            /** @description What it wrote to its output. */
            stdout: string;
            /** @description Whether it was killed because its time was over. */
            timed_out?: boolean;
        };
        /** @description Something in a directory. */
        FileEntry: {
            /** @description The group that owns it. */
            group: string;
            /**
             * Format: int32
             * @description Its permission bits as a number.
             */
            mode: number;
            /**
             * Format: int64
             * @description When it was last written, in seconds since 1970.
             */
            modified_at: number;
            /** @description Its name. */
            name: string;
            /** @description The user that owns it. */
            owner: string;
            /** @description Its full path. */
            path: string;
            /**
             * @description Its type and permissions as `ls` writes them.
             * @example -rwxr-xr-x
             */
            permissions: string;
            /**
             * Format: int64
             * @description Its size in bytes.
             */
            size: number;
            /** @description Where it points, when it is a symbolic link. */
            symlink_target?: string | null;
            /** @description What it is. */
            type: "file" | "directory" | "symlink";
        };
        /** @description How many copies to make. */
        ForkCapsuleRequest: {
            /**
             * Format: int32
             * @description The number of copies.
             * @default 1
             */
            count?: number;
        };
        /** @description The copies of a capsule. */
        ForkCapsuleResponse: {
            /** @description The copies: of the same template, size, notes and limits as the original. */
            capsules: components["schemas"]["Capsule"][];
            /**
             * @description Whether they have the original's memory and go on with its processes, as those of virtual machines do. Copies of
             *     containers have its files only.
             */
            memory: boolean;
        };
        /** @description The answer of `GET /health`. */
        Health: {
            /**
             * @description `ok`.
             * @example ok
             */
            status: string;
            /**
             * @description The server's version.
             * @example 0.1.0
             */
            version: string;
        };
        /** @description Which directory to list. */
        ListDirRequest: {
            /**
             * Format: int32
             * @description How many levels to go down.
             * @default 1
             */
            depth?: number;
            /** @description Its path. */
            path: string;
        };
        /** @description What a directory holds. */
        ListDirResponse: {
            /** @description Its entries. */
            entries: components["schemas"]["FileEntry"][];
        };
        /** @description Which directory to make. */
        MakeDirRequest: {
            /** @description Its path; missing parents are made too. */
            path: string;
        };
        /** @description The directory that is there now. */
        MakeDirResponse: {
            /** @description The directory. */
            entry: components["schemas"]["FileEntry"];
        };
        /** @description What a capsule used at a moment, or on average until then. */
        MetricPoint: {
            /**
             * Format: double
             * @description Processor time, in percent of one processor.
             */
            cpu_pct: number;
            /**
             * Format: int64
             * @description Disk in bytes.
             */
            disk_bytes: number;
            /**
             * Format: int64
             * @description Memory in bytes.
             */
            mem_bytes: number;
            /**
             * Format: int64
             * @description Bytes received over the network since its creation.
             */
            net_rx_bytes?: number;
            /**
             * Format: int64
             * @description Bytes sent over the network since its creation.
             */
            net_tx_bytes?: number;
            /**
             * Format: int64
             * @description When, in seconds since 1970.
             */
            timestamp_unix: number;
        };
        /** @description What to move where. */
        MoveRequest: {
            /** @description Its path afterwards. */
            destination: string;
            /** @description Its path now. */
            source: string;
        };
        /** @description What stands at the destination. */
        MoveResponse: {
            /** @description The file, directory or link. */
            entry: components["schemas"]["FileEntry"];
        };
        /**
         * @description What a capsule may reach. Without one it reaches the internet.
         *
         *     Entries are addresses, ranges as in `1.2.3.0/24`, domain names, or `*.example.com` for all names below one. What is
         *     allowed wins over what is denied. Private and link-local addresses, other capsules and the machine itself are refused
         *     whatever this says.
         */
        NetworkPolicy: {
            /**
             * @description Whether what no entry speaks of is allowed.
             * @default true
             */
            allow_internet?: boolean;
            /**
             * @description What is allowed, whatever else is not.
             * @default []
             * @example [
             *       "pypi.org",
             *       "*.pythonhosted.org",
             *       "1.2.3.0/24"
             *     ]
             */
            allow_out?: string[];
            /**
             * @description What is denied. `0.0.0.0/0` is everything.
             * @default []
             */
            deny_out?: string[];
        };
        /** @description A notebook that has a kernel. */
        Notebook: {
            /** @description The id of its kernel on the capsule's Jupyter server. */
            kernel_id: string;
            /** @description Its name. */
            name: string;
            /** @description What its kernel does: `starting`, `idle`, `busy`, `restarting`, `dead`. */
            state: string;
        };
        /** @description The notebooks of a capsule. */
        NotebookListResponse: {
            /** @description Those that have a kernel. */
            notebooks: components["schemas"]["Notebook"][];
        };
        /** @description A running process that was started through the API. */
        ProcessEntry: {
            /** @description Its arguments. */
            args?: string[];
            /** @description The program. */
            cmd: string;
            /**
             * Format: int32
             * @description Its process id inside the capsule.
             */
            pid: number;
            /** @description Its name, when it has one. */
            tag?: string;
        };
        /** @description The processes that run. */
        ProcessListResponse: {
            /** @description Those started through the API that still run. */
            processes: components["schemas"]["ProcessEntry"][];
        };
        /**
         * @description What a client says on `pty`. Binary frames are input too, as they are; after the first one the server sends output
         *     as binary frames as well.
         */
        PtyClientMessage: {
            /** @description An API key. */
            token: string;
            /** @enum {string} */
            type: "auth";
        } | (components["schemas"]["PtyStart"] & {
            /** @enum {string} */
            type: "start";
        }) | {
            /** @description The session's name. */
            tag: string;
            /** @enum {string} */
            type: "connect";
        } | {
            /** @description Bytes in base64. */
            data: string;
            /** @enum {string} */
            type: "input";
        } | {
            /**
             * Format: int32
             * @description Columns.
             */
            cols: number;
            /**
             * Format: int32
             * @description Rows.
             */
            rows: number;
            /** @enum {string} */
            type: "resize";
        } | {
            /** @enum {string} */
            type: "kill";
        } | {
            /** @enum {string} */
            type: "ping";
        } | {
            /** @enum {string} */
            type: "pong";
        };
        /** @description What the server says on `pty`. */
        PtyServerMessage: {
            /**
             * Format: int32
             * @description Its process id inside the capsule.
             */
            pid: number;
            /** @description The name to join it by. */
            tag: string;
            /** @enum {string} */
            type: "started";
        } | {
            /** @description Bytes in base64. */
            data: string;
            /** @enum {string} */
            type: "output";
        } | {
            /**
             * Format: int32
             * @description Its exit code.
             */
            exit_code: number;
            /** @enum {string} */
            type: "exit";
        } | {
            /** @description A sentence that says what. */
            data: string;
            /** @description Whether the connection ends with it. */
            fatal: boolean;
            /** @enum {string} */
            type: "error";
        } | {
            /** @enum {string} */
            type: "ping";
        };
        /** @description A new terminal session. */
        PtyStart: {
            /**
             * @description Its arguments.
             * @default []
             */
            args?: string[];
            /**
             * @description The program.
             * @default /bin/bash
             */
            cmd?: string;
            /**
             * Format: int32
             * @description Columns.
             * @default 80
             */
            cols?: number;
            /**
             * @description The directory to run in.
             * @default null
             */
            cwd?: string;
            /**
             * @description Environment variables, beside those of the capsule.
             * @default {}
             */
            envs?: {
                [key: string]: string;
            };
            /**
             * Format: int32
             * @description Rows.
             * @default 24
             */
            rows?: number;
            /**
             * @description A name to join the session by later; generated when absent.
             * @default null
             */
            tag?: string;
            /**
             * @description The user to run as.
             * @default root
             */
            user?: string;
        };
        /** @description Which file to read. */
        ReadFileRequest: {
            /** @description Its path; a relative one begins at the user's home. */
            path: string;
        };
        /** @description What to remove. */
        RemoveRequest: {
            /** @description Its path; a directory goes with all that it holds. */
            path: string;
        };
        /** @description An address that opens a private port. */
        SignedUrl: {
            /**
             * Format: date-time
             * @description Until when.
             */
            expires_at: string;
            /** @description The address. Whoever has it may come. */
            url: string;
        };
        /** @description What to look at. */
        StatRequest: {
            /** @description Its path; a symbolic link is not followed. */
            path: string;
        };
        /** @description What is there. */
        StatResponse: {
            /** @description The file, directory or link. */
            entry: components["schemas"]["FileEntry"];
        };
        /** @description What a client says on `exec/stream` and `processes/{selector}/stream`. */
        StreamClientMessage: {
            /** @description An API key. */
            token: string;
            /** @enum {string} */
            type: "auth";
        } | (components["schemas"]["StreamStart"] & {
            /** @enum {string} */
            type: "start";
        }) | {
            /** @enum {string} */
            type: "stop";
        } | {
            /** @description Text. */
            data: string;
            /** @enum {string} */
            type: "stdin";
        } | {
            /** @enum {string} */
            type: "close_stdin";
        } | {
            /** @enum {string} */
            type: "ping";
        } | {
            /** @enum {string} */
            type: "pong";
        };
        /** @description What the server says on `exec/stream` and `processes/{selector}/stream`. It closes after `exit` and `error`. */
        StreamServerMessage: {
            /**
             * Format: int32
             * @description Its process id inside the capsule.
             */
            pid: number;
            /** @enum {string} */
            type: "start";
        } | {
            /** @description Text; never cut inside a character. */
            data: string;
            /** @enum {string} */
            type: "stdout";
        } | {
            /** @description Text; never cut inside a character. */
            data: string;
            /** @enum {string} */
            type: "stderr";
        } | {
            /**
             * Format: int32
             * @description Its exit code.
             */
            exit_code: number;
            /** @enum {string} */
            type: "exit";
        } | {
            /** @description A sentence that says why. */
            data: string;
            /** @enum {string} */
            type: "error";
        };
        /** @description The command to start on `exec/stream`. */
        StreamStart: {
            /** @description Its arguments. */
            args?: string[];
            /** @description The program: executed directly, not through a shell. */
            cmd: string;
            /** @description The directory to run in. */
            cwd?: string;
            /** @description Environment variables, beside those of the capsule. */
            envs?: {
                [key: string]: string;
            };
            /**
             * @description Whether `stdin` messages will follow; without, the command finds its input at its end.
             * @default true
             */
            stdin?: boolean;
            /**
             * @description The user to run as.
             * @default root
             */
            user?: string;
        };
        /** @description What capsules are made from. */
        Template: {
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: int32
             * @description The memory in MiB of the capsule that it was taken from.
             */
            memory_mb?: number | null;
            /** @description Its name. */
            name: string;
            /** @description The only runtime that capsules can be made from it by, if it holds memory; absent: any. */
            runtime?: "container" | "microvm";
            /**
             * Format: int64
             * @description What it takes on disk.
             */
            size_bytes: number;
            /** @description Where it comes from. */
            type: "base" | "snapshot";
            /**
             * Format: int32
             * @description The processors of the capsule that it was taken from.
             */
            vcpus?: number | null;
        };
        /** @description The fields of a multipart upload; only for the document. */
        UploadForm: {
            /**
             * Format: binary
             * @description Its content.
             */
            file: string;
            /** @description Where the file goes. Comes before `file`, or is given in the query. */
            path: string;
        };
        /** @description What a team used, by day. */
        UsageResponse: {
            /**
             * Format: date
             * @description The first day, as in `2026-01-31`.
             */
            from: string;
            /** @description One entry per day on which something ran. */
            points: {
                /**
                 * Format: double
                 * @description Processors reserved × minutes.
                 */
                cpu_minutes: number;
                /**
                 * Format: date
                 * @description The day.
                 */
                date: string;
                /**
                 * Format: double
                 * @description Memory reserved in MiB × minutes.
                 */
                ram_mb_minutes: number;
            }[];
            /**
             * Format: date
             * @description The last day.
             */
            to: string;
        };
        /** @description What a client says on `files/watch`. Without a `path` in the query the first message (after `auth`) is `start`. */
        WatchClientMessage: {
            /** @description An API key. */
            token: string;
            /** @enum {string} */
            type: "auth";
        } | {
            /** @description The directory. */
            path: string;
            /** @description Whether directories below it are watched too, also those that appear later. */
            recursive?: boolean;
            /** @enum {string} */
            type: "start";
        } | {
            /** @enum {string} */
            type: "stop";
        } | {
            /** @enum {string} */
            type: "ping";
        } | {
            /** @enum {string} */
            type: "pong";
        };
        /** @description What the server says on `files/watch`. It closes after `error`. */
        WatchServerMessage: {
            /** @enum {string} */
            type: "started";
        } | {
            /** @description How. */
            event: "create" | "write" | "remove" | "rename" | "chmod";
            /** @description What: its path, relative to the watched directory. */
            name: string;
            /** @enum {string} */
            type: "event";
        } | {
            /** @description A sentence that says why. */
            data: string;
            /** @enum {string} */
            type: "error";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It does */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
        };
    };
    listCapsules: {
        parameters: {
            query?: {
                /** @description Only this status; may be repeated, or several with commas */
                status?: string;
                /** @description The most capsules on a page */
                limit?: number;
                /** @description The X-Next-Cursor of the page before */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The capsules */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capsule"][];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createCapsule: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateCapsuleRequest"];
            };
        };
        responses: {
            /** @description The new capsule */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capsule"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCapsuleStats: {
        parameters: {
            query?: {
                /** @description How far back; default 1h */
                range?: "5m" | "1h" | "6h" | "24h" | "30d";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CapsuleStats"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCapsuleUsage: {
        parameters: {
            query?: {
                /** @description The first day, as in 2026-01-31 */
                from?: string;
                /** @description The last day */
                to?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The days on which something ran */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCapsule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The capsule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capsule"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    destroyCapsule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The capsule is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    execCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExecRequest"];
            };
        };
        responses: {
            /** @description What came of a foreground command */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecResponse"];
                };
            };
            /** @description The background process */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BackgroundExecResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    execStream: {
        parameters: {
            query?: {
                /** @description Output as binary frames: 1 or 2 for its kind, then its bytes */
                binary?: boolean;
            };
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The WebSocket is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listDir: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ListDirRequest"];
            };
        };
        responses: {
            /** @description Its entries */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListDirResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    makeDir: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MakeDirRequest"];
            };
        };
        responses: {
            /** @description The directory */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MakeDirResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    movePath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MoveRequest"];
            };
        };
        responses: {
            /** @description What stands at the destination */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MoveResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    downloadFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The part wanted, as in bytes=0-99 */
                Range?: string | null;
            };
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadFileRequest"];
            };
        };
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The part */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The part lies outside of the file */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    removePath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemoveRequest"];
            };
        };
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    statPath: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StatRequest"];
            };
        };
        responses: {
            /** @description What is there */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StatResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    streamDownloadFile: {
        parameters: {
            query?: never;
            header?: {
                /** @description The part wanted, as in bytes=0-99 */
                Range?: string | null;
            };
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReadFileRequest"];
            };
        };
        responses: {
            /** @description The content */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description The part */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The part lies outside of the file */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    streamUploadFile: {
        parameters: {
            query?: {
                /** @description Where the file goes, instead of the form's `path` */
                path?: string;
            };
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadForm"];
            };
        };
        responses: {
            /** @description The file is there */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    watchDir: {
        parameters: {
            query?: {
                /** @description The directory */
                path?: string;
                /** @description Whether directories below it are watched too */
                recursive?: boolean;
            };
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The WebSocket is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    uploadFile: {
        parameters: {
            query?: {
                /** @description Where the file goes, instead of the form's `path` */
                path?: string;
            };
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": components["schemas"]["UploadForm"];
            };
        };
        responses: {
            /** @description The file is there */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    forkCapsule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ForkCapsuleRequest"];
            };
        };
        responses: {
            /** @description The copies */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ForkCapsuleResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCapsuleMetrics: {
        parameters: {
            query?: {
                /** @description How far back; default 10m */
                range?: "5m" | "10m" | "1h" | "2h" | "6h" | "12h" | "24h";
            };
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Measurements, oldest first */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CapsuleMetrics"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    getCapsuleNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its network policy */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkPolicy"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    setCapsuleNetwork: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NetworkPolicy"];
            };
        };
        responses: {
            /** @description Its network policy now */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NetworkPolicy"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listNotebooks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The notebooks, by name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotebookListResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteNotebook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The notebook */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    execCell: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The notebook; `default` is the one that clients mean when they name none */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExecCellRequest"];
            };
        };
        responses: {
            /** @description What came of the cell, also when it failed */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExecCellResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    interruptNotebook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The notebook */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The kernel was interrupted */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    restartNotebook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The notebook */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The kernel is there again */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    notebookStream: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The notebook */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The WebSocket is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pauseCapsule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The capsule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capsule"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    pingCapsule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The timer begins anew */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    proxyPort: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The port */
                port: number;
                /** @description Any path, slashes among it */
                path: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the service answers, whatever its status */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listProcesses: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The processes */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProcessListResponse"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    killProcess: {
        parameters: {
            query?: {
                /** @description How; default SIGKILL */
                signal?: "SIGKILL" | "SIGTERM";
            };
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The process's pid or tag */
                selector: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The signal was sent */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    connectProcess: {
        parameters: {
            query?: {
                /** @description Output as binary frames: 1 or 2 for its kind, then its bytes */
                binary?: boolean;
            };
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
                /** @description The process's pid or tag */
                selector: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The WebSocket is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    ptySession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The WebSocket is open */
            101: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    resumeCapsule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The capsule */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Capsule"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createSignedUrl: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The capsule */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSignedUrlRequest"];
            };
        };
        responses: {
            /** @description The address */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedUrl"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The capsule's agent failed */
            502: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    listSnapshots: {
        parameters: {
            query?: {
                /** @description Only these */
                type?: "base" | "snapshot";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The templates */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"][];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    createSnapshot: {
        parameters: {
            query?: {
                /** @description Replace the team's template of that name */
                overwrite?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateSnapshotRequest"];
            };
        };
        responses: {
            /** @description The new template */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Template"];
                };
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The state of things does not allow it */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The body is too large */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no room, or the host does not answer */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
    deleteSnapshot: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The template */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The template is gone */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Something in the request is malformed */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The credential is missing, wrong or expired */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description There is no such thing, or it belongs to another team */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
            /** @description The server failed */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Error"];
                };
            };
        };
    };
}
