-- Jobs that run are few, however many wait and however many there were. Each claim asks whether one of its runtemplate runs, and each
-- look at the queue which ones run at all.

CREATE INDEX mfx_job_open ON job (exitcode, `begin`, runtemplate_id);

-- What this one does better.
ALTER TABLE job DROP INDEX mfx_job_runtemplate_id_exitcode;
