-- Old jobs are many, and on SQLite each carries its environment, which a look at the table goes through. These answer without the table: how
-- long runs took, and which come first by their moment.

CREATE INDEX mfx_job_runs ON job (runtemplate_id, "begin", "end", exitcode);
CREATE INDEX mfx_job_schedule ON job (schedule);

-- Those that have no result are few whatever statistics say of the exit codes: ANALYZE counts how many rows one code has on average.
CREATE INDEX mfx_job_unfinished ON job (id) WHERE exitcode IS NULL;
