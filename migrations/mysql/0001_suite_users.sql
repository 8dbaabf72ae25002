-- Who works with the suite: users, their roles and sessions, and what guards the way in.
-- MariaDB and MySQL. Types, widths, keys and their names are exactly the suite's, so that either can work on the other's database.
-- LONGTEXT with a json_valid check is what MariaDB makes of JSON; written out where the suite later changed the collation.

-- What the suite's own migration tool (phinx) has applied.
CREATE TABLE phinxlog (
    version        BIGINT(20) NOT NULL,
    migration_name VARCHAR(100),
    start_time     TIMESTAMP NULL,
    end_time       TIMESTAMP NULL,
    breakpoint     TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- People and services that launch jobs. The CLI finds its own by `login`.
CREATE TABLE `user` (
    id                    INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    enabled               TINYINT(1) DEFAULT 0,
    settings              TEXT,
    email                 VARCHAR(128),
    firstname             VARCHAR(32),
    lastname              VARCHAR(32),
    password              VARCHAR(255),
    password_changed_at   TIMESTAMP NULL,
    password_expires_at   TIMESTAMP NULL,
    failed_login_attempts INT(11) NOT NULL DEFAULT 0,
    locked_until          TIMESTAMP NULL,
    two_factor_enabled    TINYINT(1) NOT NULL DEFAULT 0,
    last_login_ip         VARCHAR(45),
    last_login_at         TIMESTAMP NULL,
    security_settings     LONGTEXT CHECK (json_valid(security_settings)),
    login                 VARCHAR(32),
    `DatCreate`           DATETIME,
    `DatSave`             DATETIME,
    last_modifier_id      INT(11),
    deleted_at            DATETIME,
    deletion_reason       VARCHAR(255),
    anonymized_at         DATETIME,
    last_activity_at      TIMESTAMP NULL,
    inactive_since        DATETIME,
    retention_until       DATETIME,
    PRIMARY KEY (id),
    UNIQUE KEY user_login_unique (login),
    KEY password_expires_at (password_expires_at),
    KEY locked_until (locked_until),
    KEY two_factor_enabled (two_factor_enabled),
    KEY last_login_at (last_login_at),
    KEY last_activity_at (last_activity_at),
    KEY inactive_since (inactive_since),
    KEY retention_until (retention_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Owners of companies, as the oldest generation of the suite knows them.
CREATE TABLE customer (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    enabled     TINYINT(1) DEFAULT 0,
    settings    TEXT,
    email       VARCHAR(128),
    firstname   VARCHAR(32),
    lastname    VARCHAR(32),
    password    VARCHAR(40),
    login       VARCHAR(32),
    `DatCreate` DATETIME,
    `DatSave`   DATETIME,
    PRIMARY KEY (id),
    UNIQUE KEY login (login, email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- API tokens of users, stored in clear by the suite.
CREATE TABLE token (
    id      INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    token   VARCHAR(64),
    start   DATETIME DEFAULT CURRENT_TIMESTAMP,
    until   DATETIME,
    user_id INT(11) UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    KEY user_must_exist (user_id),
    CONSTRAINT user_must_exist FOREIGN KEY (user_id) REFERENCES `user` (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Roles and what each may do, as JSON.
CREATE TABLE user_roles (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    name        VARCHAR(50) NOT NULL,
    description VARCHAR(255),
    permissions LONGTEXT CHECK (json_valid(permissions)),
    created_at  TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at  TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY name (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Which user holds which role, given by whom and until when.
CREATE TABLE user_role_assignments (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id     INT(11) UNSIGNED NOT NULL,
    role_id     INT(11) UNSIGNED NOT NULL,
    assigned_by INT(11) UNSIGNED NOT NULL,
    assigned_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at  TIMESTAMP NULL,
    PRIMARY KEY (id),
    UNIQUE KEY user_id (user_id, role_id),
    KEY role_id (role_id),
    KEY assigned_by (assigned_by),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (role_id) REFERENCES user_roles (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (assigned_by) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Sessions of the web interface.
CREATE TABLE user_sessions (
    id                  VARCHAR(255) NOT NULL,
    user_id             INT(11) UNSIGNED NOT NULL,
    ip_address          VARCHAR(45) NOT NULL,
    user_agent          TEXT,
    created_at          TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    last_activity       TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    expires_at          TIMESTAMP NOT NULL,
    is_active           TINYINT(1) NOT NULL DEFAULT 1,
    security_data       LONGTEXT CHECK (json_valid(security_data)),
    retention_until     DATETIME,
    marked_for_deletion TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY user_id (user_id, is_active),
    KEY expires_at (expires_at),
    KEY last_activity (last_activity),
    KEY retention_until (retention_until),
    KEY marked_for_deletion (marked_for_deletion),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Second factors of users.
CREATE TABLE user_2fa_secrets (
    id                  INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id             INT(11) UNSIGNED NOT NULL,
    secret              VARCHAR(255) NOT NULL,
    backup_codes        LONGTEXT CHECK (json_valid(backup_codes)),
    enabled             TINYINT(1) NOT NULL DEFAULT 0,
    created_at          TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    last_used           TIMESTAMP NULL,
    recovery_codes_used LONGTEXT CHECK (json_valid(recovery_codes_used)),
    PRIMARY KEY (id),
    UNIQUE KEY user_id (user_id),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Logins that were tried, for the lock against guessing.
CREATE TABLE login_attempts (
    id             INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    ip_address     VARCHAR(45) NOT NULL,
    username       VARCHAR(255),
    attempt_time   DATETIME NOT NULL,
    success        TINYINT(1) NOT NULL DEFAULT 0,
    user_agent     TEXT,
    failure_reason VARCHAR(100),
    PRIMARY KEY (id),
    KEY ip_address (ip_address, attempt_time),
    KEY username (username, attempt_time),
    KEY success (success),
    KEY attempt_time (attempt_time)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Requests counted per caller and endpoint.
CREATE TABLE api_rate_limits (
    id            INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    identifier    VARCHAR(255) NOT NULL,
    endpoint      VARCHAR(255),
    requests      INT(11) NOT NULL DEFAULT 0,
    window_start  TIMESTAMP NOT NULL,
    window_end    TIMESTAMP NOT NULL,
    blocked_until TIMESTAMP NULL,
    PRIMARY KEY (id),
    UNIQUE KEY identifier (identifier, endpoint),
    KEY window_end (window_end),
    KEY blocked_until (blocked_until)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Addresses that a user may come from.
CREATE TABLE ip_whitelist (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id     INT(11) UNSIGNED,
    ip_address  VARCHAR(45) NOT NULL,
    subnet_mask INT(11) DEFAULT 32,
    description VARCHAR(255),
    created_by  INT(11) UNSIGNED NOT NULL,
    created_at  TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    last_used   TIMESTAMP NULL,
    active      TINYINT(1) NOT NULL DEFAULT 1,
    PRIMARY KEY (id),
    KEY ip_address (ip_address),
    KEY user_id (user_id, active),
    KEY created_by (created_by),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (created_by) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
