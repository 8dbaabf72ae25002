-- The newest results of a runtemplate are asked for by listings: jobs are made long before they run, so that their ids do not tell.

CREATE INDEX mfx_job_runtemplate_id_end ON job (runtemplate_id, "end");
