-- What can be run: applications and all that their definitions say of them.
-- SQLite. Type names are the suite's own (BOOLEAN_INTEGER, DATETIME_TEXT, ...): they tell readers the kind of a column.

-- Applications.
CREATE TABLE apps (
    id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    enabled      BOOLEAN_INTEGER DEFAULT 0,
    image        TEXT,
    name         VARCHAR(64) NOT NULL DEFAULT '',
    description  VARCHAR(255),
    executable   VARCHAR,
    "DatCreate"  DATETIME_TEXT,
    "DatUpdate"  DATETIME_TEXT,
    setup        VARCHAR(256),
    cmdparams    VARCHAR(256),
    deploy       VARCHAR,
    homepage     VARCHAR,
    requirements VARCHAR,
    ociimage     VARCHAR DEFAULT '',
    version      VARCHAR DEFAULT '',
    code         VARCHAR(8),
    uuid         VARCHAR(36),
    tags         TEXT,
    resultfile   VARCHAR DEFAULT '',
    artifacts    VARCHAR(255) DEFAULT '',
    deffile      VARCHAR(255),
    helmchart    VARCHAR(255)
);
CREATE UNIQUE INDEX apps_nazev_index ON apps (name);
CREATE UNIQUE INDEX apps_code_index ON apps (code);
CREATE UNIQUE INDEX apps_uuid_index ON apps (uuid);
CREATE UNIQUE INDEX apps_deffile_index ON apps (deffile);
CREATE UNIQUE INDEX apps_helmchart_index ON apps (helmchart);

-- An application's name, title and description per language.
CREATE TABLE app_translations (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id      INTEGER NOT NULL,
    lang        VARCHAR(5) NOT NULL,
    name        VARCHAR(255),
    title       VARCHAR(255),
    description TEXT,
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX idx_app_lang ON app_translations (app_id, lang);

-- Variables that an application takes.
CREATE TABLE conffield (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id      INTEGER NOT NULL,
    keyname     VARCHAR(64),
    type        VARCHAR(32),
    description VARCHAR(1024),
    defval      VARCHAR(256),
    required    BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    hint        VARCHAR(1024) NOT NULL DEFAULT '',
    note        VARCHAR(1024) NOT NULL DEFAULT '',
    secret      BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    multiline   BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    expiring    BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    category    VARCHAR(32) NOT NULL DEFAULT '',
    CONSTRAINT "cff-app_must_exist" FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX conffield_app_id_keyname_index ON conffield (app_id, keyname);

-- Files that an application leaves behind; `path` is a regular expression.
CREATE TABLE app_artifacts (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id  INTEGER NOT NULL,
    path    VARCHAR(512) NOT NULL,
    type    VARCHAR(128) NOT NULL,
    created DATETIME_TEXT DEFAULT CURRENT_TIMESTAMP,
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE CASCADE
);

-- What an artifact is called per language.
CREATE TABLE app_artifact_translations (
    id              INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_artifact_id INTEGER NOT NULL,
    lang            VARCHAR(5) NOT NULL,
    name            VARCHAR(255),
    description     TEXT,
    hint            TEXT,
    FOREIGN KEY (app_artifact_id) REFERENCES app_artifacts (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX idxx_conf_lang ON app_artifact_translations (app_artifact_id, lang);

-- What an exit code means, per language, and whether a retry may help.
CREATE TABLE app_exit_codes (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id      INTEGER NOT NULL,
    exit_code   INTEGER NOT NULL,
    lang        VARCHAR(5) NOT NULL,
    description TEXT NOT NULL,
    severity    VARCHAR(20) NOT NULL DEFAULT 'error',
    retry       BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    "DatCreate" DATETIME_TEXT DEFAULT CURRENT_TIMESTAMP,
    "DatSave"   DATETIME_TEXT,
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX app_exit_codes_app_id_exit_code_lang_index ON app_exit_codes (app_id, exit_code, lang);
CREATE INDEX app_exit_codes_app_id_exit_code_index ON app_exit_codes (app_id, exit_code);
CREATE INDEX app_exit_codes_app_id_index ON app_exit_codes (app_id);

-- Kinds of data that an application hands on.
CREATE TABLE app_produces (
    id               INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id           INTEGER NOT NULL,
    name             VARCHAR(128) NOT NULL,
    format           VARCHAR(32) NOT NULL DEFAULT 'json',
    description_json TEXT,
    patterns_json    TEXT,
    fields_json      TEXT,
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX app_produces_app_name ON app_produces (app_id, name);

-- Kinds of data that an application takes from another.
CREATE TABLE app_consumes (
    id               INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id           INTEGER NOT NULL,
    name             VARCHAR(128) NOT NULL,
    format           VARCHAR(32) NOT NULL DEFAULT 'json',
    description_json TEXT,
    required         BOOLEAN_INTEGER NOT NULL DEFAULT 1,
    target_env_key   VARCHAR(128),
    fields_json      TEXT,
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX app_consumes_app_name ON app_consumes (app_id, name);
