-- Indexes that are ours: on columns by which what hangs on a row is found when the row is deleted, and by which rows
-- are joined. None of the suite's migrations makes them. Their names tell them from the suite's own.

CREATE INDEX mfx_schedule_job ON schedule (job);
CREATE INDEX mfx_credata_credential_id ON credata (credential_id);
CREATE INDEX mfx_credentials_company_id ON credentials (company_id);
CREATE INDEX mfx_event_rule_runtemplate_id ON event_rule (runtemplate_id);
CREATE INDEX mfx_task_fulfilled_by_job_id ON task (fulfilled_by_job_id);

-- A runtemplate's jobs are asked for at each fill (was one made for this moment?): by the suite's own indexes its whole history is
-- read for that.
CREATE INDEX mfx_job_runtemplate_id_schedule ON job (runtemplate_id, schedule);
