//! What a row of `job` is.

use crate::commands::application;
use crate::commands::runtemplate;
use crate::db::tables;
use crate::executor::ExecutorName;
use crate::table::{Column, Kind, Table, Wording};

pub static TABLE: Table = Table {
    sql: tables::JOB,
    noun: "job",
    label: "Job",
    wording: Wording::Id,
    id_key: "job_id",
    listing: &["id", "runtemplate_id", "executor", "schedule", "begin", "end", "exitcode", "command"],
    columns: &[
        Column::new("runtemplate_id", Kind::Id, "Its runtemplate").required().filter().refers_to(&runtemplate::TABLE),
        Column::new("app_id", Kind::Id, "Its application").filter().only_update().refers_to(&application::TABLE),
        Column::new("company_id", Kind::Id, "Its company").only_read(),
        Column::new("schedule", Kind::Time, "When it is to run").option("scheduled").required(),
        Column::new("executor", Kind::Choice(ExecutorName::SUITE), "What runs it").filter(),
        Column::new("schedule_type", Kind::Text(255), "How the job came about").filter().rare(),
    ],
    ..Table::DEFAULT
};

/// Columns that are shown without the secrets in them; nothing is ordered by these.
pub const SECRET: &[&str] = &["env", "command"];
