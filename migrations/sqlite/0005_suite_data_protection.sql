-- Audit, consent, deletion and retention of personal data.
-- SQLite. Type names are the suite's own (BOOLEAN_INTEGER, DATETIME_TEXT, ...): they tell readers the kind of a column.

-- What happened that matters for security.
CREATE TABLE security_audit_log (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id             INTEGER,
    event_type          VARCHAR(50) NOT NULL,
    event_description   TEXT NOT NULL,
    ip_address          VARCHAR(45),
    user_agent          TEXT,
    additional_data     JSON_TEXT,
    severity            VARCHAR(10) NOT NULL DEFAULT 'medium',
    created_at          TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    retention_until     DATETIME_TEXT,
    marked_for_deletion BOOLEAN_INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX security_audit_log_event_type_index ON security_audit_log (event_type);
CREATE INDEX security_audit_log_severity_index ON security_audit_log (severity);
CREATE INDEX security_audit_log_created_at_index ON security_audit_log (created_at);
CREATE INDEX security_audit_log_user_id_event_type_index ON security_audit_log (user_id, event_type);
CREATE INDEX security_audit_log_retention_until_index ON security_audit_log (retention_until);
CREATE INDEX security_audit_log_marked_for_deletion_index ON security_audit_log (marked_for_deletion);

-- Consents that were given or refused.
CREATE TABLE consent (
    id               INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id          INTEGER,
    session_id       VARCHAR(128),
    ip_address       VARCHAR(45),
    user_agent       TEXT,
    consent_type     VARCHAR(64),
    consent_status   BOOLEAN_INTEGER,
    consent_details  JSON_TEXT,
    consent_version  VARCHAR(16) DEFAULT '1.0',
    expires_at       DATETIME_TEXT,
    withdrawn_at     DATETIME_TEXT,
    "DatCreate"      DATETIME_TEXT,
    "DatSave"        DATETIME_TEXT,
    last_modifier_id INTEGER
);
CREATE INDEX consent_user_id_index ON consent (user_id);
CREATE INDEX consent_session_id_index ON consent (session_id);
CREATE INDEX consent_consent_type_index ON consent (consent_type);
CREATE INDEX "consent_DatCreate_index" ON consent ("DatCreate");
CREATE INDEX consent_expires_at_index ON consent (expires_at);

-- Changes of consents.
CREATE TABLE consent_log (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    consent_id   INTEGER,
    user_id      INTEGER,
    session_id   VARCHAR(128),
    ip_address   VARCHAR(45),
    action       VARCHAR(32),
    consent_type VARCHAR(64),
    old_value    JSON_TEXT,
    new_value    JSON_TEXT,
    "DatCreate"  DATETIME_TEXT
);
CREATE INDEX consent_log_consent_id_index ON consent_log (consent_id);
CREATE INDEX consent_log_user_id_index ON consent_log (user_id);
CREATE INDEX "consent_log_DatCreate_index" ON consent_log ("DatCreate");
CREATE INDEX consent_log_action_index ON consent_log (action);

-- What was done under which article of the GDPR.
CREATE TABLE gdpr_audit_log (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id       INTEGER,
    action        VARCHAR(50),
    article       VARCHAR(20),
    data_subject  VARCHAR(100),
    legal_basis   VARCHAR(50),
    details       JSON_TEXT,
    ip_address    VARCHAR(45),
    user_agent    TEXT,
    result        VARCHAR(20),
    error_message TEXT,
    "DatCreate"   DATETIME_TEXT
);
CREATE INDEX gdpr_audit_log_user_id_index ON gdpr_audit_log (user_id);
CREATE INDEX gdpr_audit_log_action_index ON gdpr_audit_log (action);
CREATE INDEX gdpr_audit_log_article_index ON gdpr_audit_log (article);
CREATE INDEX gdpr_audit_log_data_subject_index ON gdpr_audit_log (data_subject);
CREATE INDEX "gdpr_audit_log_DatCreate_index" ON gdpr_audit_log ("DatCreate");
CREATE INDEX gdpr_audit_log_result_index ON gdpr_audit_log (result);

-- Changes of users' personal data.
CREATE TABLE user_data_audit (
    id                 INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id            INTEGER NOT NULL,
    field_name         VARCHAR(100) NOT NULL,
    old_value          TEXT,
    new_value          TEXT,
    changed_by_user_id INTEGER,
    ip_address         VARCHAR(45),
    user_agent         TEXT,
    reason             TEXT,
    created_at         TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    change_type        VARCHAR(20) NOT NULL DEFAULT 'soft',
    FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (changed_by_user_id) REFERENCES "user" (id) ON DELETE SET NULL ON UPDATE NO ACTION
);
CREATE INDEX idx_user_id ON user_data_audit (user_id);
CREATE INDEX idx_change_type ON user_data_audit (change_type);

-- Requests to have personal data put right.
CREATE TABLE user_data_correction_requests (
    id                      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id                 INTEGER NOT NULL,
    field_name              VARCHAR(100) NOT NULL,
    current_value           TEXT,
    requested_value         TEXT,
    justification           TEXT,
    requested_by_ip         VARCHAR(45),
    requested_by_user_agent TEXT,
    reviewed_by_user_id     INTEGER,
    reviewed_at             TIMESTAMP_TEXT,
    reviewer_notes          TEXT,
    created_at              TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at              TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    status                  VARCHAR(20) NOT NULL DEFAULT 'pending',
    FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (reviewed_by_user_id) REFERENCES "user" (id) ON DELETE SET NULL ON UPDATE NO ACTION
);
CREATE INDEX idx_status ON user_data_correction_requests (status);

-- Requests to be deleted.
CREATE TABLE user_deletion_requests (
    id                    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id               INTEGER NOT NULL,
    requested_by_user_id  INTEGER NOT NULL,
    request_date          DATETIME_TEXT NOT NULL,
    reason                TEXT,
    deletion_type         VARCHAR(20) NOT NULL DEFAULT 'soft',
    status                VARCHAR(20) NOT NULL DEFAULT 'pending',
    reviewed_by_user_id   INTEGER,
    review_date           DATETIME_TEXT,
    review_notes          TEXT,
    completed_date        DATETIME_TEXT,
    legal_basis           VARCHAR(255),
    retention_period_days INTEGER,
    "DatCreate"           DATETIME_TEXT NOT NULL,
    "DatSave"             DATETIME_TEXT
);
CREATE INDEX user_deletion_requests_user_id_index ON user_deletion_requests (user_id);
CREATE INDEX user_deletion_requests_status_index ON user_deletion_requests (status);

-- What a deletion did, record by record.
CREATE TABLE user_deletion_audit (
    id                   INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    deletion_request_id  INTEGER NOT NULL,
    table_name           VARCHAR(128) NOT NULL,
    record_id            INTEGER,
    action               VARCHAR(20) NOT NULL,
    reason               VARCHAR(255),
    data_before          TEXT,
    data_after           TEXT,
    performed_by_user_id INTEGER NOT NULL,
    performed_date       DATETIME_TEXT NOT NULL
);
CREATE INDEX user_deletion_audit_deletion_request_id_index ON user_deletion_audit (deletion_request_id);
CREATE INDEX user_deletion_audit_table_name_index ON user_deletion_audit (table_name);

-- One-time tokens to fetch an export of one's own data.
CREATE TABLE data_export_tokens (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id     INTEGER,
    token_hash  VARCHAR(64),
    format      VARCHAR(10),
    ip_address  VARCHAR(45),
    user_agent  TEXT,
    expires_at  DATETIME_TEXT,
    used_at     DATETIME_TEXT,
    "DatCreate" DATETIME_TEXT
);
CREATE INDEX data_export_tokens_user_id_index ON data_export_tokens (user_id);
CREATE UNIQUE INDEX data_export_tokens_token_hash_index ON data_export_tokens (token_hash);
CREATE INDEX data_export_tokens_expires_at_index ON data_export_tokens (expires_at);
CREATE INDEX data_export_tokens_used_at_index ON data_export_tokens (used_at);

-- How often exports were asked for.
CREATE TABLE data_export_rate_limits (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    user_id       INTEGER,
    ip_address    VARCHAR(45),
    request_count INTEGER DEFAULT 1,
    window_start  DATETIME_TEXT,
    window_end    DATETIME_TEXT,
    "DatCreate"   DATETIME_TEXT,
    "DatSave"     DATETIME_TEXT
);
CREATE INDEX data_export_rate_limits_user_id_index ON data_export_rate_limits (user_id);
CREATE INDEX data_export_rate_limits_ip_address_index ON data_export_rate_limits (ip_address);
CREATE INDEX data_export_rate_limits_window_start_index ON data_export_rate_limits (window_start);
CREATE INDEX data_export_rate_limits_window_end_index ON data_export_rate_limits (window_end);
CREATE INDEX user_ip_idx ON data_export_rate_limits (user_id, ip_address);

-- How long each kind of data is kept, and what happens then.
CREATE TABLE data_retention_policies (
    id                    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    policy_name           VARCHAR(100) NOT NULL,
    data_type             VARCHAR(50) NOT NULL,
    table_name            VARCHAR(64) NOT NULL,
    retention_period_days INTEGER NOT NULL,
    grace_period_days     INTEGER NOT NULL DEFAULT 30,
    deletion_action       VARCHAR(20) NOT NULL DEFAULT 'soft_delete',
    legal_basis           VARCHAR(255),
    description           TEXT,
    enabled               BOOLEAN_INTEGER NOT NULL DEFAULT 1,
    created_by            INTEGER,
    created_at            TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at            TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX data_retention_policies_policy_name_index ON data_retention_policies (policy_name);
CREATE INDEX data_retention_policies_data_type_index ON data_retention_policies (data_type);
CREATE INDEX data_retention_policies_table_name_index ON data_retention_policies (table_name);
CREATE INDEX data_retention_policies_enabled_index ON data_retention_policies (enabled);

-- Runs of the retention clean-up.
CREATE TABLE retention_cleanup_jobs (
    id                 INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    policy_id          INTEGER NOT NULL,
    job_type           VARCHAR(30) NOT NULL,
    status             VARCHAR(20) NOT NULL DEFAULT 'pending',
    started_by         INTEGER,
    started_at         TIMESTAMP_TEXT,
    completed_at       TIMESTAMP_TEXT,
    records_processed  INTEGER NOT NULL DEFAULT 0,
    records_deleted    INTEGER NOT NULL DEFAULT 0,
    records_anonymized INTEGER NOT NULL DEFAULT 0,
    records_archived   INTEGER NOT NULL DEFAULT 0,
    errors             JSON_TEXT,
    summary            TEXT,
    created_at         TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX retention_cleanup_jobs_policy_id_index ON retention_cleanup_jobs (policy_id);
CREATE INDEX retention_cleanup_jobs_status_index ON retention_cleanup_jobs (status);
CREATE INDEX retention_cleanup_jobs_job_type_index ON retention_cleanup_jobs (job_type);
CREATE INDEX retention_cleanup_jobs_started_at_index ON retention_cleanup_jobs (started_at);

-- Records kept aside before they were deleted.
CREATE TABLE data_archive (
    id               INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    archive_type     VARCHAR(30) NOT NULL,
    source_table     VARCHAR(64) NOT NULL,
    source_record_id INTEGER NOT NULL,
    archived_data    TEXT NOT NULL,
    retention_job_id INTEGER,
    archived_reason  VARCHAR(255),
    legal_hold_until DATETIME_TEXT,
    archived_by      INTEGER NOT NULL,
    archived_at      TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX data_archive_source_table_source_record_id_index ON data_archive (source_table, source_record_id);
CREATE INDEX data_archive_archive_type_index ON data_archive (archive_type);
CREATE INDEX data_archive_archived_at_index ON data_archive (archived_at);
CREATE INDEX data_archive_legal_hold_until_index ON data_archive (legal_hold_until);

-- Reports about retention.
CREATE TABLE retention_reports (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    report_type         VARCHAR(30) NOT NULL,
    report_period_start DATETIME_TEXT NOT NULL,
    report_period_end   DATETIME_TEXT NOT NULL,
    generated_by        INTEGER NOT NULL,
    report_data         JSON_TEXT NOT NULL,
    summary             TEXT,
    file_path           VARCHAR(500),
    generated_at        TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX retention_reports_report_type_index ON retention_reports (report_type);
CREATE INDEX retention_reports_report_period_start_report_period_end_index ON retention_reports (report_period_start, report_period_end);
CREATE INDEX retention_reports_generated_at_index ON retention_reports (generated_at);
