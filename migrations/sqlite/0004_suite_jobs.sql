-- What runs when, with what, and what came of it.
-- SQLite. Type names are the suite's own (BOOLEAN_INTEGER, DATETIME_TEXT, ...): they tell readers the kind of a column.

-- Runtemplates: which application, for which company, when, with what.
CREATE TABLE runtemplate (
    id                     INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id                 INTEGER NOT NULL,
    company_id             INTEGER NOT NULL,
    interv                 VARCHAR(1) NOT NULL,
    prepared               BOOLEAN_INTEGER,
    success                VARCHAR(250),
    fail                   VARCHAR(250),
    name                   VARCHAR(250),
    delay                  INTEGER NOT NULL DEFAULT 0,
    executor               VARCHAR(255) NOT NULL DEFAULT 'Native',
    active                 BOOLEAN_INTEGER DEFAULT 1,
    cron                   VARCHAR(64),
    last_schedule          TIMESTAMP_TEXT,
    next_schedule          TIMESTAMP_TEXT,
    note                   TEXT,
    "DatCreate"            DATETIME_TEXT DEFAULT CURRENT_TIMESTAMP,
    "DatSave"              DATETIME_TEXT,
    successfull_jobs_count INTEGER NOT NULL DEFAULT 0,
    failed_jobs_count      INTEGER NOT NULL DEFAULT 0,
    deadline_offset        VARCHAR(32),
    max_attempts           INTEGER NOT NULL DEFAULT 1,
    retry_backoff          VARCHAR(16) NOT NULL DEFAULT 'none',
    retry_min_gap          INTEGER NOT NULL DEFAULT 0,
    allow_late             BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "a2p-app_must_exist" FOREIGN KEY (app_id) REFERENCES apps (id),
    CONSTRAINT "a2p-company_must_exist" FOREIGN KEY (company_id) REFERENCES company (id)
);
CREATE INDEX "a2p-company_must_exist" ON runtemplate (company_id);
CREATE INDEX app_id ON runtemplate (app_id, company_id);

-- Values of an application's variables in a runtemplate.
CREATE TABLE configuration (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id         INTEGER NOT NULL,
    company_id     INTEGER NOT NULL,
    name           VARCHAR(64),
    value          VARCHAR(1024),
    runtemplate_id INTEGER NOT NULL,
    config_type    VARCHAR NOT NULL DEFAULT 'string',
    CONSTRAINT "cfg-app_must_exist" FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE,
    CONSTRAINT "cfg-company_must_exist" FOREIGN KEY (company_id) REFERENCES company (id) ON DELETE CASCADE
);
CREATE INDEX configuration_app_id_company_id_index ON configuration (app_id, company_id);
CREATE UNIQUE INDEX configuration_runtemplate_id_key_index ON configuration (runtemplate_id, name);

