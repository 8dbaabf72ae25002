-- The one table that is ours. Of a definition's `kubernetes` object the suite keeps no more
-- than the chart (apps.helmchart), this table keeps the whole object as JSON, one row an application.
-- The suite does not know of it: without enforced foreign keys (SQLite) a row may outlive its application.
-- That does no harm, ids are never given out twice.
CREATE TABLE app_kubernetes (
    app_id     INTEGER NOT NULL PRIMARY KEY,
    definition TEXT NOT NULL,
    created_at DATETIME_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME_TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT app_kubernetes_app_must_exist FOREIGN KEY (app_id) REFERENCES apps (id) ON DELETE CASCADE
);
