//! `task`: the obligation of a runtemplate for one window of its schedule, and the jobs that are its attempts.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Map, Value as Json, json};
use strum::VariantNames as _;

use crate::commands::job::get;
use crate::commands::runtemplate;
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb, verb};
use crate::context::Context;
use crate::db::expression::row_count;
use crate::db::{select, tables};
use crate::error::Result;
use crate::job::task::TaskState;
use crate::output::Outcome;
use crate::table::{Column, Kind, Table, crud};

pub static TABLE: Table = Table {
    sql: tables::TASK,
    noun: "task",
    label: "Task",
    id_key: "task_id",
    columns: &[
        Column::new("runtemplate_id", Kind::Id, "Its runtemplate").filter().only_read().refers_to(&runtemplate::TABLE),
        Column::new("state", Kind::Choice(TaskState::VARIANTS), "How it stands").filter().only_read(),
    ],
    ..Table::DEFAULT
};

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Tasks: what a schedule asks for in each window, and the attempts at it",
    scope: Scope::Data,
    verbs: &[
        verb!("status", "Count tasks by state", NoArgs, status).reading(),
        table_verb!(list, TABLE, "List tasks").listing(),
        mixed_verb!("get", get, TABLE, Get, show, "Show a task").reading(),
    ],
};

async fn status(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    let mut counts: Map<String, Json> = std::iter::once("total")
        .chain(TaskState::VARIANTS.iter().copied())
        .map(|state| (state.to_owned(), 0.into()))
        .collect();
    let select =
        select::from(tables::TASK).column("state").expr_as(row_count(), "tasks").group_by_columns(["state"]).take();
    let mut total = 0_i64;
    let db = ctx.db().await?;
    db.for_each(&select, |row| {
        let count = row.int("tasks").unwrap_or_default();
        total = total.saturating_add(count);
        counts.insert(row.text("state").unwrap_or_default(), count.into());
        Ok(())
    })
    .await?;
    counts.insert("total".into(), json!(total));
    Ok(Outcome::Record(counts))
}

#[derive(clap::Args)]
struct Get {
    /// Also show the jobs that are its attempts
    #[arg(long = "with-jobs")]
    with_jobs: bool,
}

async fn show(ctx: &mut Context, matches: &ArgMatches, args: Get) -> Result<Outcome> {
    let db = ctx.db().await?;
    let row = crud::pick_to_show(db, &TABLE, matches).await?;
    let mut record = TABLE.show(&row);
    if args.with_jobs {
        let mut select = select::rows(tables::JOB, Expr::col("task_id").eq(row.int("id")));
        // A task has as many jobs as attempts, which are few.
        let jobs = db.fetch_all(select.order_by("id", Order::Asc)).await?;
        record.insert("jobs".into(), jobs.iter().map(|job| Json::Object(get::shown(job))).collect());
    }
    crud::record(record, matches)
}
