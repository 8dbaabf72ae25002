-- What can be run: applications and all that their definitions say of them.
-- MariaDB and MySQL. Types, widths, keys and their names are exactly the suite's, so that either can work on the other's database.

-- Applications.
CREATE TABLE apps (
    id           INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    enabled      TINYINT(1) DEFAULT 0,
    image        LONGTEXT NOT NULL,
    name         VARCHAR(64) NOT NULL DEFAULT '',
    description  VARCHAR(255),
    executable   VARCHAR(255),
    `DatCreate`  DATETIME,
    `DatUpdate`  DATETIME,
    setup        VARCHAR(256),
    cmdparams    VARCHAR(256),
    deploy       VARCHAR(255),
    homepage     VARCHAR(255),
    requirements VARCHAR(255),
    ociimage     VARCHAR(255) DEFAULT '',
    version      VARCHAR(255) DEFAULT '',
    code         VARCHAR(8),
    uuid         VARCHAR(36),
    tags         TEXT,
    resultfile   VARCHAR(255) DEFAULT '',
    artifacts    VARCHAR(255) DEFAULT '',
    deffile      VARCHAR(255),
    helmchart    VARCHAR(255),
    PRIMARY KEY (id),
    UNIQUE KEY nazev (name),
    UNIQUE KEY code (code),
    UNIQUE KEY uuid (uuid),
    UNIQUE KEY deffile (deffile),
    UNIQUE KEY helmchart (helmchart)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- An application's name, title and description per language.
CREATE TABLE app_translations (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id      INT(11) UNSIGNED NOT NULL,
    lang        VARCHAR(5) NOT NULL,
    name        VARCHAR(255),
    title       VARCHAR(255),
    description TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idx_app_lang (app_id, lang),
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Variables that an application takes.
CREATE TABLE conffield (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id      INT(11) UNSIGNED NOT NULL,
    keyname     VARCHAR(64),
    type        VARCHAR(32),
    category    VARCHAR(32) NOT NULL DEFAULT '',
    description VARCHAR(1024),
    hint        VARCHAR(1024) NOT NULL DEFAULT '',
    note        VARCHAR(1024) NOT NULL DEFAULT '',
    defval      VARCHAR(256),
    required    TINYINT(1) NOT NULL DEFAULT 0,
    secret      TINYINT(1) NOT NULL DEFAULT 0,
    multiline   TINYINT(1) NOT NULL DEFAULT 0,
    expiring    TINYINT(1) NOT NULL DEFAULT 0,
    PRIMARY KEY (id),
    UNIQUE KEY app_id (app_id, keyname),
    CONSTRAINT `cff-app_must_exist` FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Files that an application leaves behind; `path` is a regular expression.
CREATE TABLE app_artifacts (
    id      INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id  INT(11) UNSIGNED NOT NULL,
    path    VARCHAR(512) NOT NULL,
    type    VARCHAR(128) NOT NULL,
    created DATETIME DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY app_id (app_id),
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What an artifact is called per language.
CREATE TABLE app_artifact_translations (
    id              INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_artifact_id INT(11) UNSIGNED NOT NULL,
    lang            VARCHAR(5) NOT NULL,
    name            VARCHAR(255),
    description     TEXT,
    hint            TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idxx_conf_lang (app_artifact_id, lang),
    FOREIGN KEY (app_artifact_id) REFERENCES app_artifacts (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What an exit code means, per language, and whether a retry may help.
CREATE TABLE app_exit_codes (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id      INT(11) UNSIGNED NOT NULL,
    exit_code   INT(11) UNSIGNED NOT NULL,
    lang        VARCHAR(5) NOT NULL,
    description TEXT NOT NULL,
    severity    VARCHAR(20) NOT NULL DEFAULT 'error',
    retry       TINYINT(1) NOT NULL DEFAULT 0,
    `DatCreate` DATETIME DEFAULT CURRENT_TIMESTAMP,
    `DatSave`   DATETIME,
    PRIMARY KEY (id),
    UNIQUE KEY app_id_3 (app_id, exit_code, lang),
    KEY app_id (app_id),
    KEY app_id_2 (app_id, exit_code),
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Kinds of data that an application hands on.
CREATE TABLE app_produces (
    id               INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id           INT(11) UNSIGNED NOT NULL,
    name             VARCHAR(128) NOT NULL,
    format           VARCHAR(32) NOT NULL DEFAULT 'json',
    description_json TEXT,
    patterns_json    TEXT,
    fields_json      TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY app_produces_app_name (app_id, name),
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Kinds of data that an application takes from another.
CREATE TABLE app_consumes (
    id               INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id           INT(11) UNSIGNED NOT NULL,
    name             VARCHAR(128) NOT NULL,
    format           VARCHAR(32) NOT NULL DEFAULT 'json',
    description_json TEXT,
    required         TINYINT(1) NOT NULL DEFAULT 1,
    target_env_key   VARCHAR(128),
    fields_json      TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY app_consumes_app_name (app_id, name),
    FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
