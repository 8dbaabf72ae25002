-- For whom jobs run and with which secrets.
-- SQLite. Type names are the suite's own (BOOLEAN_INTEGER, DATETIME_TEXT, ...): they tell readers the kind of a column.

-- Accounting servers that companies live on.
CREATE TABLE servers (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name        VARCHAR,
    url         VARCHAR,
    "user"      VARCHAR,
    password    VARCHAR,
    "DatCreate" DATETIME_TEXT,
    "DatSave"   DATETIME_TEXT,
    type        TEXT DEFAULT 'ABRAFLEXI'
);
CREATE UNIQUE INDEX fbs_uniq ON servers (url);

-- Companies.
CREATE TABLE company (
    id                  INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    enabled             BOOLEAN_INTEGER DEFAULT 0,
    settings            TEXT,
    logo                TEXT DEFAULT '',
    server              INTEGER NOT NULL DEFAULT 0,
    name                VARCHAR(32),
    ic                  VARCHAR(32),
    setup               BOOLEAN_INTEGER DEFAULT 0,
    "DatCreate"         DATETIME_TEXT,
    "DatUpdate"         DATETIME_TEXT,
    customer            INTEGER,
    email               VARCHAR(64),
    slug                VARCHAR(10) NOT NULL DEFAULT '',
    retention_until     DATETIME_TEXT,
    marked_for_deletion BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    zabbix_host         VARCHAR
);
CREATE INDEX company_customer_index ON company (customer);
CREATE UNIQUE INDEX company_name_code_index ON company (name, slug);
CREATE INDEX company_retention_until_index ON company (retention_until);
CREATE INDEX company_marked_for_deletion_index ON company (marked_for_deletion);

-- Which user may see or manage which company.
CREATE TABLE company_user (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    role       VARCHAR NOT NULL DEFAULT 'viewer',
    created_at TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT company_user_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id) ON DELETE CASCADE,
    CONSTRAINT company_user_user_must_exist FOREIGN KEY (user_id) REFERENCES "user" (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX company_user_company_user_unique ON company_user (company_id, user_id);

-- Variables that every job of a company gets.
CREATE TABLE companyenv (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    keyword    VARCHAR NOT NULL,
    value      VARCHAR NOT NULL,
    company_id INTEGER NOT NULL,
    CONSTRAINT "env-company_must_exist" FOREIGN KEY (company_id) REFERENCES company (id)
);
CREATE UNIQUE INDEX companyenv_keyword_company_id_index ON companyenv (keyword, company_id);

-- Applications assigned to a company.
CREATE TABLE company_apps (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    company_id INTEGER NOT NULL,
    app_id     INTEGER NOT NULL,
    created_at TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT company_apps_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id),
    CONSTRAINT company_apps_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id)
);

-- The same in the oldest generation; nothing reads it today.
CREATE TABLE companyapp (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    app_id     INTEGER NOT NULL,
    company_id INTEGER NOT NULL,
    CONSTRAINT a2p_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id),
    CONSTRAINT a2p_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id)
);
CREATE INDEX companyapp_app_id_company_id_index ON companyapp (app_id, company_id);

-- What kinds of credentials there are.
CREATE TABLE credential_prototype (
    id          INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    uuid        VARCHAR(36) NOT NULL,
    code        VARCHAR(64) NOT NULL,
    name        VARCHAR(255),
    description TEXT,
    version     VARCHAR(20),
    url         VARCHAR(255),
    logo        VARCHAR(255),
    created_at  DATETIME_TEXT,
    updated_at  DATETIME_TEXT,
    homepage    VARCHAR(255),
    tags        VARCHAR(255)
);
CREATE UNIQUE INDEX idx_credential_prototype_uuid ON credential_prototype (uuid);
CREATE UNIQUE INDEX idx_credential_prototype_code ON credential_prototype (code);
CREATE INDEX idx_credential_prototype_version ON credential_prototype (uuid, version);