-- A value's name, description and hint per language.
CREATE TABLE configuration_translations (
    id               INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    configuration_id INTEGER NOT NULL,
    lang             VARCHAR(5) NOT NULL,
    name             VARCHAR(255),
    description      TEXT,
    hint             TEXT,
    FOREIGN KEY (configuration_id) REFERENCES configuration (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX idx_conf_lang ON configuration_translations (configuration_id, lang);

-- Credentials that a runtemplate uses.
CREATE TABLE runtplcreds (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    runtemplate_id INTEGER NOT NULL,
    credentials_id INTEGER NOT NULL,
    CONSTRAINT r2c_runtemplate_must_exist FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id),
    CONSTRAINT r2c_credential_must_exist FOREIGN KEY (credentials_id) REFERENCES credentials (id)
);
CREATE UNIQUE INDEX runtplcreds_runtemplate_id_credentials_id_index ON runtplcreds (runtemplate_id, credentials_id);

-- Labels for runtemplates.
CREATE TABLE topic (
    id    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    topic VARCHAR(255),
    color VARCHAR(7)
);

-- Which runtemplate carries which label.
CREATE TABLE runtemplate_topics (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    runtemplate_id INTEGER NOT NULL,
    topic_id       INTEGER NOT NULL,
    CONSTRAINT fk_runtemplate_topics_runtemplate FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    CONSTRAINT fk_runtemplate_topics_topic FOREIGN KEY (topic_id) REFERENCES topic (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX runtemplate_topics_runtemplate_id_topic_id_index ON runtemplate_topics (runtemplate_id, topic_id);

-- Settings of modules for the whole suite.
CREATE TABLE modconfig (
    id        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name      VARCHAR,
    module    VARCHAR,
    cfg       VARCHAR,
    value     VARCHAR,
    "DatSave" DATETIME_TEXT
);

-- Settings of the actions after a job, per runtemplate.
CREATE TABLE actionconfig (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    module         VARCHAR,
    keyname        VARCHAR,
    value          VARCHAR,
    mode           VARCHAR(10),
    runtemplate_id INTEGER NOT NULL,
    CONSTRAINT runtemplate_must_exist FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id)
);
CREATE UNIQUE INDEX actionconfig_module_keyname_mode_runtemplate_id_index ON actionconfig (module, keyname, mode, runtemplate_id);

-- A window in which a runtemplate is to succeed once; its jobs are the attempts.
CREATE TABLE task (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    runtemplate_id      INTEGER NOT NULL,
    window_start        DATETIME_TEXT NOT NULL,
    window_end          DATETIME_TEXT NOT NULL,
    deadline            DATETIME_TEXT NOT NULL,
    state               VARCHAR(16) NOT NULL DEFAULT 'open',
    fulfilled_by_job_id INTEGER,
    fulfilled_at        DATETIME_TEXT,
    attempts            INTEGER NOT NULL DEFAULT 0,
    created_at          DATETIME_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX task_window_start_window_end_index ON task (window_start, window_end);
CREATE INDEX task_state_index ON task (state);
CREATE INDEX task_runtemplate_id_index ON task (runtemplate_id);

-- Jobs: one run each. `env` is in PHP's serialize format.
CREATE TABLE job (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id              INTEGER NOT NULL,
    "begin"             TIMESTAMP_TEXT,
    "end"               DATETIME_TEXT,
    company_id          INTEGER NOT NULL,
    exitcode            INTEGER,
    launched_by         INTEGER NOT NULL,
    env                 TEXT,
    command             TEXT,
    schedule            TIMESTAMP_TEXT,
    executor            VARCHAR DEFAULT 'Native',
    app_version         VARCHAR DEFAULT 'n/a',
    runtemplate_id      INTEGER,
    schedule_type       VARCHAR,
    pid                 INTEGER,
    retention_until     DATETIME_TEXT,
    marked_for_deletion BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    task_id             INTEGER,
    CONSTRAINT job_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id),
    CONSTRAINT job_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id),
    CONSTRAINT job_launched_by_user_fk FOREIGN KEY (launched_by) REFERENCES "user" (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT job_runtemplate_fk FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON DELETE RESTRICT ON UPDATE CASCADE,
    FOREIGN KEY (task_id) REFERENCES task (id) ON DELETE SET NULL ON UPDATE NO ACTION
);
CREATE INDEX job_marked_for_deletion_index ON job (marked_for_deletion);
CREATE INDEX job_retention_until_index ON job (retention_until);
CREATE INDEX job_runtemplate_id_index ON job (runtemplate_id);
CREATE INDEX job_exitcode_index ON job (exitcode);
CREATE INDEX job_end_index ON job ("end");
CREATE INDEX job_begin_index ON job ("begin");
CREATE INDEX idx_job_launched_by ON job (launched_by);
CREATE INDEX job_task_id_index ON job (task_id);

-- What jobs printed, chunk by chunk; `seq` counts over both streams.
CREATE TABLE job_output_lines (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    job_id     INTEGER NOT NULL,
    seq        INTEGER NOT NULL DEFAULT 0,
    type       VARCHAR(16) NOT NULL DEFAULT 'stdout',
    line       TEXT NOT NULL DEFAULT '',
    created_at DATETIME_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE INDEX job_output_lines_job_id_id_index ON job_output_lines (job_id, id);
CREATE INDEX job_output_lines_job_id_seq_index ON job_output_lines (job_id, seq);

-- Files that jobs left behind. Their content stands last, in both tables that have it: SQLite makes a row in memory, but for the
-- bytes at its end that are written later.
CREATE TABLE artifacts (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    job_id       INTEGER,
    filename     VARCHAR,
    content_type VARCHAR DEFAULT 'text/plain',
    created_at   TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    note         VARCHAR(255),
    artifact     TEXT,
    FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE ON UPDATE NO ACTION
);

-- Uploaded files, by job and variable, and artifacts out of Kubernetes.
CREATE TABLE file_store (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    job_id         INTEGER,
    runtemplate_id INTEGER,
    field          VARCHAR(255),
    file_name      VARCHAR(255),
    file_path      VARCHAR(255),
    created_at     TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    file_data      BINARY_BLOB,
    FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON DELETE CASCADE ON UPDATE NO ACTION
);

-- The queue: jobs that wait, and from when on they are due.
CREATE TABLE schedule (
    id    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    after DATETIME_TEXT,
    job   INTEGER
);

-- Databases of webhook receivers that are asked for events.
CREATE TABLE event_source (
    id                INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name              VARCHAR(255) NOT NULL,
    adapter_type      VARCHAR(60) NOT NULL DEFAULT 'abraflexi-webhook',
    db_connection     VARCHAR(10) NOT NULL DEFAULT 'mysql',
    db_host           VARCHAR(255) NOT NULL DEFAULT 'localhost',
    db_port           VARCHAR(10) NOT NULL DEFAULT '3306',
    db_database       VARCHAR(255) NOT NULL,
    db_username       VARCHAR(255),
    db_password       VARCHAR(255),
    enabled           BOOLEAN_INTEGER NOT NULL DEFAULT 1,
    last_processed_id INTEGER NOT NULL DEFAULT 0,
    created           TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    modified          TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    poll_interval     INTEGER NOT NULL DEFAULT 60
);
CREATE UNIQUE INDEX idx_event_source_name ON event_source (name);
CREATE INDEX idx_event_source_enabled ON event_source (enabled);

-- Which event starts which runtemplate.
CREATE TABLE event_rule (
    id                    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    event_source_id       INTEGER NOT NULL,
    evidence              VARCHAR(60),
    operation             VARCHAR(10) NOT NULL DEFAULT 'any',
    runtemplate_id        INTEGER NOT NULL,
    env_mapping           TEXT,
    enabled               BOOLEAN_INTEGER NOT NULL DEFAULT 1,
    priority              INTEGER NOT NULL DEFAULT 0,
    created               TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    modified              TIMESTAMP_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    runtemplate_source_id INTEGER,
    CONSTRAINT fk_event_rule_source FOREIGN KEY (event_source_id) REFERENCES event_source (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX idx_event_rule_evidence_op ON event_rule (evidence, operation);
CREATE INDEX idx_event_rule_source_enabled ON event_rule (event_source_id, enabled);
CREATE INDEX idx_event_rule_rt_source_enabled ON event_rule (runtemplate_source_id, enabled);

-- Messages of all programs of the suite.
CREATE TABLE log (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    company_id          INTEGER,
    apps_id             INTEGER,
    user_id             INTEGER,
    severity            VARCHAR,
    venue               VARCHAR,
    message             TEXT,
    created             TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    retention_until     DATETIME_TEXT,
    marked_for_deletion BOOLEAN_INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX log_user_id_index ON log (user_id);
CREATE INDEX log_apps_id_index ON log (apps_id);
CREATE INDEX log_company_id_index ON log (company_id);
CREATE INDEX log_retention_until_index ON log (retention_until);
CREATE INDEX log_marked_for_deletion_index ON log (marked_for_deletion);
