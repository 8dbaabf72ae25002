-- Who works with the suite: users, their roles and sessions, and what guards the way in.
-- SQLite. Type names are the suite's own (BOOLEAN_INTEGER, DATETIME_TEXT, ...): they tell readers the kind of a column.

-- What the suite's own migration tool (phinx) has applied.
CREATE TABLE phinxlog (
    version        BIGINTEGER NOT NULL PRIMARY KEY,
    migration_name VARCHAR(100),
    start_time     TIMESTAMP_TEXT,
    end_time       TIMESTAMP_TEXT,
    breakpoint     BOOLEAN_INTEGER NOT NULL DEFAULT 0
);

-- People and services that launch jobs. The CLI finds its own by `login`.
CREATE TABLE "user" (
    id                    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    enabled               BOOLEAN_INTEGER DEFAULT 0,
    settings              TEXT,
    email                 VARCHAR(128),
    firstname             VARCHAR(32),
    lastname              VARCHAR(32),
    password              VARCHAR(255),
    login                 VARCHAR(32),
    "DatCreate"           DATETIME_TEXT,
    "DatSave"             DATETIME_TEXT,
    last_modifier_id      INTEGER,
    password_changed_at   TIMESTAMP_TEXT,
    password_expires_at   TIMESTAMP_TEXT,
    failed_login_attempts INTEGER NOT NULL DEFAULT 0,
    locked_until          TIMESTAMP_TEXT,
    two_factor_enabled    BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    last_login_ip         VARCHAR(45),
    last_login_at         TIMESTAMP_TEXT,
    security_settings     JSON_TEXT,
    deleted_at            DATETIME_TEXT,
    deletion_reason       VARCHAR(255),
    anonymized_at         DATETIME_TEXT,
    last_activity_at      TIMESTAMP_TEXT,
    inactive_since        DATETIME_TEXT,
    retention_until       DATETIME_TEXT
);
CREATE INDEX user_password_expires_at_index ON "user" (password_expires_at);
CREATE INDEX user_locked_until_index ON "user" (locked_until);
CREATE INDEX user_two_factor_enabled_index ON "user" (two_factor_enabled);
CREATE INDEX user_last_login_at_index ON "user" (last_login_at);
CREATE INDEX user_last_activity_at_index ON "user" (last_activity_at);
CREATE INDEX user_inactive_since_index ON "user" (inactive_since);
CREATE INDEX user_retention_until_index ON "user" (retention_until);
CREATE UNIQUE INDEX user_login_unique ON "user" (login);

-- Owners of companies, as the oldest generation of the suite knows them.
CREATE TABLE customer (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    enabled     BOOLEAN_INTEGER DEFAULT 0,
    settings    TEXT,
    email       VARCHAR(128),
    firstname   VARCHAR(32),
    lastname    VARCHAR(32),
    password    VARCHAR(40),
    login       VARCHAR(32),
    "DatCreate" DATETIME_TEXT,
    "DatSave"   DATETIME_TEXT
);
CREATE UNIQUE INDEX customer_login_email_index ON customer (login, email);

-- API tokens of users, stored in clear by the suite.
CREATE TABLE token (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    token   VARCHAR(64),
    start   DATETIME_TEXT DEFAULT CURRENT_TIMESTAMP,
    until   DATETIME_TEXT,
    user_id INTEGER NOT NULL,
    CONSTRAINT user_must_exist FOREIGN KEY (user_id) REFERENCES "user" (id)
);

-- Roles and what each may do, as JSON.
CREATE TABLE user_roles (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name        VARCHAR(50) NOT NULL,
    description VARCHAR(255),
    permissions JSON_TEXT,
    created_at  TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at  TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX user_roles_name_index ON user_roles (name);

-- Which user holds which role, given by whom and until when.
CREATE TABLE user_role_assignments (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id     INTEGER NOT NULL,
    role_id     INTEGER NOT NULL,
    assigned_by INTEGER NOT NULL,
    assigned_at TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    expires_at  TIMESTAMP_TEXT
);
CREATE UNIQUE INDEX user_role_assignments_user_id_role_id_index ON user_role_assignments (user_id, role_id);

-- Sessions of the web interface.
CREATE TABLE user_sessions (
    id                  VARCHAR(255) NOT NULL PRIMARY KEY,
    user_id             INTEGER NOT NULL,
    ip_address          VARCHAR(45) NOT NULL,
    user_agent          TEXT,
    created_at          TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    last_activity       TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    expires_at          TIMESTAMP_TEXT NOT NULL,
    is_active           BOOLEAN_INTEGER NOT NULL DEFAULT 1,
    security_data       JSON_TEXT,
    retention_until     DATETIME_TEXT,
    marked_for_deletion BOOLEAN_INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX user_sessions_user_id_is_active_index ON user_sessions (user_id, is_active);
CREATE INDEX user_sessions_expires_at_index ON user_sessions (expires_at);
CREATE INDEX user_sessions_last_activity_index ON user_sessions (last_activity);
CREATE INDEX user_sessions_retention_until_index ON user_sessions (retention_until);
CREATE INDEX user_sessions_marked_for_deletion_index ON user_sessions (marked_for_deletion);

-- Second factors of users.
CREATE TABLE user_2fa_secrets (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id             INTEGER NOT NULL,
    secret              VARCHAR(255) NOT NULL,
    backup_codes        JSON_TEXT,
    enabled             BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    created_at          TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    last_used           TIMESTAMP_TEXT,
    recovery_codes_used JSON_TEXT
);
CREATE UNIQUE INDEX user_2fa_secrets_user_id_index ON user_2fa_secrets (user_id);

-- Logins that were tried, for the lock against guessing.
CREATE TABLE login_attempts (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    ip_address     VARCHAR(45) NOT NULL,
    username       VARCHAR(255),
    attempt_time   DATETIME_TEXT NOT NULL,
    success        BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    user_agent     TEXT,
    failure_reason VARCHAR(100)
);
CREATE INDEX login_attempts_ip_address_attempt_time_index ON login_attempts (ip_address, attempt_time);
CREATE INDEX login_attempts_username_attempt_time_index ON login_attempts (username, attempt_time);
CREATE INDEX login_attempts_success_index ON login_attempts (success);
CREATE INDEX login_attempts_attempt_time_index ON login_attempts (attempt_time);

-- Requests counted per caller and endpoint.
CREATE TABLE api_rate_limits (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    identifier    VARCHAR(255) NOT NULL,
    endpoint      VARCHAR(255),
    requests      INTEGER NOT NULL DEFAULT 0,
    window_start  TIMESTAMP_TEXT NOT NULL,
    window_end    TIMESTAMP_TEXT NOT NULL,
    blocked_until TIMESTAMP_TEXT
);
CREATE UNIQUE INDEX api_rate_limits_identifier_endpoint_index ON api_rate_limits (identifier, endpoint);
CREATE INDEX api_rate_limits_window_end_index ON api_rate_limits (window_end);
CREATE INDEX api_rate_limits_blocked_until_index ON api_rate_limits (blocked_until);

-- Addresses that a user may come from.
CREATE TABLE ip_whitelist (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id     INTEGER,
    ip_address  VARCHAR(45) NOT NULL,
    subnet_mask INTEGER DEFAULT 32,
    description VARCHAR(255),
    created_by  INTEGER NOT NULL,
    created_at  TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    last_used   TIMESTAMP_TEXT,
    active      BOOLEAN_INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX ip_whitelist_ip_address_index ON ip_whitelist (ip_address);
CREATE INDEX ip_whitelist_user_id_active_index ON ip_whitelist (user_id, active);
