-- Columns that the suite's newer programs use but that none of its published migrations makes.
-- One column a statement, and plain ones: whoever runs this on a database that has some of them already
-- leaves out each column or index that is there.

-- A key can be replaced while values under its older versions stay readable,
-- which needs more than one row a name.
ALTER TABLE encryption_keys ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE UNIQUE INDEX encryption_keys_key_name_version_index ON encryption_keys (key_name, version);
DROP INDEX IF EXISTS encryption_keys_key_name_index;
DROP INDEX IF EXISTS encryption_keys_key_name;

-- Whether a value is an envelope, and which version of the key opens it.
ALTER TABLE credata ADD COLUMN is_encrypted BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE credata ADD COLUMN encryption_key_version INTEGER NULL;

-- Why and since when a job waits for a credential that does not work.
ALTER TABLE job ADD COLUMN block_reason TEXT NULL;
ALTER TABLE job ADD COLUMN blocked_at TIMESTAMP NULL;

-- Which record was created, changed or deleted.
ALTER TABLE security_audit_log ADD COLUMN entity_type VARCHAR(100) NULL;
ALTER TABLE security_audit_log ADD COLUMN entity_id BIGINT NULL;
ALTER TABLE security_audit_log ADD COLUMN action VARCHAR(50) NULL;
