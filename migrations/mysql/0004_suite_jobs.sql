-- What runs when, with what, and what came of it.
-- MariaDB and MySQL. Types, widths, keys and their names are exactly the suite's, so that either can work on the other's database.
-- TEXT holds 65,535 bytes: job.env, job.command and job_output_lines.line must be kept below that.

-- Runtemplates: which application, for which company, when, with what.
CREATE TABLE runtemplate (
    id                     INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id                 INT(11) UNSIGNED NOT NULL,
    company_id             INT(11) UNSIGNED NOT NULL,
    interv                 VARCHAR(1) NOT NULL,
    prepared               TINYINT(1),
    success                VARCHAR(250),
    fail                   VARCHAR(250),
    name                   VARCHAR(250),
    delay                  INT(11) NOT NULL DEFAULT 0,
    executor               VARCHAR(255) NOT NULL DEFAULT 'Native',
    active                 TINYINT(1) DEFAULT 1,
    cron                   VARCHAR(64),
    last_schedule          TIMESTAMP NULL,
    next_schedule          TIMESTAMP NULL,
    note                   TEXT,
    `DatCreate`            DATETIME DEFAULT CURRENT_TIMESTAMP,
    `DatSave`              DATETIME,
    successfull_jobs_count INT(11) UNSIGNED NOT NULL DEFAULT 0,
    failed_jobs_count      INT(11) UNSIGNED NOT NULL DEFAULT 0,
    deadline_offset        VARCHAR(32),
    max_attempts           INT(11) UNSIGNED NOT NULL DEFAULT 1,
    retry_backoff          VARCHAR(16) NOT NULL DEFAULT 'none',
    retry_min_gap          INT(11) UNSIGNED NOT NULL DEFAULT 0,
    allow_late             TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY `a2p-company_must_exist` (company_id),
    KEY app_id (app_id, company_id),
    FULLTEXT KEY note (note),
    CONSTRAINT `a2p-app_must_exist` FOREIGN KEY (app_id) REFERENCES apps (id),
    CONSTRAINT `a2p-company_must_exist` FOREIGN KEY (company_id) REFERENCES company (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Values of an application's variables in a runtemplate.
CREATE TABLE configuration (
    id             INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id         INT(11) UNSIGNED NOT NULL,
    company_id     INT(11) UNSIGNED NOT NULL,
    name           VARCHAR(64),
    value          VARCHAR(1024),
    runtemplate_id INT(11) UNSIGNED NOT NULL,
    config_type    VARCHAR(255) NOT NULL DEFAULT 'string',
    PRIMARY KEY (id),
    UNIQUE KEY runtemplate_id (runtemplate_id, name),
    KEY app_id (app_id, company_id),
    KEY `cfg-company_must_exist` (company_id),
    CONSTRAINT `cfg-app_must_exist` FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE,
    CONSTRAINT `cfg-company_must_exist` FOREIGN KEY (company_id) REFERENCES company (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A value's name, description and hint per language.
CREATE TABLE configuration_translations (
    id               INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    configuration_id INT(11) UNSIGNED NOT NULL,
    lang             VARCHAR(5) NOT NULL,
    name             VARCHAR(255),
    description      TEXT,
    hint             TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idx_conf_lang (configuration_id, lang),
    FOREIGN KEY (configuration_id) REFERENCES configuration (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Credentials that a runtemplate uses.
CREATE TABLE runtplcreds (
    id             INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    runtemplate_id INT(11) UNSIGNED NOT NULL,
    credentials_id INT(11) UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY runtemplate_id (runtemplate_id, credentials_id),
    KEY r2c_credential_must_exist (credentials_id),
    CONSTRAINT r2c_credential_must_exist FOREIGN KEY (credentials_id) REFERENCES credentials (id),
    CONSTRAINT r2c_runtemplate_must_exist FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Labels for runtemplates.
CREATE TABLE topic (
    id    INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    topic VARCHAR(255),
    color VARCHAR(7),
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Which runtemplate carries which label.
CREATE TABLE runtemplate_topics (
    id             INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    runtemplate_id INT(11) UNSIGNED NOT NULL,
    topic_id       INT(11) UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY runtemplate_id (runtemplate_id, topic_id),
    KEY fk_runtemplate_topics_topic (topic_id),
    CONSTRAINT fk_runtemplate_topics_runtemplate FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    CONSTRAINT fk_runtemplate_topics_topic FOREIGN KEY (topic_id) REFERENCES topic (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Settings of modules for the whole suite.
CREATE TABLE modconfig (
    id        INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    name      VARCHAR(255),
    module    VARCHAR(255),
    cfg       VARCHAR(255),
    value     VARCHAR(255),
    `DatSave` DATETIME,
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Settings of the actions after a job, per runtemplate.
CREATE TABLE actionconfig (
    id             INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    module         VARCHAR(255),
    keyname        VARCHAR(255),
    value          VARCHAR(255),
    mode           VARCHAR(10),
    runtemplate_id INT(11) UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY module (module, keyname, mode, runtemplate_id),
    KEY runtemplate_must_exist (runtemplate_id),
    CONSTRAINT runtemplate_must_exist FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A window in which a runtemplate is to succeed once; its jobs are the attempts.
CREATE TABLE task (
    id                  INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    runtemplate_id      INT(11) UNSIGNED NOT NULL,
    window_start        DATETIME NOT NULL,
    window_end          DATETIME NOT NULL,
    deadline            DATETIME NOT NULL,
    state               VARCHAR(16) NOT NULL DEFAULT 'open',
    fulfilled_by_job_id INT(11) UNSIGNED,
    fulfilled_at        DATETIME,
    attempts            INT(11) UNSIGNED NOT NULL DEFAULT 0,
    created_at          DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY runtemplate_id (runtemplate_id),
    KEY state (state),
    KEY window_start (window_start, window_end),
    FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Jobs: one run each. `env` is in PHP's serialize format.
CREATE TABLE job (
    id                  INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id              INT(11) UNSIGNED NOT NULL,
    `begin`             TIMESTAMP NULL,
    `end`               DATETIME,
    company_id          INT(11) UNSIGNED NOT NULL,
    exitcode            INT(11),
    launched_by         INT(11) UNSIGNED NOT NULL,
    env                 TEXT,
    command             TEXT,
    schedule            TIMESTAMP NULL,
    executor            VARCHAR(255) DEFAULT 'Native',
    app_version         VARCHAR(255) DEFAULT 'n/a',
    runtemplate_id      INT(11) UNSIGNED,
    schedule_type       VARCHAR(255),
    pid                 INT(11),
    retention_until     DATETIME,
    marked_for_deletion TINYINT(1) NOT NULL DEFAULT 0,
    task_id             INT(11) UNSIGNED,
    PRIMARY KEY (id),
    KEY job_app_must_exist (app_id),
    KEY job_company_must_exist (company_id),
    KEY `begin` (`begin`),
    KEY `end` (`end`),
    KEY exitcode (exitcode),
    KEY runtemplate_id (runtemplate_id),
    KEY retention_until (retention_until),
    KEY marked_for_deletion (marked_for_deletion),
    KEY idx_job_launched_by (launched_by),
    KEY task_id (task_id),
    CONSTRAINT job_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id),
    CONSTRAINT job_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id),
    CONSTRAINT job_launched_by_user_fk FOREIGN KEY (launched_by) REFERENCES `user` (id) ON UPDATE CASCADE,
    CONSTRAINT job_runtemplate_fk FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON UPDATE CASCADE,
    FOREIGN KEY (task_id) REFERENCES task (id) ON DELETE SET NULL ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What jobs printed, chunk by chunk; `seq` counts over both streams.
CREATE TABLE job_output_lines (
    id         INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    job_id     INT(11) UNSIGNED NOT NULL,
    seq        INT(11) UNSIGNED NOT NULL DEFAULT 0,
    type       VARCHAR(16) NOT NULL DEFAULT 'stdout',
    line       TEXT NOT NULL DEFAULT (''),
    created_at DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (id),
    KEY job_id (job_id, seq),
    KEY job_id_2 (job_id, id),
    FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Files that jobs left behind.
CREATE TABLE artifacts (
    id           INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    job_id       INT(11) UNSIGNED,
    filename     VARCHAR(255),
    content_type VARCHAR(255) DEFAULT 'text/plain',
    artifact     LONGTEXT,
    created_at   TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    note         VARCHAR(255),
    PRIMARY KEY (id),
    KEY job_id (job_id),
    FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Uploaded files, by job and variable, and artifacts out of Kubernetes.
CREATE TABLE file_store (
    id             INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    job_id         INT(11) UNSIGNED,
    runtemplate_id INT(11) UNSIGNED,
    field          VARCHAR(255),
    file_name      VARCHAR(255),
    file_path      VARCHAR(255),
    file_data      LONGBLOB,
    created_at     TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY job_id (job_id),
    KEY runtemplate_id (runtemplate_id),
    FOREIGN KEY (job_id) REFERENCES job (id) ON DELETE CASCADE ON UPDATE NO ACTION,
    FOREIGN KEY (runtemplate_id) REFERENCES runtemplate (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The queue: jobs that wait, and from when on they are due.
CREATE TABLE schedule (
    id    INT(11) NOT NULL AUTO_INCREMENT,
    after DATETIME,
    job   INT(11),
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Databases of webhook receivers that are asked for events.
CREATE TABLE event_source (
    id                INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    name              VARCHAR(255) NOT NULL,
    adapter_type      VARCHAR(60) NOT NULL DEFAULT 'abraflexi-webhook',
    db_connection     VARCHAR(10) NOT NULL DEFAULT 'mysql',
    db_host           VARCHAR(255) NOT NULL DEFAULT 'localhost',
    db_port           VARCHAR(10) NOT NULL DEFAULT '3306',
    db_database       VARCHAR(255) NOT NULL,
    db_username       VARCHAR(255),
    db_password       VARCHAR(255),
    enabled           TINYINT(1) NOT NULL DEFAULT 1,
    last_processed_id INT(11) NOT NULL DEFAULT 0,
    poll_interval     INT(11) NOT NULL DEFAULT 60,
    created           TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    modified          TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY idx_event_source_name (name),
    KEY idx_event_source_enabled (enabled)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Which event starts which runtemplate.
CREATE TABLE event_rule (
    id                    INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    event_source_id       INT(11) UNSIGNED NOT NULL,
    runtemplate_source_id INT(11) UNSIGNED,
    evidence              VARCHAR(60),
    operation             VARCHAR(10) NOT NULL DEFAULT 'any',
    runtemplate_id        INT(11) UNSIGNED NOT NULL,
    env_mapping           TEXT,
    enabled               TINYINT(1) NOT NULL DEFAULT 1,
    priority              INT(11) NOT NULL DEFAULT 0,
    created               TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    modified              TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY idx_event_rule_source_enabled (event_source_id, enabled),
    KEY idx_event_rule_evidence_op (evidence, operation),
    KEY idx_event_rule_rt_source_enabled (runtemplate_source_id, enabled),
    CONSTRAINT fk_event_rule_source FOREIGN KEY (event_source_id) REFERENCES event_source (id) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Messages of all programs of the suite.
CREATE TABLE log (
    id                  INT(11) NOT NULL AUTO_INCREMENT,
    company_id          INT(11),
    apps_id             INT(11),
    user_id             INT(11),
    severity            VARCHAR(255),
    venue               VARCHAR(255),
    message             LONGTEXT,
    created             TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    retention_until     DATETIME,
    marked_for_deletion TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    KEY user_id (user_id),
    KEY apps_id (apps_id),
    KEY company_id (company_id),
    KEY retention_until (retention_until),
    KEY marked_for_deletion (marked_for_deletion)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
