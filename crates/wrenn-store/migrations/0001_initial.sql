-- Times are milliseconds since 1970, days are text as in 2026-01-31.

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE teams (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    slug TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE team_members (
    team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    PRIMARY KEY (team_id, user_id)
);

CREATE TABLE api_keys (
    id TEXT PRIMARY KEY,
    team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    last_used BIGINT
);
CREATE INDEX api_keys_by_team ON api_keys (team_id, created_at);

-- What is known of each capsule that ever was. The host's own files are the truth about those that live.
CREATE TABLE capsules (
    id TEXT PRIMARY KEY,
    team_id TEXT NOT NULL,
    status TEXT NOT NULL,
    template TEXT NOT NULL,
    vcpus BIGINT NOT NULL,
    memory_mb BIGINT NOT NULL,
    timeout_sec BIGINT NOT NULL,
    guest_ip TEXT NOT NULL,
    host_ip TEXT NOT NULL,
    runtime TEXT NOT NULL,
    host_id TEXT,
    metadata TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    last_active_at BIGINT,
    last_updated BIGINT NOT NULL
);
CREATE INDEX capsules_by_team ON capsules (team_id, created_at, id);
CREATE INDEX capsules_by_status ON capsules (status, team_id, created_at, id);

-- The highest values of each team in each bucket of time, in several resolutions.
CREATE TABLE team_stats (
    team_id TEXT NOT NULL,
    resolution_sec BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    running BIGINT NOT NULL,
    vcpus BIGINT NOT NULL,
    memory_mb BIGINT NOT NULL,
    PRIMARY KEY (team_id, resolution_sec, bucket)
);
CREATE INDEX team_stats_by_age ON team_stats (resolution_sec, bucket);

CREATE TABLE team_usage (
    team_id TEXT NOT NULL,
    day TEXT NOT NULL,
    cpu_ms BIGINT NOT NULL,
    ram_mb_ms BIGINT NOT NULL,
    PRIMARY KEY (team_id, day)
);
