-- The one table that is ours. Of a definition's `kubernetes` object the suite keeps no more
-- than the chart (apps.helmchart), this table keeps the whole object as JSON, one row an application.
-- The suite does not know of it: the foreign key removes a row with its application.
CREATE TABLE app_kubernetes (
    app_id     INT(11) UNSIGNED NOT NULL PRIMARY KEY,
    definition MEDIUMTEXT NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT app_kubernetes_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
