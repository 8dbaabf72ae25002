-- Jobs that run are few, however many wait and however many there were. Each claim asks whether one of its runtemplate runs, and each
-- look at the queue which ones run at all.

CREATE INDEX mfx_job_running_of_runtemplate ON job (runtemplate_id) WHERE "begin" IS NOT NULL AND exitcode IS NULL;

-- So are those that failed.
CREATE INDEX mfx_job_failed ON job (id) WHERE exitcode <> 0;

-- What the first of these does better.
DROP INDEX IF EXISTS mfx_job_runtemplate_id_exitcode;
