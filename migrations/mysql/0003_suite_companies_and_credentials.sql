-- For whom jobs run and with which secrets.
-- MariaDB and MySQL. Types, widths, keys and their names are exactly the suite's, so that either can work on the other's database.

-- Accounting servers that companies live on.
CREATE TABLE servers (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    name        VARCHAR(255),
    url         VARCHAR(255),
    `user`      VARCHAR(255),
    password    VARCHAR(255),
    `DatCreate` DATETIME,
    `DatSave`   DATETIME,
    type        TEXT DEFAULT ('ABRAFLEXI'),
    PRIMARY KEY (id),
    UNIQUE KEY fbs_uniq (url)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Companies.
CREATE TABLE company (
    id                  INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    enabled             TINYINT(1) DEFAULT 0,
    settings            TEXT,
    logo                LONGTEXT DEFAULT (''),
    server              INT(11) NOT NULL DEFAULT 0,
    name                VARCHAR(32),
    ic                  VARCHAR(32),
    setup               TINYINT(1) DEFAULT 0,
    `DatCreate`         DATETIME,
    `DatUpdate`         DATETIME,
    customer            INT(11),
    email               VARCHAR(64),
    slug                VARCHAR(10) NOT NULL DEFAULT '',
    retention_until     DATETIME,
    marked_for_deletion TINYINT(1) NOT NULL DEFAULT 0,
    zabbix_host         VARCHAR(255),
    PRIMARY KEY (id),
    UNIQUE KEY name (name, slug),
    KEY customer (customer),
    KEY retention_until (retention_until),
    KEY marked_for_deletion (marked_for_deletion)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Which user may see or manage which company.
CREATE TABLE company_user (
    id         INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    company_id INT(11) UNSIGNED NOT NULL,
    user_id    INT(11) UNSIGNED NOT NULL,
    role       VARCHAR(255) NOT NULL DEFAULT 'viewer',
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    UNIQUE KEY company_user_company_user_unique (company_id, user_id),
    KEY company_user_user_must_exist (user_id),
    CONSTRAINT company_user_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id) ON DELETE CASCADE,
    CONSTRAINT company_user_user_must_exist FOREIGN KEY (user_id) REFERENCES `user` (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Variables that every job of a company gets.
CREATE TABLE companyenv (
    id         INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    keyword    VARCHAR(255) NOT NULL,
    value      VARCHAR(255) NOT NULL,
    company_id INT(11) UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY keyword (keyword, company_id),
    KEY `env-company_must_exist` (company_id),
    CONSTRAINT `env-company_must_exist` FOREIGN KEY (company_id) REFERENCES company (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Applications assigned to a company.
CREATE TABLE company_apps (
    id         INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    company_id INT(11) UNSIGNED NOT NULL,
    app_id     INT(11) UNSIGNED NOT NULL,
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id),
    KEY company_apps_company_must_exist (company_id),
    KEY company_apps_app_must_exist (app_id),
    CONSTRAINT company_apps_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id),
    CONSTRAINT company_apps_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The same in the oldest generation; nothing reads it today.
CREATE TABLE companyapp (
    id         INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    app_id     INT(11) UNSIGNED NOT NULL,
    company_id INT(11) UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    KEY app_id (app_id, company_id),
    KEY a2p_company_must_exist (company_id),
    CONSTRAINT a2p_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id),
    CONSTRAINT a2p_company_must_exist FOREIGN KEY (company_id) REFERENCES company (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- What kinds of credentials there are.
CREATE TABLE credential_prototype (
    id          INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    uuid        VARCHAR(36) NOT NULL,
    code        VARCHAR(64) NOT NULL,
    name        VARCHAR(255),
    description TEXT,
    version     VARCHAR(20),
    url         VARCHAR(255),
    homepage    VARCHAR(255),
    tags        VARCHAR(255),
    logo        VARCHAR(255),
    created_at  DATETIME,
    updated_at  DATETIME,
    PRIMARY KEY (id),
    UNIQUE KEY idx_credential_prototype_uuid (uuid),
    UNIQUE KEY idx_credential_prototype_code (code),
    KEY idx_credential_prototype_version (uuid, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A prototype's name and description per language.
CREATE TABLE credential_prototype_translations (
    id                      INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    credential_prototype_id INT(11) UNSIGNED NOT NULL,
    lang                    VARCHAR(5) NOT NULL,
    name                    VARCHAR(255),
    description             TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idx_credprototype_lang (credential_prototype_id, lang),
    FOREIGN KEY (credential_prototype_id) REFERENCES credential_prototype (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Fields of a prototype.
CREATE TABLE credential_prototype_field (
    id                      INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    credential_prototype_id INT(11) UNSIGNED NOT NULL,
    keyword                 VARCHAR(64) NOT NULL,
    type                    VARCHAR(32) NOT NULL,
    name                    VARCHAR(255),
    description             TEXT,
    hint                    VARCHAR(256),
    default_value           VARCHAR(256),
    required                TINYINT(1) NOT NULL DEFAULT 0,
    options                 TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idx_credprototype_field_unique (credential_prototype_id, keyword),
    CONSTRAINT fk_credprototype_field FOREIGN KEY (credential_prototype_id) REFERENCES credential_prototype (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A prototype field's name, description and hint per language.
CREATE TABLE credential_prototype_field_translations (
    id                            INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    credential_prototype_field_id INT(11) UNSIGNED NOT NULL,
    lang                          VARCHAR(5) NOT NULL,
    name                          VARCHAR(255),
    description                   TEXT,
    hint                          TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idx_credprototype_field_lang (credential_prototype_field_id, lang),
    FOREIGN KEY (credential_prototype_field_id) REFERENCES credential_prototype_field (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A prototype set up for one company.
CREATE TABLE credential_type (
    id         INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    name       VARCHAR(255),
    url        VARCHAR(255),
    logo       VARCHAR(255),
    uuid       VARCHAR(40),
    prototype  VARCHAR(255),
    company_id INT(11) UNSIGNED NOT NULL,
    version    VARCHAR(20) NOT NULL,
    PRIMARY KEY (id),
    UNIQUE KEY uuid (uuid),
    KEY `ct-company_must_exist` (company_id),
    KEY idx_credential_type_version (uuid, version),
    CONSTRAINT `ct-company_must_exist` FOREIGN KEY (company_id) REFERENCES company (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A credential type's name and description per language.
CREATE TABLE credential_type_translations (
    id                 INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    credential_type_id INT(11) UNSIGNED NOT NULL,
    lang               VARCHAR(5) NOT NULL,
    name               VARCHAR(255),
    description        TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idx_credtype_lang (credential_type_id, lang),
    FOREIGN KEY (credential_type_id) REFERENCES credential_type (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Fields of a credential type.
CREATE TABLE crtypefield (
    id                 INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    credential_type_id INT(11) UNSIGNED NOT NULL,
    keyname            VARCHAR(64),
    type               VARCHAR(32),
    description        VARCHAR(1024),
    hint               VARCHAR(256),
    defval             VARCHAR(256),
    required           TINYINT(1) NOT NULL DEFAULT 0,
    helper             VARCHAR(255),
    PRIMARY KEY (id),
    UNIQUE KEY credtype_id (credential_type_id, keyname),
    CONSTRAINT `cff-credtype_must_exist` FOREIGN KEY (credential_type_id) REFERENCES credential_type (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- A credential type field's name, description and hint per language.
CREATE TABLE credential_type_field_translations (
    id             INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    crtypefield_id INT(11) UNSIGNED NOT NULL,
    lang           VARCHAR(5) NOT NULL,
    name           VARCHAR(255),
    description    TEXT,
    hint           TEXT,
    PRIMARY KEY (id),
    UNIQUE KEY idx_crtypefield_lang (crtypefield_id, lang),
    FOREIGN KEY (crtypefield_id) REFERENCES crtypefield (id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Settings of a credential type.
CREATE TABLE credtypedata (
    id                 INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    credential_type_id INT(11) UNSIGNED NOT NULL,
    name               VARCHAR(255),
    value              VARCHAR(255),
    type               VARCHAR(255),
    PRIMARY KEY (id),
    UNIQUE KEY credtype_type_id (credential_type_id, name),
    CONSTRAINT `ctff-credtype_must_exist` FOREIGN KEY (credential_type_id) REFERENCES credential_type (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Credentials of a company.
CREATE TABLE credentials (
    id                 INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    name               VARCHAR(255),
    company_id         INT(11),
    `formType`         VARCHAR(255),
    credential_type_id INT(11) UNSIGNED NOT NULL,
    PRIMARY KEY (id),
    KEY ct2c_credential_type_must_exist (credential_type_id),
    CONSTRAINT ct2c_credential_type_must_exist FOREIGN KEY (credential_type_id) REFERENCES credential_type (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- The values of a credential, one row a field.
CREATE TABLE credata (
    id            INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    credential_id INT(11),
    name          VARCHAR(255),
    value         VARCHAR(255),
    type          VARCHAR(255),
    PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;

-- Keys that encrypt secret values, themselves encrypted with the master key.
CREATE TABLE encryption_keys (
    id         INT(11) UNSIGNED NOT NULL AUTO_INCREMENT,
    key_name   VARCHAR(50) NOT NULL,
    key_data   TEXT NOT NULL,
    algorithm  VARCHAR(50) DEFAULT 'AES-256-GCM',
    created_at TIMESTAMP NULL DEFAULT CURRENT_TIMESTAMP,
    rotated_at TIMESTAMP NULL,
    is_active  TINYINT(1) NOT NULL DEFAULT 1,
    PRIMARY KEY (id),
    UNIQUE KEY key_name (key_name),
    KEY is_active (is_active, key_name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
