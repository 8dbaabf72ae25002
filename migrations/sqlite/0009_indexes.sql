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

-- MariaDB makes these by itself and the suite's PostgreSQL schema has them. Without them SQLite looks through the whole
-- table for each row that is deleted, to keep its foreign keys.
CREATE INDEX mfx_token_user_id ON token (user_id);
CREATE INDEX mfx_app_artifacts_app_id ON app_artifacts (app_id);
CREATE INDEX mfx_company_user_user_id ON company_user (user_id);
CREATE INDEX mfx_companyenv_company_id ON companyenv (company_id);
CREATE INDEX mfx_company_apps_app_id ON company_apps (app_id);
CREATE INDEX mfx_company_apps_company_id ON company_apps (company_id);
CREATE INDEX mfx_companyapp_company_id ON companyapp (company_id);
CREATE INDEX mfx_credential_type_company_id ON credential_type (company_id);
CREATE INDEX mfx_credentials_credential_type_id ON credentials (credential_type_id);
CREATE INDEX mfx_configuration_company_id ON configuration (company_id);
CREATE INDEX mfx_runtplcreds_credentials_id ON runtplcreds (credentials_id);
CREATE INDEX mfx_runtemplate_topics_topic_id ON runtemplate_topics (topic_id);
CREATE INDEX mfx_actionconfig_runtemplate_id ON actionconfig (runtemplate_id);
CREATE INDEX mfx_job_company_id ON job (company_id);
CREATE INDEX mfx_job_app_id ON job (app_id);
CREATE INDEX mfx_artifacts_job_id ON artifacts (job_id);
CREATE INDEX mfx_file_store_runtemplate_id ON file_store (runtemplate_id);
CREATE INDEX mfx_file_store_job_id ON file_store (job_id);
CREATE INDEX mfx_user_data_audit_changed_by_user_id ON user_data_audit (changed_by_user_id);
CREATE INDEX mfx_user_data_correction_requests_reviewed_by_user_id ON user_data_correction_requests (reviewed_by_user_id);
CREATE INDEX mfx_user_data_correction_requests_user_id ON user_data_correction_requests (user_id);
