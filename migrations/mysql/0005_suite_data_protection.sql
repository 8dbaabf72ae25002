-- Audit, consent, deletion and retention of personal data.
-- MariaDB and MySQL. Types, widths, keys and their names are exactly the suite's, so that either can work on the other's database.
-- LONGTEXT with a json_valid check is what MariaDB makes of JSON; written out where the suite later changed the collation.

-- What happened that matters for security.
CREATE TABLE security_audit_log (
    id                  INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id             INT(11) UNSIGNED,
    event_type          VARCHAR(50) NOT NULL,
    event_description   TEXT NOT NULL,
    ip_address          VARCHAR(45),
    user_agent          TEXT,
    additional_data     LONGTEXT CHECK (json_valid(additional_data)),
    severity            ENUM('low','medium','high','critical') DEFAULT 'medium',
    created_at          TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    retention_until     DATETIME,
    marked_for_deletion TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY event_type (event_type),
    KEY severity (severity),
    KEY created_at (created_at),
    KEY user_id (user_id, event_type),
    KEY retention_until (retention_until),
    KEY marked_for_deletion (marked_for_deletion),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE SET NULL ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Consents that were given or refused.
CREATE TABLE consent (
    id               INT(11) NOT NULL AUTO_INCREMENT,
    user_id          INT(11),
    session_id       VARCHAR(128),
    ip_address       VARCHAR(45),
    user_agent       TEXT,
    consent_type     VARCHAR(64),
    consent_status   TINYINT(1),
    consent_details  LONGTEXT CHECK (json_valid(consent_details)),
    consent_version  VARCHAR(16) DEFAULT '1.0',
    expires_at       DATETIME,
    withdrawn_at     DATETIME,
    `DatCreate`      DATETIME,
    `DatSave`        DATETIME,
    last_modifier_id INT(11),
    PRIMARY KEY (id),
    KEY user_id (user_id),
    KEY session_id (session_id),
    KEY consent_type (consent_type),
    KEY `DatCreate` (`DatCreate`),
    KEY expires_at (expires_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Changes of consents.
CREATE TABLE consent_log (
    id           INT(11) NOT NULL AUTO_INCREMENT,
    consent_id   INT(11),
    user_id      INT(11),
    session_id   VARCHAR(128),
    ip_address   VARCHAR(45),
    action       VARCHAR(32),
    consent_type VARCHAR(64),
    old_value    LONGTEXT CHECK (json_valid(old_value)),
    new_value    LONGTEXT CHECK (json_valid(new_value)),
    `DatCreate`  DATETIME,
    PRIMARY KEY (id),
    KEY consent_id (consent_id),
    KEY user_id (user_id),
    KEY `DatCreate` (`DatCreate`),
    KEY action (action)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What was done under which article of the GDPR.
CREATE TABLE gdpr_audit_log (
    id            INT(11) NOT NULL AUTO_INCREMENT,
    user_id       INT(11),
    action        VARCHAR(50),
    article       VARCHAR(20),
    data_subject  VARCHAR(100),
    legal_basis   VARCHAR(50),
    details       JSON,
    ip_address    VARCHAR(45),
    user_agent    TEXT,
    result        VARCHAR(20),
    error_message TEXT,
    `DatCreate`   DATETIME,
    PRIMARY KEY (id),
    KEY user_id (user_id),
    KEY action (action),
    KEY article (article),
    KEY data_subject (data_subject),
    KEY `DatCreate` (`DatCreate`),
    KEY result (result)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Changes of users' personal data.
CREATE TABLE user_data_audit (
    id                 INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id            INT(11) UNSIGNED NOT NULL,
    field_name         VARCHAR(100) NOT NULL,
    old_value          TEXT,
    new_value          TEXT,
    changed_by_user_id INT(11) UNSIGNED,
    ip_address         VARCHAR(45),
    user_agent         TEXT,
    reason             TEXT,
    created_at         TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    change_type        ENUM('direct','pending_approval','approved','rejected') NOT NULL DEFAULT 'direct',
    PRIMARY KEY (id),
    KEY idx_user_id (user_id),
    KEY idx_change_type (change_type),
    KEY changed_by_user_id (changed_by_user_id),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (changed_by_user_id) REFERENCES `user` (id) ON DELETE SET NULL ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Requests to have personal data put right.
CREATE TABLE user_data_correction_requests (
    id                      INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id                 INT(11) UNSIGNED NOT NULL,
    field_name              VARCHAR(100) NOT NULL,
    current_value           TEXT,
    requested_value         TEXT,
    justification           TEXT,
    requested_by_ip         VARCHAR(45),
    requested_by_user_agent TEXT,
    reviewed_by_user_id     INT(11) UNSIGNED,
    reviewed_at             TIMESTAMP NULL,
    reviewer_notes          TEXT,
    created_at              TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at              TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    status                  ENUM('pending','approved','rejected') NOT NULL DEFAULT 'pending',
    PRIMARY KEY (id),
    KEY idx_status (status),
    KEY user_id (user_id),
    KEY reviewed_by_user_id (reviewed_by_user_id),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (reviewed_by_user_id) REFERENCES `user` (id) ON DELETE SET NULL ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Requests to be deleted.
CREATE TABLE user_deletion_requests (
    id                    INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    user_id               INT(11) UNSIGNED NOT NULL,
    requested_by_user_id  INT(11) UNSIGNED NOT NULL,
    request_date          DATETIME NOT NULL,
    reason                TEXT,
    deletion_type         ENUM('soft','hard','anonymize') NOT NULL DEFAULT 'soft',
    status                ENUM('pending','approved','rejected','completed') NOT NULL DEFAULT 'pending',
    reviewed_by_user_id   INT(11) UNSIGNED,
    review_date           DATETIME,
    review_notes          TEXT,
    completed_date        DATETIME,
    legal_basis           VARCHAR(255),
    retention_period_days INT(11),
    `DatCreate`           DATETIME NOT NULL,
    `DatSave`             DATETIME,
    PRIMARY KEY (id),
    KEY user_id (user_id),
    KEY status (status),
    KEY requested_by_user_id (requested_by_user_id),
    KEY reviewed_by_user_id (reviewed_by_user_id),
    FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE,
    FOREIGN KEY (requested_by_user_id) REFERENCES `user` (id),
    FOREIGN KEY (reviewed_by_user_id) REFERENCES `user` (id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What a deletion did, record by record.
CREATE TABLE user_deletion_audit (
    id                   INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    deletion_request_id  INT(11) UNSIGNED NOT NULL,
    table_name           VARCHAR(128) NOT NULL,
    record_id            INT(11),
    action               ENUM('deleted','anonymized','retained') NOT NULL,
    reason               VARCHAR(255),
    data_before          TEXT,
    data_after           TEXT,
    performed_by_user_id INT(11) UNSIGNED NOT NULL,
    performed_date       DATETIME NOT NULL,
    PRIMARY KEY (id),
    KEY deletion_request_id (deletion_request_id),
    KEY table_name (table_name),
    KEY performed_by_user_id (performed_by_user_id),
    FOREIGN KEY (deletion_request_id) REFERENCES user_deletion_requests (id) ON DELETE CASCADE,
    FOREIGN KEY (performed_by_user_id) REFERENCES `user` (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- One-time tokens to fetch an export of one's own data.
CREATE TABLE data_export_tokens (
    id          INT(11) NOT NULL AUTO_INCREMENT,
    user_id     INT(11),
    token_hash  VARCHAR(64),
    format      VARCHAR(10),
    ip_address  VARCHAR(45),
    user_agent  TEXT,
    expires_at  DATETIME,
    used_at     DATETIME,
    `DatCreate` DATETIME,
    PRIMARY KEY (id),
    UNIQUE KEY token_hash (token_hash),
    KEY user_id (user_id),
    KEY expires_at (expires_at),
    KEY used_at (used_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- How often exports were asked for.
CREATE TABLE data_export_rate_limits (
    id            INT(11) NOT NULL AUTO_INCREMENT,
    user_id       INT(11),
    ip_address    VARCHAR(45),
    request_count INT(11) DEFAULT 1,
    window_start  DATETIME,
    window_end    DATETIME,
    `DatCreate`   DATETIME,
    `DatSave`     DATETIME,
    PRIMARY KEY (id),
    KEY user_id (user_id),
    KEY ip_address (ip_address),
    KEY window_start (window_start),
    KEY window_end (window_end),
    KEY user_ip_idx (user_id, ip_address)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- How long each kind of data is kept, and what happens then.
CREATE TABLE data_retention_policies (
    id                    INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    policy_name           VARCHAR(100) NOT NULL,
    data_type             VARCHAR(50) NOT NULL,
    table_name            VARCHAR(64) NOT NULL,
    retention_period_days INT(11) NOT NULL,
    grace_period_days     INT(11) NOT NULL DEFAULT 30,
    deletion_action       ENUM('hard_delete','soft_delete','anonymize','archive') NOT NULL DEFAULT 'soft_delete',
    legal_basis           VARCHAR(255),
    description           TEXT,
    enabled               TINYINT(1) NOT NULL DEFAULT 1,
    created_by            INT(11) UNSIGNED,
    created_at            TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at            TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY policy_name (policy_name),
    KEY data_type (data_type),
    KEY table_name (table_name),
    KEY enabled (enabled),
    KEY created_by (created_by),
    FOREIGN KEY (created_by) REFERENCES `user` (id) ON DELETE SET NULL ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Runs of the retention clean-up.
CREATE TABLE retention_cleanup_jobs (
    id                 INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    policy_id          INT(11) UNSIGNED NOT NULL,
    job_type           ENUM('scheduled_cleanup','manual_cleanup','grace_period_cleanup') NOT NULL,
    status             ENUM('pending','running','completed','failed','cancelled') NOT NULL DEFAULT 'pending',
    started_by         INT(11) UNSIGNED,
    started_at         TIMESTAMP NULL,
    completed_at       TIMESTAMP NULL,
    records_processed  INT(11) NOT NULL DEFAULT 0,
    records_deleted    INT(11) NOT NULL DEFAULT 0,
    records_anonymized INT(11) NOT NULL DEFAULT 0,
    records_archived   INT(11) NOT NULL DEFAULT 0,
    errors             JSON,
    summary            TEXT,
    created_at         TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY policy_id (policy_id),
    KEY status (status),
    KEY job_type (job_type),
    KEY started_at (started_at),
    KEY started_by (started_by),
    FOREIGN KEY (policy_id) REFERENCES data_retention_policies (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (started_by) REFERENCES `user` (id) ON DELETE SET NULL ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Records kept aside before they were deleted.
CREATE TABLE data_archive (
    id               INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    archive_type     ENUM('pre_deletion','anonymization_backup','legal_hold') NOT NULL,
    source_table     VARCHAR(64) NOT NULL,
    source_record_id INT(11) NOT NULL,
    archived_data    TEXT NOT NULL,
    retention_job_id INT(11) UNSIGNED,
    archived_reason  VARCHAR(255),
    legal_hold_until DATETIME,
    archived_by      INT(11) UNSIGNED NOT NULL,
    archived_at      TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY source_table (source_table, source_record_id),
    KEY archive_type (archive_type),
    KEY archived_at (archived_at),
    KEY legal_hold_until (legal_hold_until),
    KEY retention_job_id (retention_job_id),
    KEY archived_by (archived_by),
    FOREIGN KEY (retention_job_id) REFERENCES retention_cleanup_jobs (id) ON DELETE SET NULL ON UPDATE NO ACTION,
    FOREIGN KEY (archived_by) REFERENCES `user` (id) ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Reports about retention.
CREATE TABLE retention_reports (
    id                  INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    report_type         ENUM('daily_summary','weekly_summary','monthly_summary','policy_audit','compliance_report') NOT NULL,
    report_period_start DATETIME NOT NULL,
    report_period_end   DATETIME NOT NULL,
    generated_by        INT(11) UNSIGNED NOT NULL,
    report_data         JSON NOT NULL,
    summary             TEXT,
    file_path           VARCHAR(500),
    generated_at        TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY report_type (report_type),
    KEY report_period_start (report_period_start, report_period_end),
    KEY generated_at (generated_at),
    KEY generated_by (generated_by),
    FOREIGN KEY (generated_by) REFERENCES `user` (id) ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