-- A prototype's name and description per language.
CREATE TABLE credential_prototype_translations (
    id                      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    credential_prototype_id INTEGER NOT NULL,
    lang                    VARCHAR(5) NOT NULL,
    name                    VARCHAR(255),
    description             TEXT,
    FOREIGN KEY (credential_prototype_id) REFERENCES credential_prototype (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX idx_credprototype_lang ON credential_prototype_translations (credential_prototype_id, lang);

-- Fields of a prototype.
CREATE TABLE credential_prototype_field (
    id                      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    credential_prototype_id INTEGER NOT NULL,
    keyword                 VARCHAR(64) NOT NULL,
    type                    VARCHAR(32) NOT NULL,
    name                    VARCHAR(255),
    description             TEXT,
    hint                    VARCHAR(256),
    default_value           VARCHAR(256),
    required                BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    options                 TEXT,
    CONSTRAINT fk_credprototype_field FOREIGN KEY (credential_prototype_id) REFERENCES credential_prototype (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX idx_credprototype_field_unique ON credential_prototype_field (credential_prototype_id, keyword);

-- A prototype field's name, description and hint per language.
CREATE TABLE credential_prototype_field_translations (
    id                            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    credential_prototype_field_id INTEGER NOT NULL,
    lang                          VARCHAR(5) NOT NULL,
    name                          VARCHAR(255),
    description                   TEXT,
    hint                          TEXT,
    FOREIGN KEY (credential_prototype_field_id) REFERENCES credential_prototype_field (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX idx_credprototype_field_lang ON credential_prototype_field_translations (credential_prototype_field_id, lang);

-- A prototype set up for one company.
CREATE TABLE credential_type (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name       VARCHAR(255),
    url        VARCHAR(255),
    logo       VARCHAR(255),
    uuid       VARCHAR(40),
    prototype  VARCHAR,
    company_id INTEGER NOT NULL,
    version    VARCHAR(20) NOT NULL,
    CONSTRAINT "ct-company_must_exist" FOREIGN KEY (company_id) REFERENCES company (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX credential_type_uuid_index ON credential_type (uuid);
CREATE INDEX idx_credential_type_version ON credential_type (uuid, version);

-- A credential type's name and description per language.
CREATE TABLE credential_type_translations (
    id                 INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    credential_type_id INTEGER NOT NULL,
    lang               VARCHAR(5) NOT NULL,
    name               VARCHAR(255),
    description        TEXT,
    FOREIGN KEY (credential_type_id) REFERENCES credential_type (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX idx_credtype_lang ON credential_type_translations (credential_type_id, lang);

-- Fields of a credential type.
CREATE TABLE crtypefield (
    id                 INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    credential_type_id INTEGER NOT NULL,
    keyname            VARCHAR(64),
    type               VARCHAR(32),
    description        VARCHAR(1024),
    hint               VARCHAR(256),
    defval             VARCHAR(256),
    required           BOOLEAN_INTEGER NOT NULL DEFAULT 0,
    helper             VARCHAR,
    CONSTRAINT "cff-credtype_must_exist" FOREIGN KEY (credential_type_id) REFERENCES credential_type (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX credtype_id ON crtypefield (credential_type_id, keyname);

-- A credential type field's name, description and hint per language.
CREATE TABLE credential_type_field_translations (
    id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    crtypefield_id INTEGER NOT NULL,
    lang           VARCHAR(5) NOT NULL,
    name           VARCHAR(255),
    description    TEXT,
    hint           TEXT,
    FOREIGN KEY (crtypefield_id) REFERENCES crtypefield (id) ON DELETE CASCADE ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX idx_crtypefield_lang ON credential_type_field_translations (crtypefield_id, lang);

-- Settings of a credential type.
CREATE TABLE credtypedata (
    id                 INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    credential_type_id INTEGER NOT NULL,
    name               VARCHAR(255),
    value              VARCHAR(255),
    type               VARCHAR(255),
    CONSTRAINT "ctff-credtype_must_exist" FOREIGN KEY (credential_type_id) REFERENCES credential_type (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX credtype_type_id ON credtypedata (credential_type_id, name);

-- Credentials of a company.
CREATE TABLE credentials (
    id                 INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name               VARCHAR(255),
    company_id         INTEGER,
    "formType"         VARCHAR(255),
    credential_type_id INTEGER NOT NULL,
    CONSTRAINT ct2c_credential_type_must_exist FOREIGN KEY (credential_type_id) REFERENCES credential_type (id)
);

-- The values of a credential, one row a field.
CREATE TABLE credata (
    id            INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    credential_id INTEGER,
    name          VARCHAR(255),
    value         VARCHAR(255),
    type          VARCHAR(255)
);

-- Keys that encrypt secret values, themselves encrypted with the master key.
CREATE TABLE encryption_keys (
    id         INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    key_name   VARCHAR(50) NOT NULL,
    key_data   TEXT NOT NULL,
    algorithm  VARCHAR(50) DEFAULT 'AES-256-GCM',
    created_at TIMESTAMP_TEXT DEFAULT CURRENT_TIMESTAMP,
    rotated_at TIMESTAMP_TEXT,
    is_active  BOOLEAN_INTEGER NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX encryption_keys_key_name_index ON encryption_keys (key_name);
CREATE INDEX encryption_keys_is_active_key_name_index ON encryption_keys (is_active, key_name);
