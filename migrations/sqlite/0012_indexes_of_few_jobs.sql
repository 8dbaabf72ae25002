-- Jobs that run are few, however many wait and however many there were. Each claim asks whether one of its runtemplate runs, and each
-- look at the queue which ones run at all.

CREATE INDEX mfx_job_running_of_runtemplate ON job (runtemplate_id, exitcode, "begin") WHERE "begin" IS NOT NULL AND exitcode IS NULL;
CREATE INDEX mfx_job_running ON job (exitcode) WHERE "begin" IS NOT NULL AND exitcode IS NULL;

-- Those that wait are told from those that run without their rows, which carry their environments; so are those that a credential
-- blocks, and those that failed.
CREATE INDEX mfx_job_pending ON job (exitcode, "begin", runtemplate_id) WHERE "begin" IS NULL AND exitcode IS NULL;
CREATE INDEX mfx_job_blocked ON job (exitcode, "begin") WHERE "begin" IS NULL AND exitcode IS NULL AND block_reason IS NOT NULL;
CREATE INDEX mfx_job_failed ON job (id) WHERE exitcode <> 0;

-- What the first of these does better.
DROP INDEX IF EXISTS mfx_job_runtemplate_id_exitcode;
